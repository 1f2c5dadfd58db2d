package measure

import (
	"math"
	"slices"
	"time"
)

// Disturbance names one way in which the machine spoilt a run.
type Disturbance string

// The disturbances, fixed before the contest (docs/figures.md; why
// neither a memory probe beside each run nor the control group's pressure:
// docs/decisions/0007-no-canary-no-pressure.md).
const (
	Steal    Disturbance = "steal"    // the hypervisor took the CPU away
	Wall     Disturbance = "wall"     // real time beyond CPU time without a wait of its own
	Switches Disturbance = "switches" // preempted more often than the timer tick explains
	Throttle Disturbance = "throttle" // the CPU was slowed down for heat
)

// Observation is what the judge saw of one run. A figure that this machine
// does not offer stays zero and disturbs nothing.
type Observation struct {
	Real        time.Duration `json:"real_ns"`
	CPU         time.Duration `json:"cpu_ns"`
	Startup     time.Duration `json:"startup_ns,omitempty"`  // CPU time before the window
	StealTicks  int64         `json:"steal_ticks,omitempty"` // of the measured CPU
	Voluntary   int64         `json:"voluntary,omitempty"`   // context switches
	Involuntary int64         `json:"involuntary,omitempty"` // context switches
	Throttles   int64         `json:"throttles,omitempty"`   // growth of the thermal throttle counter
}

// Sample is the part of it that is scored.
func (o Observation) Sample() Sample { return Sample{Real: o.Real, CPU: o.CPU, Startup: o.Startup} }

// Calm is what an undisturbed run of the null submission shows on the same
// test: the judge's own copying of input and output. Zero fields mean unknown.
type Calm struct {
	Idle      time.Duration `json:"idle_ns"` // real minus CPU time: 83 us with an input of 256 KB
	Voluntary int64         `json:"voluntary"`
	// Involuntary are context switches that every run has: the judge takes the
	// CPU when a program has something to say.
	Involuntary int64 `json:"involuntary"`
}

// Thresholds decide what counts as disturbed.
type Thresholds struct {
	// Threads is how many threads the problem allows. Only with one does real
	// time beyond CPU time mean anything.
	Threads    int
	StealTicks int64   // more than this many
	WallExcess float64 // real/CPU - 1 above this, for one thread that did not wait by itself
	// WallSlack is how much real time beyond CPU time is within the jitter of
	// opening and closing a window, whatever its length.
	WallSlack time.Duration
	// Preemptions are expected in proportion to the time and to the timer's
	// frequency: SwitchesPer10ms at 250 Hz, and ExtraSwitches more are fine.
	TickHz          int
	SwitchesPer10ms float64
	ExtraSwitches   float64
}

// DefaultThresholds are those of docs/figures.md: with FIFO
// scheduling 2 % of the runs exceed them, with normal scheduling 90 %.
func DefaultThresholds() Thresholds {
	return Thresholds{
		Threads: 1, WallExcess: 0.02, WallSlack: 30 * time.Microsecond, TickHz: 250, SwitchesPer10ms: 3, ExtraSwitches: 2,
	}
}

// Disturbances lists what disturbed a run, nil if nothing did. It sees one
// run alone, neither its rival nor their ratio. What a program can bring about
// by itself is caught by Tally.
func (t Thresholds) Disturbances(o Observation, calm Calm) []Disturbance {
	var out []Disturbance
	add := func(yes bool, d Disturbance) {
		if yes {
			out = append(out, d)
		}
	}
	add(o.StealTicks > t.StealTicks, Steal)
	add(t.wall(o, calm), Wall)
	add(float64(o.Involuntary-calm.Involuntary) > t.expectedSwitches(o.Real), Switches)
	add(o.Throttles > 0, Throttle)
	return out
}

// Pair completes a pair by what was seen of the reference and of one of the other
// programs of a step.
func (t Thresholds) Pair(p Pair, step Step, program int, reference, candidate Observation, calm Calm) Pair {
	p.CandidateFirst = slices.Index(step.Programs, program) < slices.Index(step.Programs, 0)
	p.Reference, p.ReferenceDisturbed = reference.Sample(), t.Disturbances(reference, calm)
	p.Candidate, p.CandidateDisturbed = candidate.Sample(), t.Disturbances(candidate, calm)
	return p
}

// wall leaves out the judge's own copying, which is 3 % of a 10 ms run that
// reads 1 MB, and programs that waited of their own accord.
func (t Thresholds) wall(o Observation, calm Calm) bool {
	if t.Threads > 1 || o.Voluntary > calm.Voluntary {
		return false
	}
	return float64(o.Real-o.CPU-calm.Idle) > t.WallExcess*float64(o.CPU)+float64(t.WallSlack)
}

func (t Thresholds) expectedSwitches(real time.Duration) float64 {
	per10ms := t.SwitchesPer10ms * float64(t.TickHz) / 250
	return per10ms*float64(real)/float64(10*time.Millisecond) + t.ExtraSwitches
}

// Tally counts the disturbed pairs of a submission; it is published.
type Tally struct {
	Pairs         int                 `json:"pairs"`
	Disturbed     int                 `json:"disturbed"`
	ReferenceOnly int                 `json:"reference_only"` // only the reference's run was disturbed
	CandidateOnly int                 `json:"candidate_only"`
	Reasons       map[Disturbance]int `json:"reasons,omitempty"` // runs, not pairs
}

// Count tallies pairs, repeated ones included.
func Count(pairs []Pair) Tally {
	t := Tally{Pairs: len(pairs), Reasons: map[Disturbance]int{}}
	for _, p := range pairs {
		r, c := len(p.ReferenceDisturbed) > 0, len(p.CandidateDisturbed) > 0
		switch {
		case r && !c:
			t.ReferenceOnly++
		case c && !r:
			t.CandidateOnly++
		}
		if r || c {
			t.Disturbed++
		}
		for _, d := range p.ReferenceDisturbed {
			t.Reasons[d]++
		}
		for _, d := range p.CandidateDisturbed {
			t.Reasons[d]++
		}
	}
	return t
}

// oneSidedLevel is the chance at which an honest program is taken for one that
// disturbs itself; it then loses nothing but the filter.
const oneSidedLevel = 0.001

// OneSided says that disturbances follow the submission rather than the
// machine: an exact sign test over the pairs with one disturbed run, which the
// random order inside a pair makes a fair coin. A program can provoke
// preemptions (many small writes) whenever it notices that it is slow, and so
// have its slow runs dropped; Clean then drops nothing.
func (t Tally) OneSided() bool {
	return binomialUpper(t.ReferenceOnly+t.CandidateOnly, t.CandidateOnly) < oneSidedLevel
}

// binomialUpper is the chance of at least k heads in n tosses of a fair coin.
func binomialUpper(n, k int) float64 {
	sum := 0.0
	for i := k; i <= n; i++ {
		sum += math.Exp(logChoose(n, i) - float64(n)*math.Ln2)
	}
	return min(sum, 1)
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// Clean is the pairs that enter a score: the undisturbed ones, or all of them
// where the disturbances are the submission's own.
func Clean(pairs []Pair) ([]Pair, Tally) {
	t := Count(pairs)
	if t.Disturbed == 0 || t.OneSided() {
		return pairs, t
	}
	kept := make([]Pair, 0, len(pairs)-t.Disturbed)
	for _, p := range pairs {
		if !p.Disturbed() {
			kept = append(kept, p)
		}
	}
	return kept, t
}
