package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"contest/judge"
)

// since are the events after a number.
func (f *fixture) since(t testing.TB, after int64) []judge.Event {
	t.Helper()
	events, err := f.Events(t.Context(), after, 1000)
	ok(t, err)
	return events
}

func (f *fixture) head(t testing.TB) int64 {
	t.Helper()
	n, err := f.Head(t.Context())
	ok(t, err)
	return n
}

func testEvents(t *testing.T, f *fixture) {
	ctx := t.Context()
	first := f.since(t, 0)
	want(t, "the first event", first[0].Kind, judge.EventStoreMade)
	want(t, "the second", fmt.Sprint(first[1].Actor, first[1].Kind, first[1].Subject), fmt.Sprint(organiser, judge.EventContestantAdded, "contestant/alice"))
	head := f.head(t)
	want(t, "head", head, int64(len(first)))

	s := Submission("alice", "x")
	e, _, err := f.Submit(ctx, s, &judge.Intake{Quota: judge.DefaultQuota, Actor: judge.Actor{Role: judge.AsOrganiser, Through: "api"}})
	ok(t, err)
	_, err = f.Claim(ctx, e.Judging.ID, 1, time.Minute)
	ok(t, err)
	ok(t, f.SetRunning(ctx, e.Judging.ID, 1))
	ok(t, f.Renew(ctx, e.Judging.ID, 1, time.Minute))
	o := measured(e, 10)
	ok(t, f.Finish(ctx, o, nil))
	_, _, err = f.Submit(ctx, s, nil) // the same: nothing changes
	ok(t, err)
	got := f.since(t, head)
	judging := fmt.Sprintf("judging/%d", e.Judging.ID)
	byJudge := judge.Actor{Role: judge.AsJudge}
	for i, w := range []judge.Event{
		{Actor: judge.Actor{Role: judge.AsOrganiser, Through: "api"}, Kind: judge.EventSubmissionReceived, Subject: fmt.Sprintf("submission/%d", e.Submission.ID)},
		{Actor: byJudge, Kind: judge.EventJudgingStarted, Subject: judging},
		{Actor: byJudge, Kind: judge.EventJudgingRunning, Subject: judging},
		{Actor: byJudge, Kind: judge.EventJudgingFinished, Subject: judging},
	} {
		if len(got) <= i {
			t.Fatalf("%d events, want %+v next", len(got), w)
		}
		g := got[i]
		w.Sequence, w.At, w.Record, w.Hash = head+1+int64(i), g.At, g.Record, judge.HashRecord(g.Record)
		wantSame(t, fmt.Sprintf("event %d", i), g, w)
		again, err := judge.Canonical(g.Record)
		ok(t, err)
		want(t, "the record in canonical form", string(g.Record), string(again))
		want(t, "the clock has moved", g.At.Before(f.clock.Now()) && g.At.After(time.Unix(0, 0)), true)
	}
	want(t, "events", len(got), 4)
	want(t, "record of the submission", string(got[0].Record), fmt.Sprintf(
		`{"bytes":%d,"judging":%d,"language":"g++","problem":"echo","receipt":%q,"source_hash":%q,"submission":%d}`,
		e.Submission.Bytes, e.Judging.ID, e.Submission.Receipt.Format(time.RFC3339Nano), e.Submission.SourceHash, e.Submission.ID))

	page, err := f.Events(ctx, head+1, 2)
	ok(t, err)
	wantSame(t, "two of them", page, got[1:3])
	past, err := f.Events(ctx, 1<<60, 2) // a number of somebody else's
	ok(t, err)
	want(t, "events after the future", len(past), 0)
}

// testEventsRollback: what was not stored is no event, and leaves no gap.
func testEventsRollback(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	j, runs := result(e)
	head := f.head(t)
	wantErr(t, f.Finish(ctx, outcome(j, runs), brokenJobs{f.jobs}.complete), errEnqueue)
	wantErr(t, f.SetRunning(ctx, e.Judging.ID, 7), judge.ErrStale)
	want(t, "head after a rollback", f.head(t), head)
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	want(t, "the next number", f.since(t, head)[0].Sequence, head+1)
}

