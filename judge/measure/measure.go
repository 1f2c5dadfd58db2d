// Package measure says what repeated timings of a submission mean: which runs
// the machine disturbed, when to stop measuring, the score with its interval,
// and which entries a board may tell apart. It is pure: no I/O, no clock, and
// chance only from seeds that anybody can derive again. Running programs,
// keeping samples and drawing tables are left to others.
//
// The theory, with the figures that were measured for it (docs/figures.md):
//
//   - Noise comes in regimes of seconds (Spearman 0.80 between consecutive
//     runs) and on memory-bound code reaches tens of per cent of CPU time.
//     Repeating back to back buys little; pairing buys a factor of ten to
//     thirty. So a submission C is timed only next to the reference R, and
//     only the ratio of a Pair counts.
//   - A test's location is the median of ln(C/R): a few spoilt pairs do not
//     move it. Locations are taken for each test before anything is summed; a
//     median over all tests together is more precise and wrong, for it does
//     not see a program that is faster on a third of the tests.
//   - The total T = sum of T_ref * exp(median) keeps the meaning of seconds.
//     Its 95 % interval comes from a bootstrap of repetitions inside each
//     test, which holds from few on; resampling whole rounds does not.
//   - Tests vary very unequally, so time goes where it narrows that interval
//     most: after some rounds of every test, an Allotment says how often each
//     is measured.
//   - Measuring stops on the width of the entry's own interval, never on
//     being faster than somebody, and pairs are dropped for what the machine
//     did, never for their ratio: dropping by the reference's time declared
//     up to 99 % of identical programs different.
//   - Two entries of a board are told apart if the 98 % interval of ln(Ta/Tb)
//     excludes 0 and the difference is above the resolution floor. Ranks read
//     down the board, see Ranks.
package measure

import (
	"fmt"
	"math"
	"time"

	"contest/judge"
)

// DefaultFloor is the resolution floor: a relative difference up to this is a
// tie, whatever the interval says, since layout luck and slow regimes of the
// machine reach it (docs/figures.md).
const DefaultFloor = 0.005

// Sample is one timed run, raw.
type Sample struct {
	Real time.Duration `json:"real_ns"` // wall time inside the window
	CPU  time.Duration `json:"cpu_ns"`  // of the whole cgroup, user and system, inside the window
	// Startup is the CPU time before the window opened; zero where there is no
	// window.
	Startup time.Duration `json:"startup_ns,omitempty"`
}

// Pair is the reference and the candidate timed one after the other on the
// same test. In a final one run of the reference serves every finalist, so
// that finalists have pairs with the same session, round and reference.
type Pair struct {
	Session string `json:"session"`
	Round   int    `json:"round"` // from 1, within the session
	Test    string `json:"test"`
	// Attempt counts from 0 the pairs of this test in its round: a test may be
	// allotted several, and a disturbed pair is kept, and measured again with the
	// next number. A final repeats the test for all finalists, so that they still
	// share a number.
	Attempt        int    `json:"attempt,omitempty"`
	CandidateFirst bool   `json:"candidate_first,omitempty"`
	Reference      Sample `json:"reference"`
	Candidate      Sample `json:"candidate"`
	// What the machine did to either run; see Disturbances.
	ReferenceDisturbed []Disturbance `json:"reference_disturbed,omitempty"`
	CandidateDisturbed []Disturbance `json:"candidate_disturbed,omitempty"`
}

// Disturbed says whether the machine spoilt either run.
func (p Pair) Disturbed() bool { return len(p.ReferenceDisturbed)+len(p.CandidateDisturbed) > 0 }

// Metric says which time counts and what the CPU time before READY costs.
type Metric struct {
	Board judge.Board
	// Credit is the CPU time before READY that is free: what the cheapest process
	// takes that there can be. All above it counts.
	Credit time.Duration
}

// Time is what a run costs: its window and the surcharge for its startup.
func (m Metric) Time(s Sample) time.Duration {
	window := s.Real
	if m.Board == judge.CPUBoard {
		window = s.CPU
	}
	return window + m.Surcharge(s)
}

// Surcharge is the price of the CPU time before READY: work done there would
// be free otherwise.
func (m Metric) Surcharge(s Sample) time.Duration { return max(0, s.Startup-m.Credit) }

// logRatio is ln(C/R), at least floor. A reference without time is a fault of
// the measurement; a candidate without time stands at the floor.
func (m Metric) logRatio(p Pair, floor float64) (float64, error) {
	r, c := m.Time(p.Reference), m.Time(p.Candidate)
	if r <= 0 || c < 0 {
		return 0, fmt.Errorf("session %s, round %d, test %s: reference took %d ns and candidate %d ns on the %s board: measure the pair again",
			p.Session, p.Round, p.Test, r, c, m.Board)
	}
	if c == 0 {
		return floor, nil
	}
	return max(math.Log(float64(c)/float64(r)), floor), nil
}
