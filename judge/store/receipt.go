package store

import (
	"sync"
	"time"
)

// maxStep is the largest step back of the clock that receipts hide: leap
// seconds and small corrections. A larger one means that the clock was wrong
// before, and following it is the lesser evil.
const maxStep = 2 * time.Second

// receipts dates submissions and makes them commit in the order of their
// receipts, so that ids follow receipts while nobody's receipt is later because
// others were being written.
type receipts struct {
	mu   sync.Mutex
	last time.Time
	tail chan struct{} // closed when the last dated submission has ended
}

// take reads the clock for a receipt. The caller then calls wait, writes its submission,
// and calls done in any case.
func (r *receipts) take(now func() time.Time) (at time.Time, wait, done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at = instant(now().UnixNano())
	if back := r.last.Sub(at); back > 0 && back <= maxStep {
		at = r.last
	}
	r.last = at
	before, mine := r.tail, make(chan struct{})
	r.tail = mine
	wait = func() {
		if before != nil {
			<-before
		}
	}
	done = func() {
		wait()
		close(mine)
	}
	return at, wait, done
}
