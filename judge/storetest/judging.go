package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/store"
)

// result is a judging with every field set, and its runs.
func result(e judge.Entry) (judge.Judging, []judge.Run) {
	j := e.Judging
	j.ProblemVersion, j.Compile, j.MemoryBytes = "v1", time.Second, 5<<30
	j.Grade = judge.Grade{
		Verdict: judge.Wrong, FirstFailed: "secret/2", Passed: 2, Total: 3, TimedPassed: 1, Missed: judge.Missed{Tests: 1, Set: "0123"},
		Points: 1.0 / 3, Groups: []judge.GroupGrade{{Name: "secret/g", Passed: 1, Total: 2, Points: 0.1}},
	}
	j.Values = judge.Values{
		{Board: judge.RealBoard, Once: 3e9 + 1, Missed: 1e9, Fixed: 7}, {Board: judge.CPUBoard, Once: 4e9 + 1, Missed: 2e9, Fixed: 8}, {Board: "gas", Once: 1<<62 + 1},
	}
	j.CompilerOutput = "warning: ü"
	return j, []judge.Run{
		{Ordinal: 1, TestCase: "sample/1", Verdict: judge.Accepted, Real: 1, CPU: 2, MemoryBytes: 3},
		{Ordinal: 2, TestCase: "secret/1", Timed: true, Verdict: judge.Accepted, Real: 1<<40 + 1, CPU: 2, MemoryBytes: 3},
		{Ordinal: 3, TestCase: "secret/2", Timed: true, Verdict: judge.Wrong, ExitStatus: 1, Signal: 9, Limit: "wall", RunDelay: 7, Message: "line 1", TeamMessage: "look at line 1", JudgeMessage: "line 1 is long"},
	}
}

func outcome(j judge.Judging, runs []judge.Run) judge.Outcome {
	return judge.Outcome{Judging: j, Runs: runs}
}

func testLifeCycle(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.submit(t, "x")
	id := e.Judging.ID
	a, err := f.Claim(ctx, id, 1, time.Minute)
	ok(t, err)
	wanted := judge.Assignment{Judging: id, Epoch: 1, Purpose: judge.ToCount, Submission: e.Submission}
	wanted.Submission.Files = Submission("alice", "x").Files
	if !reflect.DeepEqual(a, wanted) {
		t.Errorf("assignment:\ngot  %+v\nwant %+v", a, wanted)
	}
	claimed := e
	claimed.Judging = f.judging(t, e.Submission.ID)
	want(t, "state", claimed.Judging.State, judge.Compiling)
	want(t, "started is stamped", claimed.Judging.Started.IsZero(), false)
	ok(t, f.SetRunning(ctx, id, 1))
	ok(t, f.Renew(ctx, id, 1, time.Minute))
	want(t, "state", f.judging(t, e.Submission.ID).State, judge.Running)

	j, runs := result(claimed)
	ok(t, f.Finish(ctx, outcome(j, runs), f.complete))
	want(t, "job's end", f.jobs.count(t, 999, 0), 1)
	got := f.judging(t, e.Submission.ID)
	want(t, "finished is stamped", got.Finished.After(got.Started), true)
	j.State, j.Finished = judge.Done, got.Finished
	wantSame(t, "judging", got, j)
	gotRuns, err := f.Runs(ctx, id)
	ok(t, err)
	if !reflect.DeepEqual(gotRuns, runs) {
		t.Errorf("runs:\ngot  %+v\nwant %+v", gotRuns, runs)
	}
	list, err := f.Entries(ctx, "")
	ok(t, err)
	j.CompilerOutput = ""
	wantSame(t, "judging in the list", list[0].Judging, j)
}

func testFinishUnprintable(t *testing.T, f *fixture) {
	e := f.claimed(t, "x")
	j, runs := result(e)
	j.CompilerOutput, runs[2].Message, runs[2].TeamMessage = "a\x00b\xffc", "\xc3", "\x00"
	ok(t, f.Finish(t.Context(), outcome(j, runs), nil))
	want(t, "compiler output", f.judging(t, e.Submission.ID).CompilerOutput, "a\uFFFDb\uFFFDc")
}

