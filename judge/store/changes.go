package store

import (
	"context"
	"sync"
	"time"
)

// Subscribe returns a channel that gets a value soon after there are new events; those
// that come faster than they are taken are one value. It covers the changes of this
// process, and of all while Follow runs. Call cancel when done. It only wakes: what
// changed, and whether anything did since then, is asked of Head and Events.
func (db *DB) Subscribe() (changed <-chan struct{}, cancel func()) { return db.changes.subscribe() }

// followEvery is how soon subscribers hear of what another process changed.
const followEvery = time.Second

// Follow tells the subscribers of the changes of other processes until ctx ends.
func (db *DB) Follow(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		if head, err := db.Head(ctx); err == nil { // else it is told when the store is back
			db.changes.send(head)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// broadcast tells every subscriber of new events, never waiting for one.
type broadcast struct {
	mu   sync.Mutex
	subs map[chan struct{}]bool
	told int64 // the last event that was told of
}

func (b *broadcast) subscribe() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = map[chan struct{}]bool{}
	}
	b.subs[ch] = true
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subs, ch)
	}
}

// send tells of all events up to head, unless that was done.
func (b *broadcast) send(head int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if head <= b.told {
		return
	}
	b.told = head
	for ch := range b.subs {
		select {
		case ch <- struct{}{}:
		default: // it has one to take already
		}
	}
}
