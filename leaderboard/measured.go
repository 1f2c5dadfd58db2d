package leaderboard

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/score"
)

// amount is a measured value with what it may be off by, as judge.Margin
// prints both.
type amount struct{ Value, Margin string }

// millis is a measured time in milliseconds, thousands apart.
func millis(d, low, high judge.Amount) amount {
	return marginOf(judge.Scale{}, d, low, high)
}

// marginOf is a measured value on a scale; times are in milliseconds.
func marginOf(s judge.Scale, v, low, high judge.Amount) amount {
	value, margin := s.Margin(v, low, high)
	return amount{groupDecimal(value), groupDecimal(margin)}
}

// valueText is a value without an interval on a scale; times are in milliseconds.
func valueText(s judge.Scale, v judge.Amount) string {
	if s.Time() {
		return ms(v.Time())
	}
	return groupDecimal(strconv.FormatInt(int64(v), 10))
}

// otherOf is the board of times that a board shows beside its own.
func otherOf(b judge.Board) judge.Board {
	if b == judge.CPUBoard {
		return judge.RealBoard
	}
	return judge.CPUBoard
}

// groupDecimal separates the thousands of a printed number.
func groupDecimal(s string) string {
	whole, decimals, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	if decimals == "" {
		return whole
	}
	return whole + "." + decimals
}

// about prints a time in milliseconds to four digits, for where its interval
// is not at hand.
func about(d time.Duration) string { return groupDecimal(judge.RoughMilliseconds(d)) }

// mark is a reservation about a row, in a word or two.
type mark struct{ Text, Title string }

// muchDisturbed is the share of disturbed pairs from which on a row says so; at
// a fifth measuring is called unstable.
const muchDisturbed = 0.05

// marksOf are the reservations about a row.
func marksOf(r score.Row) []mark {
	var out []mark
	if r.OtherClass {
		out = append(out, mark{"other machine", "measured on another machine, which cannot be compared"})
	}
	if missed := r.Missed.Tests; missed > 0 && r.TimedPassed > 0 {
		out = append(out, mark{fmt.Sprintf("%d at the limit", missed), plural(missed, "timed test was", "timed tests were") + " not passed and count at the time limit"})
	}
	return append(out, measuredMarks(r.Measured, r.Scheduling)...)
}

// measuredMarks are the reservations about how something was measured.
func measuredMarks(m judge.Measured, scheduling string) []mark {
	var out []mark
	if m.Stop == judge.Unstable {
		out = append(out, mark{"unstable", stopText(m.Stop, m.Again)})
	} else if m.Stop == judge.OverBudget && !m.Is() {
		out = append(out, mark{"not measured", stopText(m.Stop, m.Again)})
	} else if share := disturbedShare(m.Disturbed, m.Pairs); share > muchDisturbed {
		out = append(out, mark{fmt.Sprintf("%.0f\u202f%% disturbed", 100*share), "runs that the machine disturbed were repeated"})
	}
	if scheduling == "normal" {
		out = append(out, mark{"normal scheduling", "measured without real-time priority: other work could interrupt it"})
	}
	return out
}

func disturbedShare(disturbed, pairs int) float64 {
	if pairs <= 0 {
		return 0
	}
	return float64(disturbed) / float64(pairs)
}

// roundsTitle says how often something was measured.
func roundsTitle(m judge.Measured) string {
	return fmt.Sprintf("%s in %s; %d of %s disturbed and repeated", plural(m.Rounds, "round", "rounds"),
		plural(m.Sessions, "session", "sessions"), m.Disturbed, plural(m.Pairs, "pair", "pairs"))
}

// stopWords say why measuring ended.
var stopWords = map[string]string{
	"precise":        "the interval was narrow enough",
	"rounds":         "the last round was measured",
	judge.OverBudget: "the machine time for one submission was used up",
	judge.Unstable:   "the machine disturbed too many runs",
}

// stopText says why measuring ended.
func stopText(stop string, again bool) string {
	text, ok := stopWords[stop]
	if !ok {
		return stop
	}
	if again {
		text += "; to be measured again"
	}
	return text
}

