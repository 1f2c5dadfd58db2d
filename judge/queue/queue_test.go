package queue

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/store"
	"contest/judge/storetest"
)

func TestMain(m *testing.M) {
	storetest.Main(m, map[string]func() error{workerChild: workAndHang})
}

// TestQueue is what the queue promises, on both engines.
func TestQueue(t *testing.T) {
	for engine, open := range storetest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for name, test := range map[string]func(*testing.T, *fixture){
				"WorksAllOnce":      testWorksAllOnce,
				"Rollback":          testRollback,
				"DeliveredTwice":    testDeliveredTwice,
				"LostDelivery":      testLostDelivery,
				"LostLease":         testLostLease,
				"StopAndStart":      testStopAndStart,
				"StopTwice":         testStopTwice,
				"EndOfContext":      testEndOfContext,
				"ErrorUntilIE":      testErrorUntilIE,
				"ErrorOnce":         testErrorOnce,
				"BackOff":           testBackOff,
				"Later":             testLater,
				"LaterOften":        testLaterOften,
				"LaterThenRestart":  testLaterThenRestart,
				"LaterWithoutRiver": testLaterWithoutRiver,
				"MachineHeld":       testMachineHeld,
				"Scarce":            testScarce,
				"ScarceMachine":     testScarceMachine,
				"ScarceForEver":     testScarceForEver,
				"Unstorable":        testUnstorable,
				"SourcesLost":       testSourcesLost,
				"Followers":         testFollowers,
				"TooLong":           testTooLong,
				"CancelRunning":     testCancelRunning,
				"CancelWaiting":     testCancelWaiting,
				"PauseAndResume":    testPauseAndResume,
				"PauseNeverStarted": testPauseNeverStarted,
				"PracticeLast":      testPracticeLast,
				"OneFloods":         testOneFloods,
				"FailingGoesLast":   testFailingGoesLast,
				"ManyWorkers":       testManyWorkers,
				"Held":              testHeld,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(t, newFixture(t, open(t, store.Options{}), Options{Backoff: []time.Duration{0}}))
				})
			}
		})
	}
}

// fixture is a queue whose work reports each attempt and does what the test
// says.
type fixture struct {
	*Queue
	db       *store.DB
	attempts chan attempt
}

// attempt is one call of the work, waiting for the test to send its end.
type attempt struct {
	judge.Assignment
	ctx    context.Context
	report func(judge.Progress)
	end    chan<- ending
}

type ending struct {
	verdict judge.Verdict
	err     error
	panics  string
	broken  bool // the result breaks a rule of the schema
	again   bool // it is to be measured again
}

func newFixture(t testing.TB, db *store.DB, opt Options) *fixture {
	t.Helper()
	opt.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	q, err := New(db, opt)
	ok(t, err)
	f := &fixture{q, db, make(chan attempt)}
	ok(t, db.EnsureContestant(t.Context(), storetest.Organiser, "alice"))
	t.Cleanup(f.stopIt(t))
	return f
}

func (f *fixture) stopIt(t testing.TB) func() {
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		ok(t, f.Stop(ctx))
	}
}

func (f *fixture) startIt(t testing.TB) {
	t.Helper()
	ok(t, f.Start(context.WithoutCancel(t.Context()), f.work))
}

// work is the work: it hands itself to the test.
func (f *fixture) work(ctx context.Context, a judge.Assignment, report func(judge.Progress)) (judge.Outcome, error) {
	end := make(chan ending, 1)
	select {
	case f.attempts <- attempt{a, ctx, report, end}:
	case <-ctx.Done():
		return judge.Outcome{}, ctx.Err()
	}
	select {
	case how := <-end:
		return how.play()
	case <-ctx.Done():
		return judge.Outcome{}, ctx.Err()
	}
}

func (e ending) play() (judge.Outcome, error) {
	if e.panics != "" {
		panic(e.panics)
	}
	j := judge.Judging{Grade: judge.Grade{Verdict: e.verdict, Passed: 1, Total: 1}}
	if e.broken {
		j.Total = 0
	}
	return judge.Outcome{Judging: j, Again: e.again, Runs: []judge.Run{{Ordinal: 1, TestCase: "sample/1", Verdict: judge.Accepted}}}, e.err
}

