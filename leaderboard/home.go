package leaderboard

import (
	"contest/judge"
)

const (
	homeRows   = 10 // of each board
	homeLatest = 12
)

type homeData struct {
	frame
	Hero     hero
	Problems []homeProblem
	Latest   []entryRow
	More     bool // there are more submissions than Latest
}

// hero is the top of the front page: what the contest is and where it stands.
type hero struct {
	About, Prizes string
	Phase         judge.Phase
	Label         string
	Sentence      string
	Deadline      string // as on every surface
	// Target is what the clock counts down to: the start, then the cutoff.
	Target      moment
	TargetLabel string
	Date, Clock string // the target as the organiser wrote it, for the wall
	Start       moment
	Contestants int
	Submissions int
	Queue       judge.QueueStats
	Oldest      moment
	HeldSince   moment // while nothing is judged
	HeldEnds    moment
}

type homeProblem struct {
	ID     judge.ProblemID
	Name   string
	Link   string
	Limits []limit
	Boards []homeBoard
}

type homeBoard struct {
	ID    string // unique on the page
	Board judge.Board
	Link  string
	// Measured: Rows have intervals and ratios to the reference.
	Measured bool
	Finals   []finalLink
	Rows     []boardRow
	Scale    barScale // of these rows alone
	Rest     int      // contestants beyond Rows
}

func (s *Site) homePage(req request) (page, error) {
	v := req.snap.view
	d := homeData{frame: s.frame(req, ""), Hero: newHero(v)}
	d.follow(v)
	d.Description = v.contest.About
	for _, p := range v.problems {
		d.Problems = append(d.Problems, newHomeProblem(d.links, v, p))
	}
	d.Latest = entryRows(d.links, v, v.entries[:min(homeLatest, len(v.entries))])
	d.More = len(v.entries) > homeLatest
	return page{cache: cacheLive, data: d}, nil
}

func newHomeProblem(l links, v *view, p judge.Problem) homeProblem {
	h := homeProblem{ID: p.ID, Name: v.problemName(p.ID), Link: l.ToProblem(p.ID), Limits: limitsOf(p)}
	for _, b := range boardsOf(p) {
		board := v.boards[boardKey{p.ID, b}]
		top := board.Rows[:min(homeRows, len(board.Rows))]
		s := newBarScale(board.Scale, top)
		h.Boards = append(h.Boards, homeBoard{
			ID: "board-" + string(p.ID) + "-" + string(b), Board: b, Link: l.ToBoard(p.ID, b), Measured: isMeasured(board),
			Finals: v.finalsOf(l, p.ID, b), Rows: boardRows(l, board, top, s, v.contest.Zone, v.medals(p.ID, b)), Scale: s, Rest: len(board.Rows) - len(top),
		})
	}
	return h
}

func newHero(v *view) hero {
	c := v.contest
	h := hero{
		About: c.About, Prizes: c.Prizes, Phase: v.state.Phase, Label: label(v.state.Phase),
		Sentence: sentence(c, v.state), Deadline: c.Deadline.String(), Start: momentOf(c.Start, c.Zone),
		Contestants: len(v.people), Submissions: len(v.entries),
		Queue: v.queue, Oldest: momentOf(v.queue.Oldest, c.Zone),
		HeldSince: momentOf(v.queue.Held.Since, c.Zone), HeldEnds: momentOf(v.queue.Held.Ends, c.Zone),
	}
	target := c.Deadline.Cutoff
	switch v.state.Phase {
	case judge.PhaseBefore:
		target, h.TargetLabel = c.Start, "Starts in"
		h.Date, h.Clock = wall(c, c.Start.In(c.Zone).Format("2006-01-02 15:04"))
	case judge.PhaseRunning, judge.PhaseLastHour:
		h.TargetLabel = "Ends in"
		h.Date, h.Clock = wall(c, c.Deadline.Written)
	default:
		h.Date, h.Clock = wall(c, c.Deadline.Written)
	}
	h.Target = momentOf(target, c.Zone)
	return h
}

// wall splits a written instant into date and clock for large print.
func wall(c judge.Contest, written string) (date, clock string) {
	t, err := judge.ParseTime(written, c.Zone)
	if err != nil {
		return "", ""
	}
	clock = "15:04"
	if len(written) > len("2006-01-02 15:04") {
		clock = "15:04:05"
	}
	return t.Format("Monday, January 2, 2006"), t.Format(clock)
}
