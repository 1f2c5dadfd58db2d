package queue

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/store"
	"contest/judge/storetest"
)

// workerChild is the part of a process that claims a judging and never ends it.
const workerChild = "worker"

const (
	workerURL   = "JUDGE_QUEUE_TEST_URL"
	workerLease = 5 * time.Second // long enough for a busy machine to renew it
)

func workAndHang() error {
	ctx := context.Background()
	db, err := store.Open(ctx, os.Getenv(workerURL), store.Options{})
	if err != nil {
		return err
	}
	q, err := New(db, Options{Lease: workerLease})
	if err != nil {
		return err
	}
	err = q.Start(ctx, func(_ context.Context, a judge.Assignment, _ func(judge.Progress)) (judge.Outcome, error) {
		fmt.Println(a.Judging, a.Epoch)
		select {}
	})
	if err != nil {
		return err
	}
	select {}
}

// killWorker lets a worker process claim something and kills it.
func killWorker(t *testing.T, url string) {
	t.Helper()
	cmd := storetest.Child(workerChild, workerURL+"="+url)
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	line := bufio.NewScanner(out)
	if !line.Scan() {
		t.Fatalf("the worker claimed nothing: %v", cmd.Wait())
	}
	ok(t, cmd.Process.Kill())
	cmd.Wait()
}

// TestKilledAlone is the single process: the next one begins again at once.
func TestKilledAlone(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "judge.db")
	f := newFixture(t, storetest.OpenURL(t, url, store.Options{}), Options{Lease: time.Hour})
	e := f.submit(t, "x")
	for range 3 {
		killWorker(t, url)
	}
	f.startIt(t)
	a := f.next(t)
	want(t, "epoch", a.Epoch, 4)
	a.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

// TestKilledAmongMany is one of several workers: another begins again when
// the lease has run out.
func TestKilledAmongMany(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	f := newFixture(t, storetest.OpenURL(t, url, store.Options{}), Options{Lease: workerLease})
	e := f.submit(t, "x")
	killWorker(t, url)
	killed := time.Now()
	f.startIt(t)
	a := f.next(t)
	t.Logf("begun again %v after the kill, with a lease of %v", time.Since(killed).Round(time.Millisecond), workerLease)
	want(t, "epoch", a.Epoch, 2)
	a.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}

// TestServerRestarts has PostgreSQL crash and return while a judging is worked.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	s := storetest.NewServer(t, "fsync=off")
	f := newFixture(t, storetest.OpenURL(t, s.URL("postgres"), store.Options{}), Options{})
	e, after := f.submit(t, "x"), f.submit(t, "y")
	f.startIt(t)
	a := f.next(t)
	s.Stop()
	a.end <- accepted // its result cannot be stored now
	ok(t, s.Start())
	j := f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
	want(t, "epoch", j.Epoch, 1)
	f.next(t).end <- accepted
	f.awaitVerdict(t, after.Submission.ID, judge.Accepted)
	last := f.submit(t, "z")
	f.next(t).end <- accepted
	f.awaitVerdict(t, last.Submission.ID, judge.Accepted)
}

// TestStopWhileServerIsAway gives up a result that cannot be stored; nothing
// but that attempt is lost.
func TestStopWhileServerIsAway(t *testing.T) {
	t.Parallel()
	s := storetest.NewServer(t, "fsync=off")
	f := newFixture(t, storetest.OpenURL(t, s.URL("postgres"), store.Options{}), Options{Lease: workerLease})
	e := f.submit(t, "x")
	f.startIt(t)
	a := f.next(t)
	s.Stop()
	a.end <- accepted
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := f.Stop(ctx); err == nil {
		t.Error("stopped in time although a result could not be stored")
	}
	ok(t, s.Start())
	f.stopIt(t)()
	f.startIt(t)
	a = f.next(t)
	want(t, "epoch", a.Epoch, 2)
	a.end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
}
