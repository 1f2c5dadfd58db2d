package leaderboard

import (
	"strconv"
	"time"

	"contest/judge"
	"contest/judge/score"
)

// boardRow is one line of a board as templates print it.
type boardRow struct {
	Key        string // unique on the board: what moves when the row moves
	Rank       int    // zero without one
	RankText   string // "3", "3=" when shared, or "–" without a rank
	Range      string // the places in doubt, such as "2–4"; empty without doubt
	Medal      string // "gold", "silver", "bronze" or empty
	Name       string
	Contestant string // links
	Submission string
	ID         judge.SubmissionID
	Language   string
	Time       string // milliseconds; empty without one
	NoTime     string // why there is no Time
	Margin     string // what Time may be off by; empty when it was not measured
	Other      string // the other measure
	Passed     int
	Total      int
	// Gap and Ratio compare with the leader; empty in other groups than the
	// leader's, where times decide nothing between the two.
	// Of a measured row Ratio is to the reference, and there is no Gap.
	Gap, Ratio  string
	Bar         *bar // nil where the time does not compare with that at the top
	Leader      bool
	Rounds      int
	RoundsTitle string
	Marks       []mark
	Submissions int
	Receipt     moment
}

// medalOf is the medal of a rank, for rows that passed everything on a board that is
// decided.
var medalOf = map[int]string{1: "gold", 2: "silver", 3: "bronze"}

// boardRows prints rows of a board, whose first row may not be among them.
// Medals stand only where medals says so.
func boardRows(l links, b score.Scoreboard, rows []score.Row, s barScale, zone *time.Location, medals bool) []boardRow {
	out := make([]boardRow, len(rows))
	leader := rowOfLeader(b)
	for i, r := range rows {
		out[i] = printRow(l, b, r, zone)
		if medals && r.Passed == r.Grade.Total {
			out[i].Medal = medalOf[r.Rank]
		}
		if leader != nil && !r.Measured.Is() {
			out[i].compare(b, r, *leader)
		}
		out[i].Bar = s.draw(barTimeOf(r))
	}
	return out
}

// rowOfLeader is what rows compare themselves with; nil where they compare
// with the reference.
func rowOfLeader(b score.Scoreboard) *score.Row {
	if len(b.Rows) == 0 || isMeasured(b) {
		return nil
	}
	return &b.Rows[0]
}

func printRow(l links, b score.Scoreboard, r score.Row, zone *time.Location) boardRow {
	row := boardRow{
		Key:  slug(r.Contestant),
		Rank: r.Rank, RankText: r.RankText(), Leader: r.Rank == 1 && !r.Measured.Is(),
		Name: string(r.Contestant), Contestant: l.ToContestant(r.Contestant),
		Submission: l.ToSubmission(r.Submission), ID: r.Submission, Language: string(r.Language),
		Passed: r.Passed, Total: r.Grade.Total,
		Submissions: r.Submissions, Receipt: momentOf(r.Receipt, zone), Marks: marksOf(r),
	}
	other := r.Values.On(otherOf(b.Board)).Total().Time()
	switch {
	case r.Measured.Is():
		row.measured(b.Scale, r.Measured, r.Ranking)
		row.Other = about(other)
	case r.TimedPassed > 0:
		row.Time, row.Other = valueText(b.Scale, r.Value), ms(other)
	default:
		row.NoTime = "no timed test passed"
	}
	return row
}

// measured prints what only measured rows have.
func (row *boardRow) measured(s judge.Scale, m judge.Measured, ranking judge.Ranking) {
	low, high := m.Interval()
	time := marginOf(s, m.Total, low, high)
	row.Time, row.Margin = time.Value, time.Margin
	row.Ratio, _ = judge.Margin(m.Ratio, m.Ratio*m.HalfWidth)
	row.Rounds, row.RoundsTitle = m.Rounds, roundsTitle(m)
	row.Range = ranking.RangeText()
}

