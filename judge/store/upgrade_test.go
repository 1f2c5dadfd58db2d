package store_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/store"
	"contest/judge/storetest"
)

// contest1 is a contest in the tables of version 1: a ticket, a submission
// that is judged, one that was rejudged by hand and one that waits.
var contest1 = strings.NewReplacer("HASH", strings.Repeat("a", 63)).Replace(`
	insert into contestant (handle, folded, token_hash, created) values ('Alice', 'alice', 'secret', 5);
	insert into ticket (contestant, problem, source_hash, opened) values ('Alice', 'echo', 'HASH1', 6);
	insert into submission (problem, contestant, language, source_hash, bytes, receipt, ticket) values
		('echo', 'Alice', 'g++', 'HASH1', 10, 7, 1), ('echo', 'Alice', 'g++', 'HASH2', 11, 8, null), ('echo', 'Alice', 'clang++', 'HASH2', 11, 9, null);
	insert into submission_file (submission, ordinal, name, sha256, bytes) values (1, 1, 'main.cpp', 'HASH3', 10);
	insert into judging (submission, current, priority, state, reason, epoch, due, lease, failures, lost, problem_version, verdict,
		first_failed, passed, total, timed_passed, real_ns, cpu_ns, memory_bytes, compile_ns, compiler_output, queued, started, finished) values
		(1, true, 2, 'done', 'r', 3, 7, null, 1, 1, 'v1', 'WA', 'secret/2', 2, 3, 1, 100, 200, 300, 400, 'warning', 7, 10, 11),
		(2, false, 2, 'done', '', 1, 8, null, 0, 0, 'v0', 'AC', '', 3, 3, 2, 1, 2, 3, 4, '', 8, 12, 13),
		(2, true, 2, 'done', '', 1, 8, null, 0, 0, 'v1', 'AC', '', 3, 3, 2, 5, 6, 7, 8, '', 8, 14, 15),
		(3, true, 4, 'queued', '', 1, 9, null, 0, 0, '', '', '', 0, 0, 0, 0, 0, 0, 0, '', 9, null, null);
	insert into run (judging, ordinal, test_case, timed, verdict, real_ns, cpu_ns, memory_bytes, exit_status, signal, limit_name, message)
		values (1, 1, 'secret/2', true, 'WA', 100, 200, 300, 1, 9, 'wall', 'line 1');`)

// TestUpgradeFromVersion1 opens a contest that was begun before anything was
// measured, and goes on with it.
func TestUpgradeFromVersion1(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "judge.db") },
		"postgres": func(t *testing.T) string { return storetest.EmptyPostgres(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			ok(t, store.MakeOld(t.Context(), url, 1, contest1))
			db := storetest.OpenURL(t, url, store.Options{})
			wantContest1(t, db)
			wantCarriedOver(t, db)
			a, err := db.Claim(t.Context(), 4, 1, time.Minute)
			if !errors.Is(err, store.ErrCorrupt) { // there are no sources in contest1
				t.Fatalf("claim: got error %v, want %v", err, store.ErrCorrupt)
			}
			e := storetest.Claimed(a)
			e.Judging.Verdict, e.Judging.Class, e.Judging.Values.At(judge.CPUBoard).Measured.Rounds = judge.Accepted, "c", 5
			ok(t, db.Finish(t.Context(), judge.Outcome{Judging: e.Judging}, nil))
			e, err = db.Entry(t.Context(), 3)
			ok(t, err)
			if head, err := db.Head(t.Context()); head != 3 || err != nil {
				t.Errorf("after a claim and a result: event %d, %v; want 3", head, err)
			}
			if e.Judging.On(judge.CPUBoard).Measured.Rounds != 5 {
				t.Errorf("measured after the upgrade: got %+v, want 5 rounds", e.Judging.On(judge.CPUBoard))
			}
		})
	}
}