func testEventsAppendOnly(t *testing.T, f *fixture) {
	f.submit(t, "x")
	before := f.since(t, 0)
	row := ` (sequence, at, role, actor, through, kind, subject, record, hash) values (%d, 1, '', '', '', 'x', 'x', '{}', 'x')`
	refused := []string{
		`update event set actor = 'mallory'`, `update event set sequence = sequence + 1`, `delete from event`,
		`delete from event where sequence = 2`,
	}
	if f.Postgres() != nil {
		refused = append(refused, `truncate event`, `truncate event, event_head`, `delete from event_head`, `update event_head set sequence = 0`,
			`update event_head set sequence = sequence + 2`, `insert into event`+fmt.Sprintf(row, 1)+` on conflict (sequence) do update set actor = 'mallory'`)
	} else {
		refused = append(refused, `insert or replace into event`+fmt.Sprintf(row, 2), `insert into event`+fmt.Sprintf(row, 1000),
			`insert into event`+fmt.Sprintf(row, 0), `insert into event`+fmt.Sprintf(row, -1))
	}
	for _, statement := range refused {
		if err := f.jobs.exec(t.Context(), statement); err == nil {
			t.Errorf("not refused: %s", statement)
		}
	}
	f.submit(t, "y")
	after := f.since(t, 0)
	for i, e := range after {
		want(t, "sequence", e.Sequence, int64(i+1))
	}
	wantSame(t, "events", after[:len(before)], before)
}

// testEventsInOrder: who reads while many write never sees a number before those below
// it, or it would miss them for ever.
func testEventsInOrder(t *testing.T, f *fixture) {
	ctx := t.Context()
	const writers, each = 8, 12
	start := f.head(t)
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				who := judge.Contestant(fmt.Sprintf("w%d-%d", w, i))
				if err := f.AddContestant(ctx, organiser, who, ""); err != nil {
					t.Error(err)
				}
				_ = f.AddContestant(ctx, organiser, who, "") // refused after a while: it must not take a number
			}
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	seen, last := start, false
	for !last {
		select {
		case <-done:
			last = true // look once more
		default:
		}
		for _, e := range f.since(t, seen) {
			if e.Sequence != seen+1 {
				t.Fatalf("event %d came after %d", e.Sequence, seen)
			}
			seen = e.Sequence
		}
	}
	want(t, "events", seen-start, int64(writers*each))
	want(t, "head", f.head(t), seen)
}

func testObserve(t *testing.T, f *fixture) {
	ctx := t.Context()
	observe := func(subject string, record map[string]any, wanted bool) {
		t.Helper()
		before := f.head(t)
		fresh, err := f.Observe(ctx, judge.EventProblemsChanged, subject, record)
		ok(t, err)
		want(t, "fresh", fresh, wanted)
		want(t, "an event", f.head(t) > before, wanted)
	}
	observe("problem/a", map[string]any{"version": "1", "name": "A"}, true)
	observe("problem/b", map[string]any{"version": "2"}, true)
	observe("problem/a", map[string]any{"name": "A", "version": "1"}, false)
	observe("problem/a", map[string]any{"version": "2"}, true)
	observe("problem/a", map[string]any{"version": "1", "name": "A"}, true) // and back
	_, err := f.Observe(ctx, judge.EventProblemsChanged, "problem/a", map[string]any{"x": func() {}})
	wantErr(t, err, judge.ErrInvalid)
	var at sync.WaitGroup
	before := f.head(t)
	for range 4 { // as many servers
		at.Go(func() {
			_, err := f.Observe(ctx, judge.EventPhaseChanged, "contest", map[string]any{"phase": "over"})
			if err != nil {
				t.Error(err)
			}
		})
	}
	at.Wait()
	want(t, "events of one change that four saw", f.head(t)-before, 1)
}

// Write is a method of *store.DB that writes.
type Write struct {
	// Quiet says why it is no event; empty if it is one.
	Quiet string
	// Ready makes the call that changes something.
	Ready func(t *testing.T, f *fixture) func(ctx context.Context) error
}

