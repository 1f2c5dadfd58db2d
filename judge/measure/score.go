package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// ErrNoPairs says that a test has too few pairs to judge by: measure more.
var ErrNoPairs = errors.New("too few undisturbed pairs")

// LeastPairs is the least number of pairs of a test that an interval can rest
// on. Drawn from one or two, a bootstrap knows next to nothing of how they
// vary, and would tell equal programs apart; from three its intervals hold
// (docs/figures.md), nearly so where there is a single test
// (docs/decisions/0010-few-tests.md).
const LeastPairs = 3

// ReviewBelow is the ratio to the reference below which a person should look
// at a test: either a splendid idea or a trick.
const ReviewBelow = 0.2

// Test is a timed test with what was frozen for it at the start of the
// contest, on one machine class and one board.
type Test struct {
	Name      string        `json:"name"`
	Reference time.Duration `json:"reference_ns"` // T_ref
	// Floor is the least ratio to the reference that counts, in (0, 1]: the
	// time of an empty window over T_ref, see FloorRatio. No program can do a
	// job in less, and so no test can decide the total.
	Floor float64 `json:"floor"`
}

// FloorRatio is the floor of a test whose window takes null for a submission
// that does nothing.
func FloorRatio(null, reference time.Duration) float64 {
	return min(1, float64(null)/float64(reference))
}

// Score is what the measurements of one program say. Ratio and Interval are
// relative to the reference: below 1 is faster.
type Score struct {
	Total     time.Duration `json:"total_ns"` // sum of T_ref * median ratio
	Ratio     float64       `json:"ratio"`    // Total over the reference's total
	Interval  Interval      `json:"interval"` // 95 %, of Ratio
	HalfWidth float64       `json:"half_width"`
	Rounds    int           `json:"rounds"`           // k: those of all sessions that count
	AtFloor   int           `json:"at_floor"`         // tests held at their floor
	Review    []string      `json:"review,omitempty"` // tests below ReviewBelow
	Tests     []TestScore   `json:"tests"`
	// Drawn is the bootstrap of ln(Ratio); it can be derived again from pairs
	// and program.
	Drawn Drawn `json:"-"`
}

// TestScore is the ratio of one test. Its interval holds the true median in
// 95 % of cases (order statistics); below 6 pairs it is the range.
type TestScore struct {
	Name     string   `json:"name"`
	Ratio    float64  `json:"ratio"`
	Interval Interval `json:"interval"`
	Pairs    int      `json:"pairs"`
	AtFloor  bool     `json:"at_floor,omitempty"`
}

// Evaluate scores pairs, which should be Clean, of one program on all tests.
// The error wraps ErrNoPairs where a test has fewer than LeastPairs.
func Evaluate(tests []Test, pairs []Pair, m Metric, program string) (Score, error) {
	logs, err := logRatios(tests, pairs, m)
	if err != nil {
		return Score{}, err
	}
	s := Score{Rounds: countRounds(pairs), Tests: make([]TestScore, len(tests))}
	var total, reference float64
	for i, t := range tests {
		s.add(i, t, logs[i])
		total += float64(t.Reference) * s.Tests[i].Ratio
		reference += float64(t.Reference)
	}
	s.Total, s.Ratio = time.Duration(math.Round(total)), total/reference
	s.Drawn = Bootstrap(tests, logs, program, Draws)
	logInterval := s.Drawn.Interval(0.95)
	s.Interval, s.HalfWidth = logInterval.Exp(), logInterval.half()
	s.Interval = Interval{min(s.Interval.Low, s.Ratio), max(s.Interval.High, s.Ratio)} // exp rounds
	return s, nil
}

// With adds tests to a score that were not measured: what they take for sure, and
// what they take the reference. Tests and Drawn stay those that were measured.
func (s Score) With(sure, reference time.Duration) Score {
	measured := float64(s.Total) / s.Ratio // of the reference
	of := func(ratio float64) float64 {
		return (ratio*measured + float64(sure)) / (measured + float64(reference))
	}
	s.Total += sure
	s.Ratio, s.Interval = of(s.Ratio), Interval{of(s.Interval.Low), of(s.Interval.High)}
	s.HalfWidth = Interval{math.Log(s.Interval.Low), math.Log(s.Interval.High)}.half()
	return s
}

func (s *Score) add(i int, t Test, logs []float64) {
	m := median(logs)
	low, high := medianPlaces(len(logs))
	s.Tests[i] = TestScore{
		Name: t.Name, Ratio: math.Exp(m), Pairs: len(logs), AtFloor: m <= math.Log(t.Floor),
		Interval: Interval{logs[low], logs[high]}.Exp(),
	}
	if s.Tests[i].AtFloor {
		s.AtFloor++
	}
	if s.Tests[i].Ratio < ReviewBelow {
		s.Review = append(s.Review, t.Name)
	}
}

// countRounds counts the rounds of all sessions that have any of the pairs.
func countRounds(pairs []Pair) int {
	type round struct {
		session string
		number  int
	}
	seen := map[round]bool{}
	for _, p := range pairs {
		seen[round{p.Session, p.Round}] = true
	}
	return len(seen)
}

// logRatios is ln(C/R) of every pair, not below the floor, ascending for each
// test.
func logRatios(tests []Test, pairs []Pair, m Metric) ([][]float64, error) {
	index, err := indexTests(tests)
	if err != nil {
		return nil, err
	}
	logs := make([][]float64, len(tests))
	for _, p := range pairs {
		i, ok := index[p.Test]
		if !ok {
			return nil, fmt.Errorf("session %s, round %d has a pair of test %q, which is not a timed test: measure with the problem's present tests", p.Session, p.Round, p.Test)
		}
		l, err := m.logRatio(p, math.Log(tests[i].Floor))
		if err != nil {
			return nil, err
		}
		logs[i] = append(logs[i], l)
	}
	for i := range logs {
		if len(logs[i]) < LeastPairs {
			return nil, fmt.Errorf("test %s: %w: %d, and a total needs %d of every test", tests[i].Name, ErrNoPairs, len(logs[i]), LeastPairs)
		}
		slices.Sort(logs[i])
	}
	return logs, nil
}

func indexTests(tests []Test) (map[string]int, error) {
	if len(tests) == 0 {
		return nil, errors.New("no timed tests to score: mark some in judge.yaml")
	}
	index := make(map[string]int, len(tests))
	for i, t := range tests {
		if _, twice := index[t.Name]; twice {
			return nil, fmt.Errorf("test %s is listed twice: name each timed test once", t.Name)
		}
		if t.Reference <= 0 || !(t.Floor > 0 && t.Floor <= 1) {
			return nil, fmt.Errorf("test %s has a reference time of %d ns and floor %g: freeze a positive time and a floor above 0, at most 1", t.Name, t.Reference, t.Floor)
		}
		index[t.Name] = i
	}
	return index, nil
}
