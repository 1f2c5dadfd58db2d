package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"contest/judge"
)

func TestShowOfARejudging(t *testing.T) {
	one := func(id judge.SubmissionID, now judge.Judging) judge.Rejudged {
		old := measuredJudging()
		old.ProblemVersion = "v1"
		return judge.Rejudged{Submission: judge.Submission{ID: id, Contestant: "anna"}, Old: old, New: now}
	}
	done := func(version string, v judge.Verdict, passed int) judge.Judging {
		j := measuredJudging()
		j.ProblemVersion, j.Verdict, j.Passed = version, v, passed
		j.Values.At(judge.RealBoard).Measured.Total = 91e6
		return j
	}
	c, out := quiet()
	elsewhere := func(j judge.Judging) judge.Judging { j.Class = "old"; return j }
	c.rejudging(judge.Rejudging{Problem: "p", Version: "v2", Class: measuredJudging().Class, Waiting: 1, Failed: 1, Outdated: 1, Changed: 1, Submissions: []judge.Rejudged{
		one(1, done("v2", judge.Accepted, 42)),
		one(2, done("v2", judge.Wrong, 41)),
		one(3, judge.Judging{State: judge.Queued, Reason: "problem p cannot be loaded"}),
		one(4, judge.Judging{State: judge.Done, Grade: judge.Grade{Verdict: judge.Internal, Total: 42}, Reason: "no compiler"}),
		one(5, done("v1", judge.Wrong, 41)),
		one(6, judge.Judging{State: judge.Done, Grade: judge.Grade{Verdict: judge.Compile}, ProblemVersion: "v2"}),
		one(7, elsewhere(done("v2", judge.Accepted, 42))),
		{Submission: judge.Submission{ID: 8, Contestant: "anna"}, Old: elsewhere(measuredJudging()), New: done("v2", judge.Wrong, 41)},
	}})
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"rejudging of p: 8 submissions, 1 changed, 1 not judged yet, 1 failed on our side, 1 by an older version of the problem, another compiler or another machine",
		"1 anna WA → AC 41/42 → 42/42 87.31 ms → 91.00 ms 90.0 ms changed 2 anna",
		"2 anna WA 41/42 87.31 ms → 91.00 ms 90.0 ms 3 anna",
		"3 anna WA → queued 41/42 87.31 ms 90.0 ms problem p cannot be loaded",
		"4 anna WA → IE 41/42 → 0/42 87.31 ms → – 90.0 ms → – no compiler",
		"5 anna WA 41/42 87.31 ms → 91.00 ms 90.0 ms by an older version of the problem",
		"6 anna WA → CE 41/42 → – 87.31 ms → – 90.0 ms → – changed",
		"90.0 ms measured on another machine 8 anna", "90.0 ms was measured on another machine",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("judge rejudge --show does not say %q:\n%s", want, out)
		}
	}
}

// What was measured before the machine was changed is told of when serving
// begins, and nothing else is.
func TestWarnOfAnotherMachine(t *testing.T) {
	ctx := t.Context()
	var log bytes.Buffer
	in, err := openInstance(ctx, sumContest(t), instanceOptions{Logger: slog.New(slog.NewTextHandler(&log, nil)), Generate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.close() })
	measured := func(text, class string) {
		t.Helper()
		s := judge.Submission{Problem: "sum", Contestant: "anna", Language: "g++", Files: []judge.File{{Name: "sum.cpp", Data: []byte(text)}}}
		e, _, err := in.db.Submit(ctx, s, nil)
		if err == nil {
			_, err = in.db.Claim(ctx, e.Judging.ID, 1, time.Minute)
		}
		if err != nil {
			t.Fatal(err)
		}
		e.Judging.Verdict, e.Judging.Class, e.Judging.Values.At(judge.RealBoard).Measured.Rounds = judge.Accepted, class, 10
		if err := in.db.Finish(ctx, judge.Outcome{Judging: e.Judging}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.db.EnsureContestant(ctx, judge.Actor{Role: judge.AsOrganiser}, "anna"); err != nil {
		t.Fatal(err)
	}
	measured("here", in.pipe.Timer.Machine().Class)
	if err := in.warnOtherMachine(ctx); err != nil || strings.Contains(log.String(), "another machine class") {
		t.Errorf("warned of what was measured here (error %v):\n%s", err, &log)
	}
	measured("elsewhere", "old")
	if err := in.warnOtherMachine(ctx); err != nil || !strings.Contains(log.String(), "another machine class") || !strings.Contains(log.String(), "problem=sum count=1") || !strings.Contains(log.String(), "judge rejudge -p sum") {
		t.Errorf("no warning of what was measured elsewhere (error %v):\n%s", err, &log)
	}
}
