package machine

import (
	"context"
	"time"

	"contest/judge/measure"
)

// Player plays rounds: programs take turns on CPUs on which nobody else times anything
// meanwhile. Sessions, baselines, finals and the self-test all play by it, so that what
// the self-test finds holds for the others.
type Player struct {
	CPUs []int
	// Waited is how long others had the CPUs when rounds were to begin.
	Waited time.Duration
}

// Play plays a round: one times the programs of every step, and once more at the end
// those of each step that it said were disturbed. The attempts at a test are counted
// from 0. The CPUs are given back after the round.
func (p *Player) Play(ctx context.Context, steps []measure.Step, one func(step measure.Step, attempt int) (disturbed bool, err error)) error {
	began := time.Now()
	release, err := Occupy(ctx, p.CPUs)
	if err != nil {
		return err
	}
	defer release()
	p.Waited += time.Since(began)
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
