package leaderboard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/score"
)

// chart is a contestant's time that counts on one board, as it fell.
type chart struct {
	Title      string
	Label      string // the same in words
	Path       string // the step line of what counted
	Dots       []dot
	Slow, Fast string // the ends of the scale, milliseconds
	From, To   moment
}

type dot struct {
	X, Y string
	Best bool // it counted from then on
	Text string
}

const (
	chartWidth, chartHeight = 480.0, 120.0
	chartPad                = 8.0
)

// newChart draws the submissions whose first key is as good as the best one's:
// between others times decide nothing. Where the board is
// measured, neither are single runs and times of other machines. One point is
// no chart.
func newChart(v *view, p judge.Problem, board score.Board, row score.Row, entries []judge.Entry) (chart, bool) {
	b := board.Board
	points := bestKey(v.contest, p.ID, entries)
	if isMeasured(board) {
		points = slices.DeleteFunc(points, func(e judge.Entry) bool {
			return !e.Judging.Measured.On(b).Is() || e.Judging.Class != board.Class
		})
	}
	if len(points) < 2 {
		return chart{}, false
	}
	slow, fast := points[0].Judging.TotalTime(b), points[0].Judging.TotalTime(b)
	for _, e := range points {
		slow, fast = max(slow, e.Judging.TotalTime(b)), min(fast, e.Judging.TotalTime(b))
	}
	from, to := points[0].Submission.Receipt, points[len(points)-1].Submission.Receipt
	c := chart{
		Title: v.problemName(p.ID) + ", " + boardWords(b), Slow: ms(slow), Fast: ms(fast),
		From: momentOf(from, v.contest.Zone), To: momentOf(to, v.contest.Zone),
	}
	x := func(t time.Time) float64 { return scale(float64(t.Sub(from)), float64(to.Sub(from)), chartWidth) }
	y := func(d time.Duration) float64 { return scale(float64(slow-d), float64(slow-fast), chartHeight) }
	var path strings.Builder
	counts := points[0]
	for i, e := range points {
		px, py := x(e.Submission.Receipt), y(e.Judging.TotalTime(b))
		challenge, _ := row.Challenge(e.Submission.ID)
		took := i == 0 || challenge.Outcome.Took()
		if took {
			counts = e
		}
		by := y(counts.Judging.TotalTime(b))
		if i == 0 {
			fmt.Fprintf(&path, "M%s %s", num(px), num(by))
		} else {
			fmt.Fprintf(&path, "H%sV%s", num(px), num(by))
		}
		c.Dots = append(c.Dots, dot{num(px), num(py), took,
			fmt.Sprintf("submission %d: %s ms", e.Submission.ID, ms(e.Judging.TotalTime(b)))})
	}
	c.Path = path.String()
	c.Label = fmt.Sprintf("The %s that counts, over %d comparable submissions: from %s ms to %s ms",
		boardWords(b), len(points), ms(points[0].Judging.TotalTime(b)), ms(counts.Judging.TotalTime(b)))
	return c, true
}

// bestKey are the eligible submissions of a problem with a time, oldest first, that
// have the best first key.
func bestKey(c judge.Contest, problem judge.ProblemID, entries []judge.Entry) []judge.Entry {
	best := 0
	var out []judge.Entry
	for _, e := range entries {
		if e.Submission.Problem == problem && score.Eligible(c, e) && timed(e.Judging) {
			best = max(best, e.Judging.FirstKey())
			out = append(out, e)
		}
	}
	out = slices.DeleteFunc(out, func(e judge.Entry) bool { return e.Judging.FirstKey() < best })
	slices.SortFunc(out, func(a, b judge.Entry) int {
		return a.Submission.Receipt.Compare(b.Submission.Receipt)
	})
	return out
}

// scale maps 0..whole to the inside of a side; the middle when all is one.
func scale(part, whole, side float64) float64 {
	if whole <= 0 {
		return side / 2
	}
	return chartPad + (side-2*chartPad)*part/whole
}
