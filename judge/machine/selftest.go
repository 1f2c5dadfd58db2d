package machine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/measure"
	"contest/sandbox"
)

// SelfTest is what the machine says when it times a program against itself:
// what an equal pair of submissions would be told. It is the only check that
// sees neighbours in the caches and a hypervisor that hides everything else.
type SelfTest struct {
	CPUs       []int         `json:"cpus"`
	Scheduling string        `json:"scheduling"` // "fifo", "rr" or "normal"
	Rounds     int           `json:"rounds"`
	Tests      int           `json:"tests"`
	Runs       int           `json:"runs"` // repeated ones and empty windows included
	Took       time.Duration `json:"took_ns"`
	// Empty is the real time of windows in which nothing is computed: what
	// measuring itself costs, and no program can be faster.
	Empty Floor       `json:"empty_window"`
	Real  BoardResult `json:"real"`
	CPU   BoardResult `json:"cpu"`
	// Scrub is how much was swept from the caches before every run.
	Scrub Scrub `json:"scrub"`
	// Light is the worse of both boards; Reasons say why it is not green.
	Light   measure.Light `json:"light"`
	Reasons []string      `json:"reasons,omitempty"`
}

// Floor are quantiles.
type Floor struct {
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
}

// BoardResult is the self-test as one board sees it: all tests together, for
// the light, and those of each kind.
type BoardResult struct {
	measure.SelfTest
	Compute KindResult `json:"compute"`
	Memory  KindResult `json:"memory"`
}

// KindResult is what the tests of one kind show. Contests are somewhere
// between the kinds.
type KindResult struct {
	// CoV is how much single runs vary (coefficient of variation), and Robust
	// the same where outliers do not count; the middle of the tests.
	CoV             float64          `json:"cov"`
	Robust          float64          `json:"robust"`
	Autocorrelation float64          `json:"autocorrelation"`
	Ratio           float64          `json:"ratio"` // to itself
	Interval        measure.Interval `json:"interval"`
	// Gaps are what can be told apart after so many rounds, if all tests are
	// of this kind.
	Gaps []Gap `json:"gaps"`
}

// Gap is the smallest true difference that is separated in 95 % of cases.
type Gap struct {
	Rounds int     `json:"rounds"`
	Board  float64 `json:"board"` // by two scores of different sessions
	Final  float64 `json:"final"` // in the common rounds of a final
}

// plan is how much a self-test does.
type plan struct {
	rounds int
	tests  int // of each kind
	empty  int // windows
}

var fullPlan = plan{rounds: 10, tests: 10, empty: 200}

// runs are those that are not repeated.
func (p plan) runs() int { return p.empty + 2*p.rounds*len(p.jobs()) }

// gapRounds are those for which gaps are foretold; the last is what a
// submission gets at most.
var gapRounds = []int{5, 10, 20}

// SelfTest times the probes against themselves as submissions are timed, which
// takes 15 to 60 seconds. Nothing else of the judge may run meanwhile.
// Progress is called as runs are done; it may be nil.
func (p *Probes) SelfTest(ctx context.Context, at Place, progress func(done, all int)) (SelfTest, error) {
	return p.selfTest(ctx, at, fullPlan, progress)
}

func (p *Probes) selfTest(ctx context.Context, at Place, does plan, progress func(done, all int)) (SelfTest, error) {
	start := time.Now()
	swept, err := p.Scrub(ctx, at)
	if err != nil {
		return SelfTest{}, err
	}
	at.Scrub = swept.Bytes
	r, err := p.runner(ctx, at)
	if err != nil {
		return SelfTest{}, err
	}
	defer r.Close()
	if progress == nil {
		progress = func(int, int) {}
	}
	s := exercise{plan: does, runner: r, at: at, host: thisHost(), progress: progress}
	if err := s.emptyWindows(ctx); err != nil {
		return SelfTest{}, err
	}
	if err := s.play(ctx); err != nil {
		return SelfTest{}, err
	}
	out, err := s.evaluate()
	out.CPUs, out.Scheduling, out.Took = at.CPUs, Scheduling(at.Policy), time.Since(start)
	out.sweep(swept)
	return out, err
}

// Scheduling is the name of a policy in results.
func Scheduling(p sandbox.Policy) string {
	if p == sandbox.Normal {
		return "normal"
	}
	return string(p)
}

// exercise is one self-test while it runs.
type exercise struct {
	plan
	*runner
	at       Place
	host     host
	progress func(done, all int)

	done    int
	windows []time.Duration // empty ones
	calm    measure.Calm
	pairs   []measure.Pair
}

