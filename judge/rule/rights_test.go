package rule

import (
	"errors"
	"testing"

	"contest/judge"
)

var (
	stranger  judge.Actor
	alice     = judge.Actor{Name: "alice", Role: judge.AsContestant}
	bob       = judge.Actor{Name: "bob", Role: judge.AsContestant}
	organiser = judge.Actor{Role: judge.AsOrganiser}
	itself    = judge.Actor{Role: judge.AsJudge}
)

// TestRights does every act with what is alice's.
func TestRights(t *testing.T) {
	acts := map[Act]string{
		Read:           "stranger alice bob organiser judge",
		ReadEarly:      "organiser",
		Inspect:        "alice organiser",
		Oversee:        "organiser",
		HandIn:         "alice organiser",
		Withdraw:       "alice organiser",
		WithdrawBegun:  "organiser",
		Choose:         "alice organiser",
		Rejudge:        "organiser",
		ChangeQueue:    "organiser",
		ListAccounts:   "organiser",
		ManageAccounts: "organiser",
		HoldFinal:      "organiser",
		JudgeHere:      "organiser judge",
	}
	for act, want := range acts {
		got := ""
		for _, one := range []struct {
			name  string
			actor judge.Actor
		}{{"stranger", stranger}, {"alice", alice}, {"bob", bob}, {"organiser", organiser}, {"judge", itself}} {
			if !Reaches(one.actor, act, "alice") {
				continue
			}
			if got != "" {
				got += " "
			}
			got += one.name
			if err := May(one.actor, act); err != nil {
				t.Errorf("%s reaches %q, and may not: %v", one.name, act, err)
			}
		}
		if got != want {
			t.Errorf("%q is done by %s, want %s", act, got, want)
		}
	}
	for role, row := range rights {
		for act := range row {
			if _, ok := acts[act]; !ok {
				t.Errorf("%q has a right to %q, which this test does not know", role, act)
			}
		}
	}
	if Reaches(alice, Choose, "") || Reaches(stranger, Choose, "") {
		t.Error("what is nobody's is somebody's own")
	}
}

func TestMay(t *testing.T) {
	for _, c := range []struct {
		actor judge.Actor
		act   Act
		want  error
		text  string
	}{
		{stranger, Read, nil, ""},
		{stranger, HandIn, judge.ErrNoToken, "this needs a token"},
		{stranger, Rejudge, judge.ErrNoToken, "this needs a token"},
		{alice, Rejudge, judge.ErrForbidden, "only the organiser rejudges: forbidden"},
		{alice, ManageAccounts, judge.ErrForbidden, "only the organiser manages accounts: forbidden"},
		{judge.Actor{Role: "king"}, Read, judge.ErrForbidden, "only the organiser reads what is public: forbidden"},
		{bob, HandIn, nil, ""}, // what he hands in is his own
		{organiser, Rejudge, nil, ""},
	} {
		err := May(c.actor, c.act)
		if !errors.Is(err, c.want) || err != nil && err.Error() != c.text {
			t.Errorf("%v, %q: got %v, want %q", c.actor, c.act, err, c.text)
		}
	}
}
