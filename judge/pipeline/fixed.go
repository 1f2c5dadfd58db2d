package pipeline

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

// fixedCache keeps what a process costs, by the version of the problem.
type fixedCache struct {
	mu   sync.Mutex
	cost map[string]fixedCost
}

// fixedCost is what a process takes at least that reads its input and does nothing.
type fixedCost struct{ real, cpu time.Duration }

// on is the part of one board.
func (c fixedCost) on(b judge.Board) time.Duration {
	if b == judge.CPUBoard {
		return c.cpu
	}
	return c.real
}

// fixedOf is what values were made with.
func fixedOf(v judge.Values) fixedCost {
	return fixedCost{v.On(judge.RealBoard).Fixed.Time(), v.On(judge.CPUBoard).Fixed.Time()}
}

// fixedRuns is how many runs the least is taken of.
const fixedRuns = 5

// fixedCost is what a process costs that reads its input and does nothing, in
// the conditions of a problem of which whole processes are timed: the least of
// some runs on its first timed test case.
func (pl *Pipeline) fixedCost(ctx context.Context, p judge.Problem) (fixedCost, error) {
	first := slices.IndexFunc(p.Tests, func(t judge.TestCase) bool { return t.Timed })
	if p.Timing != judge.WholeProcess || first < 0 {
		return fixedCost{}, nil
	}
	pl.fixed.mu.Lock()
	defer pl.fixed.mu.Unlock()
	if cost, ok := pl.fixed.cost[p.Version]; ok {
		return cost, nil
	}
	null, err := pl.compileNull(ctx, p.Timing)
	if err != nil {
		return fixedCost{}, err
	}
	defer null.Close()
	pl.quiet.RLock()
	defer pl.quiet.RUnlock()
	box, err := sandbox.New(ctx, null.Container(run.Container(p)))
	if err != nil {
		return fixedCost{}, fmt.Errorf("prepare the container: %w", err)
	}
	defer box.Close()
	var cost fixedCost
	for i := range fixedRuns {
		facts, err := run.Run(ctx, run.Case{Problem: p, Test: p.Tests[first], Program: null, Box: box})
		if err != nil {
			return fixedCost{}, fmt.Errorf("run a program that does nothing: %w", err)
		}
		if i == 0 {
			cost = fixedCost{facts.Real, facts.CPU}
		}
		cost.real, cost.cpu = min(cost.real, facts.Real), min(cost.cpu, facts.CPU)
	}
	if pl.fixed.cost == nil {
		pl.fixed.cost = map[string]fixedCost{}
	}
	pl.fixed.cost[p.Version] = cost
	return cost, nil
}
