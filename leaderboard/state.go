package leaderboard

import (
	"fmt"
	"strings"

	"contest/judge"
)

// label is a phase in a word or two.
func label(p judge.Phase) string {
	words := p.Words()
	return strings.ToUpper(words[:1]) + words[1:]
}

// sentence says what the state means for somebody who reads the boards.
func sentence(c judge.Contest, s judge.State) string {
	switch s.Phase {
	case judge.PhaseBefore:
		return "Submissions are not open yet."
	case judge.PhaseLastHour:
		return "Submissions received by the deadline count even if they are judged later."
	case judge.PhaseDraining:
		return drainingSentence(c, s)
	case judge.PhaseOver:
		return "Every submission received in time has been judged. Late ones are judged as practice and are not ranked."
	}
	if c.Deadline.Cutoff.IsZero() {
		return "There is no deadline: submissions stay open."
	}
	return "Submissions are open. The boards change as soon as a judging ends."
}

func drainingSentence(c judge.Contest, s judge.State) string {
	if s.Pending == 0 {
		return fmt.Sprintf("The deadline has passed. Uploads announced before it may still arrive until %s.",
			judge.Stamp(c.Deadline.Cutoff.Add(c.Deadline.Grace), c.Zone))
	}
	verb := "submissions received in time are"
	if s.Pending == 1 {
		verb = "submission received in time is"
	}
	return fmt.Sprintf("The deadline has passed. The boards are provisional: %d %s still to be judged.", s.Pending, verb)
}
