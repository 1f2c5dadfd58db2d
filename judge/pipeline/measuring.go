package pipeline

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/measure"
)

// Records is what measuring has to remember; *store.DB does.
type Records interface {
	// Baseline is judge.ErrNotFound where nothing was frozen yet.
	Baseline(ctx context.Context, p judge.ProblemID, version, class string) (judge.Baseline, error)
	// Freeze keeps a baseline unless there is one, and returns the one that counts.
	Freeze(ctx context.Context, b judge.Baseline) (judge.Baseline, error)
	// Sessions are those that were measured of a source, oldest first.
	Sessions(ctx context.Context, p judge.ProblemID, version string, lang judge.LanguageID, sourceHash, class string) ([]judge.Session, error)
	SaveMachine(ctx context.Context, m judge.Machine) error
}

// Identify says what class of machine this is, for tasks that are measured.
func (pl *Pipeline) Identify() {
	var setup machine.Setup
	if tool, err := pl.Toolchains.Find(""); err == nil { // else nothing will be compiled here
		setup.Compiler, setup.Flags = tool.Version, tool.Flags
	}
	setup.CPUs, _ = machine.MeasuringCPUs(1, nil)
	pl.Machine = machine.Identify(setup)
}

// SessionRecord is what is kept of a session.
type SessionRecord struct {
	// Probes are how fast the machine was when it began.
	Probes machine.Vector `json:"probes"`
	Pairs  []measure.Pair `json:"pairs"`
}

// measurement is one session of one submission beside the reference.
type measurement struct {
	stand    *stand
	subject  string // the hash of the sources
	tests    []judge.TestCase
	baseline measure.Baseline
	probes   machine.Vector
	protocol measure.Protocol
	earlier  []measure.Session
	tried    int // sessions that there were before, in which nothing failed; earlier may be fewer
	session  measure.Session
	bench    bool // scores spoilt tests as well
	rounds   int
	extra    map[string]int // repeated pairs by test
	started  time.Time
	waited   time.Duration // for another judge on these CPUs
	now      func() time.Time
	look     func(judge.Look)
}

// failedRun ends a measurement: in a repetition the submission did not do what
// it had done before. Every repetition must be right.
type failedRun struct {
	test string
	timed
}

func (f *failedRun) Error() string {
	return fmt.Sprintf("test case %s: %s in a repetition: %s", f.test, f.verdict, f.message)
}

// ReferenceError says that the program in the reference's place did not do its
// job in a repetition.
type ReferenceError struct {
	TestCase string
	Verdict  judge.Verdict
	Message  string
}

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("test case %s: the reference got %s: %s", e.TestCase, e.Verdict, e.Message)
}

// The programs of a stand, by index.
const (
	reference = 0
	candidate = 1
)

// measure times the submission on the test cases that it passed and completes
// the outcome.
func (pl *Pipeline) measure(ctx context.Context, t Task, program *os.File, out *judge.Outcome) error {
	p := t.Problem
	ref, err := pl.compiledReference(ctx, p)
	if err != nil {
		return err
	}
	if err := pl.Records.SaveMachine(ctx, pl.Machine); err != nil {
		return err
	}
	pl.quiet.RLock()
	defer pl.quiet.RUnlock()
	baseline, err := pl.baseline(ctx, p, *t.Measure, ref)
	if err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	s, err := newStand(ctx, p, t.Measure.CPUs, ref, program)
	if err != nil {
		return err
	}
	defer s.close()
	m := &measurement{
		stand: s, subject: judge.HashFiles(t.Files), tests: timedAndPassed(p, out.Runs), baseline: baseline.Baseline,
		protocol: protocol(*t.Measure), extra: map[string]int{}, now: pl.Now, started: pl.Now(),
		look: func(l judge.Look) { t.Report(judge.Event{State: judge.Measuring, Total: len(p.Tests), Look: &l}) },
	}
	m.session = measure.Session{ID: newSessionID(), Class: pl.Machine.Class}
	if m.bench = t.Bench; m.bench {
		m.protocol.MaxDisturbed = 1
	}
	if m.probes, err = pl.probe(ctx, s); err != nil {
		return err
	}
	if err := m.takeEarlier(ctx, pl, t); err != nil {
		return err
	}
	stop, err := m.run(ctx)
	var failed *failedRun
	if errors.As(err, &failed) {
		failed.tell(out)
		if len(m.session.Pairs) == 0 {
			return nil
		}
		return m.keep(pl, t, stopFailed, out)
	}
	if err != nil {
		return err
	}
	if err := m.keep(pl, t, stop, out); err != nil {
		return err
	}
	return m.conclude(stop, out)
}

