// Package rule decides what may be done in a contest, when, and by whom: handing in,
// withdrawing, choosing for the final, rejudging, holding finals, and judging on a
// machine at all. Everything here acts for a judge.Actor and refuses with what the
// actor can read: judge.Refusal, judge.Invalid, judge.NotFound, judge.ErrForbidden.
//
// Who may do what is one table, rights. When it may be done is said by one type for
// each kind of act, which asks the store for what it needs and no more.
//
// What the store must decide in the transaction of a change stays there, since it may
// be true no longer a moment later: quotas, a judging that has just begun, a final that
// has. What somebody may see is judge.Sight. Talking to people and to programs is left
// to cmd/judge and api.
package rule

import (
	"time"

	"contest/judge"
)

// Contest is the contest that rules are asked of, as it is at the moment.
type Contest struct {
	Settings func() judge.Contest
	Problems func() []judge.Problem
	Now      func() time.Time
}

// Problem finds a problem by its name: *judge.NotFound.
func (c Contest) Problem(id judge.ProblemID) (judge.Problem, error) {
	problems := c.Problems()
	names := make([]string, len(problems))
	for i, p := range problems {
		if p.ID == id {
			return p, nil
		}
		names[i] = string(p.ID)
	}
	return judge.Problem{}, &judge.NotFound{Kind: "problem", Name: string(id), Hint: judge.Suggest(string(id), names)}
}

// Opened refuses an act that waits for the start of the contest, unless the actor may
// read what is secret until then.
func (c Contest) Opened(a judge.Actor) error {
	if Reaches(a, ReadEarly, "") {
		return nil
	}
	return c.open()
}

func (c Contest) open() error {
	settings := c.Settings()
	if settings.Open(c.Now()) {
		return nil
	}
	return &judge.Refusal{Code: "not-open", Message: "the contest has not started", Hint: "it opens at " + judge.Stamp(settings.Start, settings.Zone)}
}
