package leaderboard

import (
	"fmt"
	"time"

	"contest/judge"
)

// phase is where the contest stands, as the pages tell it.
type phase string

const (
	phaseBefore   phase = "before"
	phaseRunning  phase = "running"
	phaseLastHour phase = "last-hour"
	phaseDraining phase = "draining" // over, but the boards may still change
	phaseOver     phase = "over"
)

// state is the phase with what it hangs on.
type state struct {
	phase phase
	// pending counts submissions received in time without a public verdict.
	pending int
}

func stateOf(c judge.Contest, entries []judge.Entry, now time.Time) state {
	var s state
	for _, e := range entries {
		if pending(e.Judging) && c.InTime(e.Submission) {
			s.pending++
		}
	}
	s.phase = phaseOf(c, s.pending, now)
	return s
}

func phaseOf(c judge.Contest, pending int, now time.Time) phase {
	d := c.Deadline
	switch {
	case !c.Open(now):
		return phaseBefore
	case d.Cutoff.IsZero() || now.Before(d.Cutoff.Add(-time.Hour)):
		return phaseRunning
	case now.Before(d.Cutoff):
		return phaseLastHour
	case pending > 0 || now.Before(d.Cutoff.Add(d.Grace)):
		return phaseDraining
	}
	return phaseOver
}

// nextPhase is the next instant at which time alone changes the phase; zero
// when there is none.
func nextPhase(c judge.Contest, now time.Time) time.Time {
	instants := []time.Time{c.Start}
	if cut := c.Deadline.Cutoff; !cut.IsZero() {
		instants = append(instants, cut.Add(-time.Hour), cut, cut.Add(c.Deadline.Grace))
	}
	for _, t := range instants {
		if t.After(now) {
			return t
		}
	}
	return time.Time{}
}

// label is the phase in a word or two.
func (s state) label() string {
	switch s.phase {
	case phaseBefore:
		return "Not started"
	case phaseLastHour:
		return "Last hour"
	case phaseDraining:
		return "Over, provisional"
	case phaseOver:
		return "Over"
	}
	return "Running"
}

// sentence says what the phase means for somebody who reads the boards.
func (s state) sentence(c judge.Contest, now time.Time) string {
	switch s.phase {
	case phaseBefore:
		return "Submissions are not open yet."
	case phaseLastHour:
		return "Submissions received by the deadline count even if they are judged later."
	case phaseDraining:
		return s.drainingSentence(c, now)
	case phaseOver:
		return "Every submission received in time has been judged. Late ones are judged as practice and are not ranked."
	}
	if c.Deadline.Cutoff.IsZero() {
		return "There is no deadline: submissions stay open."
	}
	return "Submissions are open. The boards change as soon as a judging ends."
}

func (s state) drainingSentence(c judge.Contest, now time.Time) string {
	if s.pending == 0 {
		return fmt.Sprintf("The deadline has passed. Uploads announced before it may still arrive until %s.",
			judge.Stamp(c.Deadline.Cutoff.Add(c.Deadline.Grace), c.Zone))
	}
	verb := "submissions received in time are"
	if s.pending == 1 {
		verb = "submission received in time is"
	}
	return fmt.Sprintf("The deadline has passed. The boards are provisional: %d %s still to be judged.", s.pending, verb)
}