// unmeasuredText says why there is no result of measuring; empty if it was not
// tried.
func unmeasuredText(m judge.Measured) string {
	switch {
	case !m.Unmeasured():
		return ""
	case m.Stop == judge.OverBudget:
		return "It was not measured: " + stopText(m.Stop, m.Again)
	}
	return fmt.Sprintf("%d of %s beside the reference were disturbed: %s", m.Disturbed, plural(m.Pairs, "pair", "pairs"), stopText(m.Stop, m.Again))
}

// schedulingWords say how the measured runs were scheduled.
var schedulingWords = map[string]string{
	"fifo":   "real-time, first in first out",
	"rr":     "real-time, round robin",
	"normal": "normal: other work could interrupt the runs",
}

func schedulingText(s string) string {
	if w, ok := schedulingWords[s]; ok {
		return w
	}
	return s
}

// isMeasured says whether a board has measured rows.
func isMeasured(b score.Scoreboard) bool {
	for _, r := range b.Rows {
		if r.Measured.Is() {
			return true
		}
	}
	return false
}

// measuredData is what a submission's page says of its repeated timings.
type measuredData struct {
	Boards     []measuredBoard
	Plots      []ratioPlot
	Rounds     string
	Pairs      string
	Stop       string
	Scheduling string
	Machine    *machineRef // nil where it is not known
	Surcharge  string      // empty without one
	AtFloor    string
	Review     string // why a person should look; empty without reason
	Marks      []mark
}

// measuredBoard is one board's total.
type measuredBoard struct {
	Name      string
	Time      amount // milliseconds
	Ratio     amount // to the reference
	Low, High string // of the interval, milliseconds
}

func newMeasured(boards []judge.Board, j judge.Judging, tests judge.MeasuredTests) *measuredData {
	d := &measuredData{Scheduling: schedulingText(j.Scheduling)}
	for _, b := range boards {
		m := j.On(b).Measured
		if !m.Is() {
			continue
		}
		if len(d.Boards) == 0 {
			d.facts(m, j.Scheduling)
		}
		d.Boards = append(d.Boards, newMeasuredBoard(b, m))
		d.reservations(b, m)
		if p, ok := newRatioPlot(b, tests[b]); ok {
			d.Plots = append(d.Plots, p)
		}
	}
	return d
}

// facts are the same for every board: all are measured in the same rounds.
func (d *measuredData) facts(m judge.Measured, scheduling string) {
	d.Rounds = fmt.Sprintf("%s in %s", plural(m.Rounds, "round", "rounds"), plural(m.Sessions, "session", "sessions"))
	d.Pairs = fmt.Sprintf("%d of %s", m.Disturbed, plural(m.Pairs, "pair", "pairs"))
	if m.Disturbed > 0 {
		d.Pairs += fmt.Sprintf(" (%.1f\u202f%%)", 100*disturbedShare(m.Disturbed, m.Pairs))
	}
	d.Stop = stopText(m.Stop, m.Again)
	d.Marks = measuredMarks(m, scheduling)
}

func newMeasuredBoard(b judge.Board, m judge.Measured) measuredBoard {
	low, high := m.Interval()
	out := measuredBoard{Name: boardName(b), Time: millis(m.Total, low, high)}
	out.Ratio.Value, out.Ratio.Margin = m.Relative()
	out.Low, out.High = millis(low, low, high).Value, millis(high, low, high).Value
	return out
}

// reservations are what is said only where it applies.
func (d *measuredData) reservations(b judge.Board, m judge.Measured) {
	add := func(to *string, yes bool, format string, args ...any) {
		if !yes {
			return
		}
		if *to != "" {
			*to += "; "
		}
		*to += boardWords(b) + ": " + fmt.Sprintf(format, args...)
	}
	add(&d.Surcharge, m.Surcharge > 0, "%s ms in a round of all tests", about(m.Surcharge))
	add(&d.AtFloor, m.AtFloor > 0, "%s", plural(m.AtFloor, "test", "tests"))
	add(&d.Review, m.Review > 0, "%s", plural(m.Review, "test", "tests"))
}