// job is a test of the self-test: some probe with some work.
type job struct {
	name string
	kind Kind
	work int
}

// jobs are tests of 10 to 20 ms, as contests have them.
func (p plan) jobs() []job {
	var list []job
	for _, kind := range kinds {
		for i := range p.tests {
			list = append(list, job{fmt.Sprintf("%s %d", kind, i+1), kind, probeWork[kind] * (p.tests + i) / p.tests})
		}
	}
	return list
}

// tick reports a run that was done, or had to be done again.
func (s *exercise) tick() {
	s.done++
	s.progress(min(s.done, s.runs()), s.runs())
}

func (s *exercise) emptyWindows(ctx context.Context) error {
	var idle []time.Duration
	var waited, preempted []int64
	for range s.empty {
		f, err := s.run(ctx, Compute, 0, nil)
		if err != nil {
			return err
		}
		s.windows = append(s.windows, f.Window.Real)
		idle = append(idle, f.Window.Real-f.Window.CPU)
		waited, preempted = append(waited, f.Waited), append(preempted, f.Preempted)
		s.tick()
	}
	slices.Sort(s.windows)
	slices.Sort(idle)
	slices.Sort(waited)
	slices.Sort(preempted)
	s.calm = measure.Calm{Idle: max(0, idle[len(idle)/2]), Voluntary: waited[len(waited)/2], Involuntary: preempted[len(preempted)/2]}
	return nil
}