// compare prints the distance from the leader, for rows that were not measured.
func (row *boardRow) compare(b score.Scoreboard, r, leader score.Row) {
	if r.Group != leader.Group || r.TimedPassed == 0 || r.Value <= 0 {
		return
	}
	switch {
	case b.Scale.More:
		row.Ratio = ratio(leader.Value, r.Value)
	case b.Scale.Time():
		row.Gap, row.Ratio = "+"+ms((r.Value-leader.Value).Time()), ratio(r.Value, leader.Value)
	default:
		row.Ratio = ratio(r.Value, leader.Value)
	}
}

// entryRow is one submission in a list.
type entryRow struct {
	Key        string
	ID         judge.SubmissionID
	Submission string // links
	Contestant string
	Problem    string // empty when the contest no longer has it
	Name       string
	Title      string // the problem's name
	Language   string
	Verdict    chip
	Late       string // how late; empty when it is in time
	Passed     int
	Total      int
	Judged     bool
	Real, CPU  string // milliseconds; empty where there is no total
	Receipt    moment
}

func entryRows(l links, v *view, entries []judge.Entry) []entryRow {
	out := make([]entryRow, len(entries))
	for i, e := range entries {
		sub, j := e.Submission, e.Judging
		out[i] = entryRow{
			Key: "s" + strconv.FormatInt(int64(sub.ID), 10), ID: sub.ID, Submission: l.ToSubmission(sub.ID),
			Contestant: l.ToContestant(sub.Contestant), Name: string(sub.Contestant),
			Title:    v.problemName(sub.Problem),
			Language: string(sub.Language), Verdict: chipOf(j), Late: lateText(v.contest, sub),
			Receipt: momentOf(sub.Receipt, v.contest.Zone),
		}
		if _, ok := v.problem(sub.Problem); ok {
			out[i].Problem = l.ToProblem(sub.Problem)
		}
		if !j.Pending() && j.State == judge.Done {
			out[i].Judged, out[i].Passed, out[i].Total = true, j.Passed, j.Total
			if timed(j) {
				out[i].Real, out[i].CPU = totalText(j, judge.RealBoard), totalText(j, judge.CPUBoard)
			}
		}
	}
	return out
}

// timed says whether there is a total: at least one timed test passed.
func timed(j judge.Judging) bool { return j.TimedPassed > 0 }

// totalText is a total without its interval, in milliseconds.
func totalText(j judge.Judging, b judge.Board) string {
	v := j.On(b)
	if v.Measured.Is() {
		low, high := v.Measured.Interval()
		return millis(v.Measured.Total, low, high).Value
	}
	return ms(v.Once.Time())
}

// lateText is how late a submission is, in words; empty when it is in time.
func lateText(c judge.Contest, s judge.Submission) string {
	if late := c.LateBy(s); late > 0 {
		return judge.Span(late)
	}
	return ""
}

// chip is a verdict as shape, colour and words.
type chip struct {
	Class string
	Text  string
}

var chipClasses = map[judge.Verdict]string{
	judge.Accepted: "ac", judge.Wrong: "wa", judge.TimeOut: "tle", judge.Memory: "mle",
	judge.Crash: "rte", judge.Output: "ole", judge.Compile: "ce", judge.NotRun: "nr",
}

// chipOf is the public state of a judging.
func chipOf(j judge.Judging) chip {
	if j.Pending() {
		switch j.State {
		case judge.Compiling:
			return chip{"pending", "compiling"}
		case judge.Running:
			return chip{"pending", "running"}
		}
		return chip{"pending", judge.Pending.Name()}
	}
	if j.State == judge.Cancelled {
		return chip{"nr", string(judge.Cancelled)}
	}
	return verdictChip(j.Verdict)
}

func verdictChip(v judge.Verdict) chip {
	v = v.Public()
	class, known := chipClasses[v]
	if !known {
		class = "pending"
	}
	return chip{class, v.Name()}
}
