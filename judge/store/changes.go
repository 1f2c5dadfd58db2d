package store

import "sync"

// Subscribe returns a channel that gets a value soon after readers would see
// something new; changes that come faster than they are taken are one value.
// It covers the changes of this process. Call cancel when done.
func (db *DB) Subscribe() (changed <-chan struct{}, cancel func()) { return db.changes.subscribe() }

// broadcast tells every subscriber that something happened, never waiting for one.
type broadcast struct {
	mu   sync.Mutex
	subs map[chan struct{}]bool
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

func (b *broadcast) send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.subs {
		select {
		case ch <- struct{}{}:
		default: // it has one to take already
		}
	}
}