func testFinishImpossible(t *testing.T, f *fixture) {
	e := f.claimed(t, "x")
	j, runs := result(e)
	j.Verdict = judge.Pending
	wantErr(t, f.Finish(t.Context(), outcome(j, runs), nil), judge.ErrInvalid)
	j.Verdict, runs[1].Ordinal = judge.Wrong, 1
	wantErr(t, f.Finish(t.Context(), outcome(j, runs), nil), judge.ErrConflict)
	want(t, "state", f.judging(t, e.Submission.ID).State, judge.Compiling)
}

func testFinishRollback(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	j, runs := result(e)
	wantErr(t, f.Finish(ctx, outcome(j, runs), brokenJobs{f.jobs}.complete), errEnqueue)
	want(t, "state", f.judging(t, e.Submission.ID).State, judge.Compiling)
	got, err := f.Runs(ctx, e.Judging.ID)
	ok(t, err)
	want(t, "runs after a rollback", len(got), 0)
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
}

// testStaleEpoch has every step of a worker refused that lost its judging.
func testStaleEpoch(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	id, j := e.Judging.ID, e.Judging
	_, err := f.Claim(ctx, id, 1, time.Minute)
	wantErr(t, err, judge.ErrStale) // a job delivered twice
	f.clock.Add(time.Hour)
	n, err := f.ExpireLeases(ctx, false)
	ok(t, err)
	want(t, "expired", n, 1)
	steps := func(epoch int) map[string]error {
		j, runs := result(e)
		j.Epoch = epoch
		_, claimErr := f.Claim(ctx, id, epoch, time.Minute)
		_, requeueErr := f.Requeue(ctx, id, epoch, "x", thrice, f.complete)
		return map[string]error{
			"claim": claimErr, "requeue": requeueErr,
			"renew":       f.Renew(ctx, id, epoch, time.Minute),
			"set running": f.SetRunning(ctx, id, epoch),
			"release":     f.Release(ctx, id, epoch, f.complete),
			"postpone":    f.Postpone(ctx, id, epoch, "x", time.Second, f.complete),
			"finish":      f.Finish(ctx, outcome(j, runs), f.complete),
		}
	}
	refused := func(epoch int) {
		t.Helper()
		for name, err := range steps(epoch) {
			if !errors.Is(err, judge.ErrStale) {
				t.Errorf("%s in epoch %d: got %v, want stale", name, epoch, err)
			}
		}
	}
	refused(1)
	refused(3)
	f.claim(t, id, 2)
	refused(1)
	j.Epoch, j.Verdict = 2, judge.Accepted
	ok(t, f.Finish(ctx, outcome(j, nil), nil))
	refused(1)
	refused(2)
	want(t, "job ends of refused steps", f.jobs.count(t, 999, 0), 0)
	want(t, "verdict", f.judging(t, e.Submission.ID).Verdict, judge.Accepted)
}

func testRelease(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	before := f.submit(t, "y")
	for epoch := 1; epoch <= 5; epoch++ { // however often: it counts as no attempt
		ok(t, f.Release(ctx, e.Judging.ID, epoch, f.complete))
		want(t, "jobs of the next epoch", f.jobs.count(t, e.Judging.ID, epoch+1), 1)
		n, err := f.Ahead(ctx, e.Judging.ID)
		ok(t, err)
		want(t, "ahead of a released one", n, 0)
		f.claim(t, e.Judging.ID, epoch+1)
	}
	want(t, "job ends", f.jobs.count(t, 999, 0), 5)
	want(t, "the other's state", f.judging(t, before.Submission.ID).State, judge.Queued)
}

// wantLater demands that a judging waits for so long, without a job.
func (f *fixture) wantLater(t *testing.T, id judge.JudgingID, epoch int, wait time.Duration) {
	t.Helper()
	want(t, "jobs before its time", f.jobs.count(t, id, epoch), 0)
	q, err := f.Queue(t.Context())
	ok(t, err)
	i := slices.IndexFunc(q.Waiting, func(w judge.Waiting) bool { return w.Judging == id })
	if i < 0 {
		t.Fatalf("judging %d does not wait", id)
	}
	want(t, "wait", q.Waiting[i].Due.Sub(f.clock.Now()).Round(time.Second), wait)
}