// Writes are all of them, by name.
var Writes = map[string]Write{
	"Renew": {Quiet: "a lease is nobody's business but its worker's", Ready: onClaimed(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { return f.Renew(ctx, e.Judging.ID, 1, time.Minute) }
	})},
	"RenewHold": {Quiet: "a lease, with how far its holder is, which is told to who asks", Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		holder, err := f.TakeHold(t.Context(), "x", time.Minute)
		ok(t, err)
		return func(ctx context.Context) error { return f.RenewHold(ctx, holder, time.Minute, "y", time.Time{}) }
	}},
	"Reissue": {Quiet: "jobs in place of those that were lost: what waits goes on to wait", Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		f.submit(t, "x")
		return func(ctx context.Context) error { return anyOf(f.Reissue(ctx)) }
	}},

	"Submit": {Ready: plain(func(f *fixture, ctx context.Context) error {
		_, _, err := f.DB.Submit(ctx, Submission("alice", "x"), nil)
		return err
	})},
	"OpenTicket": {Ready: plain(func(f *fixture, ctx context.Context) error {
		_, err := f.OpenTicket(ctx, alice, "alice", "echo", hash("a"))
		return err
	})},
	"AddContestant":    {Ready: plain(func(f *fixture, ctx context.Context) error { return f.AddContestant(ctx, organiser, "bob", "") })},
	"EnsureContestant": {Ready: plain(func(f *fixture, ctx context.Context) error { return f.EnsureContestant(ctx, organiser, "bob") })},
	"SetToken":         {Ready: plain(func(f *fixture, ctx context.Context) error { return f.SetToken(ctx, organiser, "alice", hash("t")) })},
	"SetDisabled":      {Ready: plain(func(f *fixture, ctx context.Context) error { return f.SetDisabled(ctx, organiser, "alice", true) })},

	"Claim": {Ready: onSubmitted(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { _, err := f.Claim(ctx, e.Judging.ID, 1, time.Minute); return err }
	})},
	"ClaimNext": {Ready: onSubmitted(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { _, err := f.ClaimNext(ctx, time.Minute); return err }
	})},
	"SetRunning": {Ready: onClaimed(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { return f.SetRunning(ctx, e.Judging.ID, 1) }
	})},
	"Finish": {Ready: onClaimed(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { return f.Finish(ctx, measured(e, 10), nil) }
	})},
	"Release": {Ready: onClaimed(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { return f.Release(ctx, e.Judging.ID, 1, nil) }
	})},
	"Postpone": {Ready: onClaimed(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { return f.Postpone(ctx, e.Judging.ID, 1, "x", time.Minute, nil) }
	})},
	"Requeue": {Ready: onClaimed(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := f.Requeue(ctx, e.Judging.ID, 1, "x", thrice, nil)
			return err
		}
	})},
	"Cancel": {Ready: onSubmitted(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { _, err := f.Cancel(ctx, alice, e.Submission.ID, false); return err }
	})},
	"ExpireLeases": {Ready: onClaimed(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { return anyOf(f.ExpireLeases(ctx, true)) }
	})},
	"RetryFailed": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		e := f.claimed(t, "x")
		e.Judging.Verdict = judge.Internal
		ok(t, f.Finish(t.Context(), judge.Outcome{Judging: e.Judging}, nil))
		return func(ctx context.Context) error { return anyOf(f.RetryFailed(ctx, organiser, "")) }
	}},
	"Hurry": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		ok(t, f.Postpone(t.Context(), f.claimed(t, "x").Judging.ID, 1, "x", time.Hour, nil))
		return func(ctx context.Context) error { return anyOf(f.Hurry(ctx, "echo")) }
	}},

	"Rejudge": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		f.judged(t, "echo", "x", "v1", judge.Accepted)
		return func(ctx context.Context) error {
			return anyOf(f.Rejudge(ctx, organiser, "echo", judge.Basis{Version: "v2"}))
		}
	}},
	"ApplyRejudging": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		f.judged(t, "echo", "x", "v1", judge.Accepted)
		f.work(t, f.rejudge(t, "echo", "v2", 1)[0].New.ID, "v2", judge.Accepted)
		return func(ctx context.Context) error { return anyOf(f.ApplyRejudging(ctx, organiser, "echo")) }
	}},
	"CancelRejudging": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		f.judged(t, "echo", "x", "v1", judge.Accepted)
		f.rejudge(t, "echo", "v2", 1)
		return func(ctx context.Context) error { return anyOf(f.CancelRejudging(ctx, organiser, "echo")) }
	}},

	"Choose": {Ready: onSubmitted(func(f *fixture, e judge.Entry) func(context.Context) error {
		return func(ctx context.Context) error { return f.Choose(ctx, alice, e.Submission.ID) }
	})},
	"Unchoose": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		e := f.submit(t, "x")
		ok(t, f.Choose(t.Context(), alice, e.Submission.ID))
		return func(ctx context.Context) error { return f.Unchoose(ctx, alice, e.Submission.ID) }
	}},

	"BeginFinal": {Ready: plain(func(f *fixture, ctx context.Context) error {
		_, err := f.BeginFinal(ctx, organiser, aFinal("echo", "prizes"))
		return err
	})},
	"DegradeFinal": {Ready: onFinal(func(f *fixture, ctx context.Context, id judge.FinalID) error { return f.DegradeFinal(ctx, id, "x") })},
	"AddFinalRound": {Ready: onFinal(func(f *fixture, ctx context.Context, id judge.FinalID) error {
		return f.AddFinalRound(ctx, id, aRound(1))
	})},
	"EndFinal": {Ready: onFinal(func(f *fixture, ctx context.Context, id judge.FinalID) error {
		return f.EndFinal(ctx, organiser, id, judge.FinalStanding{Stop: "alone"})
	})},

	"TakeHold": {Ready: plain(func(f *fixture, ctx context.Context) error { _, err := f.TakeHold(ctx, "x", time.Minute); return err })},
	"EndHold": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		holder, err := f.TakeHold(t.Context(), "x", time.Minute)
		ok(t, err)
		return func(ctx context.Context) error { return f.EndHold(ctx, holder) }
	}},
	"LapseHold": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		_, err := f.TakeHold(t.Context(), "x", time.Minute)
		ok(t, err)
		lapsed, err := f.LapseHold(t.Context())
		ok(t, err)
		want(t, "lapsed while its lease runs", lapsed, false)
		f.clock.Add(time.Minute)
		return func(ctx context.Context) error {
			lapsed, err := f.LapseHold(ctx)
			if !lapsed && err == nil {
				err = fmt.Errorf("it did not lapse")
			}
			return err
		}
	}},

	"Degrade": {Ready: plain(func(f *fixture, ctx context.Context) error { _, err := f.Degrade(ctx, "x"); return err })},
	"ClearDegraded": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		_, err := f.Degrade(t.Context(), "x")
		ok(t, err)
		return f.ClearDegraded
	}},
	"Freeze": {Ready: plain(func(f *fixture, ctx context.Context) error {
		_, err := f.Freeze(ctx, judge.Baseline{Problem: "echo", ProblemVersion: "v1", Class: "c", Data: []byte("x")})
		return err
	})},
	"SaveMachine": {Ready: plain(func(f *fixture, ctx context.Context) error { return f.SaveMachine(ctx, judge.Machine{Class: "c"}) })},
	"SaveCheats": {Ready: func(t *testing.T, f *fixture) func(context.Context) error {
		ok(t, f.SaveMachine(t.Context(), judge.Machine{Class: "c"}))
		return func(ctx context.Context) error {
			return f.SaveCheats(ctx, judge.CheatRun{Cheats: judge.Cheats{Finished: time.Unix(0, 5).UTC()}, Class: "c"})
		}
	}},
	"Observe": {Ready: plain(func(f *fixture, ctx context.Context) error {
		_, err := f.Observe(ctx, judge.EventPhaseChanged, "contest", map[string]any{"phase": "over"})
		return err
	})},
}

