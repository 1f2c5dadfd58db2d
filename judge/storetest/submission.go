package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/store"
)

func testSubmitAndRead(t *testing.T, f *fixture) {
	ctx := t.Context()
	before := f.clock.Now()
	s := Submission("alice", "one")
	e, fresh, err := f.Submit(ctx, s, nil)
	ok(t, err)
	want(t, "fresh", fresh, true)
	got := e.Submission
	want(t, "id", got.ID, 1)
	want(t, "source hash", got.SourceHash, judge.HashFiles(s.Files))
	want(t, "bytes", got.Bytes, int64(len(s.Files[0].Data)+len(s.Files[1].Data)))
	want(t, "receipt is the clock's", got.Receipt.After(before) && got.Receipt.Before(f.clock.Now()), true)
	want(t, "ticket", got.Ticket.IsZero(), true)
	want(t, "state", e.Judging.State, judge.Queued)
	want(t, "epoch", e.Judging.Epoch, 1)
	want(t, "jobs", f.jobs.count(t, e.Judging.ID, 1), 1)

	read, err := f.Entry(ctx, got.ID)
	ok(t, err)
	if !reflect.DeepEqual(read, e) {
		t.Errorf("entry read back:\ngot  %+v\nwant %+v", read, e)
	}
	other := Submission("alice", "one")
	other.Problem = "other"
	_, _, err = f.Submit(ctx, other, nil)
	ok(t, err)
	for problem, n := range map[judge.ProblemID]int{"": 2, "echo": 1, "other": 1, "none": 0} {
		list, err := f.Entries(ctx, problem)
		ok(t, err)
		want(t, fmt.Sprintf("entries for %q", problem), len(list), n)
	}
	_, err = f.Entry(ctx, 99)
	wantErr(t, err, judge.ErrNotFound)
}

func testSubmitAgain(t *testing.T, f *fixture) {
	first := f.submit(t, "same")
	again := Submission("alice", "same")
	slices.Reverse(again.Files)
	f.clock.Add(time.Hour)
	e, fresh, err := f.Submit(t.Context(), again, nil)
	ok(t, err)
	want(t, "fresh", fresh, false)
	if !reflect.DeepEqual(e, first) {
		t.Errorf("the same sources again:\ngot  %+v\nwant %+v", e, first)
	}
	want(t, "jobs", f.jobs.count(t, 0, 0), 1)
	ok(t, f.EnsureContestant(t.Context(), organiser, "bob"))
	_, fresh, err = f.Submit(t.Context(), Submission("bob", "same"), nil)
	ok(t, err)
	want(t, "another contestant's same sources are new", fresh, true)
}

// testSubmitAfterIE is a contestant who tries again after our failure.
func testSubmitAfterIE(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "same")
	j, runs := result(e)
	j.Verdict = judge.Internal
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	f.SetEnqueuer(brokenJobs{f.jobs})
	_, _, err := f.Submit(ctx, Submission("alice", "same"), nil)
	wantErr(t, err, errEnqueue)
	want(t, "verdict after a rollback", f.judging(t, e.Submission.ID).Verdict, judge.Internal)

	f.SetEnqueuer(f.jobs)
	got, fresh, err := f.Submit(ctx, Submission("alice", "same"), nil)
	ok(t, err)
	want(t, "fresh", fresh, false)
	if !reflect.DeepEqual(got.Submission, e.Submission) {
		t.Errorf("submission:\ngot  %+v\nwant %+v", got.Submission, e.Submission)
	}
	wanted := judge.Judging{ID: j.ID, Submission: j.Submission, State: judge.Queued, Epoch: 2, Queued: j.Queued}
	wantSame(t, "judging", got.Judging, wanted)
	wantSame(t, "judging read back", f.judging(t, e.Submission.ID), wanted)
	want(t, "jobs of the next epoch", f.jobs.count(t, j.ID, 2), 1)
	kept, err := f.Runs(ctx, j.ID)
	ok(t, err)
	want(t, "runs", len(kept), 0)

	_, _, err = f.Submit(ctx, Submission("alice", "same"), nil)
	ok(t, err)
	want(t, "jobs after a third time", f.jobs.count(t, 0, 0), 2)
}

