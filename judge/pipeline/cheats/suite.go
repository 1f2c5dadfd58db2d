// Package cheats tries to be faster than one is. Every file in programs is a
// submission to a small problem that is timed in windows; it cheats, and says
// in its first comment how that must end (see Cheat). Its honest twin is the
// problem's reference, beside which all submissions are timed: a ratio below 1
// is a gain.
//
// judge doctor --cheats and make cheats measure all of them until it is known
// whether they gain anything, and print a table. go test judges every cheat
// once and measures only those whose end shows in a few rounds.
//
// To add a cheat, add a file. Every cheat that was ever found stays.
package cheats

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/pipeline"
	"contest/judge/timing"
)

// margin is the gain that a cheat must be known not to have. With four test
// cases and twenty rounds half of a 95 % interval on a noisy machine is 1 %,
// and 4 % where memory counts.
func (c Cheat) margin() float64 {
	if c.work == "memory" {
		return 0.06
	}
	return 0.03
}

// mostSessions is how often a cheat is measured until its gain is known.
const mostSessions = 5

// Suite judges cheats on this machine as submissions are judged, and keeps
// nothing of them.
type Suite struct {
	// Normal says why programs are not scheduled in real time here, "" if they
	// are. Where they are not, gains are not decided.
	Normal   string
	pipeline *pipeline.Pipeline
	records  *timing.Scratch
	cpus     []int
	scratch  string
	loading  sync.Mutex // guards problems
	problems map[string]judge.Problem
}

// New makes a suite whose programs the first of the toolchains compiles and
// that measures on the CPUs, or where the judge chooses if there are none.
// Close it.
func New(tools build.Toolchains, cpus []int) (*Suite, error) {
	scratch, err := os.MkdirTemp("", "judge-cheats-")
	if err != nil {
		return nil, err
	}
	s := &Suite{records: &timing.Scratch{}, cpus: cpus, scratch: scratch, problems: map[string]judge.Problem{}}
	s.pipeline = pipeline.New(tools, s.records)
	_, s.Normal = machine.Policy(1)
	return s, nil
}

// Close removes what the suite wrote.
func (s *Suite) Close() error { return os.RemoveAll(s.scratch) }

// Class is the class of this machine with such compilers, as judgings name it.
func Class(tools build.Toolchains) string { return timing.New(tools, nil).Machine().Class }

// Class is the class of the machine that the suite runs on.
func (s *Suite) Class() string { return s.pipeline.Timer.Machine().Class }

// Run tries every cheat until it is known how it ends, and reports each result
// as soon as it is there.
func (s *Suite) Run(ctx context.Context, cheats []Cheat, report func(Result)) ([]Result, error) {
	var results []Result
	for _, c := range cheats {
		r, err := s.Try(ctx, c, true)
		if ctx.Err() != nil {
			return results, ctx.Err()
		}
		if err != nil { // who makes the judge fail has got around something as well
			r = c.result(ended{got: "IE", why: fmt.Sprintf("the judge failed: %v", err)}, "")
		}
		results = append(results, r)
		report(r)
	}
	return results, nil
}

// Try judges a cheat and says whether it ended as it must. A full try measures
// it until it is known whether it gains anything; another one only as long as
// it takes to see what is seen in a few rounds.
func (s *Suite) Try(ctx context.Context, c Cheat, full bool) (Result, error) {
	if reason := s.lacks(c); reason != "" {
		return c.result(ended{}, reason), nil
	}
	p, err := s.problem(ctx, c)
	if err != nil {
		return Result{}, err
	}
	r, err := s.try(ctx, c, p, full)
	return c.result(r, ""), err
}

// ended is how a cheat ended.
type ended struct {
	got, detail string
	why         string // what is wrong with it, in a few words
	ok          bool
	// unsure: no gain was seen, but one of margin is not excluded either. It
	// is the machine's failure.
	unsure    bool
	real, cpu measure.Result // empty if nothing was measured
	measured  bool
}

func (s *Suite) try(ctx context.Context, c Cheat, p judge.Problem, full bool) (ended, error) {
	rounds := c.fewestRounds()
	e := &evidence{Suite: s, cheat: c, problem: p}
	accepted := c.accepted()
	switch {
	case !full || accepted == "":
	case accepted == getsNothing:
		rounds = measure.LeastPairs // the test cases' first runs share a container already
	case s.Normal == "":
		rounds = 20
	}
	for session := 1; ; session++ {
		out, err := s.judge(ctx, c, p, rounds)
		if err != nil {
			return ended{}, err
		}
		r := ended{got: ending(out), detail: details(out)}
		if out.Judging.Verdict != judge.Accepted {
			r.ok = slices.Contains(c.expect, r.got)
			return r, nil
		}
		if accepted == "" {
			return r, nil
		}
		if accepted == notMeasured {
			if m := out.Judging.Values.Measuring(); m.Unmeasured() && m.Stop == judge.OverBudget {
				r.got, r.ok = notMeasured, true
			}
			return r, nil
		}
		if err := e.add(out); err != nil {
			return ended{}, err
		}
		r, sure, err := e.result(ctx, r, full)
		if err != nil || sure || session == mostSessions {
			return r, err
		}
	}
}

