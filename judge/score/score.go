// Package score turns submissions with their judgings into the rows of a
// board. It is pure: one eligibility predicate and one comparator serve the
// page, the command line, the API and every export.
package score

import (
	"cmp"
	"slices"
	"time"

	"contest/judge"
)

// Row is one contestant's place on a board.
type Row struct {
	// Rank is from 1; rows with equal keys share a rank.
	Rank       int                `json:"rank"`
	Contestant judge.Contestant   `json:"contestant"`
	Submission judge.SubmissionID `json:"submission"` // the one that counts here
	Language   judge.LanguageID   `json:"language"`
	Verdict    judge.Verdict      `json:"verdict"`
	Passed     int                `json:"passed"`
	Total      int                `json:"total"`
	// Time is the board's own total; Real and CPU are both shown everywhere.
	Time time.Duration `json:"time_ns"`
	Real time.Duration `json:"real_ns"`
	CPU  time.Duration `json:"cpu_ns"`
	// Submissions counts the contestant's eligible submissions.
	Submissions int       `json:"submissions"`
	Receipt     time.Time `json:"receipt"`
}

// Board is the ranking of one problem by one measure.
type Board struct {
	Problem judge.ProblemID `json:"problem"`
	Board   judge.Board     `json:"board"`
	Rows    []Row           `json:"rows"`
}

// Eligible says whether a submission may stand on a board: judged, compiled,
// in time, and with at least one passed test case, for without one there is no
// total to compare.
func Eligible(c judge.Contest, e judge.Entry) bool {
	switch e.Judging.Verdict {
	case judge.Pending, judge.Compile, judge.Internal:
		return false
	}
	return e.Judging.State == judge.Done && c.InTime(e.Submission) && e.Judging.Passed > 0
}

// Compare orders two entries on a board, better first: more passed test cases,
// then less total time. Zero means that nothing separates them.
func Compare(board judge.Board, a, b judge.Entry) int {
	return cmp.Or(
		cmp.Compare(b.Judging.Passed, a.Judging.Passed),
		cmp.Compare(total(board, a.Judging), total(board, b.Judging)),
	)
}

// total is the time that a board ranks by.
func total(board judge.Board, j judge.Judging) time.Duration {
	if board == judge.CPUBoard {
		return j.CPU
	}
	return j.Real
}

// Rank builds a board of one problem from all of its entries: each
// contestant's best eligible submission, in order. Among equals the earlier
// receipt is listed first, at the same rank.
func Rank(c judge.Contest, problem judge.ProblemID, board judge.Board, entries []judge.Entry) Board {
	best := map[judge.Contestant]judge.Entry{}
	count := map[judge.Contestant]int{}
	for _, e := range entries {
		if e.Submission.Problem != problem || !Eligible(c, e) {
			continue
		}
		who := e.Submission.Contestant
		count[who]++
		if b, ok := best[who]; !ok || order(board, e, b) < 0 {
			best[who] = e
		}
	}
	chosen := make([]judge.Entry, 0, len(best))
	for _, e := range best {
		chosen = append(chosen, e)
	}
	slices.SortFunc(chosen, func(a, b judge.Entry) int { return order(board, a, b) })
	out := Board{Problem: problem, Board: board, Rows: make([]Row, len(chosen))}
	for i, e := range chosen {
		out.Rows[i] = row(board, e, count[e.Submission.Contestant])
		out.Rows[i].Rank = i + 1
		if i > 0 && Compare(board, chosen[i-1], e) == 0 {
			out.Rows[i].Rank = out.Rows[i-1].Rank
		}
	}
	return out
}

// order makes Compare total, so that a board does not depend on the order of
// its input.
func order(board judge.Board, a, b judge.Entry) int {
	return cmp.Or(
		Compare(board, a, b),
		a.Submission.Receipt.Compare(b.Submission.Receipt),
		cmp.Compare(a.Submission.ID, b.Submission.ID),
	)
}

func row(board judge.Board, e judge.Entry, submissions int) Row {
	return Row{
		Contestant: e.Submission.Contestant, Submission: e.Submission.ID, Language: e.Submission.Language,
		Verdict: e.Judging.Verdict, Passed: e.Judging.Passed, Total: e.Judging.Total,
		Time: total(board, e.Judging), Real: e.Judging.Real, CPU: e.Judging.CPU,
		Submissions: submissions, Receipt: e.Submission.Receipt,
	}
}

// Find is the contestant's row, if there is one.
func (b Board) Find(who judge.Contestant) (Row, bool) {
	i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.Contestant == who })
	if i < 0 {
		return Row{}, false
	}
	return b.Rows[i], true
}
