package measure

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"time"
)

// Protocol says how long a submission is measured (docs/figures.md).
type Protocol struct {
	// Looks are the numbers of rounds after which the interval is looked at,
	// ascending. They are fixed, so that nobody chooses a lucky moment.
	Looks     []int
	HalfWidth float64 // relative half-width of the 95 % interval that is enough
	// Budget is the machine time of one judging, all its runs included; zero
	// means no limit.
	Budget       time.Duration
	MaxDisturbed float64 // share of disturbed pairs above which the result is unstable
}

// SessionGap is the least time between two sessions of one submission, where
// the queue leaves room for two: noise is still alike after 180 runs.
const SessionGap = 10 * time.Minute

// DefaultProtocol stops at +-0.5 %, 20 rounds or two minutes.
func DefaultProtocol() Protocol {
	return Protocol{Looks: []int{5, 7, 10, 14, 20}, HalfWidth: 0.005, Budget: 120 * time.Second, MaxDisturbed: 0.20}
}

// Progress is what has been measured of one submission so far. It holds
// nothing about other submissions: stopping on significance against somebody
// would bend every comparison.
type Progress struct {
	Rounds    int // complete ones
	Tally     Tally
	HalfWidth float64 // of the score at the last look; 0 before
	// Used is the machine time of the judging, and Before that of it which went by
	// before the first round.
	Used, Before time.Duration
}

// Stop says why measuring ended.
type Stop string

// Reasons to stop, in the order in which they are looked for. What is unstable
// counts with its interval, wide as that is, and goes back to the queue.
const (
	Continue Stop = ""
	Unstable Stop = "unstable"
	Precise  Stop = "precise"
	Rounds   Stop = "rounds"
	Budget   Stop = "budget"
)

// Decision is the next step.
type Decision struct {
	Stop Stop `json:"stop,omitempty"`
	Next int  `json:"next,omitempty"` // measure until so many rounds are complete, then look
}

// Next decides after complete rounds, or within one if the budget is used up.
// Between looks only the budget counts; what it ends may be unstable too, unless
// it is too little for a score anyway. A look that the budget does not reach at
// the present pace is not begun, save the first.
func (p Protocol) Next(now Progress) Decision {
	next, due := p.look(now.Rounds)
	over := p.Budget > 0 && now.Used >= p.Budget
	switch {
	case over && now.Rounds < LeastPairs:
		return Decision{Stop: Budget}
	case (due || over) && now.Tally.Unstable(p.MaxDisturbed):
		return Decision{Stop: Unstable}
	case due && now.HalfWidth > 0 && now.HalfWidth <= p.HalfWidth:
		return Decision{Stop: Precise}
	case next == 0:
		return Decision{Stop: Rounds}
	case over || due && p.Budget > 0 && p.reaches(now, next) > p.Budget:
		return Decision{Stop: Budget}
	}
	return Decision{Next: next}
}

// look is the next look after so many rounds, 0 if there is none, and whether
// a look is due now.
func (p Protocol) look(rounds int) (next int, due bool) {
	for _, l := range p.Looks {
		if l > rounds {
			return l, due
		}
		due = due || l == rounds
	}
	return 0, true
}

// reaches is the machine time at the next look, if rounds go on as before.
func (p Protocol) reaches(now Progress, next int) time.Duration {
	return now.Before + time.Duration(float64(now.Used-now.Before)*float64(next)/float64(now.Rounds))
}

// Unstable says that too many pairs were disturbed to trust the rest. Runs
// that a submission disturbs by itself do not count, or it could stay
// unmeasured for ever.
func (t Tally) Unstable(share float64) bool {
	if t.Pairs == 0 {
		return false
	}
	return float64(t.byMachine()) > share*float64(t.Pairs)
}

// byMachine counts the disturbed pairs that are not the submission's own doing.
func (t Tally) byMachine() int {
	if t.OneSided() {
		return t.Disturbed - t.CandidateOnly
	}
	return t.Disturbed
}

// Step is one test of a round: the programs in the order in which they run,
// 0 being the reference.
type Step struct {
	Test     int
	Programs []int
}

// Order is the random order of one round over its tests, some of which may be
// there several times, and, for each, over the programs: 2 for a submission
// and the reference, more in a final. The same subject, session and round give
// the same order everywhere: a Fisher-Yates shuffle of the tests, then one of
// the programs for each in running order, both from seed "order", subject,
// session, round. The subject is the hash of the program, or the name of the
// final.
func Order(subject, session string, round int, tests []int, programs int) []Step {
	rng := newSeed("order", subject, session, fmt.Sprint(round))
	steps := make([]Step, len(tests))
	for i, place := range shuffled(rng, len(tests)) {
		steps[i] = Step{Test: tests[place], Programs: shuffled(rng, programs)}
	}
	return steps
}

// shuffled is 0..n-1; from the last place down each swaps with below(i+1).
func shuffled(rng *rand.PCG, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := below(rng, i+1)
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// newSeed derives a generator from text: PCG-DXSM as in math/rand/v2, its two
// words the first 16 bytes, big-endian, of the SHA-256 of the parts, each
// followed by a zero byte, after the prefix "judge/measure 1" and a zero byte.
func newSeed(parts ...string) *rand.PCG {
	h := sha256.New()
	for _, p := range append([]string{"judge/measure 1"}, parts...) {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	sum := h.Sum(nil)
	return rand.NewPCG(binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:]))
}

// below is floor(u * n / 2^64) for the next word u: simple to write in any
// language, and its bias is below n / 2^64.
func below(rng *rand.PCG, n int) int {
	high, _ := bits.Mul64(rng.Uint64(), uint64(n))
	return int(high)
}
