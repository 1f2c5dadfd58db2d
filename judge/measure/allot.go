package measure

import (
	"math"
	"time"
)

// AllotEvery is after how many rounds it is seen anew which tests need more
// pairs. The first so many rounds have every test, and what lacks as many
// undisturbed pairs later on comes first.
const AllotEvery = 5

const (
	// beside is what a run takes beside its window: the scrub, the start of the
	// process and its end. 5 ms were measured; it need not be exact, as it only
	// weighs tests against each other.
	beside = 5 * time.Millisecond
	// mostInRound is how often a test is measured in one round. Noise comes in
	// regimes: pairs of one moment are alike.
	mostInRound = 5
	// assumed is how much is added to the variance, as a share of it, spread over
	// the tests as if all were equally noisy. Five pairs may be alike by chance.
	assumed = 0.1
)

// Doubt is the part of one test in the uncertainty of a total, or of the ratio
// of two.
type Doubt struct {
	Part     float64 // of the reference's total, that the test takes
	Variance float64 // of Part times the median log ratio
	Pairs    int     // undisturbed ones
}

// newDoubts takes the deviation of each test's drawn medians. It weighs tests by
// the reference alone: weighed by the ratio as well, a test would get fewer pairs
// when its median is by chance too low than when it is too high, and totals be
// too low on average.
func newDoubts(tests []Test, deviations []float64, pairs []int) []Doubt {
	reference := 0.0
	for _, t := range tests {
		reference += float64(t.Reference)
	}
	out := make([]Doubt, len(tests))
	for i, t := range tests {
		part := float64(t.Reference) / reference
		s := part * deviations[i]
		out[i] = Doubt{part, s * s, pairs[i]}
	}
	return out
}

// Allotment distributes the time of rounds over tests. Noise is unequal: a test
// that computes repeats to 2 %, one that waits for memory which strangers use
// as well to 5 to 25 %, and measuring the first once more says nothing. A round
// takes as long as one with every test once, and has the pairs that narrow
// intervals most (Neyman 1934, with costs). On a board it looks at how widely
// ratios are spread, not at who is faster; a final narrows what lies between
// neighbours.
type Allotment struct {
	needs []need
	time  time.Duration // of a full round
	left  time.Duration // of those so far; below 0, what the last pair took too much
}

// need is what a test lacks.
type need struct {
	variance float64 // relative, if there were a single pair of the test
	pairs    int
	cost     time.Duration
}

// Allot looks at what is to be narrowed, the scores of a program on all boards or
// the comparisons of a final, each with its doubts of every test, and at what a
// test costs. A test is as uncertain as where it makes the greatest share of the
// uncertainty, so that nobody's noise takes all time from the others.
func Allot(costs []time.Duration, doubts ...[]Doubt) *Allotment {
	a := &Allotment{}
	for i, cost := range costs {
		a.needs = append(a.needs, need{pairs: doubts[0][i].Pairs, cost: cost})
		a.time += cost
	}
	for _, d := range doubts {
		a.raise(d)
	}
	return a
}

// raise lifts the needs to those of one total.
func (a *Allotment) raise(doubts []Doubt) {
	var sum, squares float64
	for _, d := range doubts {
		sum += d.Variance * float64(d.Pairs)
		squares += d.Part * d.Part
	}
	for i, d := range doubts {
		variance := assumed * d.Part * d.Part / squares
		if sum > 0 {
			variance += d.Variance * float64(d.Pairs) / sum
		}
		n := &a.needs[i]
		n.variance, n.pairs = max(n.variance, variance), min(n.pairs, d.Pairs)
	}
}

// Round lists the tests of the next round, ascending, each as often as it is to
// be measured, and takes them for measured.
func (a *Allotment) Round() []int {
	given := make([]int, len(a.needs))
	for a.left += a.time; a.left > 0; {
		i := a.next(given)
		if i < 0 {
			break
		}
		given[i]++
		a.needs[i].pairs++
		a.left -= a.needs[i].cost
	}
	var out []int
	for i, n := range given {
		for range n {
			out = append(out, i)
		}
	}
	return out
}

// next is the test of which one more pair narrows the interval most for its
// cost; -1 if the round has all of them as often as it may.
func (a *Allotment) next(given []int) int {
	best, most := -1, 0.0
	for i, n := range a.needs {
		if given[i] == mostInRound {
			continue
		}
		// The variance falls from variance/pairs to variance/(pairs+1).
		gain := n.variance / float64(n.pairs*(n.pairs+1)) / float64(n.cost)
		if n.pairs < AllotEvery {
			gain = math.Inf(1)
		}
		if best < 0 || gain > most || gain == most && n.pairs < a.needs[best].pairs {
			best, most = i, gain
		}
	}
	return best
}

// Each lists every one of so many tests once, which is a round without an
// Allotment.
func Each(tests int) []int {
	out := make([]int, tests)
	for i := range out {
		out[i] = i
	}
	return out
}

// Costs are what it takes to get one more pair of each test that counts, for
// every contender: disturbed ones have to be repeated.
func Costs(tests []Test, contenders ...[]Pair) []time.Duration {
	spent, counting := map[string]time.Duration{}, map[string]time.Duration{}
	each := time.Duration(len(contenders))
	for _, pairs := range contenders {
		for _, p := range pairs {
			spent[p.Test] += p.Candidate.took() + p.Reference.took()/each // one run of it serves all
		}
		kept, _ := Clean(pairs)
		for _, p := range kept {
			counting[p.Test]++
		}
	}
	out := make([]time.Duration, len(tests))
	for i, t := range tests {
		out[i] = max(1, spent[t.Name]*each/max(1, counting[t.Name]))
	}
	return out
}

// took is about how long the judge was busy with a run.
func (s Sample) took() time.Duration { return s.Startup + s.Real + beside }
