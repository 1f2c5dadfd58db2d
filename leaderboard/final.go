package leaderboard

import (
	"fmt"
	"slices"
	"strconv"

	"contest/judge"
	"contest/judge/wire"
)

// finalLink is the way to a final that is finished.
type finalLink struct {
	Link    string
	Title   string
	Name    string // as the organiser calls it, where the board has several
	Outcome string // what it came to, in words
	// Degraded says that the machine was not fit, Decides what follows from the
	// final where its outcome does not tell; both may be empty.
	Degraded, Decides string
}

type finalData struct {
	frame
	Problem     string
	ProblemLink string
	Board       judge.Board
	BoardLink   string
	Heading     string
	Name        string // as the organiser calls it
	Practice    bool
	Early       bool   // held before the deadline was moved
	Degraded    string // what the machine lacked; empty if it was fit
	Outcome     string
	Prizes      int
	Rounds      int
	Tests       int
	Pairs       string
	Disturbed   string // share of the pairs; empty if none was
	Scheduling  string
	Machine     machineRef
	Started     moment
	Finished    moment
	Fresh       *judge.FreshTests // nil for the problem's own tests
	Rows        []finalRow
	Scale       barScale
	Matches     []matchRow
	JSON        string
}

// finalRow is where a finalist ended, beside its place on the board before.
type finalRow struct {
	boardRow
	Before string // the place on the board; "–" without one
	Chosen string // that it was chosen in place of another; empty if it was not
	Out    string // why it is out, in public words; empty if it is not
	Lost   string // what it lost on fresh tests; empty for nothing
}

// matchRow is the direct comparison of two finalists.
type matchRow struct {
	First, Second string // names; the first was estimated to be faster
	Ratio         string // of the first one's time to the second one's
	Low, High     string // empty for equal programs
	Outcome       chip
	Rounds        int
}

func (s *Site) finalPage(req request) (page, error) {
	f, err := req.snap.final(req.args[0])
	if err != nil {
		return page{}, err
	}
	v := req.snap.view
	d := finalData{
		frame: s.frame(req, v.problemName(f.Problem)+": "+finalWord(f)+", "+boardWords(f.Board)), Problem: v.problemName(f.Problem),
		Board: f.Board, Heading: finalWord(f) + ", " + boardWords(f.Board), Name: f.Name, Practice: f.Practice, Degraded: f.Degraded, Outcome: finalOutcome(f), Prizes: f.Prizes, Rounds: f.Rounds,
		Tests: len(f.Tests), Pairs: group(int64(f.Standing.Pairs)), Scheduling: schedulingText(f.Scheduling),
		Started: momentOf(f.Started, v.contest.Zone), Finished: momentOf(f.Finished, v.contest.Zone),
	}
	d.Machine, d.Fresh = v.machine(d.links, f.Class), f.Fresh
	d.Description = d.Title + ": " + d.Outcome + "."
	if _, ok := v.problem(f.Problem); ok {
		d.ProblemLink, d.BoardLink = d.ToProblem(f.Problem), d.ToBoard(f.Problem, f.Board)
	}
	if f.Standing.Disturbed > 0 {
		d.Disturbed = fmt.Sprintf("%.1f\u202f%%", 100*disturbedShare(f.Standing.Disturbed, f.Standing.Pairs))
	}
	d.Early = v.early(f)
	d.Rows, d.Scale = finalRows(d.links, v, f)
	d.Matches = matchRows(f)
	d.JSON = d.Root + "api/v1/finals/" + req.args[0] + ".json"
	return page{cache: cacheQuiet, data: d}, nil
}

// finalJSON is /api/v1/finals/{id}.
func (s *Site) finalJSON(req request) (answer, error) {
	f, err := req.snap.final(req.args[0])
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(cacheQuiet, wire.Final{Zone: req.snap.contest.Zone.String(), Final: f})
}

// final finds a finished final by its number as addresses write it.
func (v *view) final(number string) (judge.Final, error) {
	for _, f := range v.finals {
		if strconv.FormatInt(int64(f.ID), 10) == number {
			return f, nil
		}
	}
	return judge.Final{}, judge.ErrNotFound
}

// finalsOf are the ways to the finals of a board, the newest first.
func (v *view) finalsOf(l links, p judge.ProblemID, b judge.Board) []finalLink {
	finals, deciding := []judge.Final{}, 0
	for _, f := range slices.Backward(v.finals) {
		if f.Problem != p || f.Board != b {
			continue
		}
		finals = append(finals, f)
		if v.decides(f) {
			deciding++
		}
	}
	out := make([]finalLink, len(finals))
	for i, f := range finals {
		out[i] = finalLink{Link: l.ToFinal(f.ID), Title: finalWord(f), Outcome: finalOutcome(f)}
		if len(finals) > 1 {
			out[i].Name = f.Name
		}
		if f.Degraded != "" {
			out[i].Degraded = "It was timed on a machine that is not fit for an official contest."
		}
		switch {
		case f.Practice:
			out[i].Decides = "It decides nothing."
		case v.early(f):
			out[i].Decides = "It was held before the deadline was moved, and decides nothing."
		case v.decides(f) && deciding > 1: // which of them, only the organiser can say
			out[i].Decides = "A final decides the prizes, not this board."
		case v.decides(f):
			out[i].Decides = "The final decides the prizes, not this board."
		}
	}
	return out
}