// play times every job beside itself in rounds, as submissions are timed.
func (s *exercise) play(ctx context.Context) error {
	list, player := s.jobs(), Player{CPUs: s.at.CPUs}
	for round := 1; round <= s.rounds; round++ {
		order := measure.Order("self-test", "", round, measure.Each(len(list)), 2)
		err := player.Play(ctx, order, func(step measure.Step, attempt int) (disturbed bool, err error) {
			pair := measure.Pair{Round: round, Test: list[step.Test].name, Attempt: attempt}
			var seen [2]measure.Observation
			for _, side := range step.Programs {
				if seen[side], err = s.time(ctx, list[step.Test]); err != nil {
					return false, err
				}
			}
			pair = measure.DefaultThresholds().Pair(pair, step, 1, seen[0], seen[1], s.calm)
			s.pairs = append(s.pairs, pair)
			return pair.Disturbed(), nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// time runs a job once.
func (s *exercise) time(ctx context.Context, j job) (measure.Observation, error) {
	before := s.host.strain(s.at.CPUs)
	f, err := s.run(ctx, j.kind, j.work, s.scrub)
	if err != nil {
		return measure.Observation{}, err
	}
	strain := s.host.strain(s.at.CPUs).Since(before)
	s.tick()
	return measure.Observation{
		Real: f.Window.Real, CPU: f.Window.CPU, StealTicks: strain.StealTicks, Throttles: strain.Throttles,
		Voluntary: f.Waited, Involuntary: f.Preempted,
	}, nil
}

func (s *exercise) evaluate() (SelfTest, error) {
	n := len(s.windows)
	out := SelfTest{
		Rounds: s.rounds, Tests: len(s.jobs()), Runs: s.done, Light: measure.Green,
		Empty: Floor{P50: s.windows[n/2], P99: s.windows[n-1-n/100]},
	}
	for _, b := range []struct {
		board judge.Board
		name  string
		into  *BoardResult
	}{{judge.RealBoard, "real time", &out.Real}, {judge.CPUBoard, "CPU time", &out.CPU}} {
		var err error
		if *b.into, err = s.on(measure.Metric{Board: b.board}, out.Empty.P50); err != nil {
			return out, fmt.Errorf("evaluate the self-test: %w", err)
		}
		out.add(b.name, b.into.SelfTest)
	}
	return out, nil
}

// sweep takes over what was found of the scrub.
func (t *SelfTest) sweep(s Scrub) {
	t.Scrub = s
	switch s.Level() {
	case Red:
		t.Light = measure.Red
		t.Reasons = append(t.Reasons, "what ran before leaves something behind: "+s.Says())
	case Yellow:
		if t.Light == measure.Green {
			t.Light = measure.Yellow
		}
		t.Reasons = append(t.Reasons, "what ran before may leave something behind: "+s.Says())
	}
}

// add takes over the light of a board if it is worse.
func (t *SelfTest) add(board string, s measure.SelfTest) {
	if s.Light == measure.Red || t.Light == measure.Green {
		t.Light = s.Light
	}
	for _, reason := range s.Reasons {
		t.Reasons = append(t.Reasons, board+": "+reason)
	}
}

// on evaluates what one board sees.
func (s *exercise) on(m measure.Metric, empty time.Duration) (BoardResult, error) {
	tests := s.tests(m, empty)
	rule := measure.DefaultSelfTest(len(tests))
	most := rule.MaxGap
	// Gaps are foretold from the noise of all tests alike, which is true of
	// one kind only.
	rule.MaxGap = math.Inf(1)
	var out BoardResult
	var err error
	if out.SelfTest, err = evaluate(rule, tests, s.pairs, m); err != nil {
		return out, err
	}
	for _, of := range []struct {
		kind Kind
		into *KindResult
	}{{Compute, &out.Compute}, {Memory, &out.Memory}} {
		if *of.into, err = s.kind(of.kind, rule, tests, m); err != nil {
			return out, err
		}
		if last := of.into.Gaps[len(of.into.Gaps)-1]; last.Board > most {
			out.Reasons = append(out.Reasons, fmt.Sprintf("boards of %s-bound programs can separate gaps from %.1f %% only", of.kind, 100*last.Board))
			if out.Light == measure.Green {
				out.Light = measure.Yellow
			}
		}
	}
	return out, nil
}

// kind evaluates the tests of one kind alone.
func (s *exercise) kind(k Kind, rule measure.SelfTestRule, tests []measure.Test, m measure.Metric) (KindResult, error) {
	other := func(name string) bool { return !strings.HasPrefix(name, string(k)) }
	tests = slices.DeleteFunc(slices.Clone(tests), func(t measure.Test) bool { return other(t.Name) })
	pairs := slices.DeleteFunc(slices.Clone(s.pairs), func(p measure.Pair) bool { return other(p.Test) })
	var out KindResult
	for _, rule.Rounds = range gapRounds {
		found, err := evaluate(rule, tests, pairs, m)
		if err != nil {
			return out, err
		}
		out.CoV, out.Robust = noise(found.Noise)
		out.Autocorrelation, out.Ratio, out.Interval = found.Autocorrelation, found.Score.Ratio, found.Score.Interval
		out.Gaps = append(out.Gaps, Gap{Rounds: rule.Rounds, Board: found.BoardGap, Final: found.FinalGap})
	}
	return out, nil
}

// evaluate is the rule's SelfTest, also where a test has no pair that counts.
func evaluate(rule measure.SelfTestRule, tests []measure.Test, pairs []measure.Pair, m measure.Metric) (measure.SelfTest, error) {
	out, err := rule.SelfTest(tests, pairs, m)
	if errors.Is(err, measure.ErrNoPairs) {
		return allDisturbed(rule, tests, pairs, m, err)
	}
	return out, err
}

// allDisturbed evaluates what remains of a self-test in which a test has no
// pair that counts: how bad it is should still be seen.
func allDisturbed(rule measure.SelfTestRule, tests []measure.Test, pairs []measure.Pair, m measure.Metric, why error) (measure.SelfTest, error) {
	bare := slices.Clone(pairs)
	for i := range bare {
		bare[i].ReferenceDisturbed, bare[i].CandidateDisturbed = nil, nil
	}
	out, err := rule.SelfTest(tests, bare, m)
	out.Tally, out.Light = measure.Count(pairs), measure.Red
	out.Reasons = append([]string{why.Error()}, out.Reasons...)
	return out, err
}

// tests freezes the probes' times of this very self-test.
func (s *exercise) tests(m measure.Metric, empty time.Duration) []measure.Test {
	times := map[string][]time.Duration{}
	for _, p := range s.pairs {
		times[p.Test] = append(times[p.Test], m.Time(p.Reference))
	}
	var tests []measure.Test
	for _, j := range s.jobs() {
		middle := spread(times[j.name]).Middle
		tests = append(tests, measure.Test{Name: j.name, Reference: middle, Floor: measure.FloorRatio(max(empty, 1), max(middle, 1))})
	}
	return tests
}

// noise is the middle of some tests.
func noise(list []measure.TestNoise) (cov, robust float64) {
	var covs, robusts []float64
	for _, n := range list {
		covs, robusts = append(covs, n.CoV), append(robusts, n.RobustCoV)
	}
	slices.Sort(covs)
	slices.Sort(robusts)
	return covs[len(covs)/2], robusts[len(robusts)/2]
}
