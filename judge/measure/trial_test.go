package measure

import (
	"math"
	"math/rand/v2"
	"testing"
)

// However many trials there are, their chances add up to what luck may have.
func TestTrialsShareTheLevel(t *testing.T) {
	sum := 0.0
	for k := range 100_000 {
		sum += Trial{Number: k + 1}.share()
	}
	if sum > luck || sum < .99*luck {
		t.Errorf("%g is spent, want nearly %g", sum, luck)
	}
	if oneSide := twoSided(Apart*normalQuantile(.975)) / 2; math.Abs(oneSide-luck) > 1e-9 {
		t.Errorf("luck has %g, boards tell apart at %g", luck, oneSide)
	}
	for k, want := range map[int]float64{1: 2.6, 10: 3.7, 50: 4.5, 1000: 5.6} {
		if got := -normalQuantile((Trial{Number: k}).share()); math.Abs(got-want) > .05 {
			t.Errorf("trial %d asks for %.2f standard errors, want %.1f", k, got, want)
		}
	}
}

// What decides and the interval that is shown are one.
func TestTrialAgreesWithItsInterval(t *testing.T) {
	exact := Rule{}
	for _, freedom := range []float64{1, 4, 19, 1000, math.Inf(1)} {
		for _, number := range []int{1, 14, 200} {
			for gap := .001; gap < 1; gap *= 1.01 {
				trial := Try(number, estimate(1-gap, .01, freedom), estimate(1, .02, freedom))
				if low := trial.Interval(); exact.Faster(trial) != (low.High < 1) || low.Low > trial.Ratio {
					t.Fatalf("freedom %g, trial %d, gap %.4f: faster %t, interval %+v", freedom, number, gap, exact.Faster(trial), low)
				}
			}
		}
	}
}

func estimate(total, half, freedom float64) Estimate {
	return Estimate{Total: total, Freedom: freedom, Interval: Interval{total / (1 + half), total * (1 + half)}}
}

// Intervals that are as wide as times scatter, and not a bit wider, are the worst
// case: 200 copies still replace the first in one contest of a hundred at most,
// also where few repetitions say how widely that is.
func TestCopiesWithExactIntervals(t *testing.T) {
	const copies, deviation = 200, .002
	contests := trialsFor(1000)
	for _, freedom := range []int{3, 19, 200} {
		rng := rand.New(rand.NewPCG(1, uint64(freedom)))
		quantile := studentQuantile(.05, float64(freedom))
		measured := func() Estimate {
			squares := 0.0
			for range freedom {
				x := rng.NormFloat64()
				squares += x * x
			}
			half := quantile * deviation * math.Sqrt(squares/float64(freedom))
			return estimate(math.Exp(deviation*rng.NormFloat64()), math.Expm1(half), float64(freedom))
		}
		replaced := 0
		for range contests {
			first := measured()
			for k := range copies {
				if (Rule{}).Faster(Try(k+1, measured(), first)) {
					replaced++
					break
				}
			}
		}
		if replaced > max(contests/100, 1) {
			t.Errorf("freedom %d: copies replaced the first in %d of %d contests, want 1 %% at most", freedom, replaced, contests)
		}
		t.Logf("freedom %d: replaced in %d of %d", freedom, replaced, contests)
	}
}