func testPostpone(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	id := e.Judging.ID
	for epoch := 1; epoch <= 5; epoch++ { // however often: it counts as no attempt
		ok(t, f.Postpone(ctx, id, epoch, "no package\x00", time.Minute, f.complete))
		j := f.judging(t, e.Submission.ID)
		want(t, "state", j.State, judge.Queued)
		want(t, "reason", j.Reason, "no package\uFFFD")
		f.wantLater(t, id, epoch+1, time.Minute)
		n, err := f.ExpireLeases(ctx, true)
		ok(t, err)
		want(t, "expired", n, 0)
		f.claim(t, id, epoch+1)
	}
	want(t, "job ends", f.jobs.count(t, 999, 0), 5)
	wantErr(t, f.Postpone(ctx, id, 6, "x", time.Minute, brokenJobs{f.jobs}.complete), errEnqueue)
	want(t, "state after a rollback", f.judging(t, e.Submission.ID).State, judge.Compiling)
	ended, err := f.Requeue(ctx, id, 6, "x", thrice, nil)
	ok(t, err)
	want(t, "ended at the first failure", ended, false)
}

// testPostponedAhead has a judging that waits for a time out of the way of
// others until then, and after those that came meanwhile.
func testPostponedAhead(t *testing.T, f *fixture) {
	ctx := t.Context()
	postponed, before := f.claimed(t, "postponed"), f.submit(t, "before")
	ok(t, f.Postpone(ctx, postponed.Judging.ID, 1, "no package", time.Minute, nil))
	ahead := func(wanted map[judge.JudgingID]int) {
		t.Helper()
		for id, n := range wanted {
			got, err := f.Ahead(ctx, id)
			ok(t, err)
			want(t, fmt.Sprintf("ahead of %d", id), got, n)
		}
	}
	ahead(map[judge.JudgingID]int{postponed.Judging.ID: 1, before.Judging.ID: 0})
	stats, err := f.QueueStats(ctx)
	ok(t, err)
	want(t, "stats", stats, judge.QueueStats{Waiting: 2, Oldest: before.Judging.Queued}) // the other one is not due
	f.clock.Add(time.Hour)
	after := f.submit(t, "after")
	ahead(map[judge.JudgingID]int{postponed.Judging.ID: 1, before.Judging.ID: 0, after.Judging.ID: 2})

	failed := f.claimed(t, "failed")
	_, err = f.Requeue(ctx, failed.Judging.ID, 1, "x", thrice, nil)
	ok(t, err)
	ahead(map[judge.JudgingID]int{before.Judging.ID: 0}) // its time has not come
	f.clock.Add(time.Hour)
	ahead(map[judge.JudgingID]int{failed.Judging.ID: 0, before.Judging.ID: 1})
}

func testHurry(t *testing.T, f *fixture) {
	ctx := t.Context()
	waiting := f.submit(t, "waiting")
	postponed := f.claim(t, f.submit(t, "postponed").Judging.ID, 1)
	id := postponed.Judging.ID
	ok(t, f.Postpone(ctx, id, 1, "no package", time.Minute, nil))
	for _, test := range []struct {
		problem judge.ProblemID
		n       int
	}{{"other", 0}, {"echo", 1}, {"echo", 0}, {"", 0}} {
		n, err := f.Hurry(ctx, test.problem)
		ok(t, err)
		want(t, fmt.Sprintf("hurried of %q", test.problem), n, test.n)
	}
	want(t, "jobs of its epoch", f.jobs.count(t, id, 2), 1)
	want(t, "reason", f.judging(t, postponed.Submission.ID).Reason, "no package")
	want(t, "epoch of the other", f.judging(t, waiting.Submission.ID).Epoch, 1)
	want(t, "next", f.claimNext(t).Judging, waiting.Judging.ID)
	want(t, "next but one", f.claimNext(t).Judging, id)
}

