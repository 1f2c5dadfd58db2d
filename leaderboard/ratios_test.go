package leaderboard

import (
	"strings"
	"testing"
	"time"

	"contest/judge"
)

func TestRatioPlot(t *testing.T) {
	p, ok := newRatioPlot(judge.CPUBoard, []judge.MeasuredTest{
		{TestCase: "secret/2", Ratio: 1.5, Low: 1.4, High: 1.6, Pairs: 10, Reference: 12345678 * time.Nanosecond},
		{TestCase: "secret/1", Ratio: .5, Low: .45, High: .55, Pairs: 10, Reference: time.Millisecond},
		{TestCase: "secret/3", Ratio: .01, Low: .01, High: .01, Pairs: 9, AtFloor: true, Reference: time.Second},
		{TestCase: "secret/4", Ratio: 1, Low: .99, High: 1.01, Pairs: 1},
		{TestCase: "broken", Ratio: 1},
	})
	if !ok || len(p.Marks) != 4 || p.Rows[0].Test != "secret/1" || p.Rows[1].Reference != "12.35" || !p.Rows[2].AtFloor {
		t.Fatalf("%t, %+v", ok, p)
	}
	classes := ""
	for _, m := range p.Marks {
		classes += m.Class + " "
		if y, low, high := number(t, m.Y), number(t, m.Low), number(t, m.High); high > y || y > low || high < 0 || low > ratioHeight {
			t.Errorf("%s: from %s over %s to %s", m.Text, m.High, m.Y, m.Low)
		}
	}
	if classes != "faster slower floor even " {
		t.Errorf("classes %q", classes)
	}
	if want := "CPU time of each of 4 timed tests relative to the reference: from 0.010 to 1.500 times as long; surely faster in 2"; p.Label != want {
		t.Errorf("got %q, want %q", p.Label, want)
	}
	if !strings.Contains(p.Marks[3].Text, "0.990 to 1.010, 1 pair") {
		t.Errorf("%q", p.Marks[3].Text)
	}
	if _, ok := newRatioPlot(judge.RealBoard, nil); ok {
		t.Error("a plot of nothing")
	}
}

// With few pairs the end of an interval is a single outlier. It goes to the
// edge of the picture and leaves the rest its room.
func TestOneOutlierDoesNotFlattenTheRatios(t *testing.T) {
	tests := []judge.MeasuredTest{
		{TestCase: "1", Ratio: .8, Low: .75, High: .85, Pairs: 5}, {TestCase: "2", Ratio: 1.1, Low: .2, High: 5.7, Pairs: 5},
		{TestCase: "3", Ratio: .5, Low: .45, High: .55, Pairs: 5},
	}
	p, ok := newRatioPlot(judge.CPUBoard, tests)
	if !ok || !p.Beyond || p.Marks[1].High != "0" {
		t.Errorf("%t, beyond %t, %+v", ok, p.Beyond, p.Marks)
	}
	if room := number(t, p.Marks[2].Y) - number(t, p.Marks[1].Y); room < (ratioHeight-2*ratioPad)/3 {
		t.Errorf("the ratios lie within %g pixels of %d", room, ratioHeight)
	}
	tests[1].Low, tests[1].High = 1.05, 1.15
	if p, _ = newRatioPlot(judge.CPUBoard, tests); p.Beyond {
		t.Errorf("without an outlier: %+v", p.Marks)
	}
}
