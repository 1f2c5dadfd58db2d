package timing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
	"contest/sandbox"
)

// stand is a place where programs are timed in turn, each in a container of
// its own on the same CPUs.
type stand struct {
	problem  judge.Problem
	jury     *run.Jury
	player   machine.Player
	policy   sandbox.Policy
	programs []*build.Artifact
	boxes    []*sandbox.Container
	scrub    []byte
	giveBack func()        // gives scrub back
	ready    time.Duration // what a program has to get ready in; 0 is no limit
	restore  func()        // lets the judge's threads use the CPUs again

	pending []timed // runs whose output is still to be judged
	held    int     // bytes of their outputs
	refused []timed // runs whose output was not accepted, since the round began
}

// mostHeld bounds the outputs that wait to be judged, in bytes. Beyond it they are
// judged while the CPUs are held.
const mostHeld = 64 << 20

// placeFor says where a problem is timed. Without permission for real-time
// scheduling it does without, which the session then says.
func placeFor(p judge.Problem, chosen []int) (machine.Place, error) {
	cpus, err := machine.MeasuringCPUs(p.Threads, chosen)
	if err != nil {
		return machine.Place{}, err
	}
	policy, _ := machine.Policy(p.Threads)
	return machine.Place{CPUs: cpus, Policy: policy}, nil
}

// newStand prepares a place for programs.
func newStand(ctx context.Context, jury *run.Jury, p judge.Problem, at machine.Place, programs ...*build.Artifact) (_ *stand, err error) {
	s := &stand{problem: p, jury: jury, player: machine.Player{CPUs: at.CPUs}, policy: at.Policy, programs: programs}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.scrub, s.giveBack, err = at.Memory(); err != nil {
		return nil, err
	}
	s.restore = machine.KeepOff(at.CPUs)
	for _, program := range programs {
		config := run.Container(p)
		config.CPUs, config.Policy = at.CPUs, at.Policy
		box, err := sandbox.New(ctx, program.Container(config))
		if err != nil {
			return nil, fmt.Errorf("prepare the container: %w", err)
		}
		s.boxes = append(s.boxes, box)
	}
	return s, nil
}

func (s *stand) close() {
	for _, b := range s.boxes {
		_ = b.Close() // what it could not remove the next start does
	}
	if s.restore != nil {
		s.restore()
	}
	if s.giveBack != nil {
		s.giveBack()
	}
}

// scheduling is how the programs are scheduled, as sessions say it.
func (s *stand) scheduling() string { return machine.Scheduling(s.policy) }

// timed is one run of a program on a test case.
type timed struct {
	run.Result
	program int
	test    judge.TestCase
	facts   sandbox.Facts
	seen    measure.Observation
}

// referenceError is the error of a run of the reference that was not accepted.
func (r timed) referenceError() error { return &ReferenceError{r.test.Name, r.Verdict, r.Message} }

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

// round plays a round. Then, when others may have the CPUs, the outputs are judged of
// which that is still to be done. It returns the runs that were not accepted for their
// output, also if it failed.
func (s *stand) round(ctx context.Context, steps []measure.Step, one func(step measure.Step, attempt int) (disturbed bool, err error)) (refused []timed, err error) {
	err = s.player.Play(ctx, steps, one)
	err = errors.Join(err, s.settle(ctx))
	refused, s.refused = s.refused, nil
	return refused, err
}

// settle judges the outputs that wait for it.
func (s *stand) settle(ctx context.Context) error {
	pending := s.pending
	s.pending, s.held = nil, 0
	for _, r := range pending {
		// A program mostly prints the same as before, which the jury then knows.
		if known, unknown := s.jury.Glance(r.test, r.facts); !unknown {
			r.Result = known
		} else {
			var err error
			if r.Result, err = s.jury.Look(ctx, r.test, r.facts); err != nil {
				return err
			}
		}
		if r.Verdict != judge.Accepted {
			s.refused = append(s.refused, r)
		}
	}
	return nil
}

// run runs one of the programs. Its output is judged at the end of the round, if
// that takes longer than a glance: until then it passes for accepted.
func (s *stand) run(ctx context.Context, program int, t judge.TestCase) (timed, error) {
	r, unjudged, err := s.time(ctx, program, t)
	if err != nil || !unjudged {
		return r, err
	}
	s.pending, s.held = append(s.pending, r), s.held+len(r.facts.Stdout)
	if s.held > mostHeld {
		err = s.settle(ctx)
	}
	return r, err
}

// time runs one of the programs; unjudged says that its output is not judged yet. A
// run out of time is tried once more before it counts: the machine may have stood
// still.
func (s *stand) time(ctx context.Context, program int, t judge.TestCase) (r timed, unjudged bool, err error) {
	r, unjudged, err = s.timeOnce(ctx, program, t)
	if err == nil && r.Verdict == judge.TimeOut {
		r, unjudged, err = s.timeOnce(ctx, program, t)
	}
	if err != nil {
		return r, false, fmt.Errorf("test case %s: %w", t.Name, err)
	}
	return r, unjudged, nil
}

// timeOnce runs a copy of its own of the program. Which pages of memory a
// program lies in makes it faster or slower, by 2 % where that was seen first,
// and would do so in every run of a session. Now every run gets pages of those
// that are free just then, whichever program it is of.
func (s *stand) timeOnce(ctx context.Context, program int, t judge.TestCase) (r timed, unjudged bool, err error) {
	copied, err := s.programs[program].Copy()
	if err != nil {
		return timed{}, false, err
	}
	defer copied.Close()
	before := machine.StrainOf(s.player.CPUs)
	facts, err := run.Run(ctx, run.Case{Problem: s.problem, Test: t, Program: copied, Box: s.boxes[program], ReadyWithin: s.ready, Scrub: s.scrub})
	if err != nil {
		return timed{}, false, err
	}
	strain := machine.StrainOf(s.player.CPUs).Since(before)
	r = timed{program: program, test: t, facts: facts, seen: measure.Observation{
		StealTicks: strain.StealTicks, Throttles: strain.Throttles,
		Voluntary: facts.Waited, Involuntary: facts.Preempted,
	}}
	r.seen.Real, r.seen.CPU = check.Times(facts)
	if facts.Window != nil {
		r.seen.Startup = facts.Window.Before
	}
	r.Result, unjudged = s.jury.Glance(t, facts)
	return r, unjudged, nil
}

// thresholds say what counts as disturbed in runs for a problem.
func thresholds(p judge.Problem) measure.Thresholds {
	t := measure.DefaultThresholds()
	t.Threads = p.Threads
	return t
}
