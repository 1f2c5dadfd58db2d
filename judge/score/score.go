// Package score turns submissions with their judgings into the rows of a
// board. It is pure: one eligibility predicate and one comparator serve the
// page, the command line, the API and every export. What measurements can tell
// apart is the measuring package's to say; here it becomes ranks.
package score

import (
	"slices"
	"time"

	"contest/judge"
)

// Row is one contestant's place on a board.
type Row struct {
	// Ranking has no rank for a row of another machine class, see OtherClass.
	judge.Ranking
	// Group numbers the first keys from the best one, 1: only rows of one group
	// are compared by their times.
	Group int `json:"group"`

	Contestant judge.Contestant   `json:"contestant"`
	Submission judge.SubmissionID `json:"submission"` // the one that counts here
	Language   judge.LanguageID   `json:"language"`
	// Grade has nothing of single test cases and groups: that is the submission's.
	judge.Grade
	// Value is the board's own total, on its scale. Values are those on all boards, of
	// which the times are shown everywhere.
	Value  judge.Amount `json:"-"` // see rowJSON
	Values judge.Values `json:"-"`
	// Low and High are the 95 % interval of Value; zero where it was not measured.
	Low  judge.Amount `json:"-"`
	High judge.Amount `json:"-"`
	// Measured are the repeated timings of the board: what Value rests on, or why there
	// is no result. Zero where neither can be said.
	judge.Measured `json:"-"`
	// Class and Scheduling say on what, and how, Value was measured.
	Class      string `json:"class,omitempty"`
	Scheduling string `json:"scheduling,omitempty"`
	// OtherClass says that the time is from another machine class than the
	// board's. Such a row stands below all others, without a rank, until a
	// rejudging measures it again.
	OtherClass bool `json:"other_class,omitempty"`
	// Submissions counts the contestant's eligible submissions.
	Submissions int       `json:"submissions"`
	Receipt     time.Time `json:"receipt"`
	// Challenges are how they fared, but for the first, in the order of their receipt.
	Challenges []Challenge `json:"-"`
	// Choice is what comes of the contestant's choice for the final; nil without one.
	Choice *Choice `json:"-"`

	// Scale is the board's.
	Scale judge.Scale `json:"-"`
}

// Challenge is how a submission fared against the one that stood; false where there
// was none before it.
func (r Row) Challenge(id judge.SubmissionID) (Challenge, bool) {
	i := slices.IndexFunc(r.Challenges, func(c Challenge) bool { return c.Submission == id })
	if i < 0 {
		return Challenge{}, false
	}
	return r.Challenges[i], true
}

// Scoreboard is the ranking of one problem by one measure.
type Scoreboard struct {
	Problem judge.ProblemID `json:"problem"`
	Board   judge.Board     `json:"board"`
	Scale   judge.Scale     `json:"scale,omitzero"`
	// Class is the machine class that ranked rows were measured on; empty
	// where nothing is measured.
	Class string `json:"class,omitempty"`
	Rows  []Row  `json:"rows"`
}

// Ranked counts the rows that have a rank.
func (b Scoreboard) Ranked() int {
	n := 0
	for _, r := range b.Rows {
		if r.Rank > 0 {
			n++
		}
	}
	return n
}

// Eligible says whether a submission may stand on a board: judged, compiled,
// in time, and with something solved by the problem's scoring rule, for without that
// there is nothing to compare.
func Eligible(c judge.Contest, p judge.Problem, e judge.Entry) bool {
	switch e.Judging.Verdict {
	case judge.Pending, judge.Compile, judge.Internal:
		return false
	}
	return e.Judging.State == judge.Done && c.InTime(e.Submission) && RuleOf(p).Key(e.Judging.Grade) > 0
}

// Rank builds a board of one problem from all of its entries: each
// contestant's submission that stands, ranked. Rows of one rank are listed
// by their estimate, then by receipt, which is no order among them. Rows from
// another machine class come last.
func Rank(c judge.Contest, p judge.Problem, board judge.Board, entries []judge.Entry) Scoreboard {
	rule, scale := RuleOf(p), p.Scales[board]
	var all []candidate
	chosen := map[judge.Contestant]judge.SubmissionID{}
	for i := range entries {
		e := &entries[i]
		if e.Submission.Problem != p.ID {
			continue
		}
		if e.ChosenBy != "" {
			chosen[e.Submission.Contestant] = e.Submission.ID
		}
		if Eligible(c, p, *e) {
			all = append(all, newCandidate(rule, board, scale, e))
		}
	}
	out := Scoreboard{Problem: p.ID, Board: board, Scale: scale, Class: markForeign(all)}
	standing, histories := best(all, chosen)
	out.Rows = make([]Row, len(standing))
	for i, p := range standings(standing) {
		row := p.row()
		row.Ranking, row.Group = p.Ranking, p.group
		row.Challenges, row.Choice = histories[row.Contestant].challenges, histories[row.Contestant].choice
		row.Submissions = len(row.Challenges) + 1
		out.Rows[i] = row
	}
	return out
}

// Find is the contestant's row, if there is one.
func (b Scoreboard) Find(who judge.Contestant) (Row, bool) {
	i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.Contestant == who })
	if i < 0 {
		return Row{}, false
	}
	return b.Rows[i], true
}
