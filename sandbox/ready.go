package sandbox

import (
	"math"
	"time"
)

// slowStart is from when on it is looked at how much of the time before READY was
// waiting for a CPU. Those that are ready sooner need not pay for the look.
const slowStart = 5 * time.Millisecond

// readyLeft says how long the program may still take until it is ready; 0 if
// the time for that is used up.
func (c *Container) readyLeft(r *startedRun, elapsed time.Duration) (time.Duration, error) {
	w := r.window
	if w == nil || w.facts.Opened || w.ReadyWithin == 0 {
		return math.MaxInt64, nil
	}
	left, err := c.wallLeft(r, w.ReadyWithin, elapsed)
	if left > 0 || err != nil {
		return left, err
	}
	// It may have said so, and nobody has read it yet.
	said, err := pending(r.pipes[0].r)
	if said && !r.pipes[0].ended {
		return minWait, err
	}
	return 0, err
}

// noteReady keeps how long the program took until it was ready.
func (c *Container) noteReady(r *startedRun) error {
	took := clockNow() - time.Duration(r.begun.Nano())
	if took > slowStart {
		if _, err := c.lookAtDelay(r); err != nil {
			return err
		}
		r.delay.ready = false
	}
	r.window.facts.Ready = max(0, took-r.delay.credit)
	return nil
}
