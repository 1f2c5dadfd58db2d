package leaderboard

import (
	"strconv"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/score"
)

// spanned is a ranked row with an interval of so many per mille to each side.
func spanned(ms, perMille float64, group int) score.Row {
	d := func(x float64) time.Duration { return time.Duration(x * float64(time.Millisecond)) }
	return score.Row{Place: judge.Place{Rank: 1, Best: 1, Worst: 1}, Group: group, Time: d(ms),
		Measurement: score.Measurement{Low: d(ms * (1 - perMille/1000)), High: d(ms * (1 + perMille/1000)), Rounds: 10}}
}

func overlap(t *testing.T, a, b *whisker) bool {
	t.Helper()
	return number(t, a.X) <= number(t, b.X)+number(t, b.W) && number(t, b.X) <= number(t, a.X)+number(t, a.W)
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Rows of one width are told apart exactly where their bars do not overlap.
func TestBarsOverlapWhereNothingIsDecided(t *testing.T) {
	var rows []score.Row
	for ms := 100.0; ms < 300; ms *= 1.0063 { // 1.187 hypot(4, 4) = 6.7: neighbours are not told apart
		rows = append(rows, spanned(ms, 4, 10))
	}
	drawn := whiskers(rows)
	breaks := 0
	for i := 1; i < len(rows); i++ {
		if drawn[i].Odd != drawn[i-1].Odd {
			breaks++
			if drawn[i].GhostX == "" {
				t.Errorf("row %d begins a stretch and does not show the row before, which it overlaps", i)
			}
			continue
		}
		if !overlap(t, drawn[i-1], drawn[i]) {
			t.Errorf("rows %d and %d: %+v and %+v do not overlap", i-1, i, *drawn[i-1], *drawn[i])
		}
		if i > 1 && drawn[i-2].Odd == drawn[i].Odd && overlap(t, drawn[i-2], drawn[i]) {
			t.Errorf("rows %d and %d: %+v and %+v overlap", i-2, i, *drawn[i-2], *drawn[i])
		}
	}
	if breaks < 5 {
		t.Errorf("%d breaks, want several", breaks)
	}
}

func TestWhiskersOfFewRowsShareAnAxis(t *testing.T) {
	drawn := whiskers([]score.Row{spanned(100, 5, 10), spanned(105, 5, 10), spanned(115, 5, 10)})
	for _, w := range drawn {
		if w.Odd || number(t, w.At) < number(t, w.X) || number(t, w.X)+number(t, w.W) > 100 {
			t.Errorf("%+v", *w)
		}
	}
}

func TestWhiskersLeaveOutWhatDoesNotCompare(t *testing.T) {
	foreign := spanned(10, 5, 10)
	foreign.Rank, foreign.OtherClass = 0, true
	rows := []score.Row{spanned(100, 5, 10), spanned(101, 500, 10), spanned(50, 5, 11), {Place: judge.Place{Rank: 4, Best: 4, Worst: 4}, Group: 11, Time: time.Second}, foreign}
	drawn := whiskers(rows)
	if drawn[3] != nil || drawn[4] != nil {
		t.Error("a row without an interval, or of another machine, is drawn")
	}
	if drawn[2].Odd == drawn[1].Odd || drawn[2].GhostX != "" {
		t.Errorf("rows of two groups share a stretch: %+v", *drawn[2])
	}
	if x, w := number(t, drawn[1].X), number(t, drawn[1].W); x < 0 || x+w > 100.5 {
		t.Errorf("a wide interval leaves its place: %+v", *drawn[1])
	}
	if len(whiskers(nil)) != 0 {
		t.Error("no rows, yet something is drawn")
	}
}
