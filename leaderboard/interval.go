package leaderboard

import (
	"math"
	"strconv"
	"time"

	"contest/judge/score"
)

// barScale draws times as multiples of the time at the top of a board: from 1 at the
// left edge, logarithmically, to edge at the right. All rows that compare with the
// top have the same scale, on every page of the board; the others have no bar, for
// beside the time at the top theirs says nothing. The zero scale draws nothing.
type barScale struct {
	top  score.Row
	edge float64
}

// bar is a row's time on a scale, in hundredths of its width.
type bar struct {
	At        string // where the bar ends
	Low, High string // the interval; empty without one
}

const (
	// leastEdge keeps what is a few per mille slower from filling the whole width.
	leastEdge = 1.1
	// leastBar is the mark that the time at the top has, in hundredths.
	leastBar = 1.0
)

// newBarScale is the scale of a board whose first row is the first of rows.
func newBarScale(rows []score.Row) barScale {
	if len(rows) == 0 {
		return barScale{}
	}
	s := barScale{rows[0], leastEdge}
	if !s.compares(rows[0]) {
		return barScale{}
	}
	for _, r := range rows {
		if s.compares(r) {
			s.edge = max(s.edge, s.multiple(max(r.Time, r.High)))
		}
	}
	return s
}

// compares says whether a row's time can be held against that at the top: of the
// same first key, ranked, and timed the same way.
func (s barScale) compares(r score.Row) bool {
	measured := r.Measurement.Is()
	return r.Rank > 0 && r.Time > 0 && (measured || r.TimedPassed > 0) &&
		s.top.Time > 0 && r.Group == s.top.Group && measured == s.top.Measurement.Is()
}

// draw is a row's bar; nil for rows that do not compare.
func (s barScale) draw(r score.Row) *bar {
	if !s.compares(r) {
		return nil
	}
	b := &bar{At: place100(max(s.place(r.Time), leastBar))}
	if r.Measurement.Is() {
		b.Low, b.High = place100(s.place(r.Low)), place100(s.place(r.High))
	}
	return b
}

// Drawn says whether there are bars at all.
func (s barScale) Drawn() bool { return s.edge > 0 }

// Edge is how many times the time at the top the right edge stands for.
func (s barScale) Edge() string { return multiple(s.edge) }

// Middle is how many times the time at the top the middle stands for.
func (s barScale) Middle() string { return multiple(math.Sqrt(s.edge)) }

// Measured says whether there are intervals.
func (s barScale) Measured() bool { return s.top.Measurement.Is() }

func (s barScale) multiple(d time.Duration) float64 { return float64(d) / float64(s.top.Time) }

// place is a position in hundredths; what is faster than the top stands at the left
// edge.
func (s barScale) place(d time.Duration) float64 {
	return 100 * math.Log(max(s.multiple(d), 1)) / math.Log(s.edge)
}

// place100 prints a position; a tenth of a hundredth is less than a pixel.
func place100(x float64) string {
	return strconv.FormatFloat(math.Round(min(max(x, 0), 100)*10)/10, 'f', -1, 64)
}
