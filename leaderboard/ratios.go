package leaderboard

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"contest/judge"
)

// ratioPlot draws the ratio of every timed test to the reference. Lengths
// across are hundredths of the width and heights are pixels, so that marks and
// letters keep their size on every screen.
type ratioPlot struct {
	ID     string // unique on the page
	Title  string
	Label  string // the picture in words
	Height int
	One    string // where the reference is
	Labels []ratioLabel
	Marks  []ratioMark
	Beyond bool       // an interval goes on beyond the scale
	Rows   []ratioRow // the same as a table
}

type ratioLabel struct{ Y, Text string }

type ratioMark struct {
	Class        string
	X            string
	Y, Low, High string
	Text         string
}

type ratioRow struct {
	Test, Ratio, Low, High string
	Pairs                  int
	Reference              string // milliseconds
	AtFloor                bool
}

const (
	ratioHeight = 190
	ratioPad    = 12.0 // above and below, pixels
	// labelGap keeps letters apart, pixels.
	labelGap = 16.0
)

// newRatioPlot draws one board's tests by name; false without any.
func newRatioPlot(b judge.Board, tests []judge.MeasuredTest) (ratioPlot, bool) {
	tests = slices.DeleteFunc(slices.Clone(tests), func(t judge.MeasuredTest) bool { return !(t.Low > 0 && t.Low <= t.Ratio && t.Ratio <= t.High) })
	if len(tests) == 0 {
		return ratioPlot{}, false
	}
	slices.SortFunc(tests, func(a, b judge.MeasuredTest) int { return cmp.Compare(a.TestCase, b.TestCase) })
	p := ratioPlot{ID: "ratios-" + string(b), Title: boardName(b), Height: ratioHeight}
	y := newRatioScale(tests)
	p.One = num32(y.at(1))
	p.Labels = y.labels()
	faster := 0
	step := 100 / float64(len(tests))
	for i, t := range tests {
		if t.High < 1 {
			faster++
		}
		low, high := y.end(t.Low), y.end(t.High)
		if t.AtFloor {
			low, high = y.at(t.Low), y.at(t.High)
		}
		p.Beyond = p.Beyond || high == 0 || low == ratioHeight
		p.Marks = append(p.Marks, ratioMark{
			Class: ratioClass(t), X: place100((float64(i) + 0.5) * step),
			Y: num32(y.at(t.Ratio)), Low: num32(low), High: num32(high), Text: ratioText(t),
		})
		p.Rows = append(p.Rows, newRatioRow(t))
	}
	lowest, highest := tests[0].Ratio, tests[0].Ratio
	for _, t := range tests {
		lowest, highest = min(lowest, t.Ratio), max(highest, t.Ratio)
	}
	p.Label = fmt.Sprintf("%s of each of %s relative to the reference: from %s to %s times as long; surely faster in %d",
		boardName(b), plural(len(tests), "timed test", "timed tests"), ratioDigits(lowest), ratioDigits(highest), faster)
	return p, true
}

// ratioScale maps ratios to heights, by their logarithm.
type ratioScale struct{ top, bottom float64 }

// newRatioScale has room for all ratios and for the reference, and does not
// blow up differences below a few per cent. Intervals may make it three times as
// high, no more: with few pairs a single outlier is the end of one, and would
// flatten everything else. Tests at their floor, which may be far away, stand at
// the edge.
func newRatioScale(tests []judge.MeasuredTest) ratioScale {
	s := ratioScale{top: math.Log(1.03), bottom: -math.Log(1.03)}
	tests = slices.DeleteFunc(slices.Clone(tests), func(t judge.MeasuredTest) bool { return t.AtFloor })
	for _, t := range tests {
		s.top, s.bottom = max(s.top, math.Log(t.Ratio)), min(s.bottom, math.Log(t.Ratio))
	}
	room := s.top - s.bottom
	most := ratioScale{top: s.top + room, bottom: s.bottom - room}
	for _, t := range tests {
		s.top, s.bottom = max(s.top, min(math.Log(t.High), most.top)), min(s.bottom, max(math.Log(t.Low), most.bottom))
	}
	return s
}

func (s ratioScale) at(ratio float64) float64 {
	at := max(math.Log(ratio), s.bottom)
	return ratioPad + (s.top-at)/(s.top-s.bottom)*(ratioHeight-2*ratioPad)
}

// end is where an interval ends: at the edge of the picture if it goes on
// beyond the scale.
func (s ratioScale) end(ratio float64) float64 {
	switch at := math.Log(ratio); {
	case at > s.top+1e-9: // rounding is not beyond
		return 0
	case at < s.bottom-1e-9:
		return ratioHeight
	}
	return s.at(ratio)
}

// labels are the reference's 1 and the ends, where there is room.
func (s ratioScale) labels() []ratioLabel {
	one := s.at(1)
	out := []ratioLabel{{num32(one + 4), "1"}}
	for _, end := range []float64{s.top, s.bottom} {
		ratio := math.Exp(end)
		if y := s.at(ratio); math.Abs(y-one) >= labelGap {
			out = append(out, ratioLabel{num32(y + 4), ratioDigits(ratio)})
		}
	}
	return out
}

func ratioClass(t judge.MeasuredTest) string {
	switch {
	case t.AtFloor:
		return "floor"
	case t.High < 1:
		return "faster"
	case t.Low > 1:
		return "slower"
	}
	return "even"
}

func ratioText(t judge.MeasuredTest) string {
	text := fmt.Sprintf("%s: %s times the reference, %s to %s, %s", t.TestCase,
		ratioDigits(t.Ratio), ratioDigits(t.Low), ratioDigits(t.High), plural(t.Pairs, "pair", "pairs"))
	if t.AtFloor {
		text += "; held at its floor"
	}
	return text
}

func newRatioRow(t judge.MeasuredTest) ratioRow {
	return ratioRow{
		Test: t.TestCase, Ratio: ratioDigits(t.Ratio), Low: ratioDigits(t.Low), High: ratioDigits(t.High),
		Pairs: t.Pairs, Reference: about(t.Reference), AtFloor: t.AtFloor,
	}
}

// ratioDigits prints a ratio to a tenth of a per cent.
func ratioDigits(r float64) string { return strconv.FormatFloat(r, 'f', 3, 64) }

// num32 prints a coordinate to a tenth of a pixel.
func num32(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }
