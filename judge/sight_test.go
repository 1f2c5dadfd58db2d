package judge

import (
	"testing"
	"time"
)

// TestSightOpensAfterTheFinal: times of secret tests are shown once a final
// ended the contest, and not before.
func TestSightOpensAfterTheFinal(t *testing.T) {
	cutoff := time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)
	contest := Contest{Deadline: Deadline{Cutoff: cutoff}}
	held := Final{Problem: "p", Started: cutoff, Finished: cutoff.Add(time.Hour), Standing: FinalStanding{Stop: "decided"}}
	with := func(change func(*Final)) []Final {
		f := held
		change(&f)
		return []Final{f}
	}
	for _, c := range []struct {
		name     string
		contest  Contest
		feedback Feedback
		finals   []Final
		want     Sight
	}{
		{"no final", contest, VerdictFeedback, nil, SeesVerdicts},
		{"nothing is known of the problem", contest, "", nil, SeesVerdicts},
		{"feedback of times", contest, TimesFeedback, nil, SeesTimes},
		{"a final", contest, VerdictFeedback, []Final{held}, SeesTimes},
		{"a final of a problem that was removed", contest, "", []Final{held}, SeesTimes},
		{"another problem's final", contest, VerdictFeedback, with(func(f *Final) { f.Problem = "q" }), SeesVerdicts},
		{"practice", contest, VerdictFeedback, with(func(f *Final) { f.Practice = true }), SeesVerdicts},
		{"a final that goes on", contest, VerdictFeedback, with(func(f *Final) { f.Finished = time.Time{} }), SeesVerdicts},
		{"a final that decided nothing", contest, VerdictFeedback, with(func(f *Final) { f.Standing.Stop = Unstable }), SeesVerdicts},
		{"the deadline was moved after the final", Contest{Deadline: Deadline{Cutoff: cutoff.Add(time.Minute)}}, VerdictFeedback, []Final{held}, SeesVerdicts},
		{"the deadline was removed after the final", Contest{}, VerdictFeedback, []Final{held}, SeesVerdicts},
	} {
		if got := c.contest.SightOf("p", c.feedback, c.finals); got != c.want {
			t.Errorf("%s: got sight %d, want %d", c.name, got, c.want)
		}
	}
}
