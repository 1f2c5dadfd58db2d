package measure

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// doubts are those of tests of equal parts, by their variances.
func doubts(pairs int, variances ...float64) (out []Doubt) {
	for _, v := range variances {
		out = append(out, Doubt{1 / float64(len(variances)), v, pairs})
	}
	return out
}

func TestAllot(t *testing.T) {
	few := doubts(5, 0, 0, 0, 0)
	few[1].Pairs = 4
	dear := []Doubt{{0.4, 1, 5}, {0.3, 1, 5}, {0.3, 1, 5}}
	for _, tc := range []struct {
		name   string
		costs  []time.Duration
		doubts [][]Doubt
		want   [][]int
	}{
		{"alike", []time.Duration{20, 20, 20, 20}, [][]Doubt{doubts(5, 1, 1, 1, 1)}, [][]int{{0, 1, 2, 3}, {0, 1, 2, 3}}},
		{"nothing varies", []time.Duration{20, 20, 20, 20}, [][]Doubt{doubts(5, 0, 0, 0, 0)}, [][]int{{0, 1, 2, 3}, {0, 1, 2, 3}}},
		// The calm ones have a fortieth of the variance each: they wait until the wild
		// one has had six times as many pairs.
		{"one is wild", []time.Duration{20, 20, 20, 20}, [][]Doubt{doubts(5, 0, 0, 1, 0)}, [][]int{{2, 2, 2, 2}, {2, 2, 2, 2}, {2, 2, 2, 2}}},
		{"wild on the other board", []time.Duration{20, 20, 20, 20}, [][]Doubt{doubts(5, 1e-6, 1e-6, 1e-6, 1e-6), doubts(5, 0, 0, 0, 1)}, [][]int{{3, 3, 3, 3}}},
		{"no more than five", []time.Duration{10, 10, 10, 10, 10, 10, 10}, [][]Doubt{doubts(5, 1, 0, 0, 0, 0, 0, 0)}, [][]int{{0, 0, 0, 0, 0, 1, 2}}},
		// Two finalists vary a thousand times as much as the other two, elsewhere:
		// those get as many pairs.
		{"others are wild", []time.Duration{20, 20, 20, 20}, [][]Doubt{doubts(5, 1000, 0, 0, 0), doubts(5, 0, 1, 0, 0)}, [][]int{{0, 0, 1, 1}, {0, 0, 1, 1}}},
		{"one has few", []time.Duration{20, 20, 20, 20}, [][]Doubt{few, doubts(5, 1, 0, 0, 0)}, [][]int{{0, 0, 0, 1}, {0, 0, 0, 0}}},
		// For the price of the long one the short ones have five pairs each; what it
		// then takes too much is missing in the next round.
		{"dear", []time.Duration{200, 20, 20}, [][]Doubt{dear}, [][]int{{0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}, {1, 1, 2, 2}}},
		{"a single test", []time.Duration{20}, [][]Doubt{doubts(5, 1)}, [][]int{{0}, {0}}},
	} {
		a := Allot(tc.costs, tc.doubts...)
		for i, want := range tc.want {
			if got := a.Round(); !slices.Equal(got, want) {
				t.Errorf("%s: round %d has the tests %v, want %v", tc.name, i+1, got, want)
			}
		}
	}
}

func TestCosts(t *testing.T) {
	tests := []Test{{Name: "a"}, {Name: "b"}}
	run := func(ms int) Sample { return Sample{Real: time.Duration(ms)*time.Millisecond - beside} }
	of := func(candidate int, disturbed ...Disturbance) []Pair {
		return []Pair{
			{Test: "a", Reference: run(10), Candidate: run(candidate)},
			{Test: "b", Reference: run(10), Candidate: run(candidate)},
			{Test: "b", Reference: run(10), Candidate: run(candidate), ReferenceDisturbed: disturbed},
		}
	}
	for name, tc := range map[string]struct{ got, want []time.Duration }{
		"a submission":                       {Costs(tests, of(20)), []time.Duration{30 * time.Millisecond, 30 * time.Millisecond}},
		"two in a final share the reference": {Costs(tests, of(20), of(40)), []time.Duration{70 * time.Millisecond, 70 * time.Millisecond}},
		"a disturbed pair is paid for":       {Costs(tests, of(20, Steal)), []time.Duration{30 * time.Millisecond, 60 * time.Millisecond}},
		"nothing is known":                   {Costs(tests, nil), []time.Duration{1, 1}},
	} {
		if !slices.Equal(tc.got, tc.want) {
			t.Errorf("%s: %v, want %v", name, tc.got, tc.want)
		}
	}
}

