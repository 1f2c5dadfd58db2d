package leaderboard

import (
	"fmt"
	"math"
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
	Slow, Fast string // the ends of the scale
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

// newChart draws the submissions whose key is as good as the best one's:
// between others times decide nothing. Where the board is
// measured, neither are single runs and times of other machines. One point is
// no chart.
func newChart(v *view, p judge.Problem, board score.Scoreboard, row score.Row, entries []judge.Entry) (chart, bool) {
	b := board.Board
	points := bestKey(v.contest, p, entries)
	if isMeasured(board) {
		points = slices.DeleteFunc(points, func(e judge.Entry) bool {
			return !e.Judging.On(b).Measured.Is() || e.Judging.Class != board.Class
		})
	}
	if len(points) < 2 {
		return chart{}, false
	}
	total := func(e judge.Entry) judge.Amount { return e.Judging.On(b).Total() }
	text := func(a judge.Amount) string { return valueText(board.Scale, a) + " " + board.Scale.Word() }
	byValue := func(a, b judge.Entry) int { return board.Scale.Compare(total(a), total(b)) }
	slow, fast := total(slices.MaxFunc(points, byValue)), total(slices.MinFunc(points, byValue))
	from, to := points[0].Submission.Receipt, points[len(points)-1].Submission.Receipt
	c := chart{
		Title: v.problemName(p.ID) + ", " + boardWords(b), Slow: valueText(board.Scale, slow), Fast: text(fast),
		From: momentOf(from, v.contest.Zone), To: momentOf(to, v.contest.Zone),
	}
	x := func(t time.Time) float64 { return scale(float64(t.Sub(from)), float64(to.Sub(from)), chartWidth) }
	y := func(e judge.Entry) float64 {
		return scale(math.Abs(float64(slow-total(e))), math.Abs(float64(slow-fast)), chartHeight)
	}
	var path strings.Builder
	counts := points[0]
	for i, e := range points {
		px, py := x(e.Submission.Receipt), y(e)
		challenge, _ := row.Challenge(e.Submission.ID)
		took := i == 0 || challenge.Outcome.Took()
		if took {
			counts = e
		}
		by := y(counts)
		if i == 0 {
			fmt.Fprintf(&path, "M%s %s", num(px), num(by))
		} else {
			fmt.Fprintf(&path, "H%sV%s", num(px), num(by))
		}
		c.Dots = append(c.Dots, dot{num(px), num(py), took,
			fmt.Sprintf("submission %d: %s", e.Submission.ID, text(total(e)))})
	}
	c.Path = path.String()
	c.Label = fmt.Sprintf("The %s that counts, over %d comparable submissions: from %s to %s",
		boardWords(b), len(points), text(total(points[0])), text(total(counts)))
	return c, true
}

// bestKey are the eligible submissions of a problem with a time, oldest first, that
// have the best key.
func bestKey(c judge.Contest, p judge.Problem, entries []judge.Entry) []judge.Entry {
	key, best := score.RuleOf(p).Key, 0.
	var out []judge.Entry
	for _, e := range entries {
		if e.Submission.Problem == p.ID && score.Eligible(c, p, e) && timed(e.Judging) {
			best = max(best, key(e.Judging.Grade))
			out = append(out, e)
		}
	}
	out = slices.DeleteFunc(out, func(e judge.Entry) bool { return key(e.Judging.Grade) < best })
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
