package rule

import (
	"context"
	"fmt"
	"strings"

	"contest/judge"
	"contest/judge/score"
)

// Choosing is naming the submission that takes part in a final, in place of the one
// that stands on the board.
type Choosing struct {
	Contest
	Store interface {
		Entry(ctx context.Context, id judge.SubmissionID) (judge.Entry, error)
		Entries(ctx context.Context, p judge.ProblemID) ([]judge.Entry, error)
		Choose(ctx context.Context, by judge.Actor, id judge.SubmissionID) error
		Unchoose(ctx context.Context, by judge.Actor, id judge.SubmissionID) error
	}
}

// Choose notes a submission as the one that its contestant takes part with in the final:
// a contestant's own, any for the organiser.
func (c Choosing) Choose(ctx context.Context, a judge.Actor, id judge.SubmissionID) error {
	e, err := c.own(ctx, a, id)
	if err == nil {
		err = c.wouldHold(ctx, e)
	}
	if err != nil {
		return err
	}
	return c.Store.Choose(ctx, a, id)
}

// Unchoose takes a choice back.
func (c Choosing) Unchoose(ctx context.Context, a judge.Actor, id judge.SubmissionID) error {
	if _, err := c.own(ctx, a, id); err != nil {
		return err
	}
	return c.Store.Unchoose(ctx, a, id)
}

func (c Choosing) own(ctx context.Context, a judge.Actor, id judge.SubmissionID) (judge.Entry, error) {
	e, err := c.Store.Entry(ctx, id)
	if err == nil {
		err = mayWith(a, Choose, e.Submission)
	}
	return e, err
}

// wouldHold refuses a choice that would be ignored on every board.
func (c Choosing) wouldHold(ctx context.Context, e judge.Entry) error {
	p, err := c.Problem(e.Submission.Problem)
	if err != nil {
		return err
	}
	if !p.HasReference() {
		return &judge.Refusal{Code: "no-final", Message: fmt.Sprintf("problem %s has no reference, so it has no final", p.ID), Hint: "its boards are what counts"}
	}
	entries, err := c.Store.Entries(ctx, p.ID)
	if err != nil {
		return err
	}
	for i := range entries {
		one := &entries[i]
		if one.Submission.Contestant == e.Submission.Contestant {
			one.ChosenBy = ""
		}
		if one.Submission.ID == e.Submission.ID {
			one.ChosenBy = "whoever asks"
		}
	}
	code, why := notEligible, []string{}
	for _, b := range p.Boards {
		row, ok := score.Rank(c.Settings(), p, b, entries).Find(e.Submission.Contestant)
		switch {
		case !ok:
			continue
		case row.Choice.Outcome == score.Holds:
			return nil
		}
		code = choiceCode(row.Choice.Outcome)
		why = append(why, fmt.Sprintf("on the board %s %s", b, row.Choice.Ignored()))
	}
	if code == notEligible {
		why = []string{"it is not eligible: it must be judged, in time, and have passed a test"}
	}
	return &judge.Refusal{Code: code, Message: fmt.Sprintf("submission %d cannot be chosen for the final: %s", e.Submission.ID, strings.Join(why, "; ")),
		Hint: "the final takes the one that stands, see judge show"}
}

const notEligible = "not-eligible"

// choiceCode is the reason code of a choice that does not hold.
func choiceCode(o score.Outcome) string {
	switch o {
	case score.NotEligible:
		return notEligible
	case score.WorseKey:
		return "passed-less"
	case score.Slower:
		return "told-apart"
	}
	return "not-comparable"
}
