package timing

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/run"
	"contest/sandbox"
)

// FixedCost is what a process takes at least that reads its input and does nothing.
type FixedCost struct{ Real, CPU time.Duration }

// On is the part of one board.
func (c FixedCost) On(b judge.Board) time.Duration {
	if b == judge.CPUBoard {
		return c.CPU
	}
	return c.Real
}

// fixedCache keeps what a process costs, by the version of the problem.
type fixedCache struct {
	mu   sync.Mutex
	cost map[string]FixedCost
}

// nullRuns is how many runs the least is taken of.
const nullRuns = 5

// FixedCost is what a process costs that reads its input and does nothing, in
// the conditions of a problem of which whole processes are timed: the least of
// some runs on its first timed test case.
func (t *Timer) FixedCost(ctx context.Context, p judge.Problem) (FixedCost, error) {
	first := slices.IndexFunc(p.Tests, func(t judge.TestCase) bool { return t.Timed })
	if p.Timing != judge.WholeProcess || first < 0 || t.records == nil { // without records nobody ranks it
		return FixedCost{}, nil
	}
	t.fixed.mu.Lock()
	defer t.fixed.mu.Unlock()
	if cost, ok := t.fixed.cost[p.Version]; ok {
		return cost, nil
	}
	null, err := t.compileNull(ctx, p.Timing)
	if err != nil {
		return FixedCost{}, err
	}
	defer null.Close()
	defer t.Quiet()()
	box, err := sandbox.New(ctx, null.Container(run.Container(p)))
	if err != nil {
		return FixedCost{}, fmt.Errorf("prepare the container: %w", err)
	}
	defer box.Close()
	var cost FixedCost
	for i := range nullRuns {
		facts, err := run.Run(ctx, run.Case{Problem: p, Test: p.Tests[first], Program: null, Box: box})
		if err != nil {
			return FixedCost{}, fmt.Errorf("run a program that does nothing: %w", err)
		}
		if i == 0 {
			cost = FixedCost{facts.Real, facts.CPU}
		}
		cost.Real, cost.CPU = min(cost.Real, facts.Real), min(cost.CPU, facts.CPU)
	}
	if t.fixed.cost == nil {
		t.fixed.cost = map[string]FixedCost{}
	}
	t.fixed.cost[p.Version] = cost
	return cost, nil
}
