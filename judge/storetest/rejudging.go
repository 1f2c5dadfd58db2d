package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"contest/judge"
)

// judged submits something new for a problem and ends its judging.
func (f *fixture) judged(t testing.TB, problem judge.ProblemID, text, version string, v judge.Verdict) judge.Entry {
	t.Helper()
	s := Submission("alice", text)
	s.Problem = problem
	e, _, err := f.Submit(t.Context(), s, nil)
	ok(t, err)
	f.work(t, e.Judging.ID, version, v)
	e.Judging = f.judging(t, e.Submission.ID)
	return e
}

// work claims and ends the first attempt at a judging.
func (f *fixture) work(t testing.TB, id judge.JudgingID, version string, v judge.Verdict) {
	t.Helper()
	e := f.claim(t, id, 1)
	o := measured(e, int(id)*100)
	o.Judging.ProblemVersion, o.Judging.Verdict = version, v
	ok(t, f.Finish(t.Context(), o, nil))
}

func (f *fixture) rejudge(t testing.TB, problem judge.ProblemID, version string, wanted int) []judge.Rejudged {
	t.Helper()
	n, err := f.Rejudge(t.Context(), organiser, problem, judge.Basis{Version: version})
	ok(t, err)
	want(t, fmt.Sprintf("rejudged of %q but by version %q", problem, version), n, wanted)
	return f.preview(t, problem)
}

func (f *fixture) preview(t testing.TB, problem judge.ProblemID) []judge.Rejudged {
	t.Helper()
	list, err := f.RejudgingPreview(t.Context(), problem)
	ok(t, err)
	return list
}

func (f *fixture) refuseApply(t testing.TB, why string) {
	t.Helper()
	_, err := f.ApplyRejudging(t.Context(), organiser, "echo")
	refusal, ok := errors.AsType[*judge.Refusal](err)
	if !ok || refusal.Code != "not-judged" || !strings.Contains(refusal.Message, why) {
		t.Errorf("applied: got error %v, want a refusal that says %q", err, why)
	}
}

func testRejudge(t *testing.T, f *fixture) {
	ctx := t.Context()
	old, new := f.judged(t, "echo", "old", "v1", judge.Wrong), f.judged(t, "echo", "new", "v2", judge.Accepted)
	f.judged(t, "other", "other", "v1", judge.Wrong)
	f.judged(t, "echo", "ours", "v1", judge.Internal)
	f.submit(t, "waiting")
	before, err := f.Entries(ctx, "")
	ok(t, err)

	list := f.rejudge(t, "echo", "v2", 1)
	want(t, "previewed", len(list), 1)
	proposed := list[0].New
	want(t, "submission", list[0].Submission.ID, old.Submission.ID)
	want(t, "old verdict", list[0].Old.Verdict, judge.Wrong)
	wantSame(t, "new judging", proposed, judge.Judging{ID: proposed.ID, Submission: old.Submission.ID, State: judge.Queued,
		Epoch: 1, Queued: proposed.Queued, Proposed: true})
	want(t, "its job", f.jobs.count(t, proposed.ID, 1), 1)
	want(t, "previewed of another problem", len(f.preview(t, "other")), 0)
	f.rejudge(t, "echo", "v2", 0) // it waits
	f.refuseApply(t, "1 wait, and on 0 the judge failed")
	f.work(t, proposed.ID, "v2", judge.Accepted)
	f.rejudge(t, "echo", "v2", 0) // it is done
	entries, err := f.Entries(ctx, "")
	ok(t, err)
	wantSame(t, "entries before applying", entries, before)
	list = f.preview(t, "")
	want(t, "new verdict", list[0].New.Verdict, judge.Accepted)
	want(t, "new rounds", list[0].New.On(judge.CPUBoard).Measured.Rounds, int(proposed.ID)*100)

	n, err := f.ApplyRejudging(ctx, organiser, "echo")
	ok(t, err)
	want(t, "applied", n, 1)
	got := f.judging(t, old.Submission.ID)
	wanted := list[0].New
	wanted.Proposed, wanted.CompilerOutput = false, got.CompilerOutput
	wantSame(t, "judging that counts", got, wanted)
	want(t, "judging of the other", f.judging(t, new.Submission.ID).ID, new.Judging.ID)
	n, err = f.ApplyRejudging(ctx, organiser, "echo")
	ok(t, err)
	want(t, "applied again", n, 0)
	runs, err := f.Runs(ctx, old.Judging.ID)
	ok(t, err)
	want(t, "runs of the old judging", len(runs), 3)
}

// testRejudgeAgain has the package mended a second time before the first
// rejudging was applied.
func testRejudgeAgain(t *testing.T, f *fixture) {
	old := f.judged(t, "echo", "old", "v1", judge.Wrong)
	first := f.rejudge(t, "echo", "v2", 1)[0].New
	f.work(t, first.ID, "v2", judge.Wrong)
	second := f.rejudge(t, "echo", "v3", 1)[0].New
	want(t, "a new one", second.ID != first.ID, true)
	f.work(t, second.ID, "v3", judge.Accepted)
	want(t, "mended back", len(f.rejudge(t, "echo", "v1", 0)), 0)
	want(t, "judging that counts", f.judging(t, old.Submission.ID).ID, old.Judging.ID)
	want(t, "all", len(f.rejudge(t, "", "", 1)), 1)
}

