package pipeline

import (
	"context"
	"fmt"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/sandbox"
)

// stand is a place where programs are timed in turn, each in a container of
// its own on the same CPUs.
type stand struct {
	problem  judge.Problem
	cpus     []int
	policy   sandbox.Policy
	programs []*build.Artifact
	boxes    []*sandbox.Container
	scrub    []byte
	ready    time.Duration // what a program has to get ready in; 0 is no limit
	restore  func()        // lets the judge's threads use the CPUs again
}

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
func newStand(ctx context.Context, p judge.Problem, at machine.Place, programs ...*build.Artifact) (_ *stand, err error) {
	s := &stand{problem: p, cpus: at.CPUs, policy: at.Policy, programs: programs, scrub: at.Memory()}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.restore = machine.KeepOff(at.CPUs)
	for _, program := range programs {
		config := submissionBox
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
}

// scheduling is how the programs are scheduled, as sessions say it.
func (s *stand) scheduling() string {
	if s.policy == sandbox.Normal {
		return "normal"
	}
	return string(s.policy)
}

// timed is one run of a program on a test case.
type timed struct {
	facts   sandbox.Facts
	seen    measure.Observation
	verdict judge.Verdict
	message string
}

// run runs one of the programs. A run out of time is tried once more before
// it counts: the machine may have stood still.
func (s *stand) run(ctx context.Context, program int, t judge.TestCase) (timed, error) {
	r, err := s.runOnce(ctx, program, t)
	if err == nil && r.verdict == judge.TimeOut {
		r, err = s.runOnce(ctx, program, t)
	}
	if err != nil {
		return r, fmt.Errorf("test case %s: %w", t.Name, err)
	}
	return r, nil
}

// runOnce runs a copy of its own of the program. Which pages of memory a
// program lies in makes it faster or slower, by 2 % where that was seen first,
// and would do so in every run of a session. Now every run gets pages of those
// that are free just then, whichever program it is of.
func (s *stand) runOnce(ctx context.Context, program int, t judge.TestCase) (timed, error) {
	copied, err := s.programs[program].Copy()
	if err != nil {
		return timed{}, err
	}
	defer copied.Close()
	before := machine.StrainOf(s.cpus)
	facts, err := execute(ctx, s.boxes[program], s.problem, t, copied, s.ready, s.scrub)
	if err != nil {
		return timed{}, err
	}
	strain := machine.StrainOf(s.cpus).Since(before)
	r := timed{facts: facts, seen: measure.Observation{
		StealTicks: strain.StealTicks, Throttles: strain.Throttles,
		Voluntary: facts.Waited, Involuntary: facts.Preempted,
	}}
	r.seen.Real, r.seen.CPU = check.Times(facts)
	if facts.Window != nil {
		r.seen.Startup = facts.Window.Before
	}
	r.verdict, r.message, err = verdict(s.problem, t, facts)
	return r, err
}
