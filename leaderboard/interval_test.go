package leaderboard

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/score"
)

// spanned is a ranked row with an interval of so many per mille to each side.
func spanned(ms, perMille float64, group int) score.Row {
	d := func(x float64) judge.Amount { return judge.Amount(x * 1e6) }
	return score.Row{Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}, Group: group, Value: d(ms),
		Low: d(ms * (1 - perMille/1000)), High: d(ms * (1 + perMille/1000)), Measured: judge.Measured{Rounds: 10}}
}

// once is a ranked row that was timed once.
func once(ms float64, group int) score.Row {
	return score.Row{Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}, Group: group, Grade: judge.Grade{TimedPassed: 2}, Value: judge.Amount(ms * 1e6)}
}

// drawn are the bars of a whole board.
func drawn(rows ...score.Row) (barScale, []*bar) {
	s := newBarScale(judge.Scale{}, rows)
	out := make([]*bar, len(rows))
	for i, r := range rows {
		out[i] = s.draw(barTimeOf(r))
	}
	return s, out
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// One scale for all rows: the one that took 13 times as long has the longest bar,
// and equal factors are equal steps.
func TestBarsAreMultiplesOfTheTop(t *testing.T) {
	var rows []score.Row
	for _, times := range []float64{1, 1, 1.005, 2, 4, 8, 13, 16} {
		rows = append(rows, once(100*times, 1))
	}
	s, bars := drawn(rows...)
	for i, want := range []string{"1", "1", "1", "25", "50", "75", "92.5", "100"} { // the top and its equals are a mark
		if bars[i].At != want || bars[i].High != "" {
			t.Errorf("row %d: the bar is %+v, want it to end at %s", i, *bars[i], want)
		}
	}
	if s.Middle() != "4.00" || s.Edge() != "16.0" || s.Measured() {
		t.Errorf("the scale is %s in the middle, %s at the edge, measured %t", s.Middle(), s.Edge(), s.Measured())
	}
}

// The same row has the same bar on every page of a board and in every search.
func TestBarsOfAPageAreOfTheWholeBoard(t *testing.T) {
	m := newTable()
	for i := range boardPerPage + 1 {
		m.add(judge.Contestant("c"+strconv.Itoa(i)), "bridge", time.Duration(i+1)*10*time.Millisecond)
	}
	site := at(t, m, cutoff.Add(-time.Hour))
	for _, page := range []string{"real-2", "real?q=c200"} {
		text := body(t, site, "/p/bridge/"+page)
		if !strings.Contains(text, `<rect y="1" width="100" height="8"/>`) || !strings.Contains(text, " 14.2 times as long in the middle, 201 times ") {
			t.Errorf("%s: the slowest row does not end at the right edge:\n%s", page, text)
		}
	}
	if home := body(t, site, "/"); !strings.Contains(home, " 3.16 times as long in the middle, 10.0 times ") {
		t.Error("the front page does not say the scale of its ten rows")
	}
}

func TestBarsHaveIntervalsWhereMeasured(t *testing.T) {
	s, bars := drawn(spanned(100, 5, 1), spanned(150, 10, 1), spanned(198, 1000./99, 1), spanned(101, 900, 1))
	if bars[0].Low != "0" || number(t, bars[0].High) <= 0 { // half of its interval would be left of the edge
		t.Errorf("the top is %+v", *bars[0])
	}
	if s.Edge() != "2.00" || !s.Measured() {
		t.Errorf("the right edge is %s times the top, want the end of the slowest interval", s.Edge())
	}
	for i, b := range bars {
		low, at, high := number(t, b.Low), number(t, b.At), number(t, b.High)
		if low > at || at > max(high, leastBar) || high > 100 {
			t.Errorf("row %d: %+v", i, *b)
		}
	}
	if want := place100(100 * math.Log2(1.5)); bars[1].At != want {
		t.Errorf("1.5 times of 2 ends at %s, want %s", bars[1].At, want)
	}
}

func TestBarScaleOfFewRows(t *testing.T) {
	for name, rows := range map[string][]score.Row{
		"alone":           {spanned(100, 4, 1)},
		"equal":           {once(100, 1), once(100, 1)},
		"a little slower": {spanned(100, 4, 1), spanned(100.5, 4, 1)},
	} {
		s, bars := drawn(rows...)
		if s.Edge() != "1.10" || s.Middle() != "1.05" {
			t.Errorf("%s: the right edge is %s times the top, the middle %s", name, s.Edge(), s.Middle())
		}
		for i, b := range bars {
			if x := number(t, b.At); x < leastBar || x > 6 {
				t.Errorf("%s: row %d ends at %v", name, i, x)
			}
		}
	}
	if s, _ := drawn(); s.Drawn() {
		t.Error("a board without rows has a scale")
	}
}

func TestBarsOfExtremes(t *testing.T) {
	s, bars := drawn(once(1, 1), once(1000, 1), once(1e6, 1))
	if s.Edge() != "1\u202f000\u202f000" || s.Middle() != "1\u202f000" || bars[1].At != "50" || bars[2].At != "100" {
		t.Errorf("edge %s, middle %s, bars %+v %+v", s.Edge(), s.Middle(), *bars[1], *bars[2])
	}
	longest := once(1, 1)
	longest.Value = math.MaxInt64
	shortest := once(1, 1)
	shortest.Value = 1
	if _, bars := drawn(shortest, longest); bars[0].At != "1" || bars[1].At != "100" {
		t.Errorf("the longest of all times: %+v", *bars[1])
	}
	// A final may find faster who was estimated to be slower.
	if _, bars := drawn(spanned(100, 4, 1), spanned(99, 4, 1)); bars[1].At != "1" || bars[1].Low != "0" {
		t.Errorf("faster than the top: %+v", *bars[1])
	}
}

// Times that say nothing beside the time at the top have no bar: an empty one would
// read as "as fast".
func TestNoBarsForWhatDoesNotCompare(t *testing.T) {
	foreign := spanned(1000, 5, 1)
	foreign.Rank, foreign.OtherClass = 0, true
	untimed := once(1000, 1)
	untimed.TimedPassed = 0
	s, bars := drawn(spanned(100, 5, 1), spanned(200, 5, 1), spanned(1000, 5, 2), once(1000, 1), foreign)
	if bars[0] == nil || bars[1] == nil || bars[2] != nil || bars[3] != nil || bars[4] != nil || s.Edge() != "2.01" {
		t.Errorf("bars of another first key, timed once, of another machine: %v %v %v; edge %s", bars[2], bars[3], bars[4], s.Edge())
	}
	if s, bars := drawn(once(100, 1), untimed); bars[1] != nil || s.Edge() != "1.10" {
		t.Errorf("without a timed test: %v; edge %s", bars[1], s.Edge())
	}
	for name, top := range map[string]score.Row{"without a timed test": untimed, "of another machine": foreign, "without a time": {Ranking: judge.Ranking{Rank: 1}, Grade: judge.Grade{TimedPassed: 1}}} {
		if s, bars := drawn(top, once(100, 1)); s.Drawn() || bars[0] != nil || bars[1] != nil {
			t.Errorf("at the top %s: %v %v", name, bars[0], bars[1])
		}
	}
}
