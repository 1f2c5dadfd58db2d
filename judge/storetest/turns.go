package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"contest/judge"
)

// practice is the intake of what is late.
var practice = &judge.Intake{Practice: func(judge.Submission) bool { return true }}

// submitAs submits in a contestant's name.
func (f *fixture) submitAs(t testing.TB, who judge.Contestant, text string, in *judge.Intake) judge.Entry {
	t.Helper()
	ok(t, f.EnsureContestant(t.Context(), organiser, who))
	e, _, err := f.Submit(t.Context(), Submission(who, text), in)
	ok(t, err)
	return e
}

// claimNext claims whose turn it is.
func (f *fixture) claimNext(t testing.TB) judge.Assignment {
	t.Helper()
	a, err := f.ClaimNext(t.Context(), time.Hour)
	ok(t, err)
	return a
}

// wantTurns claims everything and compares whose it is. Before each claim what
// the queue says to be next must be what is.
func (f *fixture) wantTurns(t testing.TB, wanted ...judge.Contestant) {
	t.Helper()
	var got []judge.Contestant
	for range wanted {
		q, err := f.Queue(t.Context())
		ok(t, err)
		a := f.claimNext(t)
		got = append(got, a.Submission.Contestant)
		want(t, "the queue's next", q.Waiting[0].Judging, a.Judging)
	}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("turns: got %v, want %v", got, wanted)
	}
	if _, err := f.ClaimNext(t.Context(), time.Minute); !errors.Is(err, judge.ErrNotFound) {
		t.Errorf("claim of an empty queue: got %v, want not found", err)
	}
}

func testTurns(t *testing.T, f *fixture) {
	for _, one := range []struct {
		who judge.Contestant
		n   int
	}{{"alice", 4}, {"bob", 2}, {"carol", 3}} {
		for i := range one.n {
			f.submitAs(t, one.who, fmt.Sprint(i), nil)
		}
	}
	f.wantTurns(t, "alice", "bob", "carol", "alice", "bob", "carol", "alice", "carol", "alice")
	// Who had a turn last comes last.
	f.submitAs(t, "alice", "more", nil)
	f.submitAs(t, "bob", "more", nil)
	f.submitAs(t, "dave", "first", nil)
	f.wantTurns(t, "dave", "bob", "alice")
}

// testTurnsOfOneFlooding has one account submit a thousand times, its limit
// lifted; an honest one is next or next but one, whenever it comes.
func testTurnsOfOneFlooding(t *testing.T, f *fixture) {
	for i := range 1000 {
		f.submit(t, fmt.Sprint(i))
	}
	for i := range 3 {
		want(t, "served", f.claimNext(t).Submission.Contestant, "alice")
		bob := f.submitAs(t, "bob", fmt.Sprint(i), nil)
		ahead, err := f.Ahead(t.Context(), bob.Judging.ID)
		ok(t, err)
		want(t, "ahead of the honest", ahead, 0)
		more := f.submitAs(t, "bob", fmt.Sprint("more", i), nil)
		ahead, err = f.Ahead(t.Context(), more.Judging.ID)
		ok(t, err)
		want(t, "ahead of its second", ahead, 2)
		for _, who := range []judge.Contestant{"bob", "alice", "bob"} {
			want(t, "served", f.claimNext(t).Submission.Contestant, who)
		}
	}
}

// testTurnsOfKinds has what counts go before what measures again, and that
// before practice; what has waited for long is one contestant more.
func testTurnsOfKinds(t *testing.T, f *fixture) {
	ctx := t.Context()
	for _, who := range []judge.Contestant{"alice", "bob"} {
		for i := range 2 {
			e := f.submitAs(t, who, fmt.Sprint("measured ", i), nil)
			f.claim(t, e.Judging.ID, 1)
			o := outcome(result(e))
			o.Again = true
			ok(t, f.Finish(ctx, o, nil))
		}
		f.submitAs(t, who, "late", practice)
	}
	f.submitAs(t, "carol", "in time", nil)
	f.submitAs(t, "alice", "in time", nil)
	kinds := func(wanted ...judge.Kind) {
		t.Helper()
		q, err := f.Queue(ctx)
		ok(t, err)
		var got []judge.Kind
		for i, w := range q.Waiting {
			got = append(got, w.Kind)
			want(t, "ahead", w.Ahead, i)
		}
		if !reflect.DeepEqual(got, wanted) {
			t.Errorf("kinds: got %v, want %v", got, wanted)
		}
	}
	official, again, late := judge.Official, judge.Repeated, judge.Practice
	kinds(official, official, again, again, again, again, late, late)
	f.clock.Add(judge.Patience)
	for i := range 3 {
		f.submitAs(t, "carol", fmt.Sprint("new", i), nil)
	}
	// Round by round: those that waited long, in the order in which they came;
	// carol, who had no turn yet; alice, who had one.
	kinds(again, official, official, again, official, late, official, again, official, again, late)
	want(t, "served", f.claimNext(t).Submission.Contestant, "alice")
	kinds(official, official, again, official, late, official, again, official, again, late)
}