// judge judges a cheat in a session of its own.
func (s *Suite) judge(ctx context.Context, c Cheat, p judge.Problem, rounds int) (judge.Outcome, error) {
	task := pipeline.Task{Problem: p, Files: []judge.File{{Name: c.Name + ".cpp", Data: []byte(c.text)}}, Report: func(judge.Progress) {}}
	if rounds > 0 {
		task.Measure = &judge.Measure{Rounds: rounds, Budget: c.budget, Precision: c.margin() / 3, CPUs: s.cpus}
	}
	return s.pipeline.Judge(ctx, task)
}

// faults are the words of expectations for what a judging says of a window.
var faults = map[string]string{
	"gave output before":  "early output",
	"went on working":     "restless",
	"without being ready": "never ready",
	"was not ready":       "never ready",
}

// ending is how a judging ended, in the words of expectations.
func ending(out judge.Outcome) string {
	verdict := string(out.Judging.Verdict)
	for _, r := range out.Runs {
		if r.TestCase != out.Judging.FirstFailed {
			continue
		}
		for text, word := range faults {
			if strings.Contains(r.Message, text) {
				return verdict + " " + word
			}
		}
	}
	return verdict
}

func details(out judge.Outcome) string {
	var b strings.Builder
	fmt.Fprint(&b, out.Judging.CompilerOutput)
	for _, r := range out.Runs {
		fmt.Fprintf(&b, "%s: %s %s\n", r.TestCase, r.Verdict, r.Message)
	}
	return b.String()
}

// evidence is what was measured of one cheat.
type evidence struct {
	*Suite
	cheat   Cheat
	problem judge.Problem
	pool    measure.Pool
}

func (e *evidence) add(out judge.Outcome) error {
	for _, s := range out.Sessions {
		record, err := measure.Decode[timing.SessionRecord](s.Data)
		if err != nil {
			return err
		}
		if err := e.pool.Add(measure.Session{ID: s.ID, Class: s.Class, Pairs: record.Pairs}); err != nil {
			return err
		}
	}
	return nil
}

// baseline is what was frozen of the problem.
func (e *evidence) baseline(ctx context.Context) (measure.Baseline, error) {
	stored, err := e.records.Baseline(ctx, e.problem.ID, e.problem.Version, e.pipeline.Timer.Machine().Class)
	if err != nil {
		return measure.Baseline{}, err
	}
	b, err := measure.Decode[timing.FrozenBaseline](stored.Data)
	return b.Baseline, err
}

// result says what the evidence means; sure is false if more of it may help.
func (e *evidence) result(ctx context.Context, r ended, full bool) (_ ended, sure bool, err error) {
	want := e.cheat.accepted()
	if len(e.pool.Sessions) == 0 || want == getsNothing {
		r.got, r.ok = want, true // as far as a verdict tells
		if want != getsNothing {
			r.got = "AC"
		}
		return r, true, nil
	}
	base, err := e.baseline(ctx)
	if err != nil {
		return r, false, err
	}
	r, sure = e.weigh(r, want, base, full)
	return r, sure, nil
}

func (e *evidence) weigh(r ended, want string, base measure.Baseline, full bool) (_ ended, sure bool) {
	names := make([]string, len(base.Tests))
	for i, f := range base.Tests {
		names[i] = f.Name
	}
	var err [2]error
	r.real, err[0] = e.pool.Evaluate(base.For(judge.RealBoard, names), base.Metric(judge.RealBoard))
	r.cpu, err[1] = e.pool.Evaluate(base.For(judge.CPUBoard, names), base.Metric(judge.CPUBoard))
	if err[0] != nil || err[1] != nil {
		r.got, r.detail = "nothing measured", fmt.Sprint(err)
		return r, false
	}
	r.measured = true
	flag, ok := e.flag(want, r, base)
	if !ok {
		r.got = "no " + want
		r.detail = fmt.Sprintf("%+v", r.cpu.Tally)
		return r, false
	}
	r.got, r.ok = cmp.Or(flag, "AC"), true
	if !full || want == review || e.Normal != "" {
		return r, true
	}
	return e.gain(r, want, base)
}

