package storetest

import (
	"testing"
	"time"

	"contest/judge"
)

func testHold(t *testing.T, f *fixture) {
	ctx := t.Context()
	running, waiting := f.claimed(t, "running"), f.submit(t, "waiting")
	holder, err := f.TakeHold(ctx, "the final\x00", time.Minute)
	ok(t, err)
	_, err = f.TakeHold(ctx, "another", time.Minute)
	wantRefusal(t, err, "held")
	_, err = f.ClaimNext(ctx, time.Minute)
	wantErr(t, err, judge.ErrNotFound)
	_, err = f.Claim(ctx, waiting.Judging.ID, 1, time.Minute)
	wantErr(t, err, judge.ErrNotFound)
	may, err := f.Startable(ctx)
	ok(t, err)
	want(t, "startable", may, false)
	n, err := f.Working(ctx)
	ok(t, err)
	want(t, "judgings that are worked", n, 1)
	j, runs := result(running)
	ok(t, f.Finish(ctx, outcome(j, runs), nil)) // what runs goes on

	f.clock.Add(59 * time.Second)
	ends := f.clock.Now().Add(time.Hour)
	ok(t, f.RenewHold(ctx, holder, time.Minute, "round 3 of 40", ends))
	f.clock.Add(59 * time.Second)
	stats, err := f.QueueStats(ctx)
	ok(t, err)
	want(t, "hold", stats.Held, judge.Hold{What: "the final\uFFFD", Progress: "round 3 of 40", Since: stats.Held.Since, Ends: ends})
	f.clock.Add(2 * time.Second) // its holder was killed
	held, err := f.Hold(ctx)
	ok(t, err)
	want(t, "hold after its lease", held, judge.Hold{})
	wantErr(t, f.RenewHold(ctx, holder, time.Minute, "", time.Time{}), judge.ErrStale)
	want(t, "next", f.claimNext(t).Judging, waiting.Judging.ID)

	second, err := f.TakeHold(ctx, "another", time.Minute)
	ok(t, err)
	ok(t, f.EndHold(ctx, holder)) // the one that is over: nothing
	held, err = f.Hold(ctx)
	ok(t, err)
	want(t, "second hold", held.What, "another")
	ok(t, f.EndHold(ctx, second))
	held, err = f.Hold(ctx)
	ok(t, err)
	want(t, "hold after its end", held, judge.Hold{})
}
