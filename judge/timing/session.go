package timing

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
)

// SessionTask is a program that is to be timed beside the reference of its problem.
type SessionTask struct {
	Problem  judge.Problem
	Language judge.LanguageID
	Sources  string // their hash
	Program  *build.Artifact
	// Once is what running it once on every test case came to. What of these it passed
	// is timed.
	Once  judge.Outcome
	Spent Spent // by the judging so far
	Jury  *run.Jury

	Settings judge.Measure
	// Bench is for who wants to know, not for ranks: a machine that disturbs most runs
	// stops nothing.
	Bench bool
	// Again has a program measured that was measured before: the machine spoilt
	// what it found then. Otherwise what was found is taken.
	Again bool
	// Look is called before every round; it must not block.
	Look func(judge.Look)
}

// Spent is what the runs of a judging have taken.
type Spent struct {
	Time   time.Duration // from the first to the last, whatever they did
	Starts time.Duration // what the submission took until it was ready, see Start.Beyond
}

// mostStarts is what the runs of a judging may take until they are ready, all together
// and above what a program takes that does nothing. Beyond it nothing more is measured.
const mostStarts = 10 * time.Second

// session is a session while it is held.
type session struct {
	SessionTask
	stand    *stand
	tests    []judge.TestCase
	missed   []string // timed test cases that it did not pass
	baseline measure.Baseline
	probes   machine.Vector
	protocol measure.Protocol
	earlier  []measure.Session
	tried    int             // sessions that there were before, in which nothing failed; earlier may be fewer
	own      measure.Session // what is timed in this one
	rounds   int
	allotted *measure.Allotment // of the rounds to come; nil for every test once
	started  time.Time
	null     Start
}

