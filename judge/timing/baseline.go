package timing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
)

// freezeRounds is how many rounds a baseline is made of.
const freezeRounds = 5

// FrozenBaseline is what is kept of a baseline.
type FrozenBaseline struct {
	measure.Baseline
	// Probes are how fast the machine was then.
	Probes machine.Vector `json:"probes"`
	// Scrub is how much is swept from the caches before every timed run.
	Scrub machine.Scrub `json:"scrub"`
}

// baseline is what totals of this problem on this machine class are made of.
// It is measured once and then frozen, lest totals change their meaning.
func (t *Timer) baseline(ctx context.Context, p judge.Problem, jury *run.Jury, cpus []int, ref *build.Artifact) (frozen FrozenBaseline, err error) {
	stored, err := t.records.Baseline(ctx, p.ID, p.Version, t.Machine().Class)
	if errors.Is(err, judge.ErrNotFound) {
		stored, err = t.freeze(ctx, p, jury, cpus, ref)
	}
	if err == nil {
		frozen, err = measure.Decode[FrozenBaseline](stored.Data)
	}
	if err != nil {
		return FrozenBaseline{}, fmt.Errorf("baseline: %w", err)
	}
	return frozen, nil
}

func (t *Timer) freeze(ctx context.Context, p judge.Problem, jury *run.Jury, cpus []int, ref *build.Artifact) (judge.Baseline, error) {
	null, err := t.compileNull(ctx, p.Timing)
	if err != nil {
		return judge.Baseline{}, err
	}
	defer null.Close()
	at, err := placeFor(p, cpus)
	if err != nil {
		return judge.Baseline{}, err
	}
	swept, err := t.scrubAt(ctx, at)
	if err != nil {
		return judge.Baseline{}, err
	}
	at.Scrub = swept.Bytes
	times, err := timeBaseline(ctx, p, jury, at, freezeRounds, ref, null)
	if err != nil {
		return judge.Baseline{}, err
	}
	probes, err := t.probe(ctx, at)
	if err != nil {
		return judge.Baseline{}, err
	}
	data, err := measure.Encode(FrozenBaseline{times, probes, swept})
	if err != nil {
		return judge.Baseline{}, err
	}
	return t.records.Freeze(ctx, judge.Baseline{Problem: p.ID, ProblemVersion: p.Version, Class: t.Machine().Class, Frozen: time.Now(), Data: data})
}

// timeBaseline times the reference and the null program on every timed test case.
func timeBaseline(ctx context.Context, p judge.Problem, jury *run.Jury, at machine.Place, rounds int, ref, null *build.Artifact) (measure.Baseline, error) {
	s, err := newStand(ctx, jury, p, at, ref, null)
	if err != nil {
		return measure.Baseline{}, err
	}
	defer s.close()
	tests := timedTests(p)
	seen := make([][2][]measure.Observation, len(tests))
	for round := range rounds {
		if err := s.freezeRound(ctx, round, tests, seen); err != nil {
			return measure.Baseline{}, err
		}
	}
	var b measure.Baseline
	for i, t := range tests {
		f, err := measure.Freeze(t.Name, seen[i][reference], seen[i][1])
		if err != nil {
			return b, err
		}
		b.Tests = append(b.Tests, f)
	}
	return b, nil
}

func timedTests(p judge.Problem) []judge.TestCase {
	var tests []judge.TestCase
	for _, t := range p.Tests {
		if t.Timed {
			tests = append(tests, t)
		}
	}
	return tests
}

func (s *stand) freezeRound(ctx context.Context, round int, tests []judge.TestCase, seen [][2][]measure.Observation) error {
	order := measure.Order("baseline", s.problem.Version, round, measure.Each(len(tests)), 2)
	refused, err := s.round(ctx, order, func(step measure.Step, _ int) (disturbed bool, err error) {
		for _, program := range step.Programs {
			r, err := s.freezeRun(ctx, program, tests[step.Test])
			if err != nil {
				return false, err
			}
			seen[step.Test][program] = append(seen[step.Test][program], r.seen)
		}
		return false, nil // what is calm is not known yet
	})
	if len(refused) > 0 {
		return refused[0].referenceError()
	}
	return err
}

// freezeRun is one run for a baseline. What the null program prints does not matter.
func (s *stand) freezeRun(ctx context.Context, program int, t judge.TestCase) (timed, error) {
	if program != reference {
		r, _, err := s.time(ctx, program, t)
		return r, err
	}
	r, err := s.run(ctx, program, t)
	if err == nil && r.Verdict != judge.Accepted {
		err = r.referenceError()
	}
	return r, err
}
