package score

import (
	"fmt"
	"slices"

	"contest/judge"
	"contest/judge/measure"
)

// Choice is the entry that a contestant chose for the final, in place of the one
// that stands on the board.
type Choice struct {
	Submission judge.SubmissionID
	Standing   judge.SubmissionID
	Outcome    Outcome // Holds, or why it is ignored
	// Trial compares their times, the standing one's below; nil where that decided nothing.
	Trial *measure.Trial

	Less string // what a worse key reads like, see Rule
}

// What comes of a choice beside what may come of a challenge.
const (
	Holds       Outcome = "holds"
	NotEligible Outcome = "not eligible"
	Slower      Outcome = "slower" // beyond doubt
)

// choose says what comes of a choice, by what is known now: the chosen entry must be
// eligible, of the standing one's first key, and not slower beyond doubt. That is
// asked as of a first try: a contestant who prefers the slower of two gains nothing by luck.
func choose(id judge.SubmissionID, entries []candidate, standing candidate) *Choice {
	out := &Choice{Submission: id, Standing: standing.Submission.ID, Outcome: Holds, Less: standing.rule.Less}
	i := slices.IndexFunc(entries, func(c candidate) bool { return c.Submission.ID == id })
	if i < 0 {
		out.Outcome = NotEligible
		return out
	}
	chosen := entries[i]
	switch {
	case id == standing.Submission.ID:
	case beforeTimes(chosen, standing) != 0: // nothing is better than what stands
		out.Outcome = lacking(chosen, standing)
	case chosen.measured && chosen.Judging.Class != standing.Judging.Class:
		out.Outcome = OtherMachine
	case chosen.measured && measure.DefaultRule().Faster(measure.Try(1, standing.estimate(), chosen.estimate())):
		trial := measure.Try(1, chosen.estimate(), standing.estimate())
		out.Outcome, out.Trial = Slower, &trial
	case !chosen.measured && chosen.scale.Compare(chosen.total, standing.total) > 0:
		out.Outcome = Slower
	}
	return out
}

// Ignored says why a final does not take the chosen entry; empty if it does.
func (c Choice) Ignored() string {
	switch {
	case c.Outcome == Holds:
		return ""
	case c.Outcome == NotEligible:
		return "it is not eligible"
	case c.Outcome == Slower && c.Trial == nil:
		return fmt.Sprintf("it took more time than submission %d, which stands", c.Standing)
	case c.Outcome == Slower:
		i := c.Trial.Interval()
		return fmt.Sprintf("it is slower beyond doubt than submission %d, which stands (ratio %.3f [%.3f, %.3f])", c.Standing, c.Trial.Ratio, i.Low, i.High)
	case c.Outcome == WorseKey:
		return fmt.Sprintf("it %s than submission %d, which stands", c.Less, c.Standing)
	}
	return "it is " + Challenge{Standing: c.Standing, Outcome: c.Outcome}.Why(c.Standing)
}

// ChoiceText says which entry is chosen and, if it is ignored, why.
func ChoiceText(id judge.SubmissionID, ignored string) string {
	text := fmt.Sprintf("submission %d is chosen for the final", id)
	if ignored != "" {
		text += ", and ignored: " + ignored
	}
	return text
}

// Finalist is the entry with which the contestant takes part in a final.
func (r Row) Finalist() judge.SubmissionID {
	if r.Choice != nil && r.Choice.Outcome == Holds {
		return r.Choice.Submission
	}
	return r.Submission
}
