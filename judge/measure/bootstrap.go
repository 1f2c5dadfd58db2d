package measure

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Draws is how many times the bootstrap draws.
const Draws = 1000

// Bootstrap draws the logarithm of the total over the reference's total, so
// many times, from the ascending log ratios of each test. In every draw each
// test gets as many of its repetitions, with replacement, as it has, and
// counts with their median. Rounds are not drawn as a whole: below 5 of them
// that covers the truth in only 69-85 % of cases (facts/timing.md, 4.3).
//
// To derive it again: each test has a generator with the seed "bootstrap",
// source, test name (see newSeed); its words, in order, fill draw after draw,
// each choosing the place floor(u * n / 2^64) among the n ascending values.
func Bootstrap(tests []Test, logs [][]float64, source string, draws int) []float64 {
	totals := make([]float64, draws)
	reference := 0.0
	for i, t := range tests {
		weight := float64(t.Reference)
		reference += weight
		for d, m := range drawMedians(newSeed("bootstrap", source, t.Name), logs[i], draws) {
			totals[d] += weight * math.Exp(m)
		}
	}
	for d, total := range totals {
		totals[d] = math.Log(total / reference)
	}
	return totals
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

// around is the interval of an estimate that holds the middle share of the
// draws, moved so that the estimate is their median. Where noise only ever
// adds, medians of draws are on average above the median that they are drawn
// from, a little and in every test alike: over hundreds of tests the draws
// then all lie on one side of the estimate.
func around(estimate float64, draws []float64, level float64) Interval {
	sorted := slices.Sorted(slices.Values(draws))
	shift := estimate - median(sorted)
	return Interval{
		min(estimate, quantile(sorted, (1-level)/2)+shift), // rounding must not leave the estimate out
		max(estimate, quantile(sorted, (1+level)/2)+shift),
	}
}
