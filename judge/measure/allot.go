package measure

import (
	"math"
	"time"
)

const (
	// beside is what a run takes beside its window: the scrub, the start of the
	// process and its end. 5 ms were measured; it need not be exact, as it only
	// weighs tests against each other.
	beside = 5 * time.Millisecond
	// mostInRound is how often a test is measured in one round. Noise comes in
	// regimes: pairs of one moment are alike.
	mostInRound = 5
	// assumed is the share of the mean variance that every test is taken to
	// have beside its own. Five pairs may be alike by chance.
	assumed = 0.1
)

// Allotment distributes the time of rounds over tests. Noise is unequal: a test
// that computes repeats to 1 %, one that waits for memory which strangers use
// as well to 30 %, and measuring the first once more says nothing. A round
// takes as long as one with every test once, and has the pairs that narrow the
// interval of the total most (Neyman 1934, with costs). It depends on how much
// ratios vary and never on which way they lie.
type Allotment struct {
	needs []need
	least int
	time  time.Duration // of a full round
	left  time.Duration // of those so far; below 0, what the last pair took too much
}

// need is what a test lacks.
type need struct {
	// variance is that of the logarithm of the total on account of this test, if
	// there were a single pair of it.
	variance float64
	pairs    int
	cost     time.Duration // of a pair
}

// Allot looks at scores that are to be narrowed, which are those of the boards
// or of the finalists, and at pairs that tell what a test costs. A test is as
// uncertain as in the score where it is most so. Whatever has not had least
// pairs comes first.
func Allot(least int, pairs []Pair, scores ...Score) *Allotment {
	a := &Allotment{least: least}
	for i, cost := range costs(scores[0].Tests, pairs) {
		a.needs = append(a.needs, need{pairs: scores[0].Tests[i].Pairs, cost: cost})
		a.time += cost
	}
	for _, s := range scores {
		a.raise(s)
	}
	return a
}

// costs are the mean real times of a test's pairs.
func costs(tests []TestScore, pairs []Pair) []time.Duration {
	sum, count := map[string]time.Duration{}, map[string]time.Duration{}
	for _, p := range pairs {
		sum[p.Test] += p.Reference.Real + p.Reference.Startup + p.Candidate.Real + p.Candidate.Startup + 2*beside
		count[p.Test]++
	}
	out := make([]time.Duration, len(tests))
	for i, t := range tests {
		out[i] = max(1, sum[t.Name]/max(1, count[t.Name]))
	}
	return out
}

// raise lifts the needs to those of a score.
func (a *Allotment) raise(s Score) {
	var sum, squares float64
	variances := make([]float64, len(s.Tests))
	for i, t := range s.Tests {
		variances[i] = s.Drawn.Variances[i] * float64(t.Pairs)
		sum += variances[i]
		squares += t.Part * t.Part
	}
	for i, t := range s.Tests {
		n := &a.needs[i]
		n.variance = max(n.variance, variances[i]+assumed*sum*t.Part*t.Part/squares)
		n.pairs = min(n.pairs, t.Pairs)
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
		if n.pairs < a.least {
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