// testTurnGivenBack has a stop and a first crash cost nobody their turn; who
// takes the judge down again and again waits for it.
func testTurnGivenBack(t *testing.T, f *fixture) {
	ctx := t.Context()
	alice := f.submit(t, "x")
	f.submitAs(t, "bob", "x", nil)
	epoch := 0
	claimed := func(who judge.Contestant) {
		t.Helper()
		want(t, "served", f.claimNext(t).Submission.Contestant, who)
		epoch++
	}
	claimed("alice")
	ok(t, f.Release(ctx, alice.Judging.ID, epoch, nil))
	claimed("alice")
	n, err := f.ExpireLeases(ctx, true)
	ok(t, err)
	want(t, "expired", n, 1)
	claimed("alice")
	_, err = f.ExpireLeases(ctx, true)
	ok(t, err)
	f.wantTurns(t, "bob", "alice")
}

// testClaimAtOnce has many workers claim at the same time: everything once.
func testClaimAtOnce(t *testing.T, f *fixture) {
	const n = 24
	for i := range n {
		f.submitAs(t, judge.Contestant(fmt.Sprint("team", i%3)), fmt.Sprint(i), nil)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[judge.JudgingID]int{}
	for range 8 {
		wg.Go(func() {
			for {
				a, err := f.ClaimNext(t.Context(), time.Hour)
				if errors.Is(err, judge.ErrNotFound) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[a.Judging]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	want(t, "judgings claimed", len(seen), n)
	for id, times := range seen {
		want(t, fmt.Sprintf("claims of %d", id), times, 1)
	}
}

func testQueue(t *testing.T, f *fixture) {
	ctx := t.Context()
	q, err := f.Queue(ctx)
	ok(t, err)
	want(t, "an empty queue", len(q.Running)+len(q.Waiting), 0)
	running := f.claimed(t, "running")
	broken := f.claimed(t, "broken")
	ok(t, f.Postpone(ctx, broken.Judging.ID, 1, "no package", time.Minute, nil))
	waiting := f.submit(t, "waiting")
	gone := f.submit(t, "gone")
	_, err = f.Cancel(ctx, alice, gone.Submission.ID, false)
	ok(t, err)
	q, err = f.Queue(ctx)
	ok(t, err)
	want(t, "running", len(q.Running), 1)
	want(t, "what runs", q.Running[0].Submission, running.Submission.ID)
	want(t, "since when", q.Running[0].Since, running.Judging.Started)
	want(t, "waiting", len(q.Waiting), 2)
	want(t, "next", q.Waiting[0].Submission, waiting.Submission.ID)
	want(t, "since when", q.Waiting[0].Since, waiting.Submission.Receipt)
	later := q.Waiting[1]
	want(t, "later", later.Submission, broken.Submission.ID)
	want(t, "why", later.Reason, "no package")
	want(t, "ahead", later.Ahead, 1)
	want(t, "due after it came", later.Due.After(later.Since), true)
}

func testCancel(t *testing.T, f *fixture) {
	ctx := t.Context()
	waiting, running := f.submit(t, "x"), f.claimed(t, "y")
	_, err := f.Cancel(ctx, alice, running.Submission.ID, false)
	wantRefusal(t, err, "running")
	for _, e := range []judge.Entry{waiting, running, running} { // again: nothing new
		id, err := f.Cancel(ctx, organiser, e.Submission.ID, true)
		ok(t, err)
		if id != 0 {
			want(t, "cancelled judging", id, e.Judging.ID)
		}
		j := f.judging(t, e.Submission.ID)
		want(t, "state", j.State, judge.Cancelled)
		want(t, "verdict", j.Verdict, judge.Pending)
		want(t, "reason", j.Reason, "cancelled by the organiser")
	}
	_, err = f.Claim(ctx, waiting.Judging.ID, 1, time.Minute)
	wantErr(t, err, judge.ErrStale)
	_, err = f.ClaimNext(ctx, time.Minute)
	wantErr(t, err, judge.ErrNotFound)
	j, runs := result(running)
	wantErr(t, f.Finish(ctx, outcome(j, runs), nil), judge.ErrStale)
	stats, err := f.QueueStats(ctx)
	ok(t, err)
	want(t, "stats", stats, judge.QueueStats{})
	for name, wake := range map[string]func() (int, error){
		"hurry":   func() (int, error) { return f.Hurry(ctx, "") },
		"retry":   func() (int, error) { return f.RetryFailed(ctx, organiser, "") },
		"expire":  func() (int, error) { return f.ExpireLeases(ctx, true) },
		"rejudge": func() (int, error) { return f.Rejudge(ctx, organiser, "echo", judge.Basis{Version: "v2"}) },
	} {
		n, err := wake()
		ok(t, err)
		want(t, name+" of what is cancelled", n, 0)
	}
	_, err = f.Cancel(ctx, alice, 99, false)
	wantErr(t, err, judge.ErrNotFound)
	done := f.claimed(t, "done")
	j, runs = result(done)
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	_, err = f.Cancel(ctx, organiser, done.Submission.ID, true)
	wantRefusal(t, err, "judged")
}

// testCancelThenSubmit takes up again what was cancelled, as the same submission.
func testCancelThenSubmit(t *testing.T, f *fixture) {
	ctx := t.Context()
	e, other := f.submit(t, "x"), f.submit(t, "y")
	_, err := f.Cancel(ctx, alice, e.Submission.ID, false)
	ok(t, err)
	got, fresh, err := f.Submit(ctx, Submission("alice", "x"), &judge.Intake{Quota: judge.Quota{Waiting: 2}})
	ok(t, err)
	want(t, "fresh", fresh, false)
	want(t, "submission", got.Submission.ID, e.Submission.ID)
	want(t, "receipt", got.Submission.Receipt, e.Submission.Receipt)
	want(t, "state", got.Judging.State, judge.Queued)
	want(t, "reason", got.Judging.Reason, "")
	want(t, "jobs of the next epoch", f.jobs.count(t, e.Judging.ID, 2), 1)
	want(t, "next", f.claimNext(t).Submission.ID, other.Submission.ID) // it waits as if it had just come
	want(t, "next but one", f.claimNext(t).Submission.ID, e.Submission.ID)
}

func wantRefusal(t testing.TB, err error, code string) {
	t.Helper()
	var r *judge.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("got error %v, want a refusal %q", err, code)
	}
}

func testQuotaOfWaiting(t *testing.T, f *fixture) {
	ctx := t.Context()
	two := &judge.Intake{Quota: judge.Quota{Waiting: 2}}
	e := f.submitAs(t, "alice", "measured", two)
	f.claim(t, e.Judging.ID, 1)
	o := outcome(result(e))
	o.Again, o.AgainAfter = true, time.Hour // does not count
	ok(t, f.Finish(ctx, o, nil))
	_, err := f.Rejudge(ctx, organiser, "echo", judge.Basis{Version: "v2"}) // nor does this
	ok(t, err)
	first := f.submitAs(t, "alice", "1", two)
	f.submitAs(t, "alice", "2", two)
	_, _, err = f.Submit(ctx, Submission("alice", "3"), two)
	wantRefusal(t, err, "waiting")
	f.submitAs(t, "bob", "3", two)
	_, fresh, err := f.Submit(ctx, Submission("alice", "2"), two)
	ok(t, err)
	want(t, "fresh", fresh, false)
	entries, err := f.Entries(ctx, "")
	ok(t, err)
	want(t, "submissions", len(entries), 4)

	_, err = f.Cancel(ctx, alice, first.Submission.ID, false)
	ok(t, err)
	f.submitAs(t, "alice", "3", two)
	_, _, err = f.Submit(ctx, Submission("alice", "1"), two) // what was cancelled waits again
	wantRefusal(t, err, "waiting")
	want(t, "state", f.judging(t, first.Submission.ID).State, judge.Cancelled)
}

// testQuotaAtOnce cannot be passed by submitting many at the same time.
func testQuotaAtOnce(t *testing.T, f *fixture) {
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			_, _, err := f.Submit(t.Context(), Submission("alice", fmt.Sprint(i)), &judge.Intake{Quota: judge.Quota{Waiting: 3}})
			if err != nil {
				wantRefusal(t, err, "waiting")
			}
		})
	}
	wg.Wait()
	stats, err := f.QueueStats(t.Context())
	ok(t, err)
	want(t, "waiting", stats.Waiting, 3)
}

func testQuotaOfSources(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.submit(t, "x")
	in := &judge.Intake{Quota: judge.Quota{SourceBytes: 2 * e.Submission.Bytes}}
	f.submitAs(t, "alice", "y", in)
	_, _, err := f.Submit(ctx, Submission("alice", "z"), in)
	wantRefusal(t, err, "stored")
	_, fresh, err := f.Submit(ctx, Submission("alice", "y"), in)
	ok(t, err)
	want(t, "fresh", fresh, false)
	f.submitAs(t, "bob", "z", in)
	sum := sum256(Submission("alice", "z").Files[0].Data)
	has(t, f.Blobs(), sum, true) // bob's
	_, _, err = f.Submit(ctx, Submission("alice", "refused"), in)
	wantRefusal(t, err, "stored")
	has(t, f.Blobs(), sum256(Submission("alice", "refused").Files[0].Data), false)
}

// testDiskReserve keeps what is left of the disk for judging.
func testDiskReserve(t *testing.T, f *fixture) {
	ctx := t.Context()
	disk, err := f.Disk()
	ok(t, err)
	if !disk.Known() {
		t.Skip("nothing is known of PostgreSQL's disk")
	}
	all := &judge.Intake{Quota: judge.Quota{ReserveBytes: disk.TotalBytes + 1}}
	_, _, err = f.Submit(ctx, Submission("alice", "x"), all)
	wantErr(t, err, judge.ErrFull)
	has(t, f.Blobs(), sum256(Submission("alice", "x").Files[0].Data), false)
	e := f.submitAs(t, "alice", "x", &judge.Intake{Quota: judge.Quota{ReserveBytes: 1}})
	again, _, err := f.Submit(ctx, Submission("alice", "x"), all)
	ok(t, err)
	want(t, "what is stored already", again.Submission.ID, e.Submission.ID)
	f.claim(t, e.Judging.ID, 1)
	j, runs := result(e)
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
}

func testDisabled(t *testing.T, f *fixture) {
	ctx := t.Context()
	ok(t, f.AddContestant(ctx, organiser, "bob", hash("b")))
	judged := f.submitAs(t, "bob", "judged", nil)
	f.claim(t, judged.Judging.ID, 1)
	j, runs := result(judged)
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	running := f.submitAs(t, "bob", "running", nil)
	f.claim(t, running.Judging.ID, 1)
	held := f.submitAs(t, "bob", "held", nil)
	ok(t, f.SetDisabled(ctx, organiser, "bob", true))
	ok(t, f.SetDisabled(ctx, organiser, "bob", true))
	_, err := f.ContestantByToken(ctx, hash("b"))
	wantErr(t, err, judge.ErrDisabled)
	_, _, err = f.Submit(ctx, Submission("bob", "new"), nil)
	wantErr(t, err, judge.ErrDisabled)
	_, err = f.OpenTicket(ctx, alice, "bob", "echo", hash("c"))
	wantErr(t, err, judge.ErrDisabled)
	want(t, "what is judged", f.judging(t, judged.Submission.ID).Verdict, judge.Wrong)
	_, err = f.ClaimNext(ctx, time.Minute)
	wantErr(t, err, judge.ErrNotFound)
	n, err := f.Reissue(ctx)
	ok(t, err)
	want(t, "new jobs for what is held", n, 0)
	q, err := f.Queue(ctx)
	ok(t, err)
	want(t, "held", len(q.Waiting) == 1 && q.Waiting[0].Held, true)
	want(t, "held while it runs", len(q.Running) == 1 && !q.Running[0].Held, true)
	account, err := f.Account(ctx, "bob")
	ok(t, err)
	want(t, "account", account, judge.Account{Handle: "bob", Created: account.Created, HasToken: true, Disabled: true,
		Submissions: 3, SourceBytes: judged.Submission.Bytes + running.Submission.Bytes + held.Submission.Bytes, Waiting: 1})
	// What is judged again is compared with all others, the disabled one's too.
	_, err = f.Rejudge(ctx, organiser, "echo", judge.Basis{Version: "v2"})
	ok(t, err)
	want(t, "next", f.claimNext(t).Submission.ID, judged.Submission.ID)

	before := f.jobs.count(t, held.Judging.ID, 1)
	ok(t, f.SetDisabled(ctx, organiser, "bob", false))
	want(t, "new jobs", f.jobs.count(t, held.Judging.ID, 1)-before, 1)
	who, err := f.ContestantByToken(ctx, hash("b"))
	ok(t, err)
	want(t, "contestant", who, "bob")
	want(t, "next", f.claimNext(t).Submission.ID, held.Submission.ID)
	wantErr(t, f.SetDisabled(ctx, organiser, "nobody", true), judge.ErrNotFound)
	_, err = f.Account(ctx, "nobody")
	wantErr(t, err, judge.ErrNotFound)
}
