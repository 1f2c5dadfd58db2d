package timing_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/measure"
)

// simulated are sessions of programs that do so many times the work of the reference, in
// common rounds, on a machine with regimes that slow consecutive runs alike, a small
// noise of each run, and outliers that only ever add (docs/figures.md).
func simulated(rng *rand.Rand, id string, tests []measure.Test, rounds int, work ...float64) []measure.Session {
	out, regime := make([]measure.Session, len(work)), 0.0
	run := func(of time.Duration, work float64) measure.Sample {
		regime = 0.99*regime + 0.012*rng.NormFloat64()
		slow := math.Abs(regime) + 0.014*rng.NormFloat64()
		if rng.Float64() < 0.12 {
			slow += 0.7 * math.Abs(rng.NormFloat64())
		}
		took := time.Duration(work * float64(of) * math.Exp(slow))
		return measure.Sample{Real: took, CPU: took}
	}
	for round := 1; round <= rounds; round++ {
		for _, step := range measure.Order("simulation", id, round, measure.Each(len(tests)), 1+len(work)) {
			took := make([]measure.Sample, 1+len(work))
			for _, program := range step.Programs {
				took[program] = run(tests[step.Test].Reference, append([]float64{1}, work...)[program])
			}
			for i := range work {
				out[i].ID, out[i].Class = id, "vm"
				out[i].Pairs = append(out[i].Pairs, measure.Pair{Session: id, Round: round, Test: tests[step.Test].Name, Reference: took[0], Candidate: took[1+i]})
			}
		}
	}
	return out
}

// simulatedTests are tests of 6 to 18 ms.
func simulatedTests(n int) []measure.Test {
	tests := make([]measure.Test, n)
	for i := range tests {
		tests[i] = measure.Test{Name: fmt.Sprint("secret/", i), Reference: time.Duration(6+12*i/max(n-1, 1)) * time.Millisecond, Floor: 0.001}
	}
	return tests
}

var onCPU = measure.Metric{Board: judge.CPUBoard}

func TestEstimators(t *testing.T) {
	tests, rng := simulatedTests(20), rand.New(rand.NewPCG(21, 42))
	work := []float64{1, 1, 1.02, 1.05}
	variants := make([]timedVariant, len(work))
	for i, w := range work {
		variants[i] = timedVariant{Name: fmt.Sprint("P", i), Gap: math.Round(100*(w-1)) / 100}
	}
	for s := range 6 {
		common := simulated(rng, fmt.Sprint("f", s), tests, 10, work...)
		for i := range variants {
			variants[i].Common = append(variants[i].Common, common[i])
			variants[i].Sessions = append(variants[i].Sessions, simulated(rng, fmt.Sprint("s", s, i), tests, 10, work[i])...)
		}
	}
	rows, err := compareEstimators(tests, variants, onCPU, []int{5, 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 8 {
		t.Fatalf("%d rows, want 4 estimators at 2 numbers of rounds", len(rows))
	}
	byName := map[string]estimatorRow{}
	for _, r := range rows[4:] {
		byName[r.Estimator] = r
		t.Logf("%-28s k=%-3d %.2f %%  %+v", r.Estimator, r.Rounds, 100*r.Repeatability, r.Gaps)
	}
	for name, cases := range map[string]int{sumOfMeans: 36, pairedScore: 36, commonRounds: 6} {
		if got := byName[name].Gaps[1].Cases; got != cases {
			t.Errorf("%s: %d cases, want %d", name, got, cases)
		}
	}
	ours, means := byName[pairedScore], byName[sumOfMeans]
	if ours.Repeatability > 0.006 || means.Repeatability < 3*ours.Repeatability {
		t.Errorf("repeatability: score %v, sum of means %v", ours.Repeatability, means.Repeatability)
	}
	if g := ours.Gaps[1]; g.Right < 0.95 || g.Wrong != 0 {
		t.Errorf("score at a gap of 2 %%: %+v", g)
	}
	if g := byName[commonRounds].Gaps; g[0].Separated != 0 || g[2].Separated < 0.95 || g[2].Right != 1 {
		t.Errorf("common rounds: %+v", g)
	}
}

func TestNaiveSums(t *testing.T) {
	pair := func(test string, ms time.Duration) measure.Pair {
		return measure.Pair{Test: test, Candidate: measure.Sample{CPU: ms * time.Millisecond}}
	}
	pairs := []measure.Pair{pair("a", 2), pair("a", 3), pair("a", 10), pair("b", 1)}
	for name, want := range map[string]float64{sumOfMeans: 6e6, sumOfMinima: 3e6} {
		if got := sumOver(name, pairs, onCPU); math.Abs(got-want) > 1 {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
}

func TestEstimatorsNeedTwoSessions(t *testing.T) {
	tests := simulatedTests(2)
	v := timedVariant{Name: "P0", Sessions: simulated(rand.New(rand.NewPCG(1, 42)), "s", tests, 9, 1)}
	if _, err := compareEstimators(tests, []timedVariant{v}, onCPU, []int{5}); err == nil || !strings.Contains(err.Error(), "measure at least 2") {
		t.Errorf("one session: %v", err)
	}
}

func TestGapResultKnowsBothDirections(t *testing.T) {
	g := gapResult{Gap: -0.02}
	g.add(comparison{gap: 0.02, slower: true})
	g.add(comparison{gap: -0.02, faster: true})
	if g = g.shares(); g.Right != 0.5 || g.Separated != 0.5 || g.Wrong != 0.5 {
		t.Errorf("a faster variant: %+v, want halves", g)
	}
}
