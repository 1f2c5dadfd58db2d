package api

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/rule"
	"contest/judge/store"
	"contest/judge/storetest"
	"contest/judge/wire"
)

// oneProblem is a catalogue with a problem that the test corrects.
type oneProblem struct{ judge.Problem }

func (p *oneProblem) Problems() []judge.Problem           { return []judge.Problem{p.Problem} }
func (p *oneProblem) Broken() []string                    { return nil }
func (p *oneProblem) Verifications() []judge.Verification { return nil }

// rejudging is a server with one submission, judged wrong by version v1 of its
// problem.
type rejudging struct {
	*testing.T
	*Client
	db      *store.DB
	contest judge.Contest
	problem *oneProblem
	server  *Server
}

// newServer is a server of a contest in a store, without languages and logger.
func newServer(rules rule.Contest, db *store.DB) *Server {
	return &Server{
		Contest: rules, Submitting: rule.Submitting{Contest: rules, Store: db}, Choosing: rule.Choosing{Contest: rules, Store: db},
		Withdrawing: rule.Withdrawing{Store: db}, Rejudging: rule.Rejudging{Contest: rules, Store: db}, Accounts: db,
		Store: db, Hub: NewHub(), OwnerToken: "owner",
	}
}

func newRejudging(t *testing.T) *rejudging {
	db := storetest.Engines["sqlite"](t, store.Options{})
	db.SetEnqueuer(storetest.NoJobs{})
	r := &rejudging{T: t, db: db, contest: judge.Contest{Zone: time.UTC}, problem: &oneProblem{judge.Problem{ID: "echo", Version: "v1"}}}
	r.server = newServer(rule.Contest{Settings: func() judge.Contest { return r.contest }, Problems: r.problem.Problems, Now: time.Now}, db)
	r.server.Packages, r.server.Logger = r.problem, slog.New(slog.NewTextHandler(t.Output(), nil))
	server := httptest.NewServer(r.server.Handler())
	t.Cleanup(server.Close)
	r.Client = &Client{URL: server.URL, Token: "owner", HTTP: server.Client()}
	if err := db.EnsureContestant(t.Context(), storetest.Organiser, "alice"); err != nil {
		t.Fatal(err)
	}
	r.work(r.submit("x"), 1, judge.Wrong)
	return r
}

func (r *rejudging) submit(text string) judge.JudgingID {
	r.Helper()
	e, _, err := r.db.Submit(r.Context(), storetest.Submission("alice", text), nil)
	if err != nil {
		r.Fatal(err)
	}
	return e.Judging.ID
}

// work does a judging by the problem as it is.
func (r *rejudging) work(id judge.JudgingID, epoch int, v judge.Verdict) {
	r.Helper()
	a, err := r.db.Claim(r.Context(), id, epoch, time.Minute)
	if err != nil {
		r.Fatal(err)
	}
	e := storetest.Claimed(a)
	e.Judging.ProblemVersion, e.Judging.Verdict = r.problem.Version, v
	if e.Judging.Class = r.server.Rejudging.Class; e.Judging.Class != "" {
		e.Judging.Values.At(judge.RealBoard).Measured.Rounds = 10
	}
	if err := r.db.Finish(r.Context(), judge.Outcome{Judging: e.Judging}, nil); err != nil {
		r.Fatal(err)
	}
}

// does demands what an action answers; it returns the last submission.
func (r *rejudging) does(action RejudgingAction, want judge.Rejudging) judge.Rejudged {
	r.Helper()
	got, err := r.Rejudge(r.Context(), "echo", action)
	if err != nil {
		r.Fatalf("%s: %v", action, err)
	}
	if got.Count != want.Count || got.Waiting != want.Waiting || got.Failed != want.Failed || got.Outdated != want.Outdated || got.Changed != want.Changed {
		r.Errorf("%s: got %+v, want %+v", action, got, want)
	}
	return got.Submissions[len(got.Submissions)-1]
}

func (r *rejudging) refuses(action RejudgingAction, code string) {
	r.Helper()
	_, err := r.Rejudge(r.Context(), "echo", action)
	r.wantCode(err, http.StatusUnprocessableEntity, code)
}

func (r *rejudging) wantCode(err error, status int, code string) {
	r.Helper()
	refused, ok := errors.AsType[*Error](err)
	if !ok || refused.Status != status || refused.Code != code {
		r.Errorf("got error %v, want %d %s", err, status, code)
	}
}