func newSessionID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// protocol is the default one within the bounds of the contest.
func protocol(want judge.Measure) measure.Protocol {
	p := measure.DefaultProtocol()
	if want.Precision > 0 {
		p.HalfWidth = want.Precision
	}
	if want.Budget > 0 {
		p.Budget = want.Budget
	}
	if most := want.Rounds; most > 0 {
		var looks []int
		for _, l := range p.Looks {
			if l < most {
				looks = append(looks, l)
			}
		}
		p.Looks = append(looks, most)
	}
	return p
}

func timedAndPassed(p judge.Problem, runs []judge.Run) []judge.TestCase {
	var tests []judge.TestCase
	for i, t := range p.Tests {
		if t.Timed && runs[i].Verdict == judge.Accepted {
			tests = append(tests, t)
		}
	}
	return tests
}

// takeEarlier finds what was measured of the same sources before: one source
// has one score. What was measured with other permissions to schedule, or
// while the machine was another, going by its probes, is kept but not merged.
func (m *measurement) takeEarlier(ctx context.Context, pl *Pipeline, t Task) error {
	stored, err := pl.Records.Sessions(ctx, t.Problem.ID, t.Problem.Version, t.Language, m.subject, pl.Machine.Class)
	if err != nil {
		return err
	}
	for _, s := range stored {
		if s.Stop != string(stopFailed) {
			m.tried++
		}
		if s.Scheduling != m.stand.scheduling() {
			continue
		}
		record, err := measure.Decode[SessionRecord](s.Data)
		if err != nil {
			return fmt.Errorf("session %s: %w", s.ID, err)
		}
		if machine.Drifted(record.Probes, m.probes) {
			continue
		}
		m.earlier = append(m.earlier, measure.Session{ID: s.ID, Class: s.Class, Pairs: record.Pairs})
	}
	return nil
}

// run measures rounds until the protocol says stop.
func (m *measurement) run(ctx context.Context) (measure.Stop, error) {
	now := measure.Progress{}
	var last judge.Look
	for {
		d := m.protocol.Next(now)
		if d.Stop != measure.Continue {
			return d.Stop, nil
		}
		last.Rounds, last.Next = m.rounds, d.Next
		m.look(last)
		if err := m.round(ctx); err != nil {
			return "", err
		}
		now.Rounds, now.Tally, now.Used = m.rounds, measure.Count(m.session.Pairs), m.now().Sub(m.started)-m.waited
		if m.rounds < d.Next {
			continue
		}
		score, err := m.score(judge.RealBoard)
		if err != nil {
			continue // a test has only disturbed pairs yet
		}
		now.HalfWidth, last.Ratio = score.HalfWidth, score.Ratio
		if cpu, err := m.score(judge.CPUBoard); err == nil {
			now.HalfWidth = max(now.HalfWidth, cpu.HalfWidth)
		}
		last.HalfWidth = now.HalfWidth
	}
}

// round times every test once, in random order, and then the disturbed pairs
// once more.
func (m *measurement) round(ctx context.Context) error {
	waiting := m.now()
	release, err := machine.Occupy(ctx, m.stand.cpus)
	if err != nil {
		return err
	}
	defer release()
	m.waited += m.now().Sub(waiting)
	n := m.rounds + 1
	var again []measure.Step
	for _, step := range measure.Order(m.subject, m.session.ID, n, len(m.tests), 2) {
		pair, err := m.pair(ctx, n, 0, step)
		if err != nil {
			return err
		}
		if name := pair.Test; measure.Again(pair, m.extra[name], n) {
			m.extra[name]++
			again = append(again, step)
		}
	}
	for _, step := range again {
		if _, err := m.pair(ctx, n, 1, step); err != nil {
			return err
		}
	}
	m.rounds = n
	return nil
}

