package pipeline

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
	// mostStarts is what a judging may take before READY in all its runs together,
	// above what a program takes that does nothing. Beyond it nothing more is
	// measured.
	mostStarts = 10 * time.Second
)

// spent is what the runs of a judging have taken.
type spent struct {
	time   time.Duration // from the first to the last, whatever they did
	starts time.Duration // of it what the submission took before READY, see mostStarts
}

// start adds what a run of the submission took until it was ready.
func (s *spent) start(facts sandbox.Facts, null time.Duration) {
	if facts.Window != nil {
		s.starts += max(0, facts.Window.Ready-null)
	}
}

// errSpent ends a round of measuring before its end.
var errSpent = errors.New("the judging has used up its budget")

// readyWithin is the time that a program has to get ready, by that of one that
// does nothing.
func readyWithin(null time.Duration) time.Duration { return max(leastReady, startFactor*null) }

// startCache keeps the start of a program that does nothing.
type startCache struct {
	mu   sync.Mutex
	null time.Duration
}

// nullStart is the wall time that a program takes until it is ready and does
// nothing else: the least of some runs, found once; 0 where a problem has no
// windows.
func (pl *Pipeline) nullStart(ctx context.Context, p judge.Problem) (time.Duration, error) {
	if p.Timing != judge.Window {
		return 0, nil
	}
	pl.start.mu.Lock()
	defer pl.start.mu.Unlock()
	if pl.start.null > 0 {
		return pl.start.null, nil
	}
	null, err := pl.compileNull(ctx, p.Timing)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	pl.quiet.RLock()
	defer pl.quiet.RUnlock()
	box, err := sandbox.New(ctx, null.Container(run.Container(p)))
	if err != nil {
		return 0, fmt.Errorf("prepare the container: %w", err)
	}
	defer box.Close()
	for range fixedRuns {
		facts, err := null.Run(ctx, box, sandbox.Command{Env: run.WindowEnv, Window: &sandbox.Window{}})
		if err != nil {
			return 0, fmt.Errorf("run a program that does nothing: %w", err)
		}
		if w := facts.Window; w.Ready > 0 && (pl.start.null == 0 || w.Ready < pl.start.null) {
			pl.start.null = w.Ready
		}
	}
	if pl.start.null == 0 {
		return 0, errors.New("a program that does nothing was never ready for its input")
	}
	return pl.start.null, nil
}