// testSubmitAfterCE is a contestant who tries again after the compiler was mended.
func testSubmitAfterCE(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "same")
	j := e.Judging
	j.Verdict, j.ProblemVersion, j.Toolchain, j.CompilerOutput = judge.Compile, "v1", "g++ 1", "no libstdc++"
	ok(t, f.Finish(ctx, outcome(j, nil), nil))
	_, err := f.Rejudge(ctx, organiser, "echo", judge.Basis{Version: "v2"}) // what is proposed is not what counts
	ok(t, err)
	waiting := f.submit(t, "another")
	again := func(in *judge.Intake) judge.Judging {
		t.Helper()
		got, fresh, err := f.Submit(ctx, Submission("alice", "same"), in)
		ok(t, err)
		want(t, "fresh", fresh, false)
		want(t, "submission", got.Submission.ID, e.Submission.ID)
		wantSame(t, "judging read back", f.judging(t, e.Submission.ID), got.Judging)
		return got.Judging
	}
	for _, in := range []*judge.Intake{nil, {}, {Toolchain: "g++ 1"}} {
		want(t, fmt.Sprintf("judging with %+v", in), again(in).ID, j.ID)
	}
	_, _, err = f.Submit(ctx, Submission("alice", "same"), &judge.Intake{Toolchain: "g++ 2", Quota: judge.Quota{Waiting: 1}})
	wantRefusal(t, err, "waiting")
	want(t, "judging after a refusal", f.judging(t, e.Submission.ID).ID, j.ID)

	mended := &judge.Intake{Toolchain: "g++ 2", Quota: judge.Quota{Waiting: 2}}
	next := again(mended)
	want(t, "state", next.State, judge.Queued)
	want(t, "verdict", next.Verdict, judge.Pending)
	want(t, "jobs of the new judging", f.jobs.count(t, next.ID, 1), 1)
	want(t, "judging while it waits", again(mended).ID, next.ID)
	want(t, "next", f.claimNext(t).Submission.ID, waiting.Submission.ID)
	want(t, "next but one", f.claimNext(t).Judging, next.ID)
	next.Verdict, next.Toolchain = judge.Compile, "g++ 2"
	ok(t, f.Finish(ctx, outcome(next, nil), nil))
	want(t, "judging once it is a CE of this toolchain too", again(mended).ID, next.ID)
}

func testSubmitOtherLanguage(t *testing.T, f *fixture) {
	ctx := t.Context()
	s := Submission("alice", "same")
	opened, err := f.OpenTicket(ctx, alice, "alice", "echo", judge.HashFiles(s.Files))
	ok(t, err)
	first := f.submit(t, "same")
	s.Language = "clang++"
	for _, wanted := range []bool{true, false} {
		e, fresh, err := f.Submit(ctx, s, nil)
		ok(t, err)
		want(t, "fresh", fresh, wanted)
		want(t, "language", e.Submission.Language, "clang++")
		want(t, "another submission", e.Submission.ID > first.Submission.ID, true)
		want(t, "the same ticket", e.Submission.Ticket, opened)
	}
	again, fresh, err := f.Submit(ctx, Submission("alice", "same"), nil)
	ok(t, err)
	want(t, "fresh in the first language", fresh, false)
	want(t, "submission in the first language", again.Submission.ID, first.Submission.ID)
}

func testSubmitAtOnce(t *testing.T, f *fixture) {
	const n = 12
	entries, freshes, errs := make([]judge.Entry, n), make([]bool, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { entries[i], freshes[i], errs[i] = f.Submit(t.Context(), Submission("alice", "race"), nil) })
	}
	wg.Wait()
	fresh := 0
	for i := range n {
		ok(t, errs[i])
		want(t, "id", entries[i].Submission.ID, entries[0].Submission.ID)
		if freshes[i] {
			fresh++
		}
	}
	want(t, "fresh ones", fresh, 1)
	want(t, "jobs", f.jobs.count(t, 0, 0), 1)
}