// patience is how long a test waits for what must come.
const patience = 2 * time.Minute

// next waits for the next attempt.
func (f *fixture) next(t testing.TB) attempt {
	t.Helper()
	select {
	case a := <-f.attempts:
		return a
	case <-time.After(patience):
		t.Fatal("no attempt came")
		panic("unreachable")
	}
}

// await waits until a submission's judging is as wanted.
func (f *fixture) await(t testing.TB, id judge.SubmissionID, is func(judge.Judging) bool) judge.Judging {
	t.Helper()
	changed, cancel := f.db.Subscribe()
	defer cancel()
	late := time.After(patience)
	for {
		e, err := f.db.Entry(t.Context(), id)
		ok(t, err)
		if is(e.Judging) {
			return e.Judging
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("submission %d stays %+v", id, e.Judging)
		}
	}
}

func (f *fixture) awaitVerdict(t testing.TB, id judge.SubmissionID, wanted judge.Verdict) judge.Judging {
	t.Helper()
	j := f.await(t, id, func(j judge.Judging) bool { return j.State == judge.Done })
	want(t, "verdict", j.Verdict, wanted)
	return j
}

func (f *fixture) submit(t testing.TB, text string) judge.Entry {
	t.Helper()
	e, _, err := f.db.Submit(t.Context(), storetest.Submission("alice", text), nil)
	ok(t, err)
	return e
}

// jobs counts River's jobs in a state, or all.
func (f *fixture) jobs(t testing.TB, state string) (n int) {
	t.Helper()
	const query = `select count(*) from river_job where $1 = '' or state = $1`
	var err error
	if pool := f.db.Postgres(); pool != nil {
		err = pool.QueryRow(t.Context(), `select count(*) from river_job where $1 = '' or cast(state as text) = $1`, state).Scan(&n)
	} else {
		err = f.db.SQLite().QueryRowContext(t.Context(), query, state).Scan(&n)
	}
	ok(t, err)
	return n
}

func (f *fixture) exec(t testing.TB, statement string) {
	t.Helper()
	var err error
	if pool := f.db.Postgres(); pool != nil {
		_, err = pool.Exec(t.Context(), statement)
	} else {
		_, err = f.db.SQLite().ExecContext(t.Context(), statement)
	}
	ok(t, err)
}

var accepted = ending{verdict: judge.Accepted}

func testWorksAllOnce(t *testing.T, f *fixture) {
	const n = 12
	for i := range n {
		f.submit(t, fmt.Sprint(i))
	}
	f.startIt(t)
	seen := map[judge.SubmissionID]int{}
	for range n {
		a := f.next(t)
		seen[a.Submission.ID]++
		a.report(judge.Progress{State: judge.Running})
		a.end <- accepted
	}
	for id := range judge.SubmissionID(n) {
		want(t, "attempts", seen[id+1], 1)
		j := f.awaitVerdict(t, id+1, judge.Accepted)
		runs, err := f.db.Runs(t.Context(), j.ID)
		ok(t, err)
		want(t, "runs", len(runs), 1)
	}
	atLeast(t, "completed jobs", f.jobs(t, "completed"), n) // a look may make one too many
}

