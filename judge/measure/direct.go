package measure

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrNoCommonRounds says that two entries cannot be compared directly.
var ErrNoCommonRounds = errors.New("no common undisturbed rounds")

// Contender is one entry of a comparison in common rounds.
type Contender struct {
	Program string
	Pairs   []Pair // disturbed ones included
	// Key is what the board compares before times, more is better, and Missed the timed
	// tests that were not passed. Only a final looks at them.
	Key    float64
	Missed int
}

// compareKey puts first who has the better key, and among equals who missed fewer timed tests:
// a final times only what all passed, and a test that was missed counts for more
// on the board than anybody may take for it.
func (c Contender) compareKey(o Contender) int {
	return cmp.Or(cmp.Compare(o.Key, c.Key), cmp.Compare(c.Missed, o.Missed))
}

// Direct compares two entries that were timed in the same rounds, which is far
// sharper than two scores: at 10 rounds it separates a gap of 1 % in 68 % of
// cases, two intervals in 12 % (docs/figures.md).
type Direct struct {
	Gap      float64  // ln(Ta/Tb); below 0, a is faster
	SE       float64  // standard error of Gap, from the bootstrap
	Freedom  float64  // degrees of freedom of SE
	Interval Interval // 95 %, of Gap
	Rounds   int      // common ones
	Fewest   int      // common pairs of the test that has fewest
	Doubts   []Doubt  // of every test; their pairs are common ones
}

// Compare sets a against b. Each test contributes the median of ln(a/b) over
// common pairs, weighted by the time it takes, so that Gap estimates
// ln(Ta/Tb). A pair that is disturbed on either side drops out. The bootstrap
// draws as that of a score does, with the seed "compare", lesser program,
// greater program, test name, and ln(lesser/greater) in place of ln(C/R).
func Compare(tests []Test, a, b Contender, m Metric) (Direct, error) {
	if a.Program > b.Program {
		d, err := Compare(tests, b, a, m)
		d.Gap, d.Interval = -d.Gap, Interval{-d.Interval.High, -d.Interval.Low}
		return d, err
	}
	s, err := common(tests, a, b, m)
	if err != nil {
		return Direct{}, fmt.Errorf("compare %s with %s: %w", a.Program, b.Program, err)
	}
	drawn := s.bootstrap(tests, a.Program, b.Program)
	d := Direct{Gap: drawn.Estimate, SE: Deviation(drawn.Draws), Freedom: drawn.Freedom, Interval: drawn.Interval(0.95), Rounds: s.rounds, Fewest: len(s.gaps[0]), Doubts: drawn.Doubts}
	for _, g := range s.gaps {
		d.Fewest = min(d.Fewest, len(g))
	}
	return d, nil
}

// sideBySide are the common pairs of two programs.
type sideBySide struct {
	gaps           [][]float64 // ln(a/b) for each test, ascending
	shareA, shareB []float64   // of each program's total, that a test takes
	rounds         int
}

// bootstrap of the logarithm of the ratio of totals.
func (s sideBySide) bootstrap(tests []Test, a, b string) Drawn {
	n := len(tests)
	medians, draws, pairs := make([]float64, n), make([][]float64, n), make([]int, n)
	variances, deviations := make([]float64, n), make([]float64, n)
	for i, t := range tests {
		medians[i] = median(s.gaps[i])
		draws[i] = drawMedians(newSeed("compare", a, b, t.Name), s.gaps[i], Draws)
		deviations[i], pairs[i] = Deviation(draws[i]), len(s.gaps[i])
		part := (s.shareA[i] + s.shareB[i]) / 2 * deviations[i]
		variances[i] = part * part
	}
	out := Drawn{s.total(medians), make([]float64, Draws), freedom(variances, pairs), newDoubts(tests, deviations, pairs)}
	for k := range out.Draws {
		for i := range medians {
			medians[i] = draws[i][k]
		}
		out.Draws[k] = s.total(medians)
	}
	return out
}

// total turns one ln(a/b) for each test into that of the totals. Weighted by
// the times of b alone it would not be its own negative with the sides
// exchanged, so both views are averaged.
func (s sideBySide) total(gaps []float64) float64 {
	ofB, ofA := 0.0, 0.0
	for i, g := range gaps {
		ratio := math.Exp(g)
		ofB += s.shareB[i] * ratio
		ofA += s.shareA[i] / ratio
	}
	return (math.Log(ofB) - math.Log(ofA)) / 2
}

func common(tests []Test, a, b Contender, m Metric) (sideBySide, error) {
	index, err := indexTests(tests)
	if err != nil {
		return sideBySide{}, err
	}
	pairsA, pairsB := shared(a.Pairs, b.Pairs)
	logsA, err := logRatios(tests, pairsA, m)
	if err != nil {
		return sideBySide{}, commonError(err)
	}
	logsB, err := logRatios(tests, pairsB, m)
	if err != nil {
		return sideBySide{}, commonError(err)
	}
	s := sideBySide{gaps: make([][]float64, len(tests)), shareA: shares(tests, logsA), shareB: shares(tests, logsB), rounds: countRounds(pairsA)}
	for k := range pairsA {
		i := index[pairsA[k].Test]
		g, err := m.gap(pairsA[k], pairsB[k], math.Log(tests[i].Floor))
		if err != nil {
			return s, err
		}
		s.gaps[i] = append(s.gaps[i], g)
	}
	for _, g := range s.gaps {
		slices.Sort(g)
	}
	return s, nil
}

// commonError says that a test has pairs, but none in common.
func commonError(err error) error {
	if errors.Is(err, ErrNoPairs) {
		return fmt.Errorf("%w: %w", ErrNoCommonRounds, err)
	}
	return err
}

// shared are the undisturbed pairs that both sides have, in the same order.
func shared(a, b []Pair) (fromA, fromB []Pair) {
	cleanA, _ := Clean(a)
	cleanB, _ := Clean(b)
	ofB := make(map[slot]Pair, len(cleanB))
	for _, p := range cleanB {
		ofB[p.slot()] = p
	}
	for _, p := range cleanA {
		if q, ok := ofB[p.slot()]; ok {
			fromA, fromB = append(fromA, p), append(fromB, q)
		}
	}
	return fromA, fromB
}

// gap is ln(a/b) in one round, each side not below its floor. The reference
// cancels: both were paired with the same run of it, or it only lent its
// floor.
func (m Metric) gap(a, b Pair, floor float64) (float64, error) {
	la, err := m.logRatio(a, floor)
	if err != nil {
		return 0, err
	}
	lb, err := m.logRatio(b, floor)
	if err != nil {
		return 0, err
	}
	return la - lb + math.Log(float64(m.Time(a.Reference))/float64(m.Time(b.Reference))), nil
}

// shares is the part of a program's total that each test takes.
func shares(tests []Test, logs [][]float64) []float64 {
	out, sum := make([]float64, len(tests)), 0.0
	for i, t := range tests {
		out[i] = float64(t.Reference) * math.Exp(median(logs[i]))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