// decides says whether prizes may follow from a final that is finished.
func (v *view) decides(f judge.Final) bool {
	return !f.Practice && !v.early(f) && f.Standing.Stop != judge.Unstable
}

// early says whether a final was held before the deadline, which has been moved
// since: submissions that it did not have still count.
func (v *view) early(f judge.Final) bool {
	cutoff := v.contest.Deadline.Cutoff
	return !f.Practice && !cutoff.IsZero() && f.Started.Before(cutoff)
}

// medals says whether a board is decided: the contest is over, and no final
// decides in its place.
func (v *view) medals(p judge.ProblemID, b judge.Board) bool {
	return v.state.Phase == judge.PhaseOver &&
		!slices.ContainsFunc(v.finals, func(f judge.Final) bool { return f.Problem == p && f.Board == b && v.decides(f) })
}

func finalWord(f judge.Final) string {
	if f.Practice {
		return "Practice final"
	}
	return "Final"
}

// finalOutcome says what a final came to.
func finalOutcome(f judge.Final) string {
	after := " after " + plural(f.Rounds, "round", "rounds")
	switch f.Standing.Stop {
	case "decided":
		return "decided" + after
	case "rounds":
		return "ended" + after + ", not all told apart"
	case "alone":
		return "ended" + after + ", without rivals"
	case judge.Unstable:
		return "nothing decided" + after + ": the machine disturbed too many runs"
	}
	return "ended" + after
}

// finalRows prints the ranks with what boards print of measured rows.
func finalRows(l links, v *view, f judge.Final) ([]finalRow, barScale) {
	rows := f.Standing.Rows
	times := make([]barTime, len(rows))
	var first judge.Finalist
	for i, p := range rows {
		one, _ := f.Finalist(p.Submission)
		if i == 0 {
			first = one
		}
		if p.Rank > 0 && p.Measured.Is() {
			times[i] = barTime{time: p.Measured.Total, measured: true}
			times[i].low, times[i].high = p.Measured.Interval()
		}
		if one.Passed != first.Passed || one.Missed != first.Missed {
			times[i].group = 1 // not compared with the first one's
		}
	}
	s := barScaleOf(times)
	out := make([]finalRow, len(rows))
	for i, p := range rows {
		out[i] = printFinalRow(l, f, p, v.decides(f))
		out[i].Bar = s.draw(times[i])
	}
	return out, s
}

// printFinalRow prints a row of a final, with a medal if those are won there.
func printFinalRow(l links, f judge.Final, p judge.FinalRow, medals bool) finalRow {
	one, _ := f.Finalist(p.Submission)
	row := finalRow{
		boardRow: boardRow{
			Key: slug(one.Contestant), Rank: p.Rank, RankText: p.RankText(), Name: string(one.Contestant), Contestant: l.ToContestant(one.Contestant),
			Submission: l.ToSubmission(p.Submission), ID: p.Submission, Language: string(one.Language),
		},
		Before: one.RankText(), Chosen: one.ChosenText(), Out: p.Out, Lost: f.LostText(p),
	}
	if p.Measured.Is() {
		row.measured(judge.Scale{}, p.Measured, p.Ranking)
	}
	switch {
	case p.Out != "":
		row.NoTime = "out: " + p.Out
	case !p.Measured.Is():
		row.NoTime = "the machine disturbed too many runs"
	case medals && one.Missed == 0:
		row.Medal = medalOf[p.Rank]
	}
	return row
}

func matchRows(f judge.Final) []matchRow {
	out := make([]matchRow, len(f.Standing.Matches))
	name := func(id judge.SubmissionID) string {
		one, _ := f.Finalist(id)
		return string(one.Contestant)
	}
	for i, m := range f.Standing.Matches {
		row := matchRow{First: name(m.A), Second: name(m.B), Outcome: outcomeChip(m, name)}
		if m.Outcome != "passed more" { // else times are not compared
			row.Ratio, row.Rounds = matchRatio(m.Ratio), m.Rounds
		}
		if m.Low > 0 && m.Outcome != "same" {
			row.Low, row.High = matchRatio(m.Low), matchRatio(m.High)
		}
		out[i] = row
	}
	return out
}

// matchRatio prints a ratio to a tenth of the resolution.
func matchRatio(r float64) string { return strconv.FormatFloat(r, 'f', 4, 64) }

func outcomeChip(m judge.FinalMatch, name func(judge.SubmissionID) string) chip {
	switch m.Outcome {
	case "same":
		return chip{"nr", "the same program"}
	case "separated":
		if m.Ratio > 1 { // estimated to be faster, found to be slower
			return chip{"ac", name(m.B) + " is faster"}
		}
		return chip{"ac", name(m.A) + " is faster"}
	case "passed more":
		return chip{"ac", name(m.A) + " passed more tests"}
	case "tied":
		return chip{"nr", "equally fast"}
	}
	return chip{"pending", "not told apart"}
}

func finalArgs(v *view) [][]string {
	out := make([][]string, len(v.finals))
	for i, f := range v.finals {
		out[i] = []string{strconv.FormatInt(int64(f.ID), 10)}
	}
	return out
}
