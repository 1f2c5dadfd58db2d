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
	Rank       int
	Place      string // "3", or "=3" when shared
	Medal      string // "gold", "silver", "bronze" or empty
	Name       string
	Contestant string // links
	Submission string
	ID         judge.SubmissionID
	Language   string
	Time       string // milliseconds; empty when no timed test passed
	Other      string // the other measure
	Passed     int
	Total      int
	// Gap, Ratio and Bar compare with the leader; empty where the totals are
	// over different numbers of passed tests and say nothing about each other.
	Gap, Ratio  string
	Bar         string // width of 0 to 100: the leader's time over this one
	Leader      bool
	Submissions int
	Receipt     moment
}

var medals = map[int]string{1: "gold", 2: "silver", 3: "bronze"}

// boardRows prints rows of a board; leader is its first row, and may not be
// among them.
func boardRows(l links, b score.Board, rows []score.Row, zone *time.Location) []boardRow {
	shared := map[int]int{}
	for _, r := range b.Rows {
		shared[r.Rank]++
	}
	out := make([]boardRow, len(rows))
	for i, r := range rows {
		out[i] = printRow(l, b, r, zone)
		if shared[r.Rank] > 1 {
			out[i].Place = "=" + out[i].Place
		}
	}
	return out
}

func printRow(l links, b score.Board, r score.Row, zone *time.Location) boardRow {
	leader := b.Rows[0]
	row := boardRow{
		Key:  slug(r.Contestant),
		Rank: r.Rank, Place: strconv.Itoa(r.Rank), Medal: medals[r.Rank], Leader: r.Rank == leader.Rank,
		Name: string(r.Contestant), Contestant: l.ToContestant(r.Contestant),
		Submission: l.ToSubmission(r.Submission), ID: r.Submission, Language: string(r.Language),
		Passed: r.Passed, Total: r.Total,
		Submissions: r.Submissions, Receipt: momentOf(r.Receipt, zone),
	}
	if r.Real == 0 && r.CPU == 0 { // a total of nothing is not a time
		return row
	}
	row.Time, row.Other = ms(r.Time), ms(r.CPU)
	if b.Board == judge.CPUBoard {
		row.Other = ms(r.Real)
	}
	if r.Passed == leader.Passed && r.Time > 0 {
		row.Gap = "+" + ms(r.Time-leader.Time)
		row.Ratio = ratio(r.Time, leader.Time)
		row.Bar = strconv.FormatFloat(100*float64(leader.Time)/float64(r.Time), 'f', 1, 64)
	}
	return row
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
		if !pending(j) {
			out[i].Judged, out[i].Passed, out[i].Total = true, j.Passed, j.Total
			if timed(j) {
				out[i].Real, out[i].CPU = ms(j.Real), ms(j.CPU)
			}
		}
	}
	return out
}

// timed says whether there is a total: at least one timed test passed.
func timed(j judge.Judging) bool { return j.Real > 0 || j.CPU > 0 }

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
	if pending(j) {
		switch j.State {
		case judge.Compiling:
			return chip{"pending", "compiling"}
		case judge.Running:
			return chip{"pending", "running"}
		}
		return chip{"pending", judge.Pending.Name()}
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
