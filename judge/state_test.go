package judge

import (
	"testing"
	"time"
)

// The phase turns at the very instants that decide about submissions.
func TestStateAtItsEdges(t *testing.T) {
	start, cutoff := time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC), time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)
	ends := Contest{Zone: time.UTC, Start: start, Deadline: Deadline{Cutoff: cutoff, Grace: DefaultGrace}}
	endless := Contest{Zone: time.UTC, Start: start}
	lastHour, graceEnds := cutoff.Add(-time.Hour), cutoff.Add(DefaultGrace)
	for _, x := range []struct {
		contest Contest
		at      time.Time
		pending int
		want    Phase
		next    time.Time
	}{
		{ends, start.Add(-1), 0, PhaseBefore, start}, {ends, start, 0, PhaseRunning, lastHour},
		{ends, lastHour.Add(-1), 3, PhaseRunning, lastHour}, {ends, lastHour, 0, PhaseLastHour, cutoff},
		{ends, cutoff.Add(-1), 0, PhaseLastHour, cutoff}, {ends, cutoff, 0, PhaseDraining, graceEnds},
		{ends, graceEnds.Add(-1), 0, PhaseDraining, graceEnds}, {ends, graceEnds, 0, PhaseOver, time.Time{}},
		{ends, cutoff.Add(time.Hour), 1, PhaseDraining, time.Time{}},
		{endless, start.Add(-1), 0, PhaseBefore, start}, {endless, cutoff, 2, PhaseRunning, time.Time{}}, {Contest{}, cutoff, 0, PhaseRunning, time.Time{}},
	} {
		if got, want := x.contest.State(x.at, x.pending), (State{x.want, x.pending, x.next}); got != want {
			t.Errorf("%s with %d pending: got %+v, want %+v", x.at, x.pending, got, want)
		}
	}
}

// What waits, failed, or is measured again may change places, if it was received in time.
func TestUnsettled(t *testing.T) {
	cutoff := time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)
	c := Contest{Deadline: Deadline{Cutoff: cutoff, Grace: DefaultGrace}}
	in, late := Submission{Receipt: cutoff.Add(-1)}, Submission{Receipt: cutoff}
	again := Judging{State: Done, Grade: Grade{Verdict: Accepted}, Values: Values{{Board: RealBoard, Measured: Measured{Rounds: 1, Again: true}}}}
	for _, x := range []struct {
		submission Submission
		judging    Judging
		want       Unsettled
	}{
		{in, Judging{State: Queued}, Unsettled{Waiting: 1}}, {in, Judging{State: Running}, Unsettled{Waiting: 1}},
		{in, Judging{State: Done, Grade: Grade{Verdict: Internal}}, Unsettled{Failed: 1}}, {late, Judging{State: Done, Grade: Grade{Verdict: Internal}}, Unsettled{}},
		{in, Judging{State: Done, Grade: Grade{Verdict: Accepted}}, Unsettled{}}, {in, Judging{State: Cancelled}, Unsettled{}}, {late, Judging{State: Queued}, Unsettled{}},
		{in, again, Unsettled{Again: 1}}, {late, again, Unsettled{}},
		{Submission{Receipt: cutoff.Add(1), Ticket: cutoff.Add(-1)}, Judging{State: Queued}, Unsettled{Waiting: 1}},
	} {
		entries := []Entry{{Submission: x.submission, Judging: x.judging}}
		if got := c.Unsettled(entries); got != x.want {
			t.Errorf("%+v: got %+v, want %+v", x, got, x.want)
		}
		if got := c.PendingInTime(entries); got != x.want.Waiting+x.want.Failed {
			t.Errorf("%+v: %d pending, want %d", x, got, x.want.Waiting+x.want.Failed)
		}
	}
}
