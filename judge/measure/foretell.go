package measure

import (
	"fmt"
	"math"
	"slices"
)

// How much is simulated to foretell the smallest gap: with 300 tests and 20
// rounds it takes about a second.
const (
	foretoldScores = 100
	foretoldDraws  = 250
	power          = 0.95
)

// foretell gives the smallest relative differences that two scores, and two
// programs in common rounds, separate with 95 % power. The widths of intervals
// vary too much under heavy outliers for a formula of standard errors, which
// fell short in one case of eight; so scores of identical programs are
// simulated from the self-test's residuals, ln(C/R) minus the median of its
// test, for as many rounds and tests as a submission gets; every test in every
// round, as those of one kind vary alike. Two simulated
// scores a and b need a true gap of ln(Ta/Tb) + max(width of its interval,
// floor) to come apart, and the answer is the 95 % quantile of what they need.
func (r SelfTestRule) foretell(tests []Test, logs [][]float64) (board, final float64) {
	var residuals []float64
	for _, l := range logs {
		middle := median(l)
		for _, x := range l {
			residuals = append(residuals, x-middle)
		}
	}
	slices.Sort(residuals)
	middle, floor := median(residuals), math.Log1p(r.Floor)
	for i := range residuals {
		residuals[i] -= middle
	}
	scores := make([]location, foretoldScores)
	var alone, apart []float64
	for i := range scores {
		scores[i] = r.simulate(i, tests, residuals)
		// The self-test's pairs are two programs in common rounds.
		alone = append(alone, scores[i].at+max(scores[i].above, floor))
		for _, b := range scores[:i] {
			width := Apart * math.Hypot(scores[i].above, b.below)
			apart = append(apart, scores[i].at-b.at+max(width, floor))
		}
	}
	slices.Sort(alone)
	slices.Sort(apart)
	return math.Expm1(max(quantile(apart, power), floor)), math.Expm1(max(quantile(alone, power), floor))
}

// simulate is the score of a program that equals the reference. Each test
// draws from the residuals of all tests: those of one test are so few that
// drawing from them twice, here and in the bootstrap, doubles the gap.
func (r SelfTestRule) simulate(number int, tests []Test, residuals []float64) location {
	rng := newSeed("foretell", fmt.Sprint(number))
	drawn, logs := make([]Test, max(r.Tests, 1)), make([][]float64, max(r.Tests, 1))
	for i := range drawn {
		from := i % len(tests)
		drawn[i] = Test{Name: fmt.Sprint(number, i), Reference: tests[from].Reference}
		for range max(r.Rounds, 1) {
			logs[i] = append(logs[i], residuals[below(rng, len(residuals))])
		}
		slices.Sort(logs[i])
	}
	score := Bootstrap(drawn, logs, "foretell", foretoldDraws)
	interval := score.Interval(0.95)
	return location{at: score.Estimate, below: score.Estimate - interval.Low, above: interval.High - score.Estimate}
}