// flag looks for the flag that an outcome asks for.
func (e *evidence) flag(want string, r ended, base measure.Baseline) (flag string, ok bool) {
	switch want {
	case surcharge:
		return surcharge, e.paysMore(base.Metric(judge.CPUBoard))
	case review:
		return review, len(r.cpu.Review) > 0 && len(r.real.Review) > 0
	case oneSided:
		return oneSided, r.cpu.OneSided
	}
	return "", true
}

// paysMore says whether the cheat pays more for what it does before READY than its
// twin does beside it: at the median, as a disturbed run of the twin's costs more too.
func (e *evidence) paysMore(metric measure.Metric) bool {
	var more []time.Duration
	for _, p := range e.pool.Pairs() {
		more = append(more, metric.Surcharge(p.Candidate)-metric.Surcharge(p.Reference))
	}
	slices.Sort(more)
	return len(more) > 0 && more[len(more)/2] > 0
}

// gain decides whether a cheat is known to gain nothing on either board.
func (e *evidence) gain(r ended, want string, base measure.Baseline) (_ ended, sure bool) {
	r.ok, r.got = false, cmp.Or(map[bool]string{true: want}[want != gainsNothing], gainsNothing)
	sure = true
	for _, b := range []struct {
		board judge.Board
		measure.Result
	}{{judge.RealBoard, r.real}, {judge.CPUBoard, r.cpu}} {
		margin := e.cheat.margin()
		least := 1 - margin
		if want == gainsStartup {
			least -= startShare(base, b.board)
		}
		switch {
		case b.Interval.High < least:
			r.got = "GAINS on " + string(b.board)
			r.why = fmt.Sprintf("%.3f of its twin's %s time", b.Ratio, b.board)
			return r, len(e.pool.Sessions) > 1 // once may be the machine's doing
		case b.Interval.Low < least:
			r.got, r.unsure, sure = "unsure on "+string(b.board), true, false
		}
	}
	if want == harmsNobody && sure {
		after, err := e.harm(base)
		switch {
		case err == nil && after.Low > 1+harmMargin:
			r.got, sure = "HARMS the reference", len(e.pool.Sessions) > 1
			r.why = fmt.Sprintf("the reference %.2f to %.2f times slower after it", after.Low, after.High)
		case err != nil || after.High > 1+harmMargin:
			r.got, r.unsure, sure = "unsure of the reference", true, false
		}
		r.detail = fmt.Sprintf("the reference after it takes %.3f to %.3f times as long as after itself (%v)", after.Low, after.High, err)
	}
	r.ok = r.got == want
	return r, sure
}

// startShare is what the reference pays for its start, of a test case's time: a
// program that starts without the C library, say, saves as much.
func startShare(base measure.Baseline, board judge.Board) float64 {
	m := base.Metric(board)
	var start, all time.Duration
	for _, f := range base.Tests {
		start += m.Surcharge(f.Reference)
		all += m.Time(f.Reference)
	}
	return float64(start) / float64(all)
}

// harmMargin is by how much a cheat must be known not to slow down the
// reference: 87 % were measured without a scrub between the runs.
const harmMargin = 0.10

// harm is by what factor the reference is slower right after the cheat than
// right after itself. Both are seen as ratios within a pair, since whole
// stretches of time are slow on a busy machine. Sessions hold pairs in running
// order.
func (e *evidence) harm(base measure.Baseline) (measure.Interval, error) {
	metric := base.Metric(judge.CPUBoard)
	names := make([]string, len(base.Tests))
	logs := make([][]float64, len(base.Tests))
	for i, f := range base.Tests {
		names[i] = f.Name
		after := e.ratiosAfter(f.Name, metric)
		for k := range min(len(after[0]), len(after[1])) {
			logs[i] = append(logs[i], after[0][k]-after[1][k])
		}
		if len(logs[i]) < measure.LeastPairs {
			return measure.Interval{}, fmt.Errorf("%s: %w", f.Name, measure.ErrNoPairs)
		}
		slices.Sort(logs[i])
	}
	return measure.Bootstrap(base.For(judge.CPUBoard, names), logs, e.cheat.Name, measure.Draws).Interval(0.95).Exp(), nil
}

// ratiosAfter are ln(cheat/reference) of the pairs of a test case in which the
// reference ran right after itself, and right after the cheat.
func (e *evidence) ratiosAfter(test string, metric measure.Metric) (after [2][]float64) {
	for _, s := range e.pool.Sessions {
		for i, p := range s.Pairs {
			if p.Test != test {
				continue
			}
			ratio := math.Log(float64(metric.Time(p.Candidate)) / float64(metric.Time(p.Reference)))
			switch {
			case p.CandidateFirst:
				after[1] = append(after[1], ratio)
			case i > 0 && s.Pairs[i-1].CandidateFirst:
				after[0] = append(after[0], ratio)
			}
		}
	}
	return after
}
