package main

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"syscall"
	"time"

	"contest/judge"
	"contest/judge/contest"
	"contest/judge/store"
)

// holdLease is how long nothing is judged after a final was killed. It is renewed
// three times in that.
const holdLease = 6 * time.Second

// errHoldLost is the error of a final beside which judging may have begun again, as
// its lease could not be renewed.
var errHoldLost = errors.New("the machine was not held for the final any more, as the database could not be reached or this process was stopped for a while")

// hold tells everybody who looks how far something is that has the machine for
// itself, while judging waits.
type hold struct {
	mu       sync.Mutex
	progress string
	ends     time.Time
}

// say replaces what is told; ends is zero while that is not known. Pages tell of
// every change, so it is rounded to whole minutes.
func (h *hold) say(progress string, ends time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.progress = progress
	if ends.IsZero() {
		h.ends = ends
	} else if ends = ends.Add(time.Minute).Truncate(time.Minute); ends.Sub(h.ends).Abs() > time.Minute {
		h.ends = ends
	}
}

func (h *hold) said() (string, time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.progress, h.ends
}

// holding runs do while no judging starts in the contest, in any process. A server
// goes on to serve, and judges again within seconds of its end, however it ends.
func (c *cli) holding(ctx context.Context, db *store.DB, what string, do func(context.Context, *hold) error) error {
	holder, err := c.takeHold(ctx, db, what)
	if err != nil {
		return err
	}
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	h := &hold{}
	var renewing sync.WaitGroup
	renewing.Go(func() {
		tick := time.NewTicker(holdLease / 3)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			progress, ends := h.said()
			renewed, cancel := context.WithTimeout(ctx, holdLease)
			err := db.RenewHold(renewed, holder, holdLease, progress, ends)
			cancel()
			if errors.Is(err, judge.ErrStale) {
				lose(errHoldLost)
			}
		}
	})
	err = do(ctx, h)
	lose(nil)
	renewing.Wait()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), holdLease)
	defer cancel()
	return errors.Join(err, db.EndHold(ending, holder)) // should that fail, the lease runs out
}

// takeHold takes the machine. The lease of a final that was killed is waited for, so
// that the next command can go on with it at once; one that lives renews its lease:
// judge.Refusal "held".
func (c *cli) takeHold(ctx context.Context, db *store.DB, what string) (holder string, err error) {
	expired := time.After(holdLease)
	for first := true; ; first = false {
		holder, err = db.TakeHold(ctx, what, holdLease)
		refused, ok := errors.AsType[*judge.Refusal](err)
		if !ok || refused.Code != "held" {
			return holder, err
		}
		if first {
			c.notef("%s, or had: looking whether it still runs\n", refused.Message)
		}
		select {
		case <-time.After(holdLease / 20):
		case <-expired:
			return "", err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// awaitIdle waits until nothing is judged any more; told is called with the number of
// judgings first.
func awaitIdle(ctx context.Context, db *store.DB, told func(working int)) error {
	for first := true; ; first = false {
		n, err := db.Working(ctx)
		if err != nil || n == 0 {
			return err
		}
		if first {
			told(n)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// aloneOrServed refuses a final beside what would time in the same contest without
// minding that it is held: a command that has the folder's lock and is no server.
func aloneOrServed(ctx context.Context, folder contest.Folder) error {
	lock, err := folder.TryLock()
	switch {
	case err == nil:
		return lock.Release()
	case !errors.Is(err, contest.ErrLocked):
		return err
	case running(ctx, folder) != nil:
		return nil
	}
	return occupied(exitRefused, err.Error())
}

// occupied refuses what would be timed at the same time.
func occupied(status int, message string) error {
	return &exitError{Status: status, Err: &judge.Refusal{Code: "busy", Message: message},
		Hint: "both would spoil each other's times: stop it, or do this later"}
}

// undisturbed runs do while no judge works in the contest and nothing has the machine
// for itself: their times and ours would spoil each other. Otherwise the command ends with
// the status. Without a folder, or one in which nothing was ever judged, nobody works.
func (c *cli) undisturbed(ctx context.Context, folder contest.Folder, status int, do func() error) error {
	if folder == "" {
		return do()
	}
	lock, err := folder.TryLock()
	switch {
	case errors.Is(err, contest.ErrLocked):
		return occupied(status, err.Error())
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return do()
	case err != nil:
		return err
	}
	defer lock.Release()
	db, err := c.storeIfAny(ctx, folder)
	if err != nil {
		return err
	}
	if db != nil {
		held, err := db.Hold(ctx)
		if err = errors.Join(err, db.Close()); err != nil {
			return err
		}
		if held.Is() {
			return occupied(status, held.String())
		}
	}
	return do()
}
