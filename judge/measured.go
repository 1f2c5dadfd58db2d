package judge

import (
	"fmt"
	"strings"
	"time"
)

// Timing says what of a run is timed.
type Timing string

// The timings of a problem.
const (
	// WholeProcess times a run from just before exec to its end.
	WholeProcess Timing = "process"
	// Window times a run from the release of its input to the end of its
	// output; the problem's harness says when the program is ready.
	Window Timing = "window"
)

// Measured is what the repeated timings of one program say on one board. It is
// derived from sessions and can be derived again. Ratio, Low and High are
// relative to the reference: below 1 is faster.
type Measured struct {
	// Total is the sum over timed test cases of the reference's time by the median
	// ratio, of those that were missed of the time limit. Ratio is Total over the
	// reference's total.
	Total     Amount  `json:"total_ns"`
	Ratio     float64 `json:"ratio"`
	Low       float64 `json:"low"` // 95 % interval of Ratio
	High      float64 `json:"high"`
	HalfWidth float64 `json:"half_width"` // of the interval, relative
	// Freedom is the degrees of freedom that the interval rests on; zero where
	// nothing varied, or where it was measured before that was kept.
	Freedom   float64 `json:"freedom,omitempty"`
	Rounds    int     `json:"rounds"` // of all sessions
	Sessions  int     `json:"sessions"`
	Pairs     int     `json:"pairs"`     // of reference and submission, repeated ones included
	Disturbed int     `json:"disturbed"` // of Pairs, for what the machine did
	AtFloor   int     `json:"at_floor,omitempty"`
	// Review counts test cases whose ratio is so low that a person should look.
	Review int `json:"review,omitempty"`
	// Stop says why measuring ended: "precise", "rounds", "budget", "unstable".
	Stop string `json:"stop"`
	// Again says that it is unstable and will be measured again.
	Again bool `json:"again,omitempty"`
	// Surcharge is what CPU time before the window cost in a round of all test
	// cases beyond what it costs the reference, in Total; zero if that decides
	// nothing.
	Surcharge time.Duration `json:"surcharge_ns,omitempty"`
}

// Is says whether anything was measured.
func (m Measured) Is() bool { return m.Rounds > 0 }

// Unmeasured says that it was to be measured and there is no result: the machine
// disturbed too many pairs of a test case, or the budget was used up before
// there were enough. Stop says which.
func (m Measured) Unmeasured() bool { return m.Rounds == 0 && m.Stop != "" }

// Why measuring ended, of which more is said than the word.
const (
	Unstable   = "unstable" // the machine disturbed too many pairs
	OverBudget = "budget"   // the machine time for one judging was used up
)

// Interval is the 95 % interval of Total.
func (m Measured) Interval() (low, high Amount) {
	if m.Ratio <= 0 {
		return 0, 0
	}
	scale := float64(m.Total) / m.Ratio
	return Amount(m.Low * scale), Amount(m.High * scale)
}

// MeasuredTest is one test case's part of a Measured.
type MeasuredTest struct {
	TestCase string  `json:"test_case"`
	Ratio    float64 `json:"ratio"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Pairs    int     `json:"pairs"`
	AtFloor  bool    `json:"at_floor,omitempty"`
	// Reference is the reference's frozen time.
	Reference time.Duration `json:"reference_ns"`
}

// Session is one stretch of measuring a program beside the reference. Its raw
// times are kept for ever.
type Session struct {
	ID             string     `json:"id"` // 32 hexadecimal digits
	Judging        JudgingID  `json:"judging"`
	Problem        ProblemID  `json:"problem"`
	ProblemVersion string     `json:"problem_version"`
	Language       LanguageID `json:"language"`
	SourceHash     string     `json:"source_hash"`
	ProgramHash    string     `json:"program_hash"` // as in Judging
	Class          string     `json:"class"`        // of the machine, see Machine
	Scheduling     string     `json:"scheduling"`   // "fifo", "rr" or "normal"
	Final          string     `json:"final,omitempty"`
	Rounds         int        `json:"rounds"`
	Stop           string     `json:"stop"` // as in Measured, or "failed": a repetition was wrong
	Started        time.Time  `json:"started"`
	Finished       time.Time  `json:"finished"`
	// Data are the pairs, as whoever times programs writes them.
	Data []byte `json:"-"`
}

// Baseline is what was frozen when a problem was first measured on a machine
// class: the times that totals are made of.
type Baseline struct {
	Problem        ProblemID `json:"problem"`
	ProblemVersion string    `json:"problem_version"`
	Class          string    `json:"class"`
	Frozen         time.Time `json:"frozen"`
	// Data are the times, as whoever times programs writes them.
	Data []byte `json:"-"`
}

// Machine is a machine class: machines of one class give comparable ratios.
type Machine struct {
	Class string `json:"class"` // 16 hexadecimal digits, a hash of Fingerprint
	// Fingerprint is what the class consists of: model and stepping of the
	// CPU, caches, kernel, compiler and so on, by name.
	Fingerprint map[string]string `json:"fingerprint"`
	// Cheats are what the last run of the suite of cheats showed; nil where none
	// was stored.
	Cheats *Cheats `json:"cheats,omitempty"`
}

// Name says in a few words what kind of machine it is.
func (m Machine) Name() string {
	var parts []string
	for _, one := range []struct{ field, format string }{
		{"cpu", "%s"}, {"cpus", "%s CPUs"}, {"hypervisor", "virtual (%s)"}, {"kernel series", "Linux %s"},
	} {
		if v := m.Fingerprint[one.field]; v != "" && v != "unknown" && v != "none" {
			parts = append(parts, fmt.Sprintf(one.format, v))
		}
	}
	return strings.Join(parts, ", ")
}

// Look is how far measuring has come.
type Look struct {
	Rounds    int     `json:"rounds"`
	Next      int     `json:"next"` // rounds until the interval is looked at again
	Ratio     float64 `json:"ratio,omitempty"`
	HalfWidth float64 `json:"half_width,omitempty"`
}

// MeasuredTests are what the test cases contributed to what was measured, by board.
type MeasuredTests map[Board][]MeasuredTest

// Outcome is all that working one judging produced; it is stored as one.
type Outcome struct {
	Judging Judging
	Runs    []Run
	// Sessions were measured while it was worked: they are kept for ever, and
	// what Judging.Values says of it rests on them and on earlier ones.
	Sessions []Session
	Tests    MeasuredTests
	// Again has the submission measured once more, AgainAfter from now: the machine
	// disturbed it. It is queued in the transaction that keeps this outcome.
	Again      bool
	AgainAfter time.Duration
}
