package judge

import "time"

// Phase is where a contest stands.
type Phase string

// The phases, in order.
const (
	PhaseBefore   Phase = "before"
	PhaseRunning  Phase = "running"
	PhaseLastHour Phase = "last-hour" // before the cutoff
	PhaseDraining Phase = "draining"  // over, but the boards may still change
	PhaseOver     Phase = "over"      // submissions are still judged, as practice
)

// Words is the phase for people.
func (p Phase) Words() string {
	switch p {
	case PhaseBefore:
		return "not started"
	case PhaseLastHour:
		return "last hour"
	case PhaseDraining:
		return "over, provisional"
	}
	return string(p)
}

// State is where a contest stands at one moment, the same for pages, API and terminal.
type State struct {
	Phase Phase
	// Pending counts submissions received in time without a public verdict.
	Pending int
	// Next is when time alone changes the phase next; zero if it does not.
	Next time.Time
}

// State is where the contest stands at now, while so many submissions received in time
// have no public verdict; see PendingInTime.
func (c Contest) State(now time.Time, pending int) State {
	s := State{Phase: PhaseRunning, Pending: pending}
	instants := []time.Time{c.Start}
	if cut := c.Deadline.Cutoff; !cut.IsZero() {
		lastHour, graceEnds := cut.Add(-time.Hour), cut.Add(c.Deadline.Grace)
		instants = append(instants, lastHour, cut, graceEnds)
		switch {
		case now.Before(lastHour):
		case now.Before(cut):
			s.Phase = PhaseLastHour
		case pending > 0 || now.Before(graceEnds):
			s.Phase = PhaseDraining
		default:
			s.Phase = PhaseOver
		}
	}
	if !c.Open(now) {
		s.Phase = PhaseBefore
	}
	for _, t := range instants {
		if t.After(now) {
			s.Next = t
			break
		}
	}
	return s
}

// Unsettled counts the submissions received in time because of which places may still
// change.
type Unsettled struct {
	Waiting int // to be judged, or being judged
	Failed  int // on our side
	Again   int // judged, and to be measured again since the machine disturbed them
}

// Pending counts those without a public verdict.
func (u Unsettled) Pending() int { return u.Waiting + u.Failed }

// Unsettled counts those of the entries because of which places may still change.
func (c Contest) Unsettled(entries []Entry) (u Unsettled) {
	for _, e := range entries {
		switch j := e.Judging; {
		case !c.InTime(e.Submission) || j.State == Cancelled:
		case j.State != Done:
			u.Waiting++
		case j.Pending():
			u.Failed++
		case j.Values.Measuring().Again:
			u.Again++
		}
	}
	return u
}

// PendingInTime counts the submissions received in time without a public verdict.
func (c Contest) PendingInTime(entries []Entry) int { return c.Unsettled(entries).Pending() }

// Pending says whether the public sees no verdict yet: our own failures look like
// waiting, since they cost the contestant nothing.
func (j Judging) Pending() bool {
	return j.State != Cancelled && (j.State != Done || j.Verdict.Public() == Pending)
}
