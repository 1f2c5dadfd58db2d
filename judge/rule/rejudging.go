package rule

import (
	"context"
	"fmt"

	"contest/judge"
	"contest/judge/language"
)

// Rejudging is judging again what rests on something that is no more: another version
// of the problem, another compiler, another machine. New judgings are proposed, and
// count once all of them are applied.
type Rejudging struct {
	Contest
	Languages language.Set
	// Class is that of the machine that judges now; empty if nothing is measured.
	Class string
	Store interface {
		Entries(ctx context.Context, p judge.ProblemID) ([]judge.Entry, error)
		Rejudge(ctx context.Context, by judge.Actor, p judge.ProblemID, now judge.Basis) (int, error)
		RetryFailed(ctx context.Context, by judge.Actor, p judge.ProblemID) (int, error)
		RejudgingPreview(ctx context.Context, p judge.ProblemID) ([]judge.Rejudged, error)
		ApplyRejudging(ctx context.Context, by judge.Actor, p judge.ProblemID) (int, error)
		CancelRejudging(ctx context.Context, by judge.Actor, p judge.ProblemID) (int, error)
	}
}

// Basis is what judgings of a problem rest on now.
func (r Rejudging) Basis(p judge.Problem) judge.Basis {
	return judge.Basis{Version: p.Version, Class: r.Class, Toolchains: r.Languages.Identities()}
}

// Outdated counts those of the entries that rest on something else than judgings do
// now; what is of no problem of the contest is not among them.
func (r Rejudging) Outdated(entries []judge.Entry) (n int) {
	current := map[judge.ProblemID]judge.Basis{}
	for _, p := range r.Problems() {
		current[p.ID] = r.Basis(p)
	}
	for _, e := range entries {
		if now, is := current[e.Submission.Problem]; is && now.Outdates(e.Submission.Language, e.Judging) {
			n++
		}
	}
	return n
}

// Propose queues a judging of all that is outdated. It also begins those anew that
// failed on our side: they would keep the rejudging from being applied.
func (r Rejudging) Propose(ctx context.Context, a judge.Actor, problem judge.ProblemID) (judge.Rejudging, error) {
	p, err := r.of(a, problem)
	if err != nil {
		return judge.Rejudging{}, err
	}
	n, err := r.Store.Rejudge(ctx, a, p.ID, r.Basis(p))
	if err != nil {
		return judge.Rejudging{}, err
	}
	if _, err := r.Store.RetryFailed(ctx, a, p.ID); err != nil {
		return judge.Rejudging{}, err
	}
	list, err := r.Store.RejudgingPreview(ctx, p.ID)
	if err != nil {
		return judge.Rejudging{}, err
	}
	if len(list) == 0 {
		return judge.Rejudging{}, &judge.Refusal{Code: "nothing", Message: fmt.Sprintf("there is nothing to rejudge: no submission to %s was judged by another version of it, compiled with another compiler or measured on another machine", p.ID),
			Hint: "a corrected package is taken up within seconds; judge status says if it cannot be loaded"}
	}
	out, err := r.summary(ctx, p, list)
	out.Count = n
	return out, err
}

// Proposed is the rejudging of a problem, refused if there is none.
func (r Rejudging) Proposed(ctx context.Context, a judge.Actor, problem judge.ProblemID) (judge.Rejudging, error) {
	p, err := r.of(a, problem)
	if err != nil {
		return judge.Rejudging{}, err
	}
	list, err := r.Store.RejudgingPreview(ctx, p.ID)
	if err != nil {
		return judge.Rejudging{}, err
	}
	if len(list) == 0 {
		return judge.Rejudging{}, &judge.Refusal{Code: "not-proposed", Message: fmt.Sprintf("no rejudging of %s is proposed", p.ID), Hint: fmt.Sprintf("judge rejudge -p %s proposes one", p.ID)}
	}
	return r.summary(ctx, p, list)
}

// Apply makes all that is proposed count.
func (r Rejudging) Apply(ctx context.Context, a judge.Actor, problem judge.ProblemID) (judge.Rejudging, error) {
	out, err := r.Proposed(ctx, a, problem)
	if err != nil {
		return judge.Rejudging{}, err
	}
	if out.Outdated > 0 {
		return judge.Rejudging{}, &judge.Refusal{Code: "outdated", Message: fmt.Sprintf("of the submissions to %s %d would stay judged by an older version of it, compiled with another compiler or measured on another machine", problem, out.Outdated),
			Hint: fmt.Sprintf("judge rejudge -p %s judges them again", problem)}
	}
	out.Count, err = r.Store.ApplyRejudging(ctx, a, problem)
	return out, err
}

// Cancel drops all that is proposed.
func (r Rejudging) Cancel(ctx context.Context, a judge.Actor, problem judge.ProblemID) (judge.Rejudging, error) {
	out, err := r.Proposed(ctx, a, problem)
	if err != nil {
		return judge.Rejudging{}, err
	}
	out.Count, err = r.Store.CancelRejudging(ctx, a, problem)
	return out, err
}

// of is the problem that the actor may have rejudged.
func (r Rejudging) of(a judge.Actor, problem judge.ProblemID) (judge.Problem, error) {
	if err := May(a, Rejudge); err != nil {
		return judge.Problem{}, err
	}
	return r.Problem(problem)
}

// summary counts what applying would change, and what is in its way. A judging
// that ran when the others were proposed may have ended since, by the version
// that it began with.
func (r Rejudging) summary(ctx context.Context, p judge.Problem, list []judge.Rejudged) (judge.Rejudging, error) {
	entries, err := r.Store.Entries(ctx, p.ID)
	if err != nil {
		return judge.Rejudging{}, err
	}
	now := r.Basis(p)
	out := judge.Rejudging{Problem: p.ID, Version: now.Version, Class: now.Class, Toolchains: now.Toolchains, Submissions: list}
	proposed := map[judge.SubmissionID]bool{}
	for _, one := range list {
		proposed[one.Submission.ID] = true
		switch {
		case one.New.State != judge.Done:
			out.Waiting++
		case one.New.Verdict == judge.Internal:
			out.Failed++
		case now.Outdates(one.Submission.Language, one.New):
			out.Outdated++
		case one.Changes():
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
