package leaderboard

import (
	"math"
	"slices"
	"strconv"

	"contest/judge/measure"
	"contest/judge/score"
)

// whisker is a row's interval drawn on a stretch of a time axis, in hundredths
// of its width. Rows that follow each other share a stretch as long as they
// fit on it, at the same scale on the whole page; then a new stretch begins,
// shaded otherwise.
//
// The thin line is the interval. Two entries are told apart by the root of the
// squares of both half-widths, times measure.Apart, and not by their sum, so that
// lines may overlap a little and yet be told apart. The thick bar is the interval
// times barShare: where bars overlap mostly nothing is decided, and where they do
// not it mostly is (exactly so for intervals of one width).
type whisker struct {
	Low, High string // the interval
	At        string // the estimate
	X, W      string // the bar
	Odd       bool   // every other stretch
	// GhostX and GhostW are the bar of the row before, when a stretch begins
	// with this row: an overlap across the break is seen as well.
	GhostX, GhostW string
}

const (
	// stretchWidths is how many typical intervals fit on a stretch: with more
	// of them each bar is smaller, with fewer there are more breaks.
	stretchWidths = 8
	// wholeWidths is how many may fit when that spares all breaks.
	wholeWidths = 20
	stretchPad  = 2.0 // hundredths at either end
)

// reach is an interval of logarithms of time.
type reach struct{ low, at, high float64 }

// barShare is how long a bar is beside its interval.
var barShare = measure.Apart / math.Sqrt2

// bar is the part that overlaps others where nothing is decided. It is at least
// half the resolution to each side: two closer than that are not told apart
// either.
func (r reach) bar() (low, high float64) {
	const floor = measure.DefaultFloor / 2
	return r.at - max((r.at-r.low)*barShare, floor), r.at + max((r.high-r.at)*barShare, floor)
}

// span is all that is drawn of it.
func (r reach) span() (low, high float64) {
	low, high = r.bar()
	return min(low, r.low), max(high, r.high)
}

// reachOf is where a row's time lies; false for rows without an interval or
// without a rank.
func reachOf(r score.Row) (reach, bool) {
	if r.Rank == 0 || r.Low <= 0 || r.Time <= 0 || r.High <= 0 {
		return reach{}, false
	}
	return reach{math.Log(float64(r.Low)), math.Log(float64(r.Time)), math.Log(float64(r.High))}, true
}

// whiskers draws the rows of a page.
func whiskers(rows []score.Row) []*whisker {
	out := make([]*whisker, len(rows))
	width, odd := stretchWidth(rows), false
	for from := 0; from < len(rows); {
		first, ok := reachOf(rows[from])
		if !ok {
			from++
			continue
		}
		to := from + 1
		low, high := first.span()
		for ; to < len(rows) && rows[to].Group == rows[from].Group; to++ {
			r, ok := reachOf(rows[to])
			if !ok {
				break
			}
			l, h := r.span()
			if l, h = min(low, l), max(high, h); h-l > width {
				break
			}
			low, high = l, h
		}
		s := stretch{start: low, scale: (100 - 2*stretchPad) / width, odd: odd}
		for i := from; i < to; i++ {
			out[i] = s.draw(rows[i])
		}
		if from > 0 && rows[from-1].Group == rows[from].Group {
			s.ghost(out[from], rows[from-1])
		}
		from, odd = to, !odd
	}
	return out
}

// stretchWidth is the length of a stretch, in logarithms of time.
func stretchWidth(rows []score.Row) float64 {
	var widths []float64
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range rows {
		if r, ok := reachOf(row); ok {
			l, h := r.span()
			widths = append(widths, h-l)
			low, high = min(low, l), max(high, h)
		}
	}
	if len(widths) == 0 {
		return 1
	}
	slices.Sort(widths)
	typical := max(widths[len(widths)/2], 1e-6)
	if high-low <= wholeWidths*typical {
		return max(high-low, stretchWidths*typical)
	}
	return stretchWidths * typical
}

// stretch is one part of the axis.
type stretch struct {
	start, scale float64
	odd          bool
}

func (s stretch) draw(row score.Row) *whisker {
	r, _ := reachOf(row)
	x, w := s.bar(r)
	return &whisker{Low: place100(s.at(r.low)), High: place100(s.at(r.high)), At: place100(s.at(r.at)), X: x, W: w, Odd: s.odd}
}

// ghost adds the row before to the first whisker of a stretch, where any of it
// can be seen.
func (s stretch) ghost(w *whisker, before score.Row) {
	r, ok := reachOf(before)
	if low, high := r.bar(); ok && s.at(high) > 0 && s.at(low) < 100 {
		w.GhostX, w.GhostW = s.bar(r)
	}
}

// at is a position in hundredths.
func (s stretch) at(t float64) float64 { return stretchPad + (t-s.start)*s.scale }

// bar is a thick bar, cut at the ends and never too small to see.
func (s stretch) bar(r reach) (x, w string) {
	low, high := r.bar()
	low, high = clip(s.at(low)), clip(s.at(high))
	return place100(low), place100(max(high-low, 0.5))
}

func clip(x float64) float64 { return min(max(x, 0), 100) }

// place100 prints a position; a tenth of a hundredth is less than a pixel.
func place100(x float64) string { return strconv.FormatFloat(math.Round(clip(x)*10)/10, 'f', -1, 64) }
