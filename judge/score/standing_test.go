package score

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/measure"
)

const us = time.Microsecond

func program(name string) func(*judge.Entry) {
	return func(e *judge.Entry) { e.Judging.ProgramHash = name }
}

func once(e *judge.Entry) { e.Judging.Values[0].Measured = judge.Measured{} }

// fared lists "submission outcome" of a contestant's later entries, and the one
// that stands.
func fared(t *testing.T, entries ...judge.Entry) string {
	t.Helper()
	// Somebody else makes "here" the board's class.
	entries = slices.Concat(entries, []judge.Entry{timed(90, "x", 500*ms, .004), timed(91, "y", 500*ms, .004), timed(92, "z", 500*ms, .004)})
	row, ok := Rank(contest(), problem, judge.RealBoard, entries).Find("a")
	if !ok {
		t.Fatal("no row")
	}
	var out []string
	for _, c := range row.Challenges {
		out = append(out, fmt.Sprintf("%d %s", c.Submission, c.Outcome))
	}
	return fmt.Sprintf("%s: %d", strings.Join(out, ", "), row.Submission)
}

func TestStanding(t *testing.T) {
	for name, c := range map[string]struct {
		entries []judge.Entry
		want    string
	}{
		"one": {[]judge.Entry{timed(1, "a", 100*ms, .004)}, ": 1"},
		"faster beyond doubt": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 98*ms, .004)}, "2 faster: 2"},
		"less, but in doubt": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 99400*us, .004)}, "2 not faster: 1"},
		"within the floor, however sharp": {
			[]judge.Entry{timed(1, "a", 100*ms, .0001), timed(2, "a", 99600*us, .0001)}, "2 not faster: 1"},
		"many steps in doubt, and one that is not from the first": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 99400*us, .004), timed(3, "a", 98900*us, .004), timed(4, "a", 97500*us, .004)},
			"2 not faster, 3 not faster, 4 faster: 4"},
		"slower": {[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 150*ms, .004)}, "2 not faster: 1"},
		"passed more, however slow": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, passed(9)), timed(2, "a", 900*ms, .004)}, "2 better key: 2"},
		"passed less, however fast": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 10*ms, .004, passed(9))}, "2 passed less: 1"},
		"a copy": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, program("P")), timed(2, "a", 50*ms, .004, program("P"))}, "2 same program: 1"},
		"a copy of one that did not stand is no try": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, program("P")), timed(2, "a", 99400*us, .004, program("Q")), timed(3, "a", 99400*us, .004, program("Q")), timed(4, "a", 95*ms, .004, program("R"))},
			"2 not faster, 3 same program, 4 faster: 4"},
		"a copy that passed more": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, program("P"), passed(9)), timed(2, "a", 100*ms, .004, program("P"))}, "2 better key: 2"},
		"run once: less time": {
			[]judge.Entry{timed(1, "a", 100*ms, 0, once), timed(2, "a", 100*ms, 0, once), timed(3, "a", 100*ms-1, 0, once)},
			"2 not less time, 3 less time: 3"},
		"run once: a copy": {
			[]judge.Entry{timed(1, "a", 100*ms, 0, once, program("P")), timed(2, "a", 90*ms, 0, once, program("P"))}, "2 same program: 1"},
		"measured after one that is not": {
			[]judge.Entry{timed(1, "a", 50*ms, 0, once), timed(2, "a", 100*ms, .004)}, "2 better key: 2"},
		"not measured yet": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 50*ms, 0, once)}, "2 not measured: 1"},
		"another machine": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 50*ms, .004, on("there"))}, "2 another machine: 1"},
		"the board's machine": {
			[]judge.Entry{timed(1, "a", 50*ms, .004, on("there")), timed(2, "a", 100*ms, .004)}, "2 better key: 2"},
		"two other machines": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, on("there")), timed(2, "a", 50*ms, .004, on("elsewhere"))}, "2 another machine: 1"},
	} {
		for range 2 { // the order of the input is not the order of receipt
			if got := fared(t, c.entries...); got != c.want {
				t.Errorf("%s: got %q, want %q", name, got, c.want)
			}
			slices.Reverse(c.entries)
		}
	}
}

// What takes an entry away is as if it had never been: the rest is replayed.
func TestStandingIsReplayed(t *testing.T) {
	entries := []judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 90*ms, .004), timed(3, "a", 95*ms, .004)}
	if got, want := fared(t, entries...), "2 faster, 3 not faster: 2"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	entries[1].Judging.Verdict = judge.Internal
	if got, want := fared(t, entries...), "3 faster: 3"; got != want {
		t.Errorf("without the second: got %q, want %q", got, want)
	}
}

