package score

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"contest/judge"
)

// pointsRule is a second rule, as somebody would add one: it needs nothing but its file
// and its line.
var pointsRule = Rule{
	Key:  func(g judge.Grade) float64 { return g.Points },
	Less: "has fewer points",
}

// withRule has one more rule while a test runs.
func withRule(t *testing.T, name string, r Rule) {
	rules[name] = r
	t.Cleanup(func() { delete(rules, name) })
}

func points(p float64) func(*judge.Entry) { return func(e *judge.Entry) { e.Judging.Points = p } }

// goldenEntries have something for every rule to tell apart.
func goldenEntries() []judge.Entry {
	return []judge.Entry{
		timed(1, "fast", 100*ms, .004, points(10)), timed(2, "equal", 100*ms, .01, points(10)), timed(3, "slow", 200*ms, .004, points(10)),
		timed(4, "few", 50*ms, .004, passed(4), points(50)), timed(5, "most", 900*ms, .004, passed(9), points(50)),
		timed(6, "none", 10*ms, .004, passed(3), points(0)), entry(7, "once", judge.Accepted, 10, 70*ms, 80*ms, end.Add(-1)),
		timed(8, "twice", 100*ms, .004, points(10)), timed(9, "twice", 90*ms, .004, points(9.5)),
	}
}

// Every rule has a board in testdata/boards: what the same entries come to by it.
func TestGoldenBoards(t *testing.T) {
	withRule(t, "points", pointsRule)
	for _, name := range RuleNames() {
		b := Rank(contest(), judge.Problem{ID: "p", Scoring: name}, judge.RealBoard, goldenEntries())
		var got strings.Builder
		for _, r := range b.Rows {
			fmt.Fprintf(&got, "%-3s %-6s %d  %s %d passed, %g points, %s\n", r.RankText(), r.RangeText(), r.Group, r.Contestant, r.Passed, r.Points, r.Value.Time())
			for _, c := range r.Challenges {
				if why := c.Why(r.Submission); why != "" {
					fmt.Fprintf(&got, "    %d: %s\n", c.Submission, why)
				}
			}
		}
		file := filepath.Join("testdata/boards", name+".txt")
		want, err := os.ReadFile(file)
		if err != nil || string(want) != got.String() {
			t.Errorf("%s: %v\ngot\n%swant\n%s", file, err, got.String(), want)
		}
	}
}

// Whoever names no rule, or one that is gone, is ranked by the first.
func TestDefaultRule(t *testing.T) {
	withRule(t, "points", pointsRule)
	if got := RuleNames(); got[0] != "passed" || !slices.Contains(got[1:], "points") || len(got) != len(rules) {
		t.Errorf("rules %q, want passed first, and points", got)
	}
	g := judge.Grade{Passed: 3, Points: 7}
	for name, want := range map[string]float64{"": 3, "passed": 3, "points": 7, "gone": 3} {
		if got := RuleOf(judge.Problem{Scoring: name}).Key(g); got != want {
			t.Errorf("by %q the key is %g, want %g", name, got, want)
		}
	}
}

// valued makes an entry of one value on a board called "gas".
func valued(id int, who string, value judge.Amount, change ...func(*judge.Entry)) judge.Entry {
	e := entry(id, who, judge.Accepted, 10, 10, 10, end.Add(-1))
	e.Judging.Values = append(e.Judging.Values, judge.Value{Board: "gas", Once: value})
	for _, f := range change {
		f(&e)
	}
	return e
}

// interval makes the value on "gas" a measured one.
func interval(half float64) func(*judge.Entry) {
	return func(e *judge.Entry) {
		v := e.Judging.Values.At("gas")
		v.Measured = judge.Measured{Total: v.Once, Ratio: 1, Low: 1 / (1 + half), High: 1 + half, HalfWidth: half, Rounds: 10, Stop: "rounds"}
		e.Judging.Class = "here"
	}
}

// A board is a name and a scale: gas, points or instructions need no field of their own.
func TestScales(t *testing.T) {
	const large = 1 << 60 // where numbers that are no integers do not tell neighbours apart
	for name, c := range map[string]struct {
		scale   judge.Scale
		entries []judge.Entry
		want    []string
	}{
		"exact": {
			judge.Scale{Unit: "gas", Exact: true},
			[]judge.Entry{valued(1, "a", large+1), valued(2, "b", large), valued(3, "c", large), valued(4, "d", 1, passed(9))},
			[]string{"1= 1-2 b", "1= 1-2 c", "3 3-3 a", "4 4-4 d"},
		},
		"exact, more is better": {
			judge.Scale{Unit: "points", More: true, Exact: true},
			[]judge.Entry{valued(1, "a", 7), valued(2, "b", 9), valued(3, "c", 8), valued(4, "d", 9)},
			[]string{"1= 1-2 b", "1= 1-2 d", "3 3-3 c", "4 4-4 a"},
		},
		"exact, whatever was measured": {
			judge.Scale{Unit: "gas", Exact: true},
			[]judge.Entry{valued(1, "a", 1001, interval(.5)), valued(2, "b", 1000)},
			[]string{"1 1-1 b", "2 2-2 a"},
		},
		"with intervals": {
			judge.Scale{Unit: "instructions"},
			[]judge.Entry{valued(1, "a", 1e9, interval(.004)), valued(2, "b", 1.02e9, interval(.004)), valued(3, "c", 1.001e9, interval(.004))},
			[]string{"1= 1-2 a", "1= 1-2 c", "3 3-3 b"},
		},
		"with intervals, more is better": {
			judge.Scale{Unit: "requests", More: true},
			[]judge.Entry{valued(1, "a", 1e9, interval(.004)), valued(2, "b", 1.02e9, interval(.004)), valued(3, "c", 1.001e9, interval(.004))},
			[]string{"1 1-1 b", "2= 2-3 c", "2= 2-3 a"},
		},
	} {
		p := judge.Problem{ID: "p", Scales: map[judge.Board]judge.Scale{"gas": c.scale}}
		b := Rank(contest(), p, "gas", c.entries)
		if got := lines(b); !slices.Equal(got, c.want) || b.Scale != c.scale {
			t.Errorf("%s: got %q on %+v, want %q", name, got, b.Scale, c.want)
		}
	}
}

// Among a contestant's own entries the direction of the board counts too.
func TestStandingOnScales(t *testing.T) {
	for scale, want := range map[judge.Scale]judge.SubmissionID{
		{Unit: "gas", Exact: true}:                2,
		{Unit: "points", More: true, Exact: true}: 3,
		{Unit: "requests", More: true}:            3,
	} {
		p := judge.Problem{ID: "p", Scales: map[judge.Board]judge.Scale{"gas": scale}}
		b := Rank(contest(), p, "gas", []judge.Entry{valued(1, "a", 1000, interval(.004)), valued(2, "a", 900, interval(.004)), valued(3, "a", 1100, interval(.004))})
		if b.Rows[0].Submission != want {
			t.Errorf("%+v: submission %d stands, want %d", scale, b.Rows[0].Submission, want)
		}
	}
}
