package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"contest/judge"
	"contest/judge/score"
)

// postChoice notes which of a contestant's entries takes part in the final, or
// takes that back: a contestant's own, any for the organiser.
func (s *Server) postChoice(w http.ResponseWriter, r *http.Request) error {
	var in ChoiceChange
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	c, e, by, err := s.own(r)
	if err != nil {
		return err
	}
	if in.Clear {
		err = s.Store.Unchoose(r.Context(), e.Submission.ID)
	} else if err = s.mayChoose(r.Context(), e); err == nil {
		err = s.Store.Choose(r.Context(), e.Submission.ID, by)
	}
	if err != nil {
		return err
	}
	if e, err = s.entry(r); err != nil {
		return err
	}
	d, err := s.detail(r.Context(), c, e)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, d)
}

// mayChoose refuses a choice that would be ignored on every board.
func (s *Server) mayChoose(ctx context.Context, e judge.Entry) error {
	p, err := s.problem(e.Submission.Problem)
	if err != nil {
		return err
	}
	if !p.HasReference() {
		return &judge.Refusal{Code: "no-final", Message: fmt.Sprintf("problem %s has no reference, so it has no final", p.ID), Hint: "its boards are what counts"}
	}
	entries, err := s.Store.Entries(ctx, p.ID)
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
		row, ok := score.Rank(s.Contest(), p, b, entries).Find(e.Submission.Contestant)
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