func newSession(task SessionTask, null Start) *session {
	s := &session{SessionTask: task, protocol: protocol(task.Settings), null: null, started: time.Now()}
	for i, t := range task.Problem.Tests {
		switch {
		case !t.Timed:
		case task.Once.Runs[i].Verdict == judge.Accepted:
			s.tests = append(s.tests, t)
		default:
			s.missed = append(s.missed, t.Name)
		}
	}
	return s
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

// subject is the hash of the program.
func (s *session) subject() string { return s.Once.Judging.ProgramHash }

// Session times a program in a session, or takes what an earlier session of the same
// program found. An error is our failure.
func (t *Timer) Session(ctx context.Context, task SessionTask) (Measurement, error) {
	p := task.Problem
	null, err := t.NullStart(ctx, p)
	if err != nil {
		return Measurement{}, err
	}
	s := newSession(task, null)
	class := t.Machine().Class
	stored, err := t.records.Sessions(ctx, p.ID, p.Version, s.Language, s.Sources, s.subject(), class)
	if err != nil {
		return Measurement{}, err
	}
	if len(stored) == 0 && s.used() >= s.protocol.Budget {
		return s.withoutResult(measure.Budget), nil
	}
	ref, err := t.compiledReference(ctx, p)
	if err != nil {
		return Measurement{}, err
	}
	if err := t.records.SaveMachine(ctx, t.Machine()); err != nil {
		return Measurement{}, err
	}
	defer t.Quiet()()
	frozen, err := t.baseline(ctx, p, s.Jury, s.Settings.CPUs, ref)
	if err != nil {
		return Measurement{}, err
	}
	s.baseline = frozen.Baseline
	if !s.Again {
		if found, known, err := s.reuse(stored); known || err != nil {
			return found, err
		}
	}
	at, err := placeFor(p, s.Settings.CPUs)
	if err != nil {
		return Measurement{}, err
	}
	at.Scrub = frozen.Scrub.Bytes
	if s.stand, err = newStand(ctx, s.Jury, p, at, ref, s.Program); err != nil {
		return Measurement{}, err
	}
	defer s.stand.close()
	s.stand.ready = null.Limit()
	if s.probes, err = t.probe(ctx, at); err != nil {
		return Measurement{}, err
	}
	s.own = measure.Session{ID: newSessionID(), Class: class}
	return s.hold(ctx, stored)
}

func newSessionID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// hold holds the session and says what it and those that are stored came to.
func (s *session) hold(ctx context.Context, stored []judge.Session) (Measurement, error) {
	if s.Bench {
		s.protocol.MaxDisturbed = 1
	}
	if err := s.takeEarlier(stored, s.stand.scheduling()); err != nil {
		return Measurement{}, err
	}
	s.started = time.Now()
	stop, err := s.play(ctx)
	var failed *failedRun
	switch {
	case errors.As(err, &failed):
		return s.failed(failed.asRun())
	case err != nil:
		return Measurement{}, err
	}
	return s.ended(stop)
}

// play plays rounds until the protocol says stop.
func (s *session) play(ctx context.Context) (measure.Stop, error) {
	now := measure.Progress{Before: s.Spent.Time, Used: s.used()}
	var last judge.Look
	for {
		d := s.protocol.Next(now)
		if d.Stop != measure.Continue {
			return d.Stop, nil
		}
		last.Rounds, last.Next = s.rounds, d.Next
		s.Look(last)
		err := s.round(ctx)
		if err != nil && !errors.Is(err, errSpent) {
			return "", err
		}
		now.Rounds, now.Tally, now.Used = s.rounds, measure.Count(s.own.Pairs), s.used()
		if err != nil {
			continue // the budget alone counts now
		}
		look, allot := s.rounds == d.Next, s.rounds%measure.AllotEvery == 0
		if !look && !allot {
			continue
		}
		real, err := s.score(judge.RealBoard)
		if err != nil {
			continue // a test has only disturbed pairs yet
		}
		cpu, err := s.score(judge.CPUBoard)
		if err != nil {
			continue
		}
		if look {
			now.HalfWidth = max(real.HalfWidth, cpu.HalfWidth)
			last.Ratio, last.HalfWidth = real.Ratio, now.HalfWidth
		}
		if allot {
			tests := s.baseline.For(judge.RealBoard, s.names())
			s.allotted = measure.Allot(measure.Costs(tests, s.own.Pairs), real.Drawn.Doubts, cpu.Drawn.Doubts)
		}
	}
}

// errSpent ends a round before its end.
var errSpent = errors.New("the judging has used up its budget")

// used is the machine time that the judging has taken so far. Who takes too long
// until he is ready has used all there is.
func (s *session) used() time.Duration {
	if s.Spent.Starts >= mostStarts && !s.Bench {
		return s.protocol.Budget
	}
	took := s.Spent.Time + time.Since(s.started)
	if s.stand != nil {
		took -= s.stand.player.Waited // for another judge on these CPUs
	}
	return took
}

// round times the tests that it is allotted, in random order, and then the
// disturbed pairs once more.
func (s *session) round(ctx context.Context) error {
	n := s.rounds + 1
	tests := measure.Each(len(s.tests))
	if s.allotted != nil {
		tests = s.allotted.Round()
	}
	order := measure.Order(s.subject(), s.own.ID, n, tests, 2)
	refused, err := s.stand.round(ctx, order, func(step measure.Step, attempt int) (disturbed bool, err error) {
		pair, err := s.pair(ctx, n, attempt, step)
		return pair.Disturbed(), err
	})
	if len(refused) > 0 {
		return wrong(refused[0])
	}
	if err != nil {
		return err
	}
	s.rounds = n
	return nil
}

// pair times reference and submission on one test, one after the other.
func (s *session) pair(ctx context.Context, round, attempt int, step measure.Step) (measure.Pair, error) {
	t := s.tests[step.Test]
	var seen [2]measure.Observation
	for _, program := range step.Programs {
		if s.used() >= s.protocol.Budget {
			return measure.Pair{}, errSpent
		}
		r, err := s.stand.run(ctx, program, t)
		if err != nil {
			return measure.Pair{}, err
		}
		if program == candidate {
			s.Spent.Starts += s.null.Beyond(r.facts)
		}
		if r.Verdict != judge.Accepted {
			return measure.Pair{}, wrong(r)
		}
		seen[program] = r.seen
	}
	frozen, _ := s.baseline.Find(t.Name)
	pair := measure.Pair{Session: s.own.ID, Round: round, Test: t.Name, Attempt: attempt}
	pair = thresholds(s.Problem).Pair(pair, step, candidate, seen[reference], seen[candidate], frozen.Calm)
	s.own.Pairs = append(s.own.Pairs, pair)
	return pair, nil
}

// wrong is the error of a repetition that was not accepted.
func wrong(r timed) error {
	if r.program == candidate {
		return &failedRun{r}
	}
	return r.referenceError()
}

// failedRun ends a session: in a repetition the submission did not do what
// it had done before. Every repetition must be right.
type failedRun struct{ timed }

func (f *failedRun) Error() string {
	return fmt.Sprintf("test case %s: %s in a repetition: %s", f.test.Name, f.Verdict, f.Message)
}

// asRun is what takes the place of the run that was accepted.
func (f *failedRun) asRun() judge.Run {
	r := judge.Run{TestCase: f.test.Name, Verdict: f.Verdict, Message: "in a repetition: " + f.Message, TeamMessage: f.Team, JudgeMessage: f.Judge}
	run.Note(&r, f.facts)
	return r
}