func testRollback(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	f.db.SetEnqueuer(enqueuerFunc(func(ctx context.Context, tx *store.Tx, j store.Job) error {
		defer cancel()
		return f.EnqueueTx(ctx, tx, j)
	}))
	_, _, err := f.db.Submit(ctx, storetest.Submission("alice", "x"), nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	want(t, "jobs after a rollback", f.jobs(t, ""), 0)
}

type enqueuerFunc func(ctx context.Context, tx *store.Tx, j store.Job) error

func (e enqueuerFunc) EnqueueTx(ctx context.Context, tx *store.Tx, j store.Job) error {
	return e(ctx, tx, j)
}

func testDeliveredTwice(t *testing.T, f *fixture) {
	f.db.SetEnqueuer(enqueuerFunc(func(ctx context.Context, tx *store.Tx, j store.Job) error {
		return errors.Join(f.EnqueueTx(ctx, tx, j), f.EnqueueTx(ctx, tx, j))
	}))
	first := f.submit(t, "x")
	f.db.SetEnqueuer(f)
	second := f.submit(t, "y")
	f.startIt(t)
	a := f.next(t)
	want(t, "first attempt", a.Submission.ID, first.Submission.ID)
	a.end <- accepted
	a = f.next(t) // not the twin
	want(t, "second attempt", a.Submission.ID, second.Submission.ID)
	a.end <- accepted
	f.awaitVerdict(t, second.Submission.ID, judge.Accepted)
	f.awaitVerdict(t, first.Submission.ID, judge.Accepted)
}

// testLostDelivery has a worker die between River's delivery and our claim.
func testLostDelivery(t *testing.T, f *fixture) {
	e := f.submit(t, "x")
	if f.db.Postgres() != nil {
		f.exec(t, `update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '1 hour'`)
	} else {
		f.exec(t, `update river_job set state = 'running', attempt = 1, attempted_at = datetime('now', 'subsec')`)
	}
	ok(t, f.look(t.Context()))
	ok(t, f.look(t.Context()))
	want(t, "jobs", f.jobs(t, ""), 2)
	f.startIt(t)
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

func testLostLease(t *testing.T, f *fixture) {
	f.opt.Lease = 3 * time.Second // long enough for a busy machine to renew it
	e := f.submit(t, "x")
	f.startIt(t)
	first := f.next(t)
	n, err := f.db.ExpireLeases(t.Context(), true) // as if we had been away for long
	ok(t, err)
	want(t, "expired", n, 1)
	<-first.ctx.Done()
	if cause := context.Cause(first.ctx); !errors.Is(cause, judge.ErrStale) {
		t.Errorf("cause of the end: got %v, want %v", cause, judge.ErrStale)
	}
	second := f.next(t)
	want(t, "epoch", second.Epoch, 2)
	second.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

func testStopAndStart(t *testing.T, f *fixture) {
	running, waiting := f.submit(t, "x"), f.submit(t, "y")
	for epoch := 1; epoch <= 5; epoch++ { // more often than attempts are allowed
		f.startIt(t)
		a := f.next(t)
		want(t, "submission", a.Submission.ID, running.Submission.ID)
		want(t, "epoch", a.Epoch, epoch)
		f.stopIt(t)()
		e, err := f.db.Entry(t.Context(), running.Submission.ID)
		ok(t, err)
		want(t, "state after the stop", e.Judging.State, judge.Queued)
	}
	f.startIt(t)
	for range 2 {
		f.next(t).end <- accepted
	}
	f.awaitVerdict(t, running.Submission.ID, judge.Accepted)
	f.awaitVerdict(t, waiting.Submission.ID, judge.Accepted)
}

func testStopTwice(t *testing.T, f *fixture) {
	ok(t, f.Stop(t.Context()))
	f.startIt(t)
	if err := f.Start(t.Context(), f.work); !errors.Is(err, errStarted) {
		t.Errorf("started twice: got %v, want %v", err, errStarted)
	}
	ok(t, f.Stop(t.Context()))
	ok(t, f.Stop(t.Context()))
}

func testEndOfContext(t *testing.T, f *fixture) {
	e := f.submit(t, "x")
	ctx, cancel := context.WithCancel(context.Background())
	ok(t, f.Start(ctx, f.work))
	f.next(t)
	cancel()
	ok(t, f.Stop(t.Context()))
	f.startIt(t)
	a := f.next(t)
	want(t, "epoch", a.Epoch, 2)
	a.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

func testErrorUntilIE(t *testing.T, f *fixture) {
	e := f.submit(t, "x")
	f.startIt(t)
	for _, how := range []ending{{err: errors.New("disk on fire")}, {panics: "index out of range"}, {err: errors.New("no\x00compiler")}} {
		f.next(t).end <- how
	}
	j := f.awaitVerdict(t, e.Submission.ID, judge.Internal)
	want(t, "reason", j.Reason, "no\uFFFDcompiler")
	want(t, "epoch", j.Epoch, 3)
}

func testErrorOnce(t *testing.T, f *fixture) {
	e, other := f.submit(t, "x"), f.submit(t, "y")
	f.startIt(t)
	f.next(t).end <- ending{err: errors.New("disk on fire")}
	again := f.next(t)
	want(t, "next attempt", again.Submission.ID, e.Submission.ID)
	again.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
	f.next(t).end <- ending{verdict: judge.Compile}
	f.awaitVerdict(t, other.Submission.ID, judge.Compile)
}

// testBackOff has a failed judging wait while its worker does others.
func testBackOff(t *testing.T, f *fixture) {
	f.opt.Backoff = Options{}.withDefaults().Backoff
	e, other := f.submit(t, "x"), f.submit(t, "y")
	f.startIt(t)
	failed := time.Now()
	f.next(t).end <- ending{err: errors.New("disk on fire")}
	a := f.next(t)
	want(t, "next attempt", a.Submission.ID, other.Submission.ID)
	a.end <- accepted
	a = f.next(t)
	want(t, "last attempt", a.Submission.ID, e.Submission.ID)
	want(t, "epoch", a.Epoch, 2)
	atLeast(t, "pause", time.Since(failed), 2*time.Second)
	a.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

func TestBackoff(t *testing.T) {
	opt := Options{MaxAttempts: 5}.withDefaults()
	for failures, wanted := range map[int]time.Duration{1: 2 * time.Second, 2: 10 * time.Second, 4: 10 * time.Second} {
		after, again := opt.retries(failures)
		want(t, fmt.Sprintf("pause after %d failures", failures), after, wanted)
		want(t, fmt.Sprintf("again after %d failures", failures), again, true)
	}
	_, again := opt.retries(5)
	want(t, "again after the last failure", again, false)
}

func atLeast[T cmp.Ordered](t testing.TB, what string, got, least T) {
	t.Helper()
	if got < least {
		t.Errorf("%s: got %v, want at least %v", what, got, least)
	}
}

// testLater has a judging wait for something outside it, while the worker
// does others and the janitor leaves it alone.
func testLater(t *testing.T, f *fixture) {
	e, other := f.submit(t, "x"), f.submit(t, "y")
	f.startIt(t)
	refused := time.Now()
	f.next(t).end <- ending{err: fmt.Errorf("judge: %w", &judge.Later{After: 3 * time.Second, Reason: "the package is broken"})}
	a := f.next(t)
	want(t, "next attempt", a.Submission.ID, other.Submission.ID)
	j, err := f.db.Entry(t.Context(), e.Submission.ID)
	ok(t, err)
	want(t, "state", j.Judging.State, judge.Queued)
	want(t, "reason", j.Judging.Reason, "the package is broken")
	ok(t, f.expire(t.Context()))
	a.end <- accepted
	a = f.next(t)
	want(t, "last attempt", a.Submission.ID, e.Submission.ID)
	want(t, "epoch", a.Epoch, 2)
	atLeast(t, "pause", time.Since(refused), 3*time.Second)
	a.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
	want(t, "scheduled jobs", f.jobs(t, "scheduled"), 0)
}

// testLaterOften never ends as IE; who mended the cause need not wait.
func testLaterOften(t *testing.T, f *fixture) {
	e := f.submit(t, "x")
	f.startIt(t)
	for epoch := 1; epoch <= 5; epoch++ { // more often than attempts are allowed
		a := f.next(t)
		want(t, "epoch", a.Epoch, epoch)
		a.end <- ending{err: &judge.Later{After: time.Hour, Reason: "no package"}}
		f.await(t, e.Submission.ID, func(j judge.Judging) bool { return j.State == judge.Queued && j.Reason == "no package" })
		n, err := f.db.Hurry(t.Context(), e.Submission.Problem)
		ok(t, err)
		want(t, "hurried", n, 1)
	}
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

// testLaterThenRestart does not lose a judging that waits: the only process
// begins it again at once, one of many at its time.
func testLaterThenRestart(t *testing.T, f *fixture) {
	e := f.submit(t, "x")
	f.startIt(t)
	later, alone := judge.Later{After: 2 * time.Second, Reason: "no package"}, f.db.SQLite() != nil
	if alone {
		later.After = time.Hour
	}
	f.next(t).end <- ending{err: &later}
	f.await(t, e.Submission.ID, func(j judge.Judging) bool { return j.State == judge.Queued && j.Reason == "no package" })
	f.stopIt(t)()
	f.startIt(t)
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

// testLaterWithoutRiver starts a judging when its time has come although River
// schedules nothing: the process that it elected for that was killed, with a long
// time to go. Nor is it left to those who look for vanished workers, once in a lease.
func testLaterWithoutRiver(t *testing.T, f *fixture) {
	f.opt.Lease = time.Hour
	f.exec(t, `insert into river_leader (name, elected_at, expires_at, leader_id)
		values ('default', current_timestamp, '2999-01-01 00:00:00', 'dead')`)
	e := f.submit(t, "x")
	f.startIt(t)
	f.next(t).end <- ending{err: &judge.Later{After: time.Second, Reason: "no package"}}
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

// testMachineHeld starts nothing while something else has the machine, lets end
// what runs, and goes on when that ends or, as it was killed, renews its lease no
// longer.
func testMachineHeld(t *testing.T, f *fixture) {
	ctx := t.Context()
	first := f.submit(t, "x")
	f.startIt(t)
	running := f.next(t)
	holder, err := f.db.TakeHold(ctx, "a final", time.Hour)
	ok(t, err)
	working := func(wanted int) {
		t.Helper()
		n, err := f.db.Working(ctx)
		ok(t, err)
		want(t, "judgings that are worked", n, wanted)
	}
	working(1)
	running.end <- accepted
	f.awaitVerdict(t, first.Submission.ID, judge.Accepted)
	working(0)
	second := f.submit(t, "y")
	select {
	case a := <-f.attempts:
		t.Fatalf("submission %d was started while judging was held", a.Submission.ID)
	case <-time.After(2 * lookEvery): // nothing must happen
	}
	ok(t, f.db.EndHold(ctx, holder))
	f.next(t).end <- accepted
	f.awaitVerdict(t, second.Submission.ID, judge.Accepted)

	_, err = f.db.TakeHold(ctx, "a final that is killed", time.Second)
	ok(t, err)
	third := f.submit(t, "z")
	f.next(t).end <- accepted
	f.awaitVerdict(t, third.Submission.ID, judge.Accepted)
}

// testScarce counts no attempt where the machine lacked something, and lets
// others go on.
func testScarce(t *testing.T, f *fixture) {
	e, other := f.submit(t, "x"), f.submit(t, "y")
	f.startIt(t)
	for times := 1; times <= excuses; times++ {
		f.next(t).end <- ending{err: fmt.Errorf("make a pipe: %w", syscall.EMFILE)}
		if times == 1 { // others go on
			a := f.next(t)
			want(t, "next attempt", a.Submission.ID, other.Submission.ID)
			a.end <- accepted
			f.awaitVerdict(t, other.Submission.ID, judge.Accepted)
		}
		f.await(t, e.Submission.ID, func(j judge.Judging) bool {
			return j.State == judge.Queued && strings.Contains(j.Reason, "too many open files")
		})
		want(t, "what is lacking", f.Lacking() != "", times > 1)
		_, err := f.db.Hurry(t.Context(), "")
		ok(t, err)
	}
	for range 2 { // and it has all its attempts yet
		f.next(t).end <- ending{err: errors.New("disk on fire")}
	}
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
	want(t, "what is lacking", f.Lacking(), "")
}

// testScarceMachine believes no failure, and no verdict but AC, while the
// machine lacks something, however often.
func testScarceMachine(t *testing.T, f *fixture) {
	var lacking atomic.Pointer[error]
	f.opt.Shortage = func() error {
		if err := lacking.Load(); err != nil {
			return *err
		}
		return nil
	}
	full := fmt.Errorf("write: %w", syscall.ENOSPC)
	e := f.submit(t, "x")
	f.startIt(t)
	for times := range 2 * excuses {
		a := f.next(t)
		lacking.Store(&full)
		if times%2 == 0 {
			a.end <- ending{verdict: judge.Compile}
		} else {
			a.end <- ending{err: errors.New("the compiler vanished")}
		}
		f.await(t, e.Submission.ID, func(j judge.Judging) bool {
			return j.State == judge.Queued && strings.Contains(j.Reason, "no space left")
		})
		_, err := f.db.Hurry(t.Context(), "")
		ok(t, err)
	}
	a := f.next(t)
	lacking.Store(nil)
	a.end <- ending{err: errors.New("it began while something was lacking")}
	f.await(t, e.Submission.ID, func(j judge.Judging) bool {
		return j.State == judge.Queued && strings.Contains(j.Reason, "no space left")
	})
	_, err := f.db.Hurry(t.Context(), "")
	ok(t, err)
	f.next(t).end <- ending{verdict: judge.Compile}
	f.awaitVerdict(t, e.Submission.ID, judge.Compile)
}

// testScarceForEver ends a judging that fails for want of something, alone and
// on a machine that lacks nothing.
func testScarceForEver(t *testing.T, f *fixture) {
	e := f.submit(t, "x")
	f.startIt(t)
	for times := 1; times <= excuses+f.opt.MaxAttempts; times++ {
		f.next(t).end <- ending{err: fmt.Errorf("clone: %w", syscall.EAGAIN)}
		if times <= excuses {
			f.await(t, e.Submission.ID, func(j judge.Judging) bool { return j.State == judge.Queued && j.Reason != "" })
			_, err := f.db.Hurry(t.Context(), "")
			ok(t, err)
		}
	}
	j := f.awaitVerdict(t, e.Submission.ID, judge.Internal)
	want(t, "reason", strings.Contains(j.Reason, "a machine that seems to lack nothing"), true)
}

func testUnstorable(t *testing.T, f *fixture) {
	e := f.submit(t, "x")
	f.startIt(t)
	for range 3 {
		f.next(t).end <- ending{verdict: judge.Accepted, broken: true}
	}
	f.awaitVerdict(t, e.Submission.ID, judge.Internal)
}

// testSourcesLost has the disk lose what was submitted: our failure, and nothing for
// a worker.
func testSourcesLost(t *testing.T, f *fixture) {
	e, other := f.submit(t, "x"), f.submit(t, "y")
	sum := sha256.Sum256(storetest.Submission("alice", "x").Files[0].Data)
	ok(t, f.db.Blobs().Delete(t.Context(), hex.EncodeToString(sum[:])))
	f.startIt(t)
	j := f.awaitVerdict(t, e.Submission.ID, judge.Internal)
	want(t, "reason: "+j.Reason, strings.Contains(j.Reason, "sources of submission 1"), true)
	want(t, "attempts", j.Epoch, f.opt.MaxAttempts)
	a := f.next(t)
	want(t, "the first one to be worked", a.Submission.ID, other.Submission.ID)
	a.end <- accepted
	f.awaitVerdict(t, other.Submission.ID, judge.Accepted)
}

// followers note what they are told, and what the store says at the end.
type followers struct {
	*fixture
	told chan string
}

func (f followers) Begin(id judge.SubmissionID) (tell func(judge.Progress), end func()) {
	f.told <- fmt.Sprint("begin ", id)
	return func(p judge.Progress) { f.told <- fmt.Sprint(p.State, " ", p.Submission) }, func() {
		e, err := f.db.Entry(context.Background(), id)
		f.told <- fmt.Sprint("end ", e.Judging.State, " ", err)
	}
}

// testFollowers has the steps of a judging told until its result is stored, and none
// of one that does not count.
func testFollowers(t *testing.T, f *fixture) {
	told := make(chan string, 10)
	f.opt.Followers = followers{f, told}
	e := f.submit(t, "x")
	f.startIt(t)
	a := f.next(t)
	a.report(judge.Progress{State: judge.Compiling})
	a.report(judge.Progress{State: judge.Running})
	want(t, "state in the store", f.await(t, e.Submission.ID, func(judge.Judging) bool { return true }).State, judge.Running)
	a.report(judge.Progress{State: judge.Running})
	a.end <- ending{verdict: judge.Accepted, again: true}
	a = f.next(t)
	want(t, "purpose of what follows", a.Purpose, judge.ToRemeasure)
	a.report(judge.Progress{State: judge.Running})
	a.end <- accepted
	f.stopIt(t)()
	close(told)
	var got []string
	for one := range told {
		got = append(got, one)
	}
	want(t, "told", strings.Join(got, ", "), "begin 1, compiling 1, running 1, running 1, end done <nil>")
}

func testTooLong(t *testing.T, f *fixture) {
	q, err := New(f.db, Options{Timeout: 50 * time.Millisecond, MaxAttempts: 1})
	ok(t, err)
	f.Queue = q
	e := f.submit(t, "x")
	ok(t, f.Start(context.WithoutCancel(t.Context()), func(ctx context.Context, _ judge.Assignment, _ func(judge.Progress)) (judge.Outcome, error) {
		<-ctx.Done()
		return judge.Outcome{}, ctx.Err()
	}))
	j := f.awaitVerdict(t, e.Submission.ID, judge.Internal)
	want(t, "reason: "+j.Reason, strings.HasPrefix(j.Reason, "it took longer than 50ms: "), true)
}

func testCancelRunning(t *testing.T, f *fixture) {
	e, other := f.submit(t, "x"), f.submit(t, "y")
	f.startIt(t)
	a := f.next(t)
	if err := f.Cancel(t.Context(), storetest.Alice, e.Submission.ID, false); err == nil {
		t.Error("what runs was cancelled by its contestant")
	}
	ok(t, f.Cancel(t.Context(), storetest.Organiser, e.Submission.ID, true))
	<-a.ctx.Done()
	j := f.await(t, e.Submission.ID, func(j judge.Judging) bool { return j.State.Over() })
	want(t, "state", j.State, judge.Cancelled)
	want(t, "reason", j.Reason, "cancelled by the organiser")
	f.next(t).end <- accepted
	f.awaitVerdict(t, other.Submission.ID, judge.Accepted)
}

func testCancelWaiting(t *testing.T, f *fixture) {
	e, other := f.submit(t, "x"), f.submit(t, "y")
	ok(t, f.Cancel(t.Context(), storetest.Alice, e.Submission.ID, false))
	f.startIt(t)
	a := f.next(t)
	want(t, "the only attempt", a.Submission.ID, other.Submission.ID)
	a.end <- accepted
	f.awaitVerdict(t, other.Submission.ID, judge.Accepted)
	again := f.submit(t, "x")
	want(t, "the same submission", again.Submission.ID, e.Submission.ID)
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

func testPauseAndResume(t *testing.T, f *fixture) {
	f.startIt(t)
	first := f.submit(t, "x")
	f.next(t).end <- accepted // by now the engine's queue exists
	f.awaitVerdict(t, first.Submission.ID, judge.Accepted)
	f.stopIt(t)()
	ok(t, f.Pause(t.Context()))
	paused, err := f.Paused(t.Context())
	ok(t, err)
	want(t, "paused", paused, true)
	e := f.submit(t, "y")
	f.startIt(t)
	select {
	case a := <-f.attempts:
		t.Fatalf("submission %d was started while paused", a.Submission.ID)
	case <-time.After(200 * time.Millisecond): // nothing must happen
	}
	ok(t, f.Resume(t.Context()))
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
	paused, err = f.Paused(t.Context())
	ok(t, err)
	want(t, "paused", paused, false)
}

func testPauseNeverStarted(t *testing.T, f *fixture) {
	if err := f.Pause(t.Context()); !errors.Is(err, judge.ErrInvalid) {
		t.Errorf("pause before any start: got %v, want invalid", err)
	}
	paused, err := f.Paused(t.Context())
	ok(t, err)
	want(t, "paused", paused, false)
}

func testPracticeLast(t *testing.T, f *fixture) {
	late, _, err := f.db.Submit(t.Context(), storetest.Submission("alice", "late"), &judge.Intake{Practice: func(judge.Submission) bool { return true }})
	ok(t, err)
	timely := f.submit(t, "timely")
	f.startIt(t)
	for _, wanted := range []judge.Entry{timely, late} {
		a := f.next(t)
		want(t, "attempt", a.Submission.ID, wanted.Submission.ID)
		a.end <- accepted
	}
}

func (f *fixture) submitAs(t testing.TB, who judge.Contestant, text string) judge.Entry {
	t.Helper()
	ok(t, f.db.EnsureContestant(t.Context(), storetest.Organiser, who))
	e, _, err := f.db.Submit(t.Context(), storetest.Submission(who, text), nil)
	ok(t, err)
	return e
}

// testOneFloods has one account submit a hundred times before and beside two
// honest ones: theirs are next or next but one.
func testOneFloods(t *testing.T, f *fixture) {
	for i := range 100 {
		f.submit(t, fmt.Sprint(i))
	}
	f.startIt(t)
	first := f.next(t)
	want(t, "first", first.Submission.Contestant, "alice")
	bob, carol := f.submitAs(t, "bob", "x"), f.submitAs(t, "carol", "x")
	for _, wanted := range []struct {
		e     judge.Entry
		ahead int
	}{{bob, 0}, {carol, 1}} {
		ahead, err := f.db.Ahead(t.Context(), wanted.e.Judging.ID)
		ok(t, err)
		want(t, "ahead of the honest", ahead, wanted.ahead)
	}
	first.end <- accepted
	for _, who := range []judge.Contestant{"bob", "carol", "alice"} {
		a := f.next(t)
		want(t, "next", a.Submission.Contestant, who)
		if who == "alice" {
			f.submitAs(t, "bob", "y")
		}
		a.end <- accepted
	}
	a := f.next(t)
	want(t, "next but one after the flood's", a.Submission.Contestant, "bob")
	a.end <- accepted
}

// testFailingGoesLast has a judging that fails on our side wait for its turn.
func testFailingGoesLast(t *testing.T, f *fixture) {
	f.submit(t, "fails")
	bob, carol := f.submitAs(t, "bob", "x"), f.submitAs(t, "carol", "x")
	f.startIt(t)
	f.next(t).end <- ending{err: errors.New("disk on fire")}
	for _, wanted := range []judge.Entry{bob, carol} {
		a := f.next(t)
		want(t, "next", a.Submission.ID, wanted.Submission.ID)
		a.end <- accepted
	}
	a := f.next(t)
	want(t, "last", a.Submission.Contestant, "alice")
	want(t, "epoch", a.Epoch, 2)
	a.end <- accepted
}

// testManyWorkers works everything once although jobs name other judgings than
// those that are worked by them.
func testManyWorkers(t *testing.T, f *fixture) {
	q, err := New(f.db, Options{Workers: 8, Logger: f.opt.Logger})
	ok(t, err)
	f.Queue = q
	const each = 8
	accounts := []judge.Contestant{"alice", "bob", "carol", "dave"}
	for _, who := range accounts { // all of one, then all of the next
		for i := range each {
			f.submitAs(t, who, fmt.Sprint(i))
		}
	}
	f.startIt(t)
	turns := map[judge.Contestant]int{}
	for range each {
		var batch []attempt
		for range accounts {
			batch = append(batch, f.next(t))
		}
		for _, a := range batch {
			turns[a.Submission.Contestant]++
			a.end <- accepted
		}
	}
	for _, who := range accounts {
		want(t, "judgings of "+string(who), turns[who], each)
	}
	for id := range judge.SubmissionID(each * len(accounts)) {
		want(t, "epoch", f.awaitVerdict(t, id+1, judge.Accepted).Epoch, 1)
	}
}

// testHeld has what a disabled account has waiting wait until it is enabled.
func testHeld(t *testing.T, f *fixture) {
	held := f.submitAs(t, "bob", "x")
	ok(t, f.db.SetDisabled(t.Context(), storetest.Organiser, "bob", true))
	other := f.submit(t, "x")
	f.startIt(t)
	a := f.next(t)
	want(t, "the only attempt", a.Submission.ID, other.Submission.ID)
	a.end <- accepted
	f.awaitVerdict(t, other.Submission.ID, judge.Accepted)
	for late := time.Now().Add(patience); f.jobs(t, "completed") < f.jobs(t, "") && time.Now().Before(late); {
		time.Sleep(10 * time.Millisecond) // until what was made for the held one is used up
	}
	jobs := f.jobs(t, "")
	ok(t, f.look(t.Context()))
	want(t, "jobs after a look", f.jobs(t, ""), jobs)
	ok(t, f.db.SetDisabled(t.Context(), storetest.Organiser, "bob", false))
	a = f.next(t)
	want(t, "once enabled", a.Submission.ID, held.Submission.ID)
	a.end <- accepted
	f.awaitVerdict(t, held.Submission.ID, judge.Accepted)
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want[T comparable](t testing.TB, what string, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Errorf("%s: got %v, want %v", what, got, wanted)
	}
}
