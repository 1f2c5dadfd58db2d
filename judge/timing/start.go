package timing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/run"
	"contest/sandbox"
)

const (
	// startFactor is how many times the start of a program that does nothing one
	// may take until it is ready, and leastReady what it may take in any case.
	startFactor = 20
	leastReady  = 100 * time.Millisecond
)

// Start is the wall time until a program is ready that does nothing else; 0 where a
// problem has no windows.
type Start time.Duration

// Limit is the time that a program has to get ready.
func (s Start) Limit() time.Duration { return max(leastReady, startFactor*time.Duration(s)) }

// Beyond is what a run took above it until it was ready.
func (s Start) Beyond(f sandbox.Facts) time.Duration {
	if f.Window == nil {
		return 0
	}
	return max(0, f.Window.Ready-time.Duration(s))
}

// startCache keeps the start of a program that does nothing.
type startCache struct {
	mu   sync.Mutex
	null Start
}

// NullStart is the start of a program that does nothing: the least of some runs, found
// once.
func (t *Timer) NullStart(ctx context.Context, p judge.Problem) (Start, error) {
	if p.Timing != judge.Window {
		return 0, nil
	}
	t.start.mu.Lock()
	defer t.start.mu.Unlock()
	if t.start.null > 0 {
		return t.start.null, nil
	}
	null, err := t.compileNull(ctx, p.Timing)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	defer t.Quiet()()
	box, err := sandbox.New(ctx, null.Container(run.Container(p)))
	if err != nil {
		return 0, fmt.Errorf("prepare the container: %w", err)
	}
	defer box.Close()
	var least Start
	for range nullRuns {
		facts, err := null.Run(ctx, box, sandbox.Command{Env: run.WindowEnv, Window: &sandbox.Window{}})
		if err != nil {
			return 0, fmt.Errorf("run a program that does nothing: %w", err)
		}
		if ready := Start(facts.Window.Ready); ready > 0 && (least == 0 || ready < least) {
			least = ready
		}
	}
	if least == 0 {
		return 0, errors.New("a program that does nothing was never ready for its input")
	}
	t.start.null = least
	return least, nil
}
