package storetest

import (
	"errors"
	"fmt"
	"testing"

	"contest/judge"
	"contest/judge/store"
)

// RunFull submits to a new store at url, on a small disk, until it is full;
// then it calls free, which makes room, and submits again.
func RunFull(t *testing.T, url string, free func()) {
	f := newFixture(t, func(t testing.TB, opt store.Options) *store.DB { return OpenURL(t, url, opt) })
	stored, err := 0, error(nil)
	big := make([]byte, 50_000)
	for i := range big {
		big[i] = 'x'
	}
	for ; err == nil && stored < 1000; stored++ {
		_, _, err = f.Submit(t.Context(), Submission("alice", fmt.Sprint(stored, string(big))), nil)
	}
	stored--
	wantErr(t, err, store.ErrFull)
	wantErr(t, err, judge.ErrFull)
	t.Logf("after %d submissions: %v", stored, err)
	entries, err := f.Entries(t.Context(), "")
	ok(t, err)
	want(t, "entries on the full disk", len(entries), stored)
	for _, e := range entries {
		_, err := f.Sources(t.Context(), e.Submission.ID)
		ok(t, err)
	}
	free()
	for i := range 3 {
		f.submit(t, fmt.Sprint("after", i))
	}
	for i := range 3000 { // small ones, so that the database itself gets full
		_, _, err = f.Submit(t.Context(), Submission("alice", fmt.Sprint("small", i)), nil)
		if err != nil {
			break
		}
	}
	if err != nil && !errors.Is(err, store.ErrFull) {
		t.Errorf("full again: got %v, want %v", err, store.ErrFull)
	}
	entries, err = f.Entries(t.Context(), "")
	ok(t, err)
	want(t, "jobs", f.jobs.count(t, 0, 0), len(entries))
}