// testRejudgeOtherCompiler has the compiler of one language mended: what was
// compiled with the old one is judged again, whatever its verdict.
func testRejudgeOtherCompiler(t *testing.T, f *fixture) {
	ctx := t.Context()
	judged := func(text string, lang judge.LanguageID, toolchain string, v judge.Verdict) judge.SubmissionID {
		t.Helper()
		s := Submission("alice", text)
		s.Problem, s.Language = "echo", lang
		e, _, err := f.Submit(ctx, s, nil)
		ok(t, err)
		e = f.claim(t, e.Judging.ID, 1)
		j := e.Judging
		j.ProblemVersion, j.Toolchain, j.Verdict = "v1", toolchain, v
		ok(t, f.Finish(ctx, judge.Outcome{Judging: j}, nil))
		want(t, "toolchain", f.judging(t, e.Submission.ID).Toolchain, toolchain)
		return e.Submission.ID
	}
	broken := judged("1", "clang++", "clang 1", judge.Compile)
	judged("2", "clang++", "clang 2", judge.Compile)
	judged("3", "clang++", "", judge.Compile) // from before it was kept
	judged("4", "g++", "g++ 1", judge.Compile)
	judged("5", "clang++", "clang 1", judge.Internal)
	now := judge.Basis{Version: "v1", Toolchains: map[judge.LanguageID]string{"g++": "g++ 1", "clang++": "clang 2"}}
	entries, err := f.Entries(ctx, "echo")
	ok(t, err)
	for _, e := range entries {
		want(t, fmt.Sprintf("outdated: submission %d", e.Submission.ID), now.Outdates(e.Submission.Language, e.Judging), e.Submission.ID == broken)
	}
	n, err := f.Rejudge(ctx, organiser, "echo", now)
	ok(t, err)
	want(t, "judged again", n, 1)
	want(t, "which", f.preview(t, "echo")[0].Submission.ID, broken)
}

// testRejudgeOtherClass has the machine changed, to class new: what was
// measured before is measured again, and pooled among what is proposed only.
func testRejudgeOtherClass(t *testing.T, f *fixture) {
	ctx := t.Context()
	finish := func(id judge.JudgingID, class string, change func(*judge.Outcome)) {
		t.Helper()
		e := f.claim(t, id, 1)
		o := measured(e, int(id)*100)
		o.Judging.Class = class
		change(&o)
		ok(t, f.Finish(ctx, o, nil))
	}
	asIs := func(*judge.Outcome) {}
	submit := func(who judge.Contestant, text, class string, change func(*judge.Outcome)) judge.SubmissionID {
		t.Helper()
		ok(t, f.EnsureContestant(ctx, organiser, who))
		e, _, err := f.Submit(ctx, Submission(who, text), nil)
		ok(t, err)
		finish(e.Judging.ID, class, change)
		return e.Submission.ID
	}
	spoilt := judge.Measured{Sessions: 1, Pairs: 9, Disturbed: 9, Stop: judge.Unstable}
	first, second := submit("alice", "x", "old", asIs), submit("bob", "x", "old", asIs)
	third := submit("alice", "spoilt", "old", without(spoilt))
	submit("alice", "new", "new", asIs)
	submit("alice", "not measured", "", func(o *judge.Outcome) {
		without(judge.Measured{})(o)
		o.Sessions = nil
	})
	submit("alice", "failed in a repetition", "old", without(judge.Measured{}))
	before, err := f.Entries(ctx, "")
	ok(t, err)

	rejudge := func(class string, wanted int) []judge.Rejudged {
		t.Helper()
		n, err := f.Rejudge(ctx, organiser, "echo", judge.Basis{Version: "v1", Class: class})
		ok(t, err)
		want(t, "rejudged for class "+class, n, wanted)
		return f.preview(t, "echo")
	}
	rejudge("", 0)
	list := rejudge("new", 3)
	for i, id := range []judge.SubmissionID{first, second, third} {
		want(t, "proposed of", list[i].Submission.ID, id)
		finish(list[i].New.ID, "new", asIs)
	}
	list = rejudge("new", 0) // they are of this class
	wantSame(t, "measured of the same sources", list[0].New.Values, list[1].New.Values)
	want(t, "rounds of both", list[0].New.On(judge.CPUBoard).Measured.Rounds, int(list[1].New.ID)*100)
	entries, err := f.Entries(ctx, "")
	ok(t, err)
	wantSame(t, "entries before applying", entries, before)
	last := list[2].New.ID
	list = rejudge("newer", 4) // and of that one none is, nor the one that was submitted on new
	want(t, "a new one of the last", list[2].New.ID > last, true)
	for _, r := range list {
		finish(r.New.ID, "new", asIs) // the machine as it was
	}
	rejudge("new", 0)
	n, err := f.ApplyRejudging(ctx, organiser, "echo")
	ok(t, err)
	want(t, "applied", n, 4)
	want(t, "class that counts", f.judging(t, first).Class, "new")
	if _, err := f.Rejudge(ctx, organiser, "echo", judge.Basis{Version: "v1", Class: "new"}); err != nil || len(f.preview(t, "echo")) > 0 {
		t.Errorf("something is outdated after all was applied (error %v)", err)
	}
}