// pair times reference and submission on one test, one after the other.
func (m *measurement) pair(ctx context.Context, round, attempt int, step measure.Step) (measure.Pair, error) {
	t := m.tests[step.Test]
	pair := measure.Pair{Session: m.session.ID, Round: round, Test: t.Name, Attempt: attempt, CandidateFirst: step.Programs[0] == candidate}
	frozen, _ := m.baseline.Find(t.Name)
	thresholds := measure.DefaultThresholds()
	thresholds.Threads = m.stand.problem.Threads
	for _, program := range step.Programs {
		r, err := m.stand.run(ctx, program, t)
		if err != nil {
			return pair, err
		}
		disturbed := thresholds.Disturbances(r.seen, frozen.Calm)
		if program == candidate {
			if r.verdict != judge.Accepted {
				return pair, &failedRun{t.Name, r}
			}
			pair.Candidate, pair.CandidateDisturbed = r.seen.Sample(), disturbed
			continue
		}
		if r.verdict != judge.Accepted {
			return pair, &ReferenceError{t.Name, r.verdict, r.message}
		}
		pair.Reference, pair.ReferenceDisturbed = r.seen.Sample(), disturbed
	}
	m.session.Pairs = append(m.session.Pairs, pair)
	return pair, nil
}

// score is what all measurements of the sources say on a board.
func (m *measurement) score(board judge.Board) (measure.Result, error) {
	pool := measure.Pool{Source: m.subject, Class: m.session.Class}
	names := make([]string, len(m.tests))
	known := map[string]bool{}
	for i, t := range m.tests {
		names[i], known[t.Name] = t.Name, true
	}
	for _, s := range append(append([]measure.Session(nil), m.earlier...), m.session) {
		s.Pairs = only(s.Pairs, known)
		if err := pool.Add(s); err != nil {
			return measure.Result{}, err
		}
	}
	tests, metric := m.baseline.For(board, names), m.baseline.Metric(board)
	result, err := pool.Evaluate(tests, metric)
	if m.bench && errors.Is(err, measure.ErrNoPairs) {
		return evaluateSpoilt(pool, tests, metric)
	}
	return result, err
}

// evaluateSpoilt scores all pairs, for where the machine disturbed every one
// of a test.
func evaluateSpoilt(pool measure.Pool, tests []measure.Test, metric measure.Metric) (measure.Result, error) {
	tally := measure.Count(pool.Pairs())
	for i := range pool.Sessions {
		pairs := slices.Clone(pool.Sessions[i].Pairs)
		for k := range pairs {
			pairs[k].ReferenceDisturbed, pairs[k].CandidateDisturbed = nil, nil
		}
		pool.Sessions[i].Pairs = pairs
	}
	result, err := pool.Evaluate(tests, metric)
	result.Tally = tally
	return result, err
}

func only(pairs []measure.Pair, tests map[string]bool) []measure.Pair {
	var out []measure.Pair
	for _, p := range pairs {
		if tests[p.Test] {
			out = append(out, p)
		}
	}
	return out
}

// stopFailed is how a session ends in which the submission failed. The verdict
// tells of that; its times are kept like all others.
const stopFailed measure.Stop = "failed"

// keep adds the session to the outcome.
func (m *measurement) keep(pl *Pipeline, t Task, stop measure.Stop, out *judge.Outcome) error {
	data, err := measure.Encode(SessionRecord{m.probes, m.session.Pairs})
	if err != nil {
		return err
	}
	j := &out.Judging
	j.Class, j.Scheduling = m.session.Class, m.stand.scheduling()
	out.Sessions = append(out.Sessions, judge.Session{
		ID: m.session.ID, Problem: t.Problem.ID, ProblemVersion: t.Problem.Version, Language: t.Language, SourceHash: m.subject,
		Class: j.Class, Scheduling: j.Scheduling, Rounds: m.rounds, Stop: string(stop), Started: m.started, Finished: pl.Now(), Data: data,
	})
	return nil
}

