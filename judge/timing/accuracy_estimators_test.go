package timing_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"contest/judge"
	"contest/judge/measure"
)

// timedVariant is one program of known work, measured in several sessions.
type timedVariant struct {
	Name string
	// Gap is its work beyond that of the first variant, such as 0.02; 0 is the
	// same program again.
	Gap float64
	// Sessions are its own, as a submission has them. Common are those of all
	// variants together, as in a final; they have the same names for each.
	Sessions, Common []measure.Session
}

// estimatorRow is one line of the table of estimators.
type estimatorRow struct {
	Estimator string `json:"estimator"`
	Rounds    int    `json:"rounds"`
	// Repeatability is the coefficient of variation over sessions, the root
	// mean square over variants.
	Repeatability float64 `json:"repeatability"`
	// Intervals says whether the estimator has any; without them Separated
	// and Wrong are not defined and stay 0.
	Intervals bool        `json:"intervals"`
	Gaps      []gapResult `json:"gaps"`
}

// gapResult says how the first variant compared with the variants of one gap.
type gapResult struct {
	Gap       float64 `json:"gap"`
	Cases     int     `json:"cases"`
	Right     float64 `json:"right"`     // share in which the estimates are in the right order; chance is 0.5
	Separated float64 `json:"separated"` // share declared different the right way round; at gap 0, either way
	Wrong     float64 `json:"wrong"`     // share declared different the wrong way round
}

// The estimators that are compared. Scores are compared between different
// sessions, and once more directly in common rounds.
const (
	sumOfMeans   = "sum of means"
	sumOfMinima  = "sum of minima"
	pairedScore  = "paired score"
	commonRounds = "paired score, common rounds"
)

