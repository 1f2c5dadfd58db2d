package leaderboard

import (
	"fmt"
	"maps"
	"slices"

	"contest/judge"
	"contest/judge/score"
)

type contestantData struct {
	frame
	Name      string
	Standings []standing
	Charts    []chart
	Rows      []entryRow
}

// standing is where a contestant stands on one board.
type standing struct {
	Problem string
	Board   judge.Board
	Link    string
	Row     boardRow
	Of      int // contestants with a rank on the board
	// Newest says why the newest submission is not the one that counts; empty
	// where it is.
	Newest string
	Choice string // the submission that is chosen for the final; may be empty
}

func (s *Site) contestantPage(req request) (page, error) {
	v := req.snap.view
	entries := v.of(req.args[0])
	if len(entries) == 0 {
		return page{}, judge.ErrNotFound
	}
	who := entries[0].Submission.Contestant
	d := contestantData{frame: s.frame(req, string(who)), Name: string(who)}
	d.Description = "Places and submissions of " + d.Name + "."
	d.follow(v)
	for _, p := range v.problems {
		for _, b := range boardsOf(p) {
			board := v.boards[boardKey{p.ID, b}]
			i := slices.IndexFunc(board.Rows, func(r score.Row) bool { return r.Contestant == who })
			if i < 0 {
				continue
			}
			row := boardRows(d.links, board, board.Rows[i:i+1], barScale{}, v.contest.Zone, v.medals(p.ID, b))[0]
			d.Standings = append(d.Standings, standing{v.problemName(p.ID), b, d.ToBoard(p.ID, b), row, board.Ranked(), newest(board.Rows[i]), choice(board.Rows[i])})
			if c, ok := newChart(v, p, board, board.Rows[i], entries); ok {
				d.Charts = append(d.Charts, c)
			}
		}
	}
	d.Rows = entryRows(d.links, v, entries)
	return page{cache: cachePerson, data: d}, nil
}

func contestantArgs(v *view) [][]string {
	var out [][]string
	for _, slug := range slices.Sorted(maps.Keys(v.people)) {
		out = append(out, []string{slug})
	}
	return out
}

// choice says which submission is chosen for the final.
func choice(r score.Row) string {
	if r.Choice == nil {
		return ""
	}
	return score.ChoiceText(r.Choice.Submission, r.Choice.Ignored())
}

// newest says why the last submission of a row does not stand.
func newest(r score.Row) string {
	if len(r.Challenges) == 0 {
		return ""
	}
	last := r.Challenges[len(r.Challenges)-1]
	if why := last.Why(r.Submission); why != "" {
		return fmt.Sprintf("submission %d is %s", last.Submission, why)
	}
	return ""
}