// thrice is a queue's patience: a minute after each failure, until the third.
func thrice(failures int) (time.Duration, bool) {
	return time.Duration(failures) * time.Minute, failures < 3
}

func testRequeueUntilIE(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	for epoch := 1; epoch <= 3; epoch++ {
		ended, err := f.Requeue(ctx, e.Judging.ID, epoch, "no compiler\x00", thrice, f.complete)
		ok(t, err)
		want(t, "ended", ended, epoch == 3)
		if !ended {
			want(t, "state", f.judging(t, e.Submission.ID).State, judge.Queued)
			f.wantLater(t, e.Judging.ID, epoch+1, time.Duration(epoch)*time.Minute)
			f.claim(t, e.Judging.ID, epoch+1)
		}
	}
	j := f.judging(t, e.Submission.ID)
	want(t, "verdict", j.Verdict, judge.Internal)
	want(t, "reason", j.Reason, "no compiler\uFFFD")
	want(t, "state", j.State, judge.Done)
	want(t, "jobs of a fourth epoch", f.jobs.count(t, e.Judging.ID, 4), 0)
	want(t, "job ends", f.jobs.count(t, 999, 0), 3)
}

func testRetry(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	f.retried(t, 0)
	j, runs := result(e)
	j.Verdict = judge.Internal
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	f.retried(t, 1)
	wantSame(t, "retried judging", f.judging(t, e.Submission.ID), judge.Judging{
		ID: j.ID, Submission: j.Submission, State: judge.Queued, Epoch: 2, Queued: j.Queued})
	want(t, "jobs of the next epoch", f.jobs.count(t, e.Judging.ID, 2), 1)

	j, runs = result(f.claim(t, j.ID, 2))
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	f.retried(t, 0) // it is WA
}

// retried makes what ended as IE wait again, and says how many that should be.
func (f *fixture) retried(t testing.TB, wanted int) {
	t.Helper()
	n, err := f.RetryFailed(t.Context(), organiser, "")
	ok(t, err)
	want(t, "retried", n, wanted)
}

func testRetryFailed(t *testing.T, f *fixture) {
	ctx := t.Context()
	var failed []judge.Entry
	for _, problem := range []judge.ProblemID{"echo", "echo", "other"} {
		s := Submission("alice", fmt.Sprint(len(failed)))
		s.Problem = problem
		e, _, err := f.Submit(ctx, s, nil)
		ok(t, err)
		e = f.claim(t, e.Judging.ID, 1)
		j, runs := result(e)
		j.Verdict = judge.Internal
		ok(t, f.Finish(ctx, outcome(j, runs), nil))
		failed = append(failed, e)
	}
	done := f.claimed(t, "done")
	j, runs := result(done)
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	f.claimed(t, "running")
	f.submit(t, "waiting")
	before := f.jobs.count(t, 0, 0)
	for _, test := range []struct {
		problem judge.ProblemID
		n       int
	}{{"none", 0}, {"echo", 2}, {"echo", 0}, {"", 1}, {"", 0}} {
		n, err := f.RetryFailed(ctx, organiser, test.problem)
		ok(t, err)
		want(t, fmt.Sprintf("retried of %q", test.problem), n, test.n)
	}
	for _, e := range failed {
		j := f.judging(t, e.Submission.ID)
		want(t, "state", j.State, judge.Queued)
		want(t, "jobs of the next epoch", f.jobs.count(t, j.ID, 2), 1)
		runs, err := f.Runs(ctx, j.ID)
		ok(t, err)
		want(t, "runs", len(runs), 0)
	}
	want(t, "new jobs", f.jobs.count(t, 0, 0)-before, 3)
	want(t, "verdict of the other", f.judging(t, done.Submission.ID).Verdict, judge.Wrong)
	kept, err := f.Runs(ctx, done.Judging.ID)
	ok(t, err)
	want(t, "runs of the other", len(kept), len(runs))
}