// unequal is a machine on which every third test is as noisy as memory that
// strangers use as well, and the others repeat to 1 %.
type unequal struct{ calm, wild *machine }

func (u unequal) pair(id string, round, attempt, test int, tests []Test, ratio float64) Pair {
	m := u.calm
	if test%3 == 0 {
		m = u.wild
	}
	work := float64(tests[test].Reference)
	return Pair{
		Session: id, Round: round, Attempt: attempt, Test: tests[test].Name,
		Reference: m.run(time.Duration(work)), Candidate: m.run(time.Duration(ratio * work)),
	}
}

// score measures rounds, a multiple of AllotEvery, after the fifth those that are allotted.
func (u unequal) score(t *testing.T, id string, tests []Test, ratio float64, rounds int, allotted bool) (s Score, pairs int) {
	t.Helper()
	var all []Pair
	var a *Allotment
	for round := 1; round <= rounds; round++ {
		list := Each(len(tests))
		if a != nil {
			list = a.Round()
		}
		attempts := map[int]int{}
		for _, step := range Order("unequal", id, round, list, 2) {
			all = append(all, u.pair(id, round, attempts[step.Test], step.Test, tests, ratio))
			attempts[step.Test]++
		}
		if round%AllotEvery != 0 {
			continue
		}
		var err error
		if s, err = Evaluate(tests, all, cpu, id); err != nil {
			t.Fatal(err)
		}
		if allotted {
			a = Allot(Costs(tests, all), s.Drawn.Doubts)
		}
	}
	return s, len(all)
}

// With the same time a score repeats better, its interval holds what it should,
// and it leans to neither side.
func TestAllottedRoundsAreSharper(t *testing.T) {
	tests := someTests(15)
	for i := range tests {
		tests[i].Reference = 10 * time.Millisecond
	}
	const truth = 1.02
	sessions := trialsFor(200)
	spread, pairs := map[bool]float64{}, map[bool]int{}
	for _, allotted := range []bool{false, true} {
		u := unequal{calm: newMachine(5), wild: newMachine(6)}
		u.calm.outliers, u.calm.drift = 0, 0.001
		u.wild.outliers = 0.4
		var ratios []float64
		held := 0
		for i := range sessions {
			s, n := u.score(t, fmt.Sprint(i), tests, truth, 10, allotted)
			ratios = append(ratios, s.Ratio)
			pairs[allotted] += n
			if s.Interval.Contains(truth) {
				held++
			}
		}
		spread[allotted] = Deviation(ratios) / Mean(ratios)
		t.Logf("allotted %t: repeats to %.2f %%, mean %.4f, %d of %d intervals hold the truth, %d pairs", allotted, 100*spread[allotted], Mean(ratios), held, sessions, pairs[allotted])
		if off := Mean(ratios) - truth; !near(off, 0, 4*Deviation(ratios)/math.Sqrt(float64(sessions))) {
			t.Errorf("allotted %t: the mean of the ratios is off by %.4f", allotted, off)
		}
		if held < sessions*92/100 {
			t.Errorf("allotted %t: %d of %d intervals hold the truth, want 92 %%", allotted, held, sessions)
		}
	}
	if spread[true] > 0.85*spread[false] {
		t.Errorf("repeats to %.4f with allotted rounds, to %.4f with full ones", spread[true], spread[false])
	}
	if pairs[true] > pairs[false] {
		t.Errorf("%d pairs in allotted rounds, %d in full ones", pairs[true], pairs[false])
	}
}
