package api

import (
	"context"
	"fmt"
	"net/http"

	"contest/judge"
)

func (s *Server) getRejudging(w http.ResponseWriter, r *http.Request) error {
	p, err := s.toRejudge(r)
	if err != nil {
		return err
	}
	out, err := s.proposed(r.Context(), p)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *Server) postRejudging(w http.ResponseWriter, r *http.Request) error {
	p, err := s.toRejudge(r)
	if err != nil {
		return err
	}
	var in NewRejudging
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	var out Rejudging
	switch in.Action {
	case Propose:
		out, err = s.propose(r.Context(), p)
	case Apply:
		out, err = s.apply(r.Context(), p)
	case Cancel:
		out, err = s.cancel(r.Context(), p)
	default:
		err = &judge.Invalid{Message: fmt.Sprintf("a rejudging has no action %q", in.Action), Hint: "use propose, apply or cancel"}
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

// toRejudge is the problem of a request that only the organiser may make.
func (s *Server) toRejudge(r *http.Request) (judge.Problem, error) {
	if err := s.organiser(r, "rejudges"); err != nil {
		return judge.Problem{}, err
	}
	return s.problem(judge.ProblemID(r.PathValue("id")))
}

// propose also begins those anew that failed on our side: they would keep the
// rejudging from being applied.
func (s *Server) propose(ctx context.Context, p judge.Problem) (Rejudging, error) {
	n, err := s.Store.Rejudge(ctx, p.ID, s.basis(p))
	if err != nil {
		return Rejudging{}, err
	}
	if _, err := s.Store.RetryFailed(ctx, p.ID); err != nil {
		return Rejudging{}, err
	}
	list, err := s.Store.RejudgingPreview(ctx, p.ID)
	if err != nil {
		return Rejudging{}, err
	}
	if len(list) == 0 {
		return Rejudging{}, &judge.Refusal{Code: "nothing", Message: fmt.Sprintf("there is nothing to rejudge: no submission to %s was judged by another version of it, compiled with another compiler or measured on another machine", p.ID),
			Hint: "a corrected package is taken up within seconds; judge status says if it cannot be loaded"}
	}
	out, err := s.summary(ctx, p, list)
	out.Count = n
	return out, err
}

// proposed is the rejudging of a problem, refused if there is none.
func (s *Server) proposed(ctx context.Context, p judge.Problem) (Rejudging, error) {
	list, err := s.Store.RejudgingPreview(ctx, p.ID)
	if err != nil {
		return Rejudging{}, err
	}
	if len(list) == 0 {
		return Rejudging{}, &judge.Refusal{Code: "not-proposed", Message: fmt.Sprintf("no rejudging of %s is proposed", p.ID), Hint: fmt.Sprintf("judge rejudge -p %s proposes one", p.ID)}
	}
	return s.summary(ctx, p, list)
}

func (s *Server) apply(ctx context.Context, p judge.Problem) (Rejudging, error) {
	out, err := s.proposed(ctx, p)
	if err != nil {
		return Rejudging{}, err
	}
	if out.Outdated > 0 {
		return Rejudging{}, &judge.Refusal{Code: "outdated", Message: fmt.Sprintf("of the submissions to %s %d would stay judged by an older version of it, compiled with another compiler or measured on another machine", p.ID, out.Outdated),
			Hint: fmt.Sprintf("judge rejudge -p %s judges them again", p.ID)}
	}
	out.Count, err = s.Store.ApplyRejudging(ctx, p.ID)
	return out, err
}

func (s *Server) cancel(ctx context.Context, p judge.Problem) (Rejudging, error) {
	out, err := s.proposed(ctx, p)
	if err != nil {
		return Rejudging{}, err
	}
	out.Count, err = s.Store.CancelRejudging(ctx, p.ID)
	return out, err
}

// summary counts what applying would change, and what is in its way. A judging
// that ran when the others were proposed may have ended since, by the version
// that it began with.
func (s *Server) summary(ctx context.Context, p judge.Problem, list []judge.Rejudged) (Rejudging, error) {
	entries, err := s.Store.Entries(ctx, p.ID)
	if err != nil {
		return Rejudging{}, err
	}
	now := s.basis(p)
	out := Rejudging{Problem: p.ID, Version: now.Version, Class: now.Class, Toolchains: now.Toolchains, Submissions: list}
	proposed := map[judge.SubmissionID]bool{}
	for _, r := range list {
		proposed[r.Submission.ID] = true
		switch {
		case r.New.State != judge.Done:
			out.Waiting++
		case r.New.Verdict == judge.Internal:
			out.Failed++
		case now.Outdates(r.Submission.Language, r.New):
			out.Outdated++
		case r.Changes():
			out.Changed++
		}
	}
	for _, e := range entries {
		if !proposed[e.Submission.ID] && now.Outdates(e.Submission.Language, e.Judging) {
			out.Outdated++
		}
	}
	return out, nil
}