func testReissue(t *testing.T, f *fixture) {
	ctx := t.Context()
	id := f.submit(t, "x").Judging.ID
	later := f.claimed(t, "later")
	ok(t, f.Postpone(ctx, later.Judging.ID, 1, "no package", time.Hour, nil))
	cancelled := f.submit(t, "cancelled")
	_, err := f.Cancel(ctx, alice, cancelled.Submission.ID, false)
	ok(t, err)
	reissue := func(startable bool, n int) {
		t.Helper()
		may, err := f.Startable(ctx)
		ok(t, err)
		want(t, "startable", may, startable)
		got, err := f.Reissue(ctx)
		ok(t, err)
		want(t, "reissued", got, n)
	}
	reissue(true, 1)
	want(t, "jobs", f.jobs.count(t, id, 1), 2)
	f.claim(t, id, 1)
	reissue(false, 0)
	f.clock.Add(time.Hour)
	reissue(true, 1)
	want(t, "jobs of what was due", f.jobs.count(t, later.Judging.ID, 2), 1)
}

func testExpireLeases(t *testing.T, f *fixture) {
	ctx := t.Context()
	dead, alive, waiting := f.claimed(t, "dead"), f.claimed(t, "alive"), f.submit(t, "waiting")
	f.clock.Add(59 * time.Second)
	ok(t, f.Renew(ctx, alive.Judging.ID, 1, time.Minute))
	f.clock.Add(2 * time.Second)
	n, err := f.ExpireLeases(ctx, false)
	ok(t, err)
	want(t, "expired", n, 1)
	j := f.judging(t, dead.Submission.ID)
	want(t, "state", j.State, judge.Queued)
	want(t, "epoch", j.Epoch, 2)
	want(t, "has a reason", j.Reason != "", true)
	want(t, "jobs of the next epoch", f.jobs.count(t, dead.Judging.ID, 2), 1)
	want(t, "state of the living", f.judging(t, alive.Submission.ID).State, judge.Compiling)
	want(t, "state of the waiting", f.judging(t, waiting.Submission.ID).Epoch, 1)
}

func testExpireLeasesAtOnce(t *testing.T, f *fixture) {
	for _, text := range []string{"a", "b", "c", "d", "e"} {
		f.claimed(t, text)
	}
	f.clock.Add(time.Hour)
	var wg sync.WaitGroup
	var sum atomic.Int64
	for range 8 {
		wg.Go(func() {
			n, err := f.ExpireLeases(t.Context(), false)
			if err != nil {
				t.Error(err)
			}
			sum.Add(int64(n))
		})
	}
	wg.Wait()
	want(t, "expired by all together", sum.Load(), 5)
	want(t, "jobs", f.jobs.count(t, 0, 0), 10)
}

// testExpireAllThenGiveUp has the judge die again and again with the same
// submission.
func testExpireAllThenGiveUp(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	for epoch := 1; epoch < 10; epoch++ {
		n, err := f.ExpireLeases(ctx, true)
		ok(t, err)
		want(t, "expired", n, 1)
		f.claim(t, e.Judging.ID, epoch+1)
	}
	_, err := f.ExpireLeases(ctx, true)
	ok(t, err)
	want(t, "verdict in the end", f.judging(t, e.Submission.ID).Verdict, judge.Internal)
}

func testBacklog(t *testing.T, f *fixture) {
	ctx := t.Context()
	stats, err := f.QueueStats(ctx)
	ok(t, err)
	want(t, "empty", stats, judge.QueueStats{})
	f.claimed(t, "running")
	first, second := f.submit(t, "1"), f.submit(t, "2")
	stats, err = f.QueueStats(ctx)
	ok(t, err)
	want(t, "stats", stats, judge.QueueStats{Waiting: 2, Running: 1, Oldest: first.Submission.Receipt})
	for id, wanted := range map[judge.JudgingID]int{1: 0, first.Judging.ID: 0, second.Judging.ID: 1} {
		n, err := f.Ahead(ctx, id)
		ok(t, err)
		want(t, "ahead", n, wanted)
	}
	_, err = f.Ahead(ctx, 99)
	wantErr(t, err, judge.ErrNotFound)
}

var _ store.Complete = (*fixture)(nil).complete