func TestRejudge(t *testing.T) {
	r := newRejudging(t)
	r.refuses(Propose, "nothing")
	r.refuses(Apply, "not-proposed")
	r.refuses(Cancel, "not-proposed")
	_, err := r.Rejudging(t.Context(), "echo")
	r.wantCode(err, http.StatusUnprocessableEntity, "not-proposed")

	r.problem.Version = "v2"
	id := r.does(Propose, judge.Rejudging{Count: 1, Waiting: 1}).New.ID
	r.does(Propose, judge.Rejudging{Waiting: 1})
	r.refuses(Apply, "not-judged")
	r.work(id, 1, judge.Internal)
	r.refuses(Apply, "not-judged")
	r.does(Propose, judge.Rejudging{Waiting: 1}) // what failed begins anew
	r.work(id, 2, judge.Accepted)
	r.does(Propose, judge.Rejudging{Changed: 1})

	r.problem.Version = "v3"
	r.refuses(Apply, "outdated")
	id = r.does(Propose, judge.Rejudging{Count: 1, Waiting: 1}).New.ID
	r.work(id, 1, judge.Wrong)
	r.does(Apply, judge.Rejudging{Count: 1})
	r.refuses(Propose, "nothing")

	r.problem.Version = "v4"
	r.does(Propose, judge.Rejudging{Count: 1, Waiting: 1})
	r.does(Cancel, judge.Rejudging{Count: 1, Waiting: 1})
	r.refuses(Apply, "not-proposed")
}

// TestRejudgeWhileJudging has a judging end, by the version that it began with,
// after the others were proposed.
func TestRejudgeWhileJudging(t *testing.T) {
	r := newRejudging(t)
	running := r.submit("y")
	r.problem.Version = "v2"
	first := r.does(Propose, judge.Rejudging{Count: 1, Waiting: 1}).New.ID
	r.problem.Version = "v1"
	r.work(running, 1, judge.Wrong)
	r.problem.Version = "v2"
	r.work(first, 1, judge.Wrong)
	r.refuses(Apply, "outdated")
	r.work(r.does(Propose, judge.Rejudging{Count: 1, Waiting: 1}).New.ID, 1, judge.Accepted)
	r.does(Apply, judge.Rejudging{Count: 2, Changed: 1})
}

// TestRejudgeOnAnotherMachine has the machine changed after a submission was
// measured, and once more after that was proposed.
func TestRejudgeOnAnotherMachine(t *testing.T) {
	r := newRejudging(t) // what is not measured stays as it is
	r.server.Rejudging.Class = "old"
	r.refuses(Propose, "nothing")
	r.work(r.submit("y"), 1, judge.Accepted)
	r.wantOutdated(0)
	r.server.Rejudging.Class = "new"
	r.wantOutdated(1)
	id := r.does(Propose, judge.Rejudging{Count: 1, Waiting: 1}).New.ID
	r.work(id, 1, judge.Accepted)
	r.server.Rejudging.Class = "newer"
	r.refuses(Apply, "outdated")
	id = r.does(Propose, judge.Rejudging{Count: 1, Waiting: 1}).New.ID
	r.work(id, 1, judge.Accepted)
	r.does(Apply, judge.Rejudging{Count: 1})
	r.wantOutdated(0)
	r.refuses(Propose, "nothing")
}

func (r *rejudging) wantOutdated(want int) {
	r.Helper()
	st, err := r.Status(r.Context())
	if err != nil || st.Outdated != want {
		r.Errorf("outdated on class %s: got %d (error %v), want %d", r.server.Rejudging.Class, st.Outdated, err, want)
	}
}

func TestRejudgeIsTheOrganisers(t *testing.T) {
	r := newRejudging(t)
	_, err := r.Rejudge(t.Context(), "echo", "drop")
	r.wantCode(err, http.StatusBadRequest, "invalid")
	alice := r.account("alice")
	for token, want := range map[string]Error{
		"":    {Status: http.StatusUnauthorized, Failure: wire.Failure{Code: "token"}},
		alice: {Status: http.StatusForbidden, Failure: wire.Failure{Code: "forbidden"}},
	} {
		r.Token = token
		_, err = r.Rejudge(t.Context(), "echo", Propose)
		r.wantCode(err, want.Status, want.Code)
		_, err = r.Rejudging(t.Context(), "echo")
		r.wantCode(err, want.Status, want.Code)
	}
}
