package cheats

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/measure"
)

// State says whether a cheat ended as it must.
type State string

// The states. Unsure is what a noisy machine cannot decide: no gain was seen,
// and none of the size that counts is excluded.
const (
	OK      State = "ok"
	Failed  State = "failed"
	Unsure  State = "unsure"
	Skipped State = "skipped"
)

// Result is how a cheat ended, one row of the table.
type Result struct {
	Name       string `json:"name"`
	Tries      string `json:"tries"`
	Protection string `json:"protection"` // what is wrong with it if the cheat failed
	Expected   string `json:"expected"`
	Got        string `json:"got"`
	State      State  `json:"state"`
	// Why it failed, is unsure or was skipped, in a few words.
	Why    string `json:"why,omitempty"`
	Real   *Ratio `json:"real,omitempty"` // nil if nothing was measured
	CPU    *Ratio `json:"cpu,omitempty"`
	Detail string `json:"detail,omitempty"` // what the judge said of every test case
}

// Ratio is a cheat's time by its twin's, with the 95 % interval.
type Ratio struct {
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// result is the row of a cheat; one that was skipped for a reason has not ended.
func (c Cheat) result(r ended, skipped string) Result {
	out := Result{Name: c.Name, Tries: c.tries, Protection: protections[c.attacks], Expected: c.expected(), Got: r.got, Detail: r.detail, Why: r.why}
	switch {
	case skipped != "":
		out.State, out.Why = Skipped, skipped
	case r.ok:
		out.State = OK
	case r.unsure:
		out.State = Unsure
	default:
		out.State = Failed
	}
	if out.Why == "" && (out.State == Failed || out.State == Unsure) {
		out.Why = fmt.Sprintf("%s instead of %s", r.got, c.expected())
	}
	if r.measured {
		out.Real, out.CPU = ratio(r.real), ratio(r.cpu)
	}
	return out
}

func ratio(r measure.Result) *Ratio {
	return &Ratio{r.Ratio, r.Interval.Low, r.Interval.High}
}

func (r *Ratio) String() string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf("%.3f [%.3f, %.3f]", r.Ratio, r.Low, r.High)
}

// Header is the line above the rows of a table.
func Header() string {
	return row("cheat", "tries", "expected", "got", "real / twin's", "CPU / twin's", "ok")
}

// Row is a line of a table.
func (r Result) Row() string {
	word := string(r.State)
	if r.State == Failed {
		word = "FAILED"
	}
	return row(r.Name, r.Tries, r.Expected, r.Got, r.Real.String(), r.CPU.String(), word)
}

func row(name, tries, expected, got, real, cpu, ok string) string {
	return fmt.Sprintf("%-25s  %-*s  %-33s  %-23s  %-22s  %-22s  %s", name, triesWidth, tries, expected, got, real, cpu, ok)
}

// Footer are the lines below a table: counts, and why cheats were skipped.
func Footer(results []Result, took time.Duration) string {
	var b strings.Builder
	n := Count(results)
	fmt.Fprintf(&b, "%d ok, %d failed, %d unsure (try again on a quieter machine), %d skipped in %v\n", n.OK, n.Failed, n.Unsure, n.Skipped, took.Round(time.Second))
	skipped := map[string][]string{}
	for _, r := range results {
		if r.State == Skipped {
			skipped[r.Why] = append(skipped[r.Why], r.Name)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(skipped)) {
		fmt.Fprintf(&b, "skipped, %s: %s\n", reason, strings.Join(skipped[reason], " "))
	}
	return b.String()
}

// Count counts how cheats ended.
func Count(results []Result) (n judge.CheatCounts) {
	for _, r := range results {
		switch r.State {
		case OK:
			n.OK++
		case Failed:
			n.Failed++
		case Unsure:
			n.Unsure++
		case Skipped:
			n.Skipped++
		}
	}
	return n
}

// Failures are the cheats that did not end as they must.
func Failures(results []Result) []judge.CheatFailure {
	failed := []judge.CheatFailure{}
	for _, r := range results {
		if r.State == Failed {
			failed = append(failed, judge.CheatFailure{Cheat: r.Name, Protection: r.Protection, Why: r.Why})
		}
	}
	return failed
}
