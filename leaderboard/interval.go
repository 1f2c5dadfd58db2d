package leaderboard

import (
	"math"
	"strconv"

	"contest/judge"
	"contest/judge/score"
)

// barScale draws times as multiples of the time at the top of a board: from 1 at the
// left edge, logarithmically, to edge at the right. All rows that compare with the
// top have the same scale, on every page of the board; the others have no bar, for
// beside the time at the top theirs says nothing. The zero scale draws nothing.
type barScale struct {
	top  barTime
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

// barTime is a time as a bar shows it.
type barTime struct {
	time      judge.Amount // zero where there is none to show
	low, high judge.Amount // of its interval, if it is measured
	measured  bool
	group     int // only times of one group are compared
}

func barTimeOf(r score.Row) barTime {
	t := barTime{time: r.Value, low: r.Low, high: r.High, measured: r.Measured.Is(), group: r.Group}
	if r.Rank == 0 || !t.measured && r.TimedPassed == 0 {
		t.time = 0
	}
	return t
}

// newBarScale is the scale of a board whose first row is the first of rows. Where more
// is better there are no bars: the longest would be of the worst.
func newBarScale(s judge.Scale, rows []score.Row) barScale {
	if s.More {
		return barScale{}
	}
	times := make([]barTime, len(rows))
	for i, r := range rows {
		times[i] = barTimeOf(r)
	}
	return barScaleOf(times)
}

// barScaleOf is the scale of times of which the first stands at the top.
func barScaleOf(times []barTime) barScale {
	if len(times) == 0 || times[0].time <= 0 {
		return barScale{}
	}
	s := barScale{times[0], leastEdge}
	for _, t := range times {
		if s.compares(t) {
			s.edge = max(s.edge, s.multiple(max(t.time, t.high)))
		}
	}
	return s
}

// compares says whether a time can be held against that at the top: of the same
// first key, ranked, and timed the same way.
func (s barScale) compares(t barTime) bool {
	return t.time > 0 && s.top.time > 0 && t.group == s.top.group && t.measured == s.top.measured
}

// draw is a time's bar; nil for times that do not compare.
func (s barScale) draw(t barTime) *bar {
	if !s.compares(t) {
		return nil
	}
	b := &bar{At: place100(max(s.place(t.time), leastBar))}
	if t.measured {
		b.Low, b.High = place100(s.place(t.low)), place100(s.place(t.high))
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
func (s barScale) Measured() bool { return s.top.measured }

func (s barScale) multiple(d judge.Amount) float64 { return float64(d) / float64(s.top.time) }

// place is a position in hundredths; what is faster than the top stands at the left
// edge.
func (s barScale) place(d judge.Amount) float64 {
	return 100 * math.Log(max(s.multiple(d), 1)) / math.Log(s.edge)
}

// place100 prints a position; a tenth of a hundredth is less than a pixel.
func place100(x float64) string {
	return strconv.FormatFloat(math.Round(min(max(x, 0), 100)*10)/10, 'f', -1, 64)
}