func testSubmitUnknown(t *testing.T, f *fixture) {
	_, _, err := f.Submit(t.Context(), Submission("nobody", "x"), nil)
	wantErr(t, err, judge.ErrNotFound)
	wrong := Submission("alice", "x")
	wrong.SourceHash = hash("0")
	_, _, err = f.Submit(t.Context(), wrong, nil)
	wantErr(t, err, judge.ErrInvalid)
}

func testSubmitRollback(t *testing.T, f *fixture) {
	ctx := t.Context()
	f.SetEnqueuer(brokenJobs{f.jobs})
	_, _, err := f.Submit(ctx, Submission("alice", "x"), nil)
	wantErr(t, err, errEnqueue)
	list, err := f.Entries(ctx, "")
	ok(t, err)
	want(t, "entries after a rollback", len(list), 0)
	want(t, "jobs after a rollback", f.jobs.count(t, 0, 0), 0)
	_, err = f.Sources(ctx, 1)
	wantErr(t, err, judge.ErrNotFound)

	f.SetEnqueuer(f.jobs)
	_, fresh, err := f.Submit(ctx, Submission("alice", "x"), nil)
	ok(t, err)
	want(t, "fresh after a rollback", fresh, true)
}

func testReceiptsInOrder(t *testing.T, f *fixture) {
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, _, err := f.Submit(t.Context(), Submission("alice", fmt.Sprint(i)), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := f.Entries(t.Context(), "")
	ok(t, err)
	want(t, "entries", len(list), 20)
	for i := 1; i < len(list); i++ {
		if a, b := list[i-1].Submission, list[i].Submission; !a.Receipt.Before(b.Receipt) {
			t.Errorf("receipt of %d is %v, not before that of %d, %v", a.ID, a.Receipt, b.ID, b.Receipt)
		}
	}
}

func testReceiptClockSteps(t *testing.T, f *fixture) {
	first := f.submit(t, "1").Submission.Receipt
	f.clock.Add(-time.Second)
	want(t, "receipt after a small step back", f.submit(t, "2").Submission.Receipt, first)
	f.clock.Add(-time.Hour)
	third := f.submit(t, "3").Submission.Receipt
	want(t, "receipt after a large step back follows the clock", first.Sub(third) > time.Hour, true)
}

// testTicketsAreFew keeps the newest twenty that were not used, of each
// contestant and problem.
func testTicketsAreFew(t *testing.T, f *fixture) {
	ctx := t.Context()
	announce := func(who judge.Contestant, text string) {
		t.Helper()
		_, err := f.OpenTicket(ctx, alice, who, "echo", judge.HashFiles(Submission(who, text).Files))
		ok(t, err)
	}
	ok(t, f.EnsureContestant(ctx, organiser, "alice"))
	ok(t, f.EnsureContestant(ctx, organiser, "bob"))
	announce("bob", "bob's")
	announce("alice", "used")
	used := f.submit(t, "used")
	want(t, "used ticket", used.Submission.Ticket.IsZero(), false)
	for i := range 21 {
		announce("alice", fmt.Sprint("text ", i))
	}
	want(t, "ticket that twenty followed", f.submit(t, "text 0").Submission.Ticket.IsZero(), true)
	want(t, "one of the newest twenty", f.submit(t, "text 1").Submission.Ticket.IsZero(), false)
	read, err := f.Entry(ctx, used.Submission.ID)
	ok(t, err)
	want(t, "used ticket", read.Submission.Ticket.IsZero(), false)
	bobs, _, err := f.Submit(ctx, Submission("bob", "bob's"), nil)
	ok(t, err)
	want(t, "another's ticket", bobs.Submission.Ticket.IsZero(), false)
}

func testTicket(t *testing.T, f *fixture) {
	ctx := t.Context()
	s := Submission("alice", "announced")
	sum := judge.HashFiles(s.Files)
	first, err := f.OpenTicket(ctx, alice, "alice", "echo", sum)
	ok(t, err)
	f.clock.Add(time.Minute)
	second, err := f.OpenTicket(ctx, alice, "alice", "echo", sum)
	ok(t, err)
	want(t, "ticket opened again", second, first)
	_, err = f.OpenTicket(ctx, alice, "nobody", "echo", sum)
	wantErr(t, err, judge.ErrNotFound)

	var seen judge.Submission
	e, _, err := f.Submit(ctx, s, &judge.Intake{Practice: func(s judge.Submission) bool { seen = s; return false }})
	ok(t, err)
	want(t, "submission's ticket", e.Submission.Ticket, first)
	want(t, "ticket that practice sees", seen.Ticket, first)
	want(t, "receipt that practice sees", seen.Receipt, e.Submission.Receipt)
	read, err := f.Entry(ctx, e.Submission.ID)
	ok(t, err)
	want(t, "ticket read back", read.Submission.Ticket, first)

	_, err = f.OpenTicket(ctx, alice, "alice", "other", sum)
	ok(t, err)
	want(t, "ticket of other sources", f.submit(t, "unannounced").Submission.Ticket.IsZero(), true)
}

func testPractice(t *testing.T, f *fixture) {
	late, _, err := f.Submit(t.Context(), Submission("alice", "late"), practice)
	ok(t, err)
	timely := f.submit(t, "timely")
	for _, test := range []struct {
		e     judge.Entry
		ahead int
	}{{late, 1}, {timely, 0}} {
		n, err := f.Ahead(t.Context(), test.e.Judging.ID)
		ok(t, err)
		want(t, fmt.Sprintf("ahead of %d", test.e.Judging.ID), n, test.ahead)
	}
}

func testSources(t *testing.T, f *fixture) {
	ctx := t.Context()
	s := Submission("alice", "körper")
	e, _, err := f.Submit(ctx, s, nil)
	ok(t, err)
	files, err := f.Sources(ctx, e.Submission.ID)
	ok(t, err)
	if !reflect.DeepEqual(files, s.Files) {
		t.Errorf("sources: got %q, want %q", files, s.Files)
	}
	_, err = f.Sources(ctx, 99)
	wantErr(t, err, judge.ErrNotFound)
}

func testBlobs(t *testing.T, f *fixture) {
	ctx, blobs := t.Context(), f.Blobs()
	big := []byte(strings.Repeat("0123456789abcdef", 3<<16)) // three pieces
	for _, data := range [][]byte{big, []byte("x"), {}} {
		sum := sum256(data)
		has(t, blobs, sum, false)
		_, err := blobs.Get(ctx, sum)
		wantErr(t, err, judge.ErrNotFound)
		for range 2 {
			ok(t, blobs.Put(ctx, sum, data))
		}
		has(t, blobs, sum, true)
		got, err := blobs.Get(ctx, sum)
		ok(t, err)
		want(t, "blob", string(got) == string(data), true)
		for range 2 {
			ok(t, blobs.Delete(ctx, sum))
		}
		has(t, blobs, sum, false)
	}
	wantErr(t, blobs.Put(ctx, "../../etc/passwd", big), judge.ErrInvalid)
}

func has(t *testing.T, blobs store.Blobs, sum string, wanted bool) {
	t.Helper()
	got, err := blobs.Has(t.Context(), sum)
	ok(t, err)
	want(t, "has "+sum[:8], got, wanted)
}

func testSubscribe(t *testing.T, f *fixture) {
	changed, cancel := f.Subscribe()
	for i := range 3 {
		f.submit(t, fmt.Sprint(i))
	}
	select {
	case <-changed:
	default:
		t.Error("no change was told after three submissions")
	}
	select {
	case <-changed:
		t.Error("three changes came as more than one value")
	default:
	}
	cancel()
	f.submit(t, "unheard")
	select {
	case <-changed:
		t.Error("a change was told after cancel")
	default:
	}
}

func testCancelledContext(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err := f.Submit(ctx, Submission("alice", "x"), &judge.Intake{Practice: func(judge.Submission) bool { cancel(); return false }})
	wantErr(t, err, context.Canceled)
	list, err := f.Entries(t.Context(), "")
	ok(t, err)
	want(t, "entries", len(list), 0)
}
