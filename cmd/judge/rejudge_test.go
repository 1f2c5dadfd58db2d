package main

import (
	"strings"
	"testing"

	"contest/judge"
	"contest/judge/api"
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
		j.Measured.Real.Total = 91 * ms1
		return j
	}
	c, out := quiet()
	c.rejudging(api.Rejudging{Problem: "p", Version: "v2", Waiting: 1, Failed: 1, Outdated: 1, Changed: 1, Submissions: []judge.Rejudged{
		one(1, done("v2", judge.Accepted, 42)),
		one(2, done("v2", judge.Wrong, 41)),
		one(3, judge.Judging{State: judge.Queued, Reason: "problem p cannot be loaded"}),
		one(4, judge.Judging{State: judge.Done, Verdict: judge.Internal, Total: 42, Reason: "no compiler"}),
		one(5, done("v1", judge.Wrong, 41)),
		one(6, judge.Judging{State: judge.Done, Verdict: judge.Compile, ProblemVersion: "v2"}),
	}})
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"rejudging of p: 6 submissions, 1 changed, 1 not judged yet, 1 failed on our side, 1 by an older version of the problem",
		"1 anna WA → AC 41/42 → 42/42 87.31 ms → 91.00 ms 90.0 ms changed 2 anna",
		"2 anna WA 41/42 87.31 ms → 91.00 ms 90.0 ms 3 anna",
		"3 anna WA → queued 41/42 87.31 ms 90.0 ms problem p cannot be loaded",
		"4 anna WA → IE 41/42 → 0/42 87.31 ms → – 90.0 ms → – no compiler",
		"5 anna WA 41/42 87.31 ms → 91.00 ms 90.0 ms by an older version of the problem",
		"6 anna WA → CE 41/42 → – 87.31 ms → – 90.0 ms → – changed",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("judge rejudge --show does not say %q:\n%s", want, out)
		}
	}
}
