package pipeline

import (
	"context"
	"sync"
)

// Aside is the machine's time between judgings, for what nobody waits for. Work is
// done in pieces, one at a time, while no judging goes on; a judging that begins
// stops the piece that is being done, which is begun again later.
type Aside struct {
	mu      sync.Mutex
	busy    int                // judgings that go on
	stop    context.CancelFunc // of the piece that is being done; nil without one
	changed chan struct{}      // closed when one of the above changes
}

// Begin says that a judging goes on, and returns once nothing is done aside; end
// says that it is over.
func (a *Aside) Begin() (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.busy++
	for a.stop != nil {
		a.stop()
		changed := a.change()
		a.mu.Unlock()
		<-changed
		a.mu.Lock()
	}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.busy--
		a.wake()
	}
}

// Do does a piece of work, as often as it takes until it was not stopped. The piece
// must end soon after its context, with an error if it is not complete.
func (a *Aside) Do(ctx context.Context, piece func(context.Context) error) error {
	for {
		own, err := a.take(ctx)
		if err != nil {
			return err
		}
		err = piece(own)
		stopped := own.Err() != nil
		a.giveBack()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil || !stopped:
			return err
		}
	}
}

// take waits for the machine and returns the context of the piece to do.
func (a *Aside) take(ctx context.Context) (context.Context, error) {
	for {
		a.mu.Lock()
		if a.busy == 0 && a.stop == nil {
			own, stop := context.WithCancel(ctx)
			a.stop = stop
			a.mu.Unlock()
			return own, nil
		}
		changed := a.change()
		a.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (a *Aside) giveBack() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stop()
	a.stop = nil
	a.wake()
}

// change is closed at the next change.
func (a *Aside) change() <-chan struct{} {
	if a.changed == nil {
		a.changed = make(chan struct{})
	}
	return a.changed
}

func (a *Aside) wake() {
	if a.changed != nil {
		close(a.changed)
		a.changed = nil
	}
}