func TestWhy(t *testing.T) {
	rank := func(entries ...judge.Entry) Row {
		row, _ := Rank(contest(), problem, judge.RealBoard, entries).Find("a")
		return row
	}
	row := rank(timed(3, "a", 100*ms, .004), timed(4, "a", 99600*us, .004), timed(5, "a", 99*ms, .004, passed(9)), timed(6, "a", 90*ms, .004), timed(7, "a", 95*ms, .004))
	for id, want := range map[judge.SubmissionID]string{
		3: "",
		4: "not faster beyond doubt than submission 3, which stood then (ratio 0.996 [0.987, 1.005], at the level of try 1)",
		5: "passed less than submission 3, which stood then",
		6: "",
		7: "not faster beyond doubt than submission 6, which stands (ratio 1.056 [1.042, 1.069], at the level of try 3)",
	} {
		c, _ := row.Challenge(id)
		if got := c.Why(row.Submission); got != want {
			t.Errorf("submission %d is %q, want %q", id, got, want)
		}
	}
}

// recorded are real pairs, see testdata.
type recorded struct {
	Baseline measure.Baseline  `json:"baseline"`
	Sessions []measure.Session `json:"sessions"`
}

// round is what a program took of the reference's time in one round, by test, as a
// logarithm and less the median of its session: a program that equals it.
type round []struct {
	test string
	log  float64
}

func (r recorded) rounds(t *testing.T) []round {
	t.Helper()
	var out []round
	for _, s := range r.Sessions {
		clean, _ := measure.Clean(s.Pairs)
		by, rounds := map[string][]float64{}, map[int]round{}
		log := func(p measure.Pair) float64 { return math.Log(float64(p.Candidate.CPU) / float64(p.Reference.CPU)) }
		for _, p := range clean {
			by[p.Test] = append(by[p.Test], log(p))
		}
		for _, p := range clean {
			slices.Sort(by[p.Test])
			middle := by[p.Test][len(by[p.Test])/2]
			rounds[p.Round] = append(rounds[p.Round], struct {
				test string
				log  float64
			}{p.Test, log(p) - middle})
		}
		for n := range 20 {
			out = append(out, rounds[n+1])
		}
	}
	return out
}

// copies are measurements of so many copies of one program, each of 20 rounds that
// are drawn from what was recorded.
func copies(t *testing.T, n int) []judge.Measured {
	t.Helper()
	data, err := os.ReadFile("testdata/pairs.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure.Decode[recorded](data)
	if err != nil {
		t.Fatal(err)
	}
	rounds, rng := r.rounds(t), rand.New(rand.NewPCG(7, 8))
	var names []string
	for _, f := range r.Baseline.Tests {
		names = append(names, f.Name)
	}
	tests, metric := r.Baseline.For(judge.CPUBoard, names), r.Baseline.Metric(judge.CPUBoard)
	out := make([]judge.Measured, 0, n)
	for len(out) < n {
		var pairs []measure.Pair
		for i := range 20 {
			for k, one := range rounds[rng.IntN(len(rounds))] {
				reference := 10 * time.Millisecond
				pairs = append(pairs, measure.Pair{
					Session: "s", Round: i + 1, Test: one.test, Attempt: k, Reference: measure.Sample{CPU: reference},
					Candidate: measure.Sample{CPU: time.Duration(float64(reference) * math.Exp(one.log))},
				})
			}
		}
		s, err := measure.Evaluate(tests, pairs, metric, fmt.Sprint(len(out)))
		if errors.Is(err, measure.ErrNoPairs) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, judge.Measured{Total: judge.Amount(s.Total), Ratio: s.Ratio, Low: s.Interval.Low, High: s.Interval.High, Freedom: s.Drawn.Freedom, Rounds: s.Rounds, Stop: "rounds"})
	}
	return out
}

// Copies of a program that are measured each for itself, as if each were another
// program, take the place of the first in at most one contest of a hundred,
// however many there are.
func TestCopiesDoNotReplaceTheFirst(t *testing.T) {
	const contests, tries = 1000, 200
	all := copies(t, 600)
	rng := rand.New(rand.NewPCG(9, 10))
	replaced, best := 0, 0
	entries := make([]candidate, tries+1)
	for range contests {
		fastest := measure.Estimate{Total: math.Inf(1)}
		for i, k := range rng.Perm(len(all))[:len(entries)] {
			e := timed(i+1, "a", 1, 0)
			e.Judging.Values[0].Measured = all[k]
			entries[i] = newCandidate(passedRule, judge.RealBoard, judge.Scale{}, &e)
			if one := entries[i].estimate(); one.Total < fastest.Total {
				fastest = one
			}
		}
		first := entries[0]
		standing, _ := stand(entries)
		if standing.Submission.ID != first.Submission.ID {
			replaced++
		}
		if measure.DefaultRule().Faster(measure.Try(1, fastest, first.estimate())) {
			best++
		}
	}
	t.Logf("of %d contests: replaced in %d; if the best copy had been the only one: in %d", contests, replaced, best)
	if replaced > contests/100 {
		t.Errorf("copies replaced the first in %d of %d contests, want 1 %% at most", replaced, contests)
	}
	if best <= contests/100 {
		t.Errorf("the best of %d copies alone would do so in only %d of %d contests: there is no luck to be bought, and nothing is shown", tries, best, contests)
	}
}

