package timing

import (
	"fmt"
	"slices"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/measure"
)

// SessionRecord is what is kept of a session.
type SessionRecord struct {
	// Probes are how fast the machine was when it began.
	Probes machine.Vector `json:"probes"`
	Pairs  []measure.Pair `json:"pairs"`
	// Failed is the repetition that ended it, if one did.
	Failed *judge.Run `json:"failed,omitempty"`
}

func decode(s judge.Session) (SessionRecord, error) {
	record, err := measure.Decode[SessionRecord](s.Data)
	if err != nil {
		return record, fmt.Errorf("session %s: %w", s.ID, err)
	}
	return record, nil
}

// reuse takes what the last session of the same program found, if that
// has all the tests: whoever hands a program in again, with a blank more or under
// another name, gets what is known of it, and no session of its own to be lucky
// in. If it failed there the copy fails as well, or a program could crash whenever
// it is slow and be handed in until it never was. Where the budget was used up
// before there was a result, measuring goes on.
func (s *session) reuse(stored []judge.Session) (found Measurement, known bool, err error) {
	for i, of := range slices.Backward(stored) {
		if !s.mine(of) {
			continue
		}
		record, err := decode(of)
		if err != nil {
			return Measurement{}, false, err
		}
		if of.Stop == string(stopFailed) {
			if record.Failed == nil { // from before that was kept
				continue
			}
			return Measurement{Failed: record.Failed}, true, nil
		}
		last := *s
		last.own = measure.Session{ID: of.ID, Class: of.Class, Pairs: record.Pairs}
		if last.lacksTests() {
			return Measurement{}, false, nil
		}
		last.probes, last.rounds = record.Probes, of.Rounds
		if err := last.takeEarlier(stored[:i], of.Scheduling); err != nil {
			return Measurement{}, false, err
		}
		if found, err = last.conclude(measure.Stop(of.Stop)); err != nil {
			return Measurement{}, false, err
		}
		found.Class, found.Scheduling = of.Class, of.Scheduling
		return found, !found.overBudget(), nil
	}
	return Measurement{}, false, nil
}

// mine says that a session is of this program; one from before programs were
// kept is, if it is of these sources.
func (s *session) mine(of judge.Session) bool {
	return of.ProgramHash == s.subject() || of.ProgramHash == ""
}

// lacksTests says that the session has no pair of some test.
func (s *session) lacksTests() bool {
	has := map[string]bool{}
	for _, p := range s.own.Pairs {
		has[p.Test] = true
	}
	return slices.ContainsFunc(s.tests, func(t judge.TestCase) bool { return !has[t.Name] })
}

// takeEarlier takes what was measured of the same program before the session: one
// program has one score. What was measured with other permissions to schedule,
// or while the machine was another, going by its probes, is kept but not merged.
// Sources that become another program each time are measured as often as others.
func (s *session) takeEarlier(stored []judge.Session, scheduling string) error {
	for _, of := range stored {
		if of.Stop != string(stopFailed) {
			s.tried++
		}
		if !s.mine(of) || of.Scheduling != scheduling {
			continue
		}
		record, err := decode(of)
		if err != nil {
			return err
		}
		if machine.Drifted(record.Probes, s.probes) {
			continue
		}
		s.earlier = append(s.earlier, measure.Session{ID: of.ID, Class: of.Class, Pairs: record.Pairs})
	}
	return nil
}
