package rule

import (
	"fmt"

	"contest/judge"
)

// Act is something that somebody does in a contest, as a sentence goes on that begins
// with "only the organiser".
type Act string

// The acts.
const (
	Read           Act = "reads what is public"
	ReadEarly      Act = "reads statements before the start"
	Inspect        Act = "reads what belongs to a contestant" // what a compiler said of a submission; its place in the queue
	Oversee        Act = "oversees the contest"               // reads everything, also what the machine lacks
	HandIn         Act = "hands in"                           // and announces that
	Withdraw       Act = "withdraws submissions"              // that wait
	WithdrawBegun  Act = "withdraws what is being judged"
	Choose         Act = "chooses for the final"
	Rejudge        Act = "rejudges"
	ChangeQueue    Act = "pauses and resumes the queue"
	ListAccounts   Act = "lists accounts"
	ManageAccounts Act = "manages accounts"
	HoldFinal      Act = "holds finals"
	JudgeHere      Act = "decides whether a machine may judge"
)

// reach is how far a right goes; the zero reach is none.
type reach int

const (
	own reach = iota + 1 // what is the actor's own
	all
)

// rights is who may do what. A role that has no row for an act may not do it.
var rights = map[judge.Role]map[Act]reach{
	"": {Read: all},
	judge.AsContestant: {
		Read: all, Inspect: own,
		HandIn: own, Withdraw: own, Choose: own,
	},
	judge.AsOrganiser: {
		Read: all, ReadEarly: all, Inspect: all, Oversee: all,
		HandIn: all, Withdraw: all, WithdrawBegun: all, Choose: all,
		Rejudge: all, ChangeQueue: all, ListAccounts: all, ManageAccounts: all,
		HoldFinal: all, JudgeHere: all,
	},
	judge.AsJudge: {Read: all, JudgeHere: all},
}

// May refuses an act that nobody of the actor's role may do, to whatever it is done:
// judge.ErrNoToken for who is not known, else judge.ErrForbidden.
func May(a judge.Actor, act Act) error {
	switch {
	case rights[a.Role][act] != 0:
		return nil
	case a.Role == "":
		return judge.ErrNoToken
	}
	return fmt.Errorf("only the organiser %s: %w", act, judge.ErrForbidden)
}

// Reaches says whether an actor may do something with what belongs to a contestant;
// to nobody, if that is empty.
func Reaches(a judge.Actor, act Act, whose judge.Contestant) bool {
	switch rights[a.Role][act] {
	case all:
		return true
	case own:
		return whose != "" && a.Contestant() == whose
	}
	return false
}

// mayWith refuses an act with a submission that is somebody else's.
func mayWith(a judge.Actor, act Act, s judge.Submission) error {
	if err := May(a, act); err != nil {
		return err
	}
	if !Reaches(a, act, s.Contestant) {
		return fmt.Errorf("submission %d is not yours: %w", s.ID, judge.ErrForbidden)
	}
	return nil
}