func testRejudgeFails(t *testing.T, f *fixture) {
	ctx := t.Context()
	f.judged(t, "echo", "x", "v1", judge.Wrong)
	j := f.rejudge(t, "echo", "", 1)[0].New
	f.work(t, j.ID, "v2", judge.Internal)
	f.refuseApply(t, "0 wait, and on 1 the judge failed")
	n, err := f.RetryFailed(ctx, organiser, "echo")
	ok(t, err)
	want(t, "retried", n, 1)
	want(t, "its job", f.jobs.count(t, j.ID, 2), 1)
	want(t, "still proposed", f.preview(t, "echo")[0].New.State, judge.Queued)
}

func testCancelRejudging(t *testing.T, f *fixture) {
	ctx := t.Context()
	for i := range 3 {
		f.judged(t, "echo", fmt.Sprint(i), "v1", judge.Wrong)
	}
	before, err := f.Entries(ctx, "")
	ok(t, err)
	list := f.rejudge(t, "echo", "v2", 3)
	waiting, running, done := list[0].New, list[1].New, list[2].New
	e := f.claim(t, running.ID, 1)
	want(t, "the worker knows", e.Judging.Proposed, true)
	f.work(t, done.ID, "v2", judge.Accepted)
	n, err := f.CancelRejudging(ctx, organiser, "other")
	ok(t, err)
	want(t, "cancelled of another problem", n, 0)
	n, err = f.CancelRejudging(ctx, organiser, "echo")
	ok(t, err)
	want(t, "cancelled", n, 3)
	want(t, "previewed", len(f.preview(t, "echo")), 0)
	wantErr(t, f.Finish(ctx, measured(e, 10), nil), judge.ErrStale)
	_, err = f.Claim(ctx, waiting.ID, 1, time.Minute)
	wantErr(t, err, judge.ErrStale)
	f.retried(t, 0)
	entries, err := f.Entries(ctx, "")
	ok(t, err)
	wantSame(t, "entries", entries, before)
	sessions, err := f.SessionsOf(ctx, done.ID)
	ok(t, err)
	want(t, "sessions of a cancelled judging", len(sessions), 2)
	f.rejudge(t, "echo", "v2", 3)
}

// testRejudgeMany needs several transactions.
func testRejudgeMany(t *testing.T, f *fixture) {
	const many = 230
	for i := range many {
		e := f.claimed(t, fmt.Sprint(i))
		e.Judging.Verdict = judge.Wrong
		ok(t, f.Finish(t.Context(), judge.Outcome{Judging: e.Judging}, nil))
	}
	list := f.rejudge(t, "echo", "v2", many)
	want(t, "previewed", len(list), many)
	for _, r := range list {
		if r.Old.Submission != r.Submission.ID || r.New.Submission != r.Submission.ID || r.Old.Proposed || !r.New.Proposed {
			t.Fatalf("a wrong pair: %+v", r)
		}
	}
}

func testRemeasure(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "noisy")
	o := measured(e, 100)
	o.Judging.ProblemVersion, o.Judging.Verdict, o.Again = "v1", judge.Accepted, true
	ok(t, f.Finish(ctx, o, nil))
	want(t, "the judging that counts", f.judging(t, e.Submission.ID).ID, e.Judging.ID)
	want(t, "proposed", len(f.preview(t, "echo")), 0)
	again := e.Judging.ID + 1
	f.work(t, again, "v1", judge.Accepted)
	counts := f.judging(t, e.Submission.ID)
	want(t, "the judging that counts", counts.ID, e.Judging.ID)
	want(t, "rounds as the last one says", counts.On(judge.RealBoard).Measured.Rounds, int(again)*100)
}

// What follows from a judging is kept with its result or not at all.
func testFinishAgain(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	j, runs := result(e)
	o := outcome(j, runs)
	o.Again = true
	jobs := f.jobs.count(t, e.Judging.ID+1, 1)
	wantErr(t, f.Finish(ctx, o, brokenJobs{f.jobs}.complete), errEnqueue)
	want(t, "jobs after a rollback", f.jobs.count(t, e.Judging.ID+1, 1), jobs)
	stale := o
	stale.Judging.Epoch++
	wantErr(t, f.Finish(ctx, stale, nil), judge.ErrStale)
	want(t, "jobs of a worker that lost its judging", f.jobs.count(t, e.Judging.ID+1, 1), jobs)
	ok(t, f.Finish(ctx, o, f.complete))
	again := f.claimNext(t)
	want(t, "measured again", again.Submission.ID, e.Submission.ID)
	want(t, "purpose", again.Purpose, judge.ToRemeasure)
	want(t, "the judging that counts", f.judging(t, e.Submission.ID).ID, e.Judging.ID)
}
