package score

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
)

const ms = time.Millisecond

// timed makes an entry whose real time was measured: total with a relative
// half-width of its 95 % interval, on the machine class "here".
func timed(id int, who string, total time.Duration, half float64, change ...func(*judge.Entry)) judge.Entry {
	e := entry(id, who, judge.Accepted, 10, total+7, total+9, end.Add(-time.Hour))
	ratio := float64(total) / float64(100*ms)
	m := judge.Measured{
		Total: judge.Amount(total), Ratio: ratio, Low: ratio / (1 + half), High: ratio * (1 + half), HalfWidth: half,
		Rounds: 10, Sessions: 2, Pairs: 100, Disturbed: 3, Stop: "precise",
	}
	e.Judging.Values[0].Measured, e.Judging.Class, e.Judging.Scheduling = m, "here", "fifo"
	e.Judging.Finished = e.Submission.Receipt.Add(time.Duration(id) * time.Second)
	for _, f := range change {
		f(&e)
	}
	return e
}

func on(class string) func(*judge.Entry) { return func(e *judge.Entry) { e.Judging.Class = class } }

func passed(n int) func(*judge.Entry) {
	return func(e *judge.Entry) { e.Judging.Passed, e.Judging.TimedPassed = n, n }
}

// lines prints a board, one "rank best-worst contestant" a row, "=" for ties.
func lines(b Scoreboard) []string {
	var out []string
	for _, r := range b.Rows {
		tie := ""
		if r.Tied {
			tie = "="
		}
		out = append(out, fmt.Sprintf("%d%s %d-%d %s", r.Rank, tie, r.Best, r.Worst, r.Contestant))
	}
	return out
}

func TestRanksWithDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		entries []judge.Entry
		want    []string
	}{
		"separated": {
			[]judge.Entry{timed(1, "a", 103*ms, .004), timed(2, "b", 100*ms, .004), timed(3, "c", 101*ms, .004)},
			[]string{"1 1-1 b", "2 2-2 c", "3 3-3 a"},
		},
		"a chain of overlaps": { // a and c differ, b differs from neither: c begins the next group
			[]judge.Entry{timed(1, "a", 1000*ms, .005), timed(2, "b", 1006*ms, .005), timed(3, "c", 1012*ms, .005)},
			[]string{"1= 1-2 a", "1= 1-3 b", "3 2-3 c"},
		},
		"all in doubt": {
			[]judge.Entry{timed(1, "a", 1002*ms, .01), timed(2, "b", 1000*ms, .01), timed(3, "c", 1001*ms, .01)},
			[]string{"1= 1-3 b", "1= 1-3 c", "1= 1-3 a"},
		},
		"below the floor": { // sure, and too little to count
			[]judge.Entry{timed(1, "a", 1000*ms, .0001), timed(2, "b", 1004*ms, .0001)},
			[]string{"1= 1-2 a", "1= 1-2 b"},
		},
		"tests before time": {
			[]judge.Entry{timed(1, "a", 50*ms, .004, passed(9)), timed(2, "b", 100*ms, .004), timed(3, "c", 50*ms, .004, passed(9))},
			[]string{"1 1-1 b", "2= 2-3 a", "2= 2-3 c"},
		},
		"what was not measured comes after": {
			[]judge.Entry{
				timed(1, "a", 100*ms, .004), entry(2, "b", judge.Accepted, 10, 50*ms, 1, end.Add(-1)),
				entry(3, "c", judge.Accepted, 10, 50*ms, 1, end.Add(-2)), timed(4, "d", 40*ms, .004, passed(9)),
			},
			[]string{"1 1-1 a", "2= 2-3 c", "2= 2-3 b", "4 4-4 d"},
		},
		"another machine class has no rank": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "b", 101*ms, .001), timed(3, "c", 20*ms, .004, on("there"))},
			[]string{"1 1-1 a", "2 2-2 b", "0 0-0 c"},
		},
		"the newer class of two": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "b", 101*ms, .004, on("there"))},
			[]string{"1 1-1 b", "0 0-0 a"},
		},
		"one's own entry of the board's class counts": {
			[]judge.Entry{timed(1, "a", 100*ms, .004), timed(2, "a", 20*ms, .004, on("there")), timed(3, "b", 90*ms, .004)},
			[]string{"1 1-1 b", "2 2-2 a"},
		},
	} {
		if diff := cmp.Diff(c.want, lines(Rank(contest(), problem, judge.RealBoard, c.entries))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRowSaysWhatWasMeasured(t *testing.T) {
	b := Rank(contest(), problem, judge.RealBoard, []judge.Entry{timed(1, "a", 200*ms, .25), timed(2, "b", 90*ms, .25, on("there"))})
	if b.Class != "there" || b.Ranked() != 1 || len(b.Rows) != 2 {
		t.Fatalf("class %q, %d of %d rows ranked", b.Class, b.Ranked(), len(b.Rows))
	}
	got := b.Rows[1]
	want := judge.Measured{
		Total: 200e6, Ratio: 2, Low: 1.6, High: 2.5, HalfWidth: .25, Rounds: 10, Sessions: 2, Pairs: 100, Disturbed: 3, Stop: "precise",
	}
	if diff := cmp.Diff(want, got.Measured); diff != "" || !got.OtherClass {
		t.Errorf("other class %t (-want +got):\n%s", got.OtherClass, diff)
	}
	if got.Low != 160e6 || got.High != 250e6 || got.Class != "here" || got.Scheduling != "fifo" {
		t.Errorf("from %d to %d on %q, %q", got.Low, got.High, got.Class, got.Scheduling)
	}
	real, cpu := got.Values.On(judge.RealBoard).Total(), got.Values.On(judge.CPUBoard).Total()
	if got.Value != 200e6 || real != 200e6 || cpu != 200e6+9 { // only real time was measured
		t.Errorf("time %d, real %d, CPU %d", got.Value, real, cpu)
	}
}

// Ranks read down every board, and each lies in its range: nobody stands above a
// row of the same first key that is faster, whoever is measured and how.
func TestRangesAreSound(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		var entries []judge.Entry
		for id := range 1 + rng.IntN(20) {
			total := time.Duration(float64(100*ms) * math.Exp(rng.NormFloat64()/100))
			e := timed(id+1, fmt.Sprintf("c%d", id), total, .001+.01*rng.Float64(), passed(9+rng.IntN(2)))
			switch rng.IntN(10) {
			case 0:
				e = entry(id+1, fmt.Sprintf("c%d", id), judge.Accepted, 9+rng.IntN(2), total, total, end.Add(-1))
			case 1:
				e.Judging.Class = "there"
			}
			entries = append(entries, e)
		}
		b := Rank(contest(), problem, judge.RealBoard, entries)
		for i, r := range b.Rows {
			if r.OtherClass {
				if r.Rank != 0 || i < b.Ranked() {
					t.Fatalf("row %d of another class: %v", i, lines(b))
				}
				continue
			}
			if r.Best < 1 || r.Best > r.Rank || r.Rank > i+1 || r.Worst < i+1 || r.Worst > b.Ranked() {
				t.Fatalf("row %d of %d: rank %d, range %d to %d", i, len(b.Rows), r.Rank, r.Best, r.Worst)
			}
			if i == 0 {
				continue
			}
			above := b.Rows[i-1]
			if r.Rank != above.Rank && r.Rank != i+1 || r.Group < above.Group || r.Passed > above.Passed {
				t.Fatalf("row %d has rank %d in group %d below %d in group %d", i, r.Rank, r.Group, above.Rank, above.Group)
			}
			if same := r.Group == above.Group && r.Measured.Is() == above.Measured.Is(); same && r.Value < above.Value {
				t.Fatalf("row %d takes %d, the one above %d", i, r.Value, above.Value)
			}
			if r.Group == above.Group && r.Measured.Is() && !above.Measured.Is() {
				t.Fatalf("row %d is measured, the one above is not", i)
			}
		}
		rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		if diff := cmp.Diff(b, Rank(contest(), problem, judge.RealBoard, entries)); diff != "" {
			t.Fatalf("the order of the entries changes the board:\n%s", diff)
		}
	}
}

// Faulty intervals must not reach the ranking's logarithms: such an entry
// counts as not measured.
func TestFaultyIntervalsAreNoMeasurement(t *testing.T) {
	for name, break_ := range map[string]func(*judge.Measured){
		"no total": func(m *judge.Measured) { m.Total = 0 },
		"no low":   func(m *judge.Measured) { m.Low = 0 },
		"reversed": func(m *judge.Measured) { m.Low, m.High = m.High, m.Low },
		"NaN":      func(m *judge.Measured) { m.Low = math.NaN() },
	} {
		bad := timed(1, "bad", 50*ms, .004)
		break_(&bad.Judging.Values[0].Measured)
		b := Rank(contest(), problem, judge.RealBoard, []judge.Entry{bad, timed(2, "good", 100*ms, .004)})
		if diff := cmp.Diff([]string{"1 1-1 good", "2 2-2 bad"}, lines(b)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// BenchmarkRank is a board of 2,000 contestants in one group.
func BenchmarkRank(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	entries := make([]judge.Entry, 2000)
	for i := range entries {
		total := time.Duration(float64(100*ms) * math.Exp(rng.Float64()))
		entries[i] = timed(i+1, fmt.Sprintf("c%d", i), total, .005)
	}
	for b.Loop() {
		if rows := Rank(contest(), problem, judge.RealBoard, entries).Rows; len(rows) != len(entries) {
			b.Fatalf("%d rows", len(rows))
		}
	}
}
