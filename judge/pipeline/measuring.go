package pipeline

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
)

// Records is what measuring has to remember; *store.DB does.
type Records interface {
	// Baseline is judge.ErrNotFound where nothing was frozen yet.
	Baseline(ctx context.Context, p judge.ProblemID, version, class string) (judge.Baseline, error)
	// Freeze keeps a baseline unless there is one, and returns the one that counts.
	Freeze(ctx context.Context, b judge.Baseline) (judge.Baseline, error)
	// Sessions are those that were measured of a program, and of others that the
	// same sources were compiled to, oldest first.
	Sessions(ctx context.Context, p judge.ProblemID, version string, lang judge.LanguageID, sourceHash, programHash, class string) ([]judge.Session, error)
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
	// Failed is the repetition that ended it, if one did.
	Failed *judge.Run `json:"failed,omitempty"`
}

// measurement is one session of one submission beside the reference.
type measurement struct {
	stand    *stand
	subject  string // the hash of the program
	sources  string // the hash of the sources
	tests    []judge.TestCase
	missed   []string // timed test cases that it did not pass
	baseline measure.Baseline
	probes   machine.Vector
	protocol measure.Protocol
	earlier  []measure.Session
	tried    int // sessions that there were before, in which nothing failed; earlier may be fewer
	session  measure.Session
	bench    bool // scores spoilt tests as well
	rounds   int
	allotted *measure.Allotment // of the rounds to come; nil for every test once
	started  time.Time
	waited   time.Duration // for another judge on these CPUs
	spent    spent         // by the judging: before the session, and of starts in it too
	null     time.Duration // the start of a program that does nothing
	now      func() time.Time
	look     func(judge.Look)
}

// failedRun ends a measurement: in a repetition the submission did not do what
// it had done before. Every repetition must be right.
type failedRun struct{ timed }