// compareEstimators compares estimators over the first rounds of every session, so many
// as given, which is what there would be if it had ended then. A session that has
// no score for disturbances is left out: it would be measured again. The first
// variant is the one that the others are compared with.
func compareEstimators(tests []measure.Test, variants []timedVariant, m measure.Metric, rounds []int) ([]estimatorRow, error) {
	var rows []estimatorRow
	for _, k := range rounds {
		t := trial{tests: tests, variants: variants, metric: m, rounds: k}
		if err := t.evaluate(); err != nil {
			return nil, err
		}
		for _, name := range []string{sumOfMeans, sumOfMinima} {
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
	tests    []measure.Test
	variants []timedVariant
	metric   measure.Metric
	rounds   int
	sessions [][]scoredSession // for each variant
}

// scoredSession is one measurement of a variant, as a submission would get it.
type scoredSession struct {
	pairs []measure.Pair
	score measure.Score
}

func (t *trial) evaluate() error {
	for _, v := range t.variants {
		var usable []scoredSession
		for _, s := range v.Sessions {
			pairs := firstRounds(s, t.rounds)
			kept, _ := measure.Clean(pairs)
			score, err := measure.Evaluate(t.tests, kept, t.metric, v.Name+" "+s.ID)
			switch {
			case errors.Is(err, measure.ErrNoPairs):
			case err != nil:
				return fmt.Errorf("variant %s, session %s: %w", v.Name, s.ID, err)
			default:
				usable = append(usable, scoredSession{pairs, score})
			}
		}
		if len(usable) < 2 {
			return fmt.Errorf("variant %s has %d undisturbed sessions of %d rounds: measure at least 2 to see how they repeat (%w)", v.Name, len(usable), t.rounds, measure.ErrNoPairs)
		}
		t.sessions = append(t.sessions, usable)
	}
	return nil
}

func firstRounds(s measure.Session, rounds int) []measure.Pair {
	return slices.DeleteFunc(slices.Clone(s.Pairs), func(p measure.Pair) bool { return p.Round > rounds })
}

// naive is a row of an estimator without reference and without intervals.
func (t *trial) naive(name string) estimatorRow {
	estimate := func(s scoredSession) float64 { return sumOver(name, s.pairs, t.metric) }
	row := estimatorRow{Estimator: name, Rounds: t.rounds, Repeatability: t.repeatability(estimate)}
	row.Gaps = t.gaps(func(base, other scoredSession) comparison {
		return comparison{gap: math.Log(estimate(base) / estimate(other))}
	})
	return row
}

// repeatability of an estimate.
func (t *trial) repeatability(estimate func(scoredSession) float64) float64 {
	var covs []float64
	for _, sessions := range t.sessions {
		var all []float64
		for _, s := range sessions {
			all = append(all, estimate(s))
		}
		covs = append(covs, measure.Deviation(all)/measure.Mean(all))
	}
	return rootMeanSquare(covs)
}

// sumOver adds up the candidate's mean or least time of each test, as
// people do who look at one program alone.
func sumOver(name string, pairs []measure.Pair, m measure.Metric) float64 {
	times := map[string][]float64{}
	for _, p := range pairs {
		times[p.Test] = append(times[p.Test], float64(m.Time(p.Candidate)))
	}
	sum := 0.0
	for _, test := range slices.Sorted(maps.Keys(times)) {
		switch x := times[test]; name {
		case sumOfMeans:
			sum += measure.Mean(x)
		case sumOfMinima:
			sum += slices.Min(x)
		}
	}
	return sum
}

func (t *trial) scores() estimatorRow {
	row := estimatorRow{Estimator: pairedScore, Rounds: t.rounds, Intervals: true}
	row.Repeatability = t.repeatability(func(s scoredSession) float64 { return s.score.Ratio })
	rule := measure.DefaultRule()
	row.Gaps = t.gaps(func(base, other scoredSession) comparison {
		places := rule.Rank([]measure.Rival{base.rival(), other.rival()})
		return comparison{gap: math.Log(base.score.Ratio / other.score.Ratio), faster: places[0].Rank < places[1].Rank, slower: places[0].Rank > places[1].Rank}
	})
	return row
}

// rival is a session as boards see it.
func (s scoredSession) rival() measure.Rival {
	of := func(ratio float64) judge.Amount {
		return judge.Amount(math.Round(float64(s.score.Total) * ratio / s.score.Ratio))
	}
	return measure.Rival{Total: of(s.score.Ratio), Low: of(s.score.Interval.Low), High: of(s.score.Interval.High)}
}

// common compares the variants in the same rounds.
func (t *trial) common() (estimatorRow, error) {
	row := estimatorRow{Estimator: commonRounds, Rounds: t.rounds, Intervals: true}
	var deviations []float64
	for v := 1; v < len(t.variants); v++ {
		result, gaps := gapResult{Gap: t.variants[v].Gap}, []float64(nil)
		for i, base := range t.variants[0].Common {
			other := t.variants[v].Common[i]
			d, err := measure.Compare(t.tests,
				measure.Contender{Program: t.variants[0].Name, Pairs: firstRounds(base, t.rounds)},
				measure.Contender{Program: t.variants[v].Name, Pairs: firstRounds(other, t.rounds)}, t.metric)
			if errors.Is(err, measure.ErrNoCommonRounds) {
				continue
			}
			if err != nil {
				return row, err
			}
			beyond := math.Expm1(math.Abs(d.Gap)) > measure.DefaultFloor
			result.add(comparison{d.Gap, beyond && d.Interval.High < 0, beyond && d.Interval.Low > 0})
			gaps = append(gaps, d.Gap)
		}
		row.Gaps = append(row.Gaps, result.shares())
		deviations = append(deviations, measure.Deviation(gaps))
	}
	row.Repeatability = rootMeanSquare(deviations)
	return row, nil
}

// comparison is one comparison of the first variant with another.
type comparison struct {
	gap            float64 // ln(first/other)
	faster, slower bool    // the first is declared so
}

// gaps compares every session of the first variant with every one of another.
// If the second is the first again, every two sessions of any one variant are
// compared with them: they are of identical programs too.
func (t *trial) gaps(compare func(base, other scoredSession) comparison) []gapResult {
	var out []gapResult
	for v := 1; v < len(t.variants); v++ {
		result := gapResult{Gap: t.variants[v].Gap}
		for _, base := range t.sessions[0] {
			for _, other := range t.sessions[v] {
				result.add(compare(base, other))
			}
		}
		if v == 1 && result.Gap == 0 {
			t.repetitions(func(base, other scoredSession) { result.add(compare(base, other)) })
		}
		out = append(out, result.shares())
	}
	return out
}

// repetitions calls f with every two sessions of a variant.
func (t *trial) repetitions(f func(base, other scoredSession)) {
	for _, sessions := range t.sessions {
		for i, base := range sessions {
			for _, other := range sessions[:i] {
				f(base, other)
			}
		}
	}
}

// add counts; shares divides.
func (g *gapResult) add(c comparison) {
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

func (g gapResult) shares() gapResult {
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
