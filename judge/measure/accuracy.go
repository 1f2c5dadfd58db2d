package measure

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Variant is one program of known work, measured in several sessions.
type Variant struct {
	Name string
	// Gap is its work beyond that of the first variant, such as 0.02; 0 is the
	// same program again.
	Gap      float64
	Sessions []Session
}

// AccuracyRow is one line of the table of estimators.
type AccuracyRow struct {
	Estimator string `json:"estimator"`
	Rounds    int    `json:"rounds"`
	// Repeatability is the coefficient of variation over sessions, the root
	// mean square over variants.
	Repeatability float64 `json:"repeatability"`
	// Intervals says whether the estimator has any; without them Separated
	// and Wrong are not defined and stay 0.
	Intervals bool        `json:"intervals"`
	Gaps      []GapResult `json:"gaps"`
}

// GapResult says how the first variant compared with the variants of one gap.
type GapResult struct {
	Gap       float64 `json:"gap"`
	Cases     int     `json:"cases"`
	Right     float64 `json:"right"`     // share in which the estimates are in the right order; chance is 0.5
	Separated float64 `json:"separated"` // share declared different the right way round; at gap 0, either way
	Wrong     float64 `json:"wrong"`     // share declared different the wrong way round
}

// The estimators that are compared. Scores are compared between different
// sessions, and once more directly in common rounds.
const (
	SumOfMeans   = "sum of means"
	SumOfMedians = "sum of medians"
	SumOfMinima  = "sum of minima"
	PairedScore  = "paired score"
	CommonRounds = "paired score, common rounds"
)

// Accuracy compares estimators over blocks of the given numbers of rounds, cut
// from the variants' sessions in order. A rest that is too short is left out, and
// so is a block that has no score for disturbances: it would be measured again.
// The first variant is the one that the others are compared with.
func Accuracy(tests []Test, variants []Variant, m Metric, rounds []int) ([]AccuracyRow, error) {
	var rows []AccuracyRow
	for _, k := range rounds {
		t := trial{tests: tests, variants: variants, metric: m, rounds: k}
		if err := t.cut(); err != nil {
			return nil, err
		}
		for _, name := range []string{SumOfMeans, SumOfMedians, SumOfMinima} {
			rows = append(rows, t.naive(name))
		}
		rows = append(rows, t.scores())
		common, err := t.common()
		if err != nil {
			return nil, err
		}
		rows = append(rows, common)
	}
	return rows, nil
}

// trial is the comparison of all estimators at one number of rounds.
type trial struct {
	tests    []Test
	variants []Variant
	metric   Metric
	rounds   int
	blocks   [][]block // for each variant
}

// block is one measurement of a variant, as a submission would get it.
type block struct {
	key   string // session and place in it
	pairs []Pair
	score Score
}

func (t *trial) cut() error {
	for _, v := range t.variants {
		var blocks []block
		for _, s := range v.Sessions {
			blocks = append(blocks, cutSession(s, t.rounds)...)
		}
		var usable []block
		for _, b := range blocks {
			kept, _ := Clean(b.pairs)
			var err error
			b.score, err = Evaluate(t.tests, kept, t.metric, v.Name+" "+b.key)
			switch {
			case errors.Is(err, ErrNoPairs):
			case err != nil:
				return fmt.Errorf("variant %s, block %s: %w", v.Name, b.key, err)
			default:
				usable = append(usable, b)
			}
		}
		if len(usable) < 2 {
			return fmt.Errorf("variant %s has %d undisturbed blocks of %d rounds: measure at least 2 to see how they repeat (%w)", v.Name, len(usable), t.rounds, ErrNoPairs)
		}
		t.blocks = append(t.blocks, usable)
	}
	return nil
}

// cutSession makes blocks of consecutive rounds; in each the rounds keep their
// numbers, so that blocks of interleaved variants have rounds in common.
func cutSession(s Session, rounds int) []block {
	byRound := map[int][]Pair{}
	for _, p := range s.Pairs {
		byRound[p.Round] = append(byRound[p.Round], p)
	}
	var out []block
	for part := range slices.Chunk(slices.Sorted(maps.Keys(byRound)), rounds) {
		if len(part) < rounds {
			break
		}
		b := block{key: fmt.Sprintf("%s from round %d", s.ID, part[0])}
		for _, r := range part {
			b.pairs = append(b.pairs, byRound[r]...)
		}
		out = append(out, b)
	}
	return out
}

