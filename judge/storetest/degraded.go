package storetest

import (
	"testing"

	"contest/judge"
)

// testDegraded: a contest counts as degraded until it is cleared before
// anything was judged, and for ever afterwards.
func testDegraded(t *testing.T, f *fixture) {
	ctx := t.Context()
	is := func(when, wanted string) {
		t.Helper()
		why, err := f.Degraded(ctx)
		ok(t, err)
		want(t, when, why, wanted)
	}
	degrade := func(why string, wanted bool) {
		t.Helper()
		fresh, err := f.Degrade(ctx, why)
		ok(t, err)
		want(t, "fresh: "+why, fresh, wanted)
	}
	is("at first", "")
	f.judged(t, "echo", "on a fit machine", "v1", judge.Accepted)
	changed, cancel := f.Subscribe()
	defer cancel()
	degrade("one CPU", true)
	<-changed
	degrade("no clock", false)
	is("what was noted first", "one CPU")
	ok(t, f.ClearDegraded(ctx))
	<-changed
	is("nothing was judged since", "")

	degrade("no clock", true)
	e := f.claimed(t, "x")
	ok(t, f.ClearDegraded(ctx))
	is("it is only claimed", "")
	degrade("no clock", true)
	o := measured(e, 10)
	o.Judging.Verdict = judge.Internal
	for i := range o.Sessions {
		o.Sessions[i].Finished = f.clock.Now()
	}
	ok(t, f.Finish(ctx, o, nil))
	ok(t, f.ClearDegraded(ctx))
	is("it was judged", "no clock")
	f.retried(t, 1)
	ok(t, f.ClearDegraded(ctx))
	is("its times stay when it is judged again", "no clock")

	_, err := f.Degrade(ctx, "")
	wantErr(t, err, judge.ErrInvalid)
}