// conclude completes the outcome with what the sessions say.
func (m *measurement) conclude(stop measure.Stop, out *judge.Outcome) error {
	j := &out.Judging
	out.Tests = judge.MeasuredTests{}
	for _, board := range []judge.Board{judge.RealBoard, judge.CPUBoard} {
		result, err := m.score(board)
		if errors.Is(err, measure.ErrNoPairs) {
			j.Measured, out.Tests = m.spoilt(j.Measured.Fixed), nil
			return nil
		}
		if err != nil {
			return err
		}
		measured, tests := m.tell(board, result, stop)
		if board == judge.CPUBoard {
			j.Measured.CPU = measured
		} else {
			j.Measured.Real = measured
		}
		out.Tests[board] = tests
	}
	return nil
}

// maxSessions is how many sessions a source gets before an unstable result
// stays as it is.
const maxSessions = 4

// again says whether there will be another session.
func (m *measurement) again(stop measure.Stop) bool {
	return stop == measure.Unstable && m.tried+1 < maxSessions
}

// spoilt is what can be said where a test has too few undisturbed pairs.
func (m *measurement) spoilt(fixed judge.FixedCost) judge.ByBoard {
	pairs := m.session.Pairs
	for _, s := range m.earlier {
		pairs = slices.Concat(pairs, s.Pairs)
	}
	tally := measure.Count(pairs)
	one := judge.Measured{Sessions: len(m.earlier) + 1, Pairs: tally.Pairs, Disturbed: tally.Disturbed, Stop: string(measure.Unstable), Again: m.again(measure.Unstable)}
	return judge.ByBoard{Real: one, CPU: one, Fixed: fixed}
}

// tell puts a result into the words of the contest.
func (m *measurement) tell(board judge.Board, r measure.Result, stop measure.Stop) (judge.Measured, []judge.MeasuredTest) {
	metric := m.baseline.Metric(board)
	tests := make([]judge.MeasuredTest, len(r.Tests))
	for i, t := range r.Tests {
		frozen, _ := m.baseline.Find(t.Name)
		tests[i] = judge.MeasuredTest{
			TestCase: t.Name, Ratio: t.Ratio, Low: t.Interval.Low, High: t.Interval.High, Pairs: t.Pairs, AtFloor: t.AtFloor,
			Reference: metric.Time(frozen.Reference),
		}
	}
	return judge.Measured{
		Total: r.Total, Ratio: r.Ratio, Low: r.Interval.Low, High: r.Interval.High, HalfWidth: r.HalfWidth,
		Rounds: r.Rounds, Sessions: r.Sessions, Pairs: r.Tally.Pairs, Disturbed: r.Tally.Disturbed,
		AtFloor: r.AtFloor, Review: len(r.Review), Stop: string(stop), Again: m.again(stop), Surcharge: m.surcharge(metric),
	}, tests
}

// surcharge is the price of the work before READY in one round: of every test
// the mean over its pairs.
func (m *measurement) surcharge(metric measure.Metric) time.Duration {
	sum, pairs := map[string]time.Duration{}, map[string]time.Duration{}
	for _, p := range m.session.Pairs {
		sum[p.Test] += metric.Surcharge(p.Candidate)
		pairs[p.Test]++
	}
	var round time.Duration
	for test := range sum {
		round += sum[test] / pairs[test]
	}
	return round
}

// tell makes a failed repetition the verdict of its test case.
func (f *failedRun) tell(out *judge.Outcome) {
	for i := range out.Runs {
		if r := &out.Runs[i]; r.TestCase == f.test {
			note(r, f.facts)
			r.Verdict, r.Message = f.verdict, "in a repetition: "+f.message
		}
	}
	j := out.Judging
	j.Passed, j.TimedPassed, j.Real, j.CPU, j.MemoryBytes, j.FirstFailed = 0, 0, 0, 0, 0, ""
	sum(&j, out.Runs)
	out.Judging = j
}
