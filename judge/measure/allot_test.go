package measure

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// scored makes a score of parts of the total and, for each test, the variance
// of the logarithm of the total on its account.
func scored(pairs int, parts, variances []float64) (s Score) {
	for i, part := range parts {
		s.Tests = append(s.Tests, TestScore{Name: fmt.Sprint(i), Pairs: pairs, Part: part})
	}
	s.Drawn.Variances = variances
	return s
}

// taking makes a pair of each test with so many milliseconds for both runs and
// what is beside.
func taking(ms ...int) []Pair {
	var out []Pair
	for i, n := range ms {
		out = append(out, Pair{Test: fmt.Sprint(i), Reference: Sample{Real: time.Duration(n)*time.Millisecond - 2*beside}})
	}
	return out
}

func TestAllot(t *testing.T) {
	quarters := []float64{0.25, 0.25, 0.25, 0.25}
	few := scored(5, quarters, []float64{0, 0, 0, 0})
	few.Tests[1].Pairs = 4
	for _, tc := range []struct {
		name   string
		pairs  []Pair
		scores []Score
		want   [][]int
	}{
		{"alike", taking(20, 20, 20, 20), []Score{scored(5, quarters, []float64{1, 1, 1, 1})}, [][]int{{0, 1, 2, 3}, {0, 1, 2, 3}}},
		{"nothing varies", taking(20, 20, 20, 20), []Score{scored(5, quarters, []float64{0, 0, 0, 0})}, [][]int{{0, 1, 2, 3}, {0, 1, 2, 3}}},
		// The calm three have a tenth of the mean variance: they wait until the wild
		// one has had about three times as many pairs.
		{"one is wild", taking(20, 20, 20, 20), []Score{scored(5, quarters, []float64{0, 0, 1, 0})}, [][]int{{2, 2, 2, 2}, {2, 2, 2, 2}, {2, 2, 2, 2}}},
		{"wild on the other board", taking(20, 20, 20, 20), []Score{scored(5, quarters, []float64{1e-6, 1e-6, 1e-6, 1e-6}), scored(5, quarters, []float64{0, 0, 0, 1})}, [][]int{{3, 3, 3, 3}}},
		{"no more than five", taking(10, 10, 10, 10, 10, 10, 10), []Score{scored(5, []float64{1, 0, 0, 0, 0, 0, 0}, []float64{1, 0, 0, 0, 0, 0, 0})}, [][]int{{0, 0, 0, 0, 0, 1, 2}}},
		{"one has few", taking(20, 20, 20, 20), []Score{few, scored(5, quarters, []float64{1, 0, 0, 0})}, [][]int{{0, 0, 0, 1}, {0, 0, 0, 0}}},
		// For the price of the long one the short ones have five pairs each; what it
		// then takes too much is missing in the next round.
		{"dear", taking(200, 20, 20), []Score{scored(5, []float64{0.4, 0.3, 0.3}, []float64{1, 1, 1})}, [][]int{{0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}, {1, 1, 2, 2}}},
	} {
		a := Allot(5, tc.pairs, tc.scores...)
		for i, want := range tc.want {
			if got := a.Round(); !slices.Equal(got, want) {
				t.Errorf("%s: round %d has the tests %v, want %v", tc.name, i+1, got, want)
			}
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

// score measures rounds up to a look, after the fifth those that are allotted.
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
		if !slices.Contains(DefaultProtocol().Looks, round) {
			continue
		}
		var err error
		if s, err = Evaluate(tests, all, cpu, id); err != nil {
			t.Fatal(err)
		}
		if allotted {
			a = Allot(DefaultProtocol().Looks[0], all, s)
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
		spread[allotted] = deviation(ratios) / mean(ratios)
		t.Logf("allotted %t: repeats to %.2f %%, mean %.4f, %d of %d intervals hold the truth, %d pairs", allotted, 100*spread[allotted], mean(ratios), held, sessions, pairs[allotted])
		if off := mean(ratios) - truth; !near(off, 0, 4*deviation(ratios)/math.Sqrt(float64(sessions))) {
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