// naive is a row of an estimator without reference and without intervals.
func (t *trial) naive(name string) AccuracyRow {
	estimates := make([]map[string]float64, len(t.blocks))
	var covs []float64
	for v, blocks := range t.blocks {
		estimates[v] = map[string]float64{}
		var all []float64
		for _, b := range blocks {
			e := sumOver(name, b.pairs, t.metric)
			estimates[v][b.key] = e
			all = append(all, e)
		}
		covs = append(covs, deviation(all)/mean(all))
	}
	row := AccuracyRow{Estimator: name, Rounds: t.rounds, Repeatability: rootMeanSquare(covs)}
	row.Gaps = t.gaps(func(v int, base, other block) comparison {
		return comparison{gap: math.Log(estimates[0][base.key] / estimates[v][other.key])}
	})
	return row
}

// sumOver adds up the candidate's mean, median or least time of each test, as
// people do who look at one program alone.
func sumOver(name string, pairs []Pair, m Metric) float64 {
	times := map[string][]float64{}
	for _, p := range pairs {
		times[p.Test] = append(times[p.Test], float64(m.Time(p.Candidate)))
	}
	sum := 0.0
	for _, test := range slices.Sorted(maps.Keys(times)) {
		switch x := times[test]; name {
		case SumOfMeans:
			sum += mean(x)
		case SumOfMedians:
			sum += medianOf(x)
		case SumOfMinima:
			sum += slices.Min(x)
		}
	}
	return sum
}

func (t *trial) scores() AccuracyRow {
	row := AccuracyRow{Estimator: PairedScore, Rounds: t.rounds, Intervals: true}
	var covs []float64
	for _, blocks := range t.blocks {
		var ratios []float64
		for _, b := range blocks {
			ratios = append(ratios, b.score.Ratio)
		}
		covs = append(covs, deviation(ratios)/mean(ratios))
	}
	row.Repeatability = rootMeanSquare(covs)
	rule := DefaultRule()
	row.Gaps = t.gaps(func(_ int, base, other block) comparison {
		a, b := locate(base.score), locate(other.score)
		bound := rule.bound([]location{a, b})
		return comparison{gap: a.at - b.at, faster: rule.faster(a, b, bound), slower: rule.faster(b, a, bound)}
	})
	return row
}

// common compares the blocks that have the same rounds.
func (t *trial) common() (AccuracyRow, error) {
	row := AccuracyRow{Estimator: CommonRounds, Rounds: t.rounds, Intervals: true}
	var deviations []float64
	for v := 1; v < len(t.variants); v++ {
		result, gaps := GapResult{Gap: t.variants[v].Gap}, []float64(nil)
		for _, base := range t.blocks[0] {
			i := slices.IndexFunc(t.blocks[v], func(b block) bool { return b.key == base.key })
			if i < 0 {
				continue
			}
			d, err := Compare(t.tests, Contender{Source: t.variants[0].Name, Pairs: base.pairs}, Contender{Source: t.variants[v].Name, Pairs: t.blocks[v][i].pairs}, t.metric)
			if errors.Is(err, ErrNoCommonRounds) {
				continue
			}
			if err != nil {
				return row, err
			}
			beyond := DefaultRule().beyond(d.Gap)
			result.add(comparison{d.Gap, beyond && d.Interval.High < 0, beyond && d.Interval.Low > 0})
			gaps = append(gaps, d.Gap)
		}
		row.Gaps = append(row.Gaps, result.shares())
		deviations = append(deviations, deviation(gaps))
	}
	row.Repeatability = rootMeanSquare(deviations)
	return row, nil
}

// comparison is one comparison of the first variant with another.
type comparison struct {
	gap            float64 // ln(first/other)
	faster, slower bool    // the first is declared so
}

// gaps compares every block of the first variant with every block of another
// that was measured at another time.
func (t *trial) gaps(compare func(v int, base, other block) comparison) []GapResult {
	var out []GapResult
	for v := 1; v < len(t.variants); v++ {
		result := GapResult{Gap: t.variants[v].Gap}
		for _, base := range t.blocks[0] {
			for _, other := range t.blocks[v] {
				if base.key != other.key {
					result.add(compare(v, base, other))
				}
			}
		}
		out = append(out, result.shares())
	}
	return out
}

// add counts; shares divides.
func (g *GapResult) add(c comparison) {
	if g.Gap < 0 {
		c = comparison{-c.gap, c.slower, c.faster}
	}
	g.Cases++
	if c.gap < 0 {
		g.Right++
	}
	if c.faster || c.slower && g.Gap == 0 {
		g.Separated++
	}
	if c.slower && g.Gap != 0 {
		g.Wrong++
	}
}

func (g GapResult) shares() GapResult {
	if n := float64(g.Cases); n > 0 {
		g.Right, g.Separated, g.Wrong = g.Right/n, g.Separated/n, g.Wrong/n
	}
	return g
}

func rootMeanSquare(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(max(len(x), 1)))
}
