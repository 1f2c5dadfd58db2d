package measure

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Draws is how many times the bootstrap draws.
const Draws = 1000

// Drawn is what a bootstrap says of a sum of medians.
type Drawn struct {
	// Estimate is the logarithm of the total over the reference's total, Draws
	// the same of each draw, in drawing order.
	Estimate float64
	Draws    []float64
	// Freedom is the degrees of freedom of the draws' variance.
	Freedom float64
	Doubts  []Doubt // of every test
}

// Bootstrap draws the logarithm of the total over the reference's total, so
// many times, from the ascending log ratios of each test. In every draw each
// test gets as many of its repetitions, with replacement, as it has, and
// counts with their median. Rounds are not drawn as a whole: below 5 of them
// that covers the truth in only 69-85 % of cases (docs/figures.md).
//
// To derive it again: each test has a generator with the seed "bootstrap",
// program, test name (see newSeed); its words, in order, fill draw after draw,
// each choosing the place floor(u * n / 2^64) among the n ascending values.
// The variances behind Freedom are those of a test's draws of weight * ratio.
func Bootstrap(tests []Test, logs [][]float64, program string, draws int) Drawn {
	totals, pairs := make([]float64, draws), make([]int, len(tests))
	variances, deviations := make([]float64, len(tests)), make([]float64, len(tests))
	total, reference := 0.0, 0.0
	for i, t := range tests {
		weight := float64(t.Reference)
		reference += weight
		total += weight * math.Exp(median(logs[i]))
		drawn := drawMedians(newSeed("bootstrap", program, t.Name), logs[i], draws)
		deviations[i], pairs[i] = Deviation(drawn), len(logs[i])
		for d, m := range drawn {
			drawn[d] = weight * math.Exp(m)
			totals[d] += drawn[d]
		}
		s := Deviation(drawn)
		variances[i] = s * s
	}
	for d, t := range totals {
		totals[d] = math.Log(t / reference)
	}
	return Drawn{math.Log(total / reference), totals, freedom(variances, pairs), newDoubts(tests, deviations, pairs)}
}

// drawMedians draws medians of ascending values. It counts how often each
// place is drawn, which is several times faster than sorting every draw.
func drawMedians(rng *rand.PCG, sorted []float64, draws int) []float64 {
	n := len(sorted)
	out, counts := make([]float64, draws), make([]int, n)
	for d := range out {
		clear(counts)
		for range n {
			counts[below(rng, n)]++
		}
		out[d] = countedMedian(sorted, counts)
	}
	return out
}

// countedMedian is the median of n values of which the i-th occurs counts[i]
// times.
func countedMedian(sorted []float64, counts []int) float64 {
	n := len(sorted)
	seen, i := 0, -1
	for seen < (n+1)/2 {
		i++
		seen += counts[i]
	}
	if n%2 == 1 || seen > n/2 {
		return sorted[i]
	}
	j := i + 1
	for counts[j] == 0 {
		j++
	}
	return (sorted[i] + sorted[j]) / 2
}

// Interval holds the truth with a chance of level: the middle share of the
// draws, moved and widened. It is moved so that the estimate is the draws'
// median. Where noise only ever adds, medians of draws are on average above the
// median that they are drawn from, a little and in every test alike: over
// hundreds of tests the draws then all lie on one side of the estimate. It is
// widened by Student's t over the normal quantile, as what a few repetitions of
// one or two tests say of their variance is itself uncertain; with ten tests and
// ten rounds that is 2 to 6 %.
func (d Drawn) Interval(level float64) Interval {
	sorted := slices.Sorted(slices.Values(d.Draws))
	middle := median(sorted)
	wider := studentQuantile(1-level, d.Freedom) / normalQuantile((1+level)/2)
	return Interval{
		min(d.Estimate, d.Estimate+wider*(quantile(sorted, (1-level)/2)-middle)), // rounding must not leave the estimate out
		max(d.Estimate, d.Estimate+wider*(quantile(sorted, (1+level)/2)-middle)),
	}
}