func (f *failedRun) Error() string {
	return fmt.Sprintf("test case %s: %s in a repetition: %s", f.test.Name, f.Verdict, f.Message)
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
// the outcome. So much was used of the budget before, and null is the start of a
// program that does nothing.
func (pl *Pipeline) measure(ctx context.Context, t Task, jury *run.Jury, program *build.Artifact, used spent, null time.Duration, out *judge.Outcome) error {
	p := t.Problem
	m := &measurement{
		subject: out.Judging.ProgramHash, sources: judge.HashFiles(t.Files), tests: timedAndPassed(p, out.Runs), missed: timedAndMissed(p, out.Runs),
		protocol: protocol(*t.Measure), now: pl.Now, started: pl.Now(), spent: used, null: null, bench: t.Bench,
		look: func(l judge.Look) { t.Report(judge.Progress{State: judge.Measuring, Total: len(p.Tests), Look: &l}) },
	}
	stored, err := pl.Records.Sessions(ctx, p.ID, p.Version, t.Language, m.sources, m.subject, pl.Machine.Class)
	if err != nil {
		return err
	}
	if len(stored) == 0 && m.used() >= m.protocol.Budget {
		m.withoutResult(measure.Budget, out)
		return nil
	}
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
	m.baseline = baseline.Baseline
	if !t.Again {
		if known, err := m.reuse(p, stored, out); known || err != nil {
			return err
		}
	}
	at, err := placeFor(p, t.Measure.CPUs)
	if err != nil {
		return err
	}
	at.Scrub = baseline.Scrub.Bytes
	s, err := newStand(ctx, jury, p, at, ref, program)
	if err != nil {
		return err
	}
	defer s.close()
	s.ready = readyWithin(null)
	m.stand, m.session = s, measure.Session{ID: newSessionID(), Class: pl.Machine.Class}
	if m.probes, err = pl.probe(ctx, at); err != nil {
		return err
	}
	return m.hold(ctx, pl, t, stored, out)
}

// hold holds a session of its own, and completes the outcome by it and by those
// that are stored.
func (m *measurement) hold(ctx context.Context, pl *Pipeline, t Task, stored []judge.Session, out *judge.Outcome) error {
	if m.bench {
		m.protocol.MaxDisturbed = 1
	}
	if err := m.takeEarlier(stored, m.stand.scheduling()); err != nil {
		return err
	}
	m.started = pl.Now()
	stop, err := m.run(ctx)
	var failed *failedRun
	if errors.As(err, &failed) {
		return m.keep(pl, t, stopFailed, failed.tell(t.Problem, out), out)
	}
	if err != nil {
		return err
	}
	if err := m.keep(pl, t, stop, nil, out); err != nil {
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

// timedAndMissed are the names of the others that are timed.
func timedAndMissed(p judge.Problem, runs []judge.Run) []string {
	var names []string
	for i, t := range p.Tests {
		if t.Timed && runs[i].Verdict != judge.Accepted {
			names = append(names, t.Name)
		}
	}
	return names
}

// reuse concludes with what the last session of the same program found, if that
// has all the tests: whoever hands a program in again, with a blank more or under
// another name, gets what is known of it, and no session of its own to be lucky
// in. If it failed there the copy fails as well, or a program could crash whenever
// it is slow and be handed in until it never was. Where the budget was used up
// before there was a result, measuring goes on.
func (m *measurement) reuse(p judge.Problem, stored []judge.Session, out *judge.Outcome) (known bool, err error) {
	for i, s := range slices.Backward(stored) {
		if !m.mine(s) {
			continue
		}
		record, err := decode(s)
		if err != nil {
			return false, err
		}
		if s.Stop == string(stopFailed) {
			if record.Failed == nil { // from before that was kept
				continue
			}
			refute(p, *record.Failed, out)
			return true, nil
		}
		last := *m
		last.session = measure.Session{ID: s.ID, Class: s.Class, Pairs: record.Pairs}
		if last.lacksTests() {
			return false, nil
		}
		last.probes, last.rounds = record.Probes, s.Rounds
		if err := last.takeEarlier(stored[:i], s.Scheduling); err != nil {
			return false, err
		}
		out.Judging.Class, out.Judging.Scheduling = s.Class, s.Scheduling
		err = last.conclude(measure.Stop(s.Stop), out)
		found := out.Judging.Values.Measuring()
		return !found.Unmeasured() || found.Stop != judge.OverBudget, err
	}
	return false, nil
}

// mine says that a session is of this program; one from before programs were
// kept is, if it is of these sources.
func (m *measurement) mine(s judge.Session) bool {
	return s.ProgramHash == m.subject || s.ProgramHash == ""
}

// lacksTests says that the session has no pair of some test.
func (m *measurement) lacksTests() bool {
	has := map[string]bool{}
	for _, p := range m.session.Pairs {
		has[p.Test] = true
	}
	return slices.ContainsFunc(m.tests, func(t judge.TestCase) bool { return !has[t.Name] })
}

// takeEarlier takes what was measured of the same program before the session: one
// program has one score. What was measured with other permissions to schedule,
// or while the machine was another, going by its probes, is kept but not merged.
// Sources that become another program each time are measured as often as others.
func (m *measurement) takeEarlier(stored []judge.Session, scheduling string) error {
	for _, s := range stored {
		if s.Stop != string(stopFailed) {
			m.tried++
		}
		if !m.mine(s) || s.Scheduling != scheduling {
			continue
		}
		record, err := decode(s)
		if err != nil {
			return err
		}
		if machine.Drifted(record.Probes, m.probes) {
			continue
		}
		m.earlier = append(m.earlier, measure.Session{ID: s.ID, Class: s.Class, Pairs: record.Pairs})
	}
	return nil
}

func decode(s judge.Session) (SessionRecord, error) {
	record, err := measure.Decode[SessionRecord](s.Data)
	if err != nil {
		return record, fmt.Errorf("session %s: %w", s.ID, err)
	}
	return record, nil
}

// run measures rounds until the protocol says stop.
func (m *measurement) run(ctx context.Context) (measure.Stop, error) {
	now := measure.Progress{Before: m.spent.time, Used: m.used()}
	var last judge.Look
	for {
		d := m.protocol.Next(now)
		if d.Stop != measure.Continue {
			return d.Stop, nil
		}
		last.Rounds, last.Next = m.rounds, d.Next
		m.look(last)
		err := m.round(ctx)
		if err != nil && !errors.Is(err, errSpent) {
			return "", err
		}
		now.Rounds, now.Tally, now.Used = m.rounds, measure.Count(m.session.Pairs), m.used()
		if err != nil {
			continue // the budget alone counts now
		}
		look, allot := m.rounds == d.Next, m.rounds%measure.AllotEvery == 0
		if !look && !allot {
			continue
		}
		real, err := m.score(judge.RealBoard)
		if err != nil {
			continue // a test has only disturbed pairs yet
		}
		cpu, err := m.score(judge.CPUBoard)
		if err != nil {
			continue
		}
		if look {
			now.HalfWidth = max(real.HalfWidth, cpu.HalfWidth)
			last.Ratio, last.HalfWidth = real.Ratio, now.HalfWidth
		}
		if allot {
			tests := m.baseline.For(judge.RealBoard, m.names())
			m.allotted = measure.Allot(measure.Costs(tests, m.session.Pairs), real.Drawn.Doubts, cpu.Drawn.Doubts)
		}
	}
}

// used is the machine time that the judging has taken so far. Who takes too long
// before READY has used all there is.
func (m *measurement) used() time.Duration {
	if m.spent.starts >= mostStarts && !m.bench {
		return m.protocol.Budget
	}
	return m.spent.time + m.now().Sub(m.started) - m.waited
}

// round times the tests that it is allotted, in random order, and then the
// disturbed pairs once more.
func (m *measurement) round(ctx context.Context) error {
	waiting, n := m.now(), m.rounds+1
	tests := measure.Each(len(m.tests))
	if m.allotted != nil {
		tests = m.allotted.Round()
	}
	refused, err := m.stand.round(ctx, func() error {
		m.waited += m.now().Sub(waiting)
		return playSteps(measure.Order(m.subject, m.session.ID, n, tests, 2), func(step measure.Step, attempt int) (bool, error) {
			pair, err := m.pair(ctx, n, attempt, step)
			return pair.Disturbed(), err
		})
	})
	if len(refused) > 0 {
		return m.wrong(refused[0])
	}
	if err != nil {
		return err
	}
	m.rounds = n
	return nil
}

// playSteps has every step of a round timed by one, and those that were disturbed
// once more at its end. The attempts at a test are counted from 0.
func playSteps(steps []measure.Step, one func(step measure.Step, attempt int) (disturbed bool, err error)) error {
	attempts := map[int]int{}
	var again []measure.Step
	for _, step := range steps {
		disturbed, err := one(step, attempts[step.Test])
		if err != nil {
			return err
		}
		attempts[step.Test]++
		if disturbed {
			again = append(again, step)
		}
	}
	for _, step := range again {
		if _, err := one(step, attempts[step.Test]); err != nil {
			return err
		}
		attempts[step.Test]++
	}
	return nil
}

// wrong is the error of a repetition that was not accepted.
func (m *measurement) wrong(r timed) error {
	if r.program == candidate {
		return &failedRun{r}
	}
	return r.referenceError()
}

// referenceError is the error of a run of the reference that was not accepted.
func (r timed) referenceError() error { return &ReferenceError{r.test.Name, r.Verdict, r.Message} }

// pair times reference and submission on one test, one after the other.
func (m *measurement) pair(ctx context.Context, round, attempt int, step measure.Step) (measure.Pair, error) {
	t := m.tests[step.Test]
	pair := measure.Pair{Session: m.session.ID, Round: round, Test: t.Name, Attempt: attempt, CandidateFirst: step.Programs[0] == candidate}
	frozen, _ := m.baseline.Find(t.Name)
	thresholds := measure.DefaultThresholds()
	thresholds.Threads = m.stand.problem.Threads
	for _, program := range step.Programs {
		if m.used() >= m.protocol.Budget {
			return pair, errSpent
		}
		r, err := m.stand.run(ctx, program, t)
		if err != nil {
			return pair, err
		}
		disturbed := thresholds.Disturbances(r.seen, frozen.Calm)
		if program == candidate {
			m.spent.start(r.facts, m.null)
			if r.Verdict != judge.Accepted {
				return pair, m.wrong(r)
			}
			pair.Candidate, pair.CandidateDisturbed = r.seen.Sample(), disturbed
			continue
		}
		if r.Verdict != judge.Accepted {
			return pair, m.wrong(r)
		}
		pair.Reference, pair.ReferenceDisturbed = r.seen.Sample(), disturbed
	}
	m.session.Pairs = append(m.session.Pairs, pair)
	return pair, nil
}
