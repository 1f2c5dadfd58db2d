package measure

import (
	"fmt"
	"math"
)

// SelfTestRule says what the reference timed against itself must show.
type SelfTestRule struct {
	MaxWidth float64 // width of the 95 % interval of the ratio above which a machine is red
	Floor    float64 // resolution floor of the boards
	// Rounds and Tests are what a submission will be measured with; the gaps
	// are foretold for them.
	Rounds       int
	Tests        int
	MaxDisturbed float64 // share of disturbed pairs above which a machine is red
	MaxGap       float64 // smallest gap of the board above which a machine is yellow
}

// DefaultSelfTest is the rule of docs/figures.md for the tests of
// a problem.
func DefaultSelfTest(tests int) SelfTestRule {
	return SelfTestRule{MaxWidth: 0.01, Floor: DefaultFloor, Rounds: 20, Tests: tests, MaxDisturbed: 0.20, MaxGap: 0.02}
}

// Light is the colour of a machine.
type Light string

// A red machine publishes no official ranks; a yellow one says what is amiss.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
)

// SelfTest is what the reference says against itself.
type SelfTest struct {
	Score Score       `json:"score"` // Ratio should be 1
	Noise []TestNoise `json:"noise"`
	// Autocorrelation is Spearman's, between the slowdowns of consecutive
	// runs: 0.8 was measured on a shared machine, 0 would be independent noise.
	Autocorrelation float64 `json:"autocorrelation"`
	Tally           Tally   `json:"tally"`
	// BoardGap and FinalGap are the smallest true differences that are
	// separated in 95 % of cases, by two scores and in common rounds.
	BoardGap float64  `json:"board_gap"`
	FinalGap float64  `json:"final_gap"`
	Light    Light    `json:"light"`
	Reasons  []string `json:"reasons,omitempty"` // why not green
}

// TestNoise is the variation of single runs of one test, of both sides.
type TestNoise struct {
	Test      string  `json:"test"`
	CoV       float64 `json:"cov"`
	RobustCoV float64 `json:"robust_cov"` // 1.4826 MAD / median
}

// SelfTest evaluates pairs of the reference with itself, in the order in which
// they ran.
func (r SelfTestRule) SelfTest(tests []Test, pairs []Pair, m Metric) (SelfTest, error) {
	kept, tally := Clean(pairs)
	score, err := Evaluate(tests, kept, m, "self-test")
	if err != nil {
		return SelfTest{}, err
	}
	logs, err := logRatios(tests, kept, m)
	if err != nil {
		return SelfTest{}, err
	}
	out := SelfTest{Score: score, Tally: tally, Light: Green}
	out.BoardGap, out.FinalGap = r.foretell(tests, logs)
	runs := map[string][]float64{}
	for _, p := range pairs {
		runs[p.Test] = append(runs[p.Test], float64(m.Time(p.Reference)), float64(m.Time(p.Candidate)))
	}
	for _, t := range tests {
		x := runs[t.Name]
		out.Noise = append(out.Noise, TestNoise{t.Name, Deviation(x) / Mean(x), robustCoV(x)})
	}
	out.Autocorrelation = autocorrelation(pairs, runs, m)
	r.judge(&out)
	return out, nil
}

// autocorrelation is Spearman's at lag 1 of every run's time over the median
// of its test, in running order.
func autocorrelation(pairs []Pair, runs map[string][]float64, m Metric) float64 {
	var slow []float64
	for _, p := range pairs {
		middle := medianOf(runs[p.Test])
		first, second := p.Reference, p.Candidate
		if p.CandidateFirst {
			first, second = second, first
		}
		slow = append(slow, float64(m.Time(first))/middle, float64(m.Time(second))/middle)
	}
	if len(slow) < 3 {
		return 0
	}
	return spearman(slow[:len(slow)-1], slow[1:])
}

// judge lights the machine and says what is amiss, with the figure.
func (r SelfTestRule) judge(t *SelfTest) {
	add := func(l Light, format string, figures ...any) {
		if l == Red || t.Light == Green {
			t.Light = l
		}
		t.Reasons = append(t.Reasons, fmt.Sprintf(format, figures...))
	}
	i := t.Score.Interval
	if i.High-i.Low > r.MaxWidth {
		add(Red, "the ratio of the reference to itself is known to %.2f %% only; at most %.2f %% is allowed", 100*(i.High-i.Low), 100*r.MaxWidth)
	}
	switch off := math.Abs(t.Score.Ratio - 1); {
	case i.Contains(1):
	case off > r.Floor:
		add(Red, "the reference differs from itself by %.2f %%", 100*off)
	default:
		add(Yellow, "the reference differs from itself by %.2f %%, which is below the resolution floor", 100*off)
	}
	if t.Tally.Unstable(r.MaxDisturbed) {
		add(Red, "%d of %d pairs were disturbed", t.Tally.Disturbed, t.Tally.Pairs)
	}
	if t.BoardGap > r.MaxGap {
		add(Yellow, "the board can separate gaps from %.1f %% only", 100*t.BoardGap)
	}
}
