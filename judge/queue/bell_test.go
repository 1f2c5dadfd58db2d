package queue

import (
	"path/filepath"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/store"
	"contest/judge/storetest"
)

// On SQLite a worker hears of a job, a pause and its end from whoever makes them, not
// from a table that it would have to ask again and again.
func TestBell(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "judge.db")
	f := newFixture(t, storetest.OpenURL(t, url, store.Options{}), Options{poll: time.Hour})
	f.startIt(t)
	for _, text := range []string{"x", "y"} { // the first may be found at the start
		e := f.submit(t, text)
		f.next(t).end <- accepted
		f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
	}
	ok(t, f.Pause(t.Context()))
	e := f.submit(t, "z")
	ok(t, f.Resume(t.Context()))
	f.next(t).end <- accepted
	f.awaitVerdict(t, e.Submission.ID, judge.Accepted)
	var rows int
	ok(t, f.db.SQLite().QueryRowContext(t.Context(), `select count(*) from river_notification`).Scan(&rows))
	want(t, "notifications in the database", rows, 0)
}