// A ladder of entries that are each 1 % faster is climbed: some doubt delays a
// step, and never for long.
func TestImprovementsStand(t *testing.T) {
	var entries []judge.Entry
	total := 100 * float64(ms)
	for i := range 50 {
		entries = append(entries, timed(i+1, "a", time.Duration(total), .004))
		total *= .99
	}
	row, _ := Rank(contest(), problem, judge.RealBoard, entries).Find("a")
	if row.Submission < 48 {
		t.Errorf("submission %d stands after 50 steps of 1 %%", row.Submission)
	}
}

func chosen(e *judge.Entry) { e.ChosenBy = "a" }

func late(e *judge.Entry) { e.Submission.Receipt = end.Add(time.Hour) }

// A contestant's choice for the final holds if it is not told apart as slower from
// what stands; it changes no place, and is replayed like everything else.
func TestChoice(t *testing.T) {
	for name, c := range map[string]struct {
		entries []judge.Entry
		takes   judge.SubmissionID
		outcome Outcome
		ignored string
	}{
		"a later one in doubt": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 99400*us, .004, chosen)}, 2, Holds, ""},
		"a slower one in doubt": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 100600*us, .004, chosen)}, 2, Holds, ""},
		"the standing one itself": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, chosen), timed(2, "a", 99400*us, .004)}, 1, Holds, ""},
		"slower beyond doubt": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 102*ms, .004, chosen)}, 1, Slower,
			"it is slower beyond doubt than submission 1, which stands (ratio 1.020 [1.010, 1.030])"},
		"one that was replaced": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, chosen), timed(2, "a", 98*ms, .004)}, 2, Slower,
			"it is slower beyond doubt than submission 2, which stands (ratio 1.020 [1.011, 1.030])"},
		"passed less": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 50*ms, .004, passed(9), chosen)}, 1, WorseKey, "it passed less than submission 1, which stands"},
		"run once": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 50*ms, 0, once, chosen)}, 1, NotMeasured, "it is not measured yet, as is submission 1, which stands"},
		"another machine": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 50*ms, .004, on("there"), chosen)}, 1, OtherMachine, "it is measured on another machine than submission 1, which stands"},
		"two other machines": {
			[]judge.Entry{timed(1, "a", 100*ms, .004, on("there")), timed(2, "a", 50*ms, .004, on("elsewhere"), chosen)}, 1, OtherMachine, "it is measured on another machine than submission 1, which stands"},
		"both run once, more time": {
			[]judge.Entry{timed(1, "a", 100*ms, 0, once), timed(2, "a", 100*ms+1, 0, once, chosen)}, 1, Slower, "it took more time than submission 1, which stands"},
		"both run once, the same time": {
			[]judge.Entry{timed(1, "a", 100*ms, 0, once), timed(2, "a", 100*ms, 0, once, chosen)}, 2, Holds, ""},
		"late": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 99400*us, .004, late, chosen)}, 1, NotEligible, "it is not eligible"},
	} {
		// Somebody else makes "here" the board's class.
		entries := slices.Concat(c.entries, []judge.Entry{timed(90, "x", 500*ms, .004), timed(91, "y", 500*ms, .004), timed(92, "z", 500*ms, .004)})
		row, _ := Rank(contest(), problem, judge.RealBoard, entries).Find("a")
		if row.Choice == nil {
			t.Errorf("%s: no choice", name)
			continue
		}
		if row.Choice.Outcome != c.outcome || row.Choice.Ignored() != c.ignored || row.Finalist() != c.takes {
			t.Errorf("%s: got %q (%q), the final takes %d, want %q (%q) and %d", name, row.Choice.Outcome, row.Choice.Ignored(), row.Finalist(), c.outcome, c.ignored, c.takes)
		}
		for i := range entries {
			entries[i].ChosenBy = ""
		}
		without, _ := Rank(contest(), problem, judge.RealBoard, entries).Find("a")
		if without.Choice != nil || without.Submission != row.Submission || without.Ranking != row.Ranking || without.Finalist() != row.Submission {
			t.Errorf("%s: the choice changes the board: submission %d at %+v with it, %d at %+v without", name, row.Submission, row.Ranking, without.Submission, without.Ranking)
		}
	}
}
