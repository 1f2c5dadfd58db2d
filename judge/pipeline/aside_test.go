package pipeline

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAsideMakesWay: a judging waits for nothing that is done aside, and what it
// stopped is done again once it is over.
func TestAsideMakesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Aside
		began := 0
		done := make(chan error)
		go func() {
			done <- a.Do(t.Context(), func(ctx context.Context) error {
				began++
				select {
				case <-time.After(time.Hour):
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		}()
		synctest.Wait()
		start := time.Now()
		end := a.Begin()
		if waited := time.Since(start); waited != 0 || began != 1 {
			t.Errorf("the judging waited %v for a piece that was begun %d times", waited, began)
		}
		second := a.Begin()
		time.Sleep(time.Minute)
		end()
		synctest.Wait()
		if began != 1 {
			t.Error("the piece was begun again beside a judging")
		}
		second()
		if err := <-done; err != nil || began != 2 || time.Since(start) != time.Hour+time.Minute {
			t.Errorf("%v after %v and %d beginnings, want the whole piece once more", err, time.Since(start), began)
		}
	})
}

func TestAsideOnePieceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a Aside
		now, most := 0, 0
		failed := errors.New("failed")
		for range 3 {
			go func() {
				err := a.Do(t.Context(), func(context.Context) error {
					now++
					most = max(most, now)
					time.Sleep(time.Second)
					now--
					return failed
				})
				if err != failed {
					t.Errorf("got %v, want what the piece said", err)
				}
			}()
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.Do(ctx, func(context.Context) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("with its context ended: %v", err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if most != 1 {
			t.Errorf("%d pieces at once", most)
		}
	})
}