func plain(do func(*fixture, context.Context) error) func(*testing.T, *fixture) func(context.Context) error {
	return func(_ *testing.T, f *fixture) func(context.Context) error {
		return func(ctx context.Context) error { return do(f, ctx) }
	}
}

func onSubmitted(do func(*fixture, judge.Entry) func(context.Context) error) func(*testing.T, *fixture) func(context.Context) error {
	return func(t *testing.T, f *fixture) func(context.Context) error { return do(f, f.submit(t, "x")) }
}

func onClaimed(do func(*fixture, judge.Entry) func(context.Context) error) func(*testing.T, *fixture) func(context.Context) error {
	return func(t *testing.T, f *fixture) func(context.Context) error { return do(f, f.claimed(t, "x")) }
}

func onFinal(do func(*fixture, context.Context, judge.FinalID) error) func(*testing.T, *fixture) func(context.Context) error {
	return func(t *testing.T, f *fixture) func(context.Context) error {
		final, err := f.BeginFinal(t.Context(), organiser, aFinal("echo", "prizes"))
		ok(t, err)
		return func(ctx context.Context) error { return do(f, ctx, final.ID) }
	}
}

// anyOf is an error if nothing was done.
func anyOf(n int, err error) error {
	if err == nil && n == 0 {
		err = fmt.Errorf("there was nothing to do")
	}
	return err
}

// testEventOfWrite: one change is one event, told to subscribers; what is quiet is none.
func testEventOfWrite(w Write) func(*testing.T, *fixture) {
	return func(t *testing.T, f *fixture) {
		do := w.Ready(t, f)
		before := f.head(t)
		changed, cancel := f.Subscribe()
		defer cancel()
		ok(t, do(t.Context()))
		wanted := 1
		if w.Quiet != "" {
			wanted = 0
		}
		want(t, "events", len(f.since(t, before)), wanted)
		want(t, "told", len(changed), wanted)
	}
}

// RunWrites runs every write on the stores that open makes.
func RunWrites(t *testing.T, open Open) {
	for name, w := range Writes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testEventOfWrite(w)(t, newFixture(t, open))
		})
	}
}