// wantCarriedOver looks at the first event: that there was a contest before, and which
// submissions it had.
func wantCarriedOver(t *testing.T, db *store.DB) {
	t.Helper()
	sources := strings.Repeat("a", 63)
	sum := sha256.Sum256([]byte(
		`{"bytes":10,"language":"g++","problem":"echo","receipt":"1970-01-01T00:00:00.000000007Z","source_hash":"` + sources + `1","submission":1,"ticket":"1970-01-01T00:00:00.000000006Z"}` + "\n" +
			`{"bytes":11,"language":"g++","problem":"echo","receipt":"1970-01-01T00:00:00.000000008Z","source_hash":"` + sources + `2","submission":2}` + "\n" +
			`{"bytes":11,"language":"clang++","problem":"echo","receipt":"1970-01-01T00:00:00.000000009Z","source_hash":"` + sources + `2","submission":3}` + "\n"))
	want := fmt.Sprintf(`{"contestants":1,"finals":0,"judgings":4,"submissions":3,"submissions_sha256":"%x"}`, sum)
	events, err := db.Events(t.Context(), 0, 10)
	ok(t, err)
	if len(events) != 1 || events[0].Sequence != 1 || events[0].Kind != judge.EventCarriedOver || string(events[0].Record) != want {
		t.Errorf("events after the upgrade: got %+v, want one with %s", events, want)
	}
}

// times are what the two columns of times have become.
func times(real, cpu judge.Amount) judge.Values {
	return judge.Values{{Board: judge.RealBoard, Once: real}, {Board: judge.CPUBoard, Once: cpu}}
}

func wantContest1(t *testing.T, db *store.DB) {
	t.Helper()
	at := func(n int64) time.Time { return time.Unix(0, n).UTC() }
	hash := strings.Repeat("a", 63)
	sub := judge.Submission{ID: 2, Problem: "echo", Contestant: "Alice", Language: "g++", SourceHash: hash + "2", Bytes: 11, Receipt: at(8)}
	first, third := sub, sub
	first.ID, first.SourceHash, first.Bytes, first.Receipt, first.Ticket = 1, hash+"1", 10, at(7), at(6)
	third.ID, third.Language, third.Receipt = 3, "clang++", at(9)
	want := []judge.Entry{
		{Submission: first, Judging: judge.Judging{ID: 1, Submission: 1, ProblemVersion: "v1", State: judge.Done, Reason: "r", Epoch: 3,
			Grade: judge.Grade{Verdict: judge.Wrong, FirstFailed: "secret/2", Passed: 2, Total: 3, TimedPassed: 1}, Values: times(100, 200), MemoryBytes: 300,
			Compile: 400, Queued: at(7), Started: at(10), Finished: at(11)}},
		{Submission: sub, Judging: judge.Judging{ID: 3, Submission: 2, ProblemVersion: "v1", State: judge.Done, Epoch: 1,
			Grade: judge.Grade{Verdict: judge.Accepted, Passed: 3, Total: 3, TimedPassed: 2}, Values: times(5, 6), MemoryBytes: 7,
			Compile: 8, Queued: at(8), Started: at(14), Finished: at(15)}},
		{Submission: third, Judging: judge.Judging{ID: 4, Submission: 3, State: judge.Queued, Epoch: 1, Queued: at(9)}},
	}
	got, err := db.Entries(t.Context(), "")
	ok(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("entries after the upgrade:\ngot  %+v\nwant %+v", got, want)
	}
	runs, err := db.Runs(t.Context(), 1)
	ok(t, err)
	wantRun := judge.Run{Ordinal: 1, TestCase: "secret/2", Timed: true, Verdict: judge.Wrong, Real: 100, CPU: 200, MemoryBytes: 300,
		ExitStatus: 1, Signal: 9, Limit: "wall", Message: "line 1"}
	if len(runs) != 1 || runs[0] != wantRun {
		t.Errorf("runs after the upgrade: got %+v, want %+v", runs, wantRun)
	}
	e, err := db.Entry(t.Context(), 1)
	ok(t, err)
	if e.Judging.CompilerOutput != "warning" {
		t.Errorf("compiler output after the upgrade: got %q", e.Judging.CompilerOutput)
	}
	if who, err := db.ContestantByToken(t.Context(), "secret"); who != "Alice" || err != nil {
		t.Errorf("token after the upgrade: got %q, %v", who, err)
	}
}
