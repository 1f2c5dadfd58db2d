package judge

import "testing"

func TestActor(t *testing.T) {
	for _, c := range []struct {
		actor      Actor
		text       string
		contestant Contestant
	}{
		{Actor{}, "somebody", ""},
		{Actor{Name: "alice", Role: AsContestant}, "alice", "alice"},
		{Actor{Role: AsOrganiser, Through: "judge final"}, "the organiser", ""},
		{Actor{Name: "alice", Role: AsOrganiser}, "organiser alice", ""}, // not with what is alice's
		{Actor{Role: AsJudge}, "the judge", ""},
	} {
		if got := c.actor.String(); got != c.text {
			t.Errorf("%+v: got %q, want %q", c.actor, got, c.text)
		}
		if got := c.actor.Contestant(); got != c.contestant {
			t.Errorf("%+v is contestant %q, want %q", c.actor, got, c.contestant)
		}
	}
}
