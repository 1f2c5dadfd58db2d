package storetest

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"testing"

	"contest/judge"
	"contest/judge/store"
)

func sum256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// submitterChild is the part of a process that submits until it is killed.
const submitterChild = "submitter"

const submitterURL = "JUDGE_STORETEST_URL"

// submitForever acknowledges each stored submission by its id on a line.
func submitForever() error {
	ctx := context.Background()
	db, err := store.Open(ctx, os.Getenv(submitterURL), store.Options{})
	if err != nil {
		return err
	}
	if _, err := newJobs(ctx, db); err != nil {
		return err
	}
	if err := db.EnsureContestant(ctx, organiser, "alice"); err != nil {
		return err
	}
	for i := 0; ; i++ {
		e, _, err := db.Submit(ctx, Submission("alice", fmt.Sprint(os.Getpid(), i)), nil)
		if err != nil {
			return err
		}
		if _, err := fmt.Println(e.Submission.ID); err != nil {
			return err
		}
	}
}

// RunKill kills processes that submit, and then looks for every submission
// that was acknowledged.
func RunKill(t *testing.T, url string) {
	acknowledged := map[judge.SubmissionID]bool{}
	for round := range 5 {
		for _, id := range killSubmitter(t, url, 10+7*round) {
			acknowledged[id] = true
		}
	}
	db := OpenURL(t, url, store.Options{})
	jobs, err := newJobs(t.Context(), db)
	ok(t, err)
	entries, err := db.Entries(t.Context(), "")
	ok(t, err)
	for _, e := range entries {
		delete(acknowledged, e.Submission.ID)
		if _, err := db.Sources(t.Context(), e.Submission.ID); err != nil {
			t.Error(err)
		}
		want(t, fmt.Sprintf("jobs of judging %d", e.Judging.ID), jobs.count(t, e.Judging.ID, 1), 1)
	}
	want(t, "jobs in all", jobs.count(t, 0, 0), len(entries))
	want(t, "acknowledged but lost", len(acknowledged), 0)
	t.Logf("%d submissions survived", len(entries))
}

// killSubmitter kills a submitter some way into the submission after n others,
// and returns the ids that it acknowledged.
func killSubmitter(t *testing.T, url string, n int) (ids []judge.SubmissionID) {
	t.Helper()
	cmd := Child(submitterChild, submitterURL+"="+url)
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		id, err := strconv.Atoi(lines.Text())
		ok(t, err)
		ids = append(ids, judge.SubmissionID(id))
		if len(ids) == n {
			ok(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); len(ids) < n {
		t.Fatalf("the submitter ended by itself after %d submissions: %v", len(ids), err)
	}
	return ids
}
