package measure

import (
	"cmp"
	"math"
	"slices"
)

// Entry is what a board ranks: how many tests passed, and the score, from
// Evaluate, over the same timed tests as every other entry with as many. What
// has not been measured yet is no entry.
type Entry struct {
	Passed int
	Score  Score
}

// Rule says when a board tells two entries apart.
type Rule struct {
	Floor float64 // relative difference that is still a tie
	// Noisy bounds what an entry's own noise may win: against faster rivals its
	// half-width counts at most so many times the (lower) median of its group. Without
	// a bound a slow program that makes its times random would tie with
	// everybody and stand first.
	Noisy float64
}

// Apart is how much wider than the 95 % interval of the ratio of two totals a
// board takes it before it tells two entries apart: as that of 98 %. Intervals
// are hardly wider than times scatter, so that 95 % would declare identical
// programs different in up to one case of twenty.
var Apart = normalQuantile(0.99) / normalQuantile(0.975)

// DefaultRule separates above 0.5 %.
func DefaultRule() Rule { return Rule{Floor: DefaultFloor, Noisy: 2} }

// Place is an entry's standing. Equal ranks are printed as equal.
type Place struct {
	Rank  int `json:"rank"`  // 1 + entries that are significantly faster or passed more
	Worst int `json:"worst"` // the rank cannot be below N - entries significantly slower
	// Tied says that another entry has the same rank.
	Tied bool `json:"tied,omitempty"`
}

// Rank places entries, in their own order. More tests passed always ranks
// above; times are compared only between equal numbers. Counting the rivals
// that are faster needs no transitivity, so chains of overlapping intervals
// do no harm.
//
// Two scores from sessions of their own are compared by the interval of
// ln(Ta/Tb) that follows from both intervals (method of variance estimates
// recovery, Zou and Donner 2008): it needs no draws, keeps their asymmetry,
// and 2,000 entries rank in 30 ms. Combining the draws themselves agrees to an
// eighth of the width or better.
func (r Rule) Rank(entries []Entry) []Place {
	places := make([]Place, len(entries))
	groups := map[int][]int{}
	for i, e := range entries {
		groups[e.Passed] = append(groups[e.Passed], i)
	}
	above := 0
	for _, passed := range descending(groups) {
		r.rankGroup(entries, groups[passed], above, places)
		above += len(groups[passed])
	}
	return places
}

func descending(groups map[int][]int) []int {
	var keys []int
	for k := range groups {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	slices.Reverse(keys)
	return keys
}

// rankGroup places entries with equally many tests passed, below so many.
func (r Rule) rankGroup(entries []Entry, group []int, above int, places []Place) {
	located := make([]location, len(group))
	for i, e := range group {
		located[i] = locate(entries[e].Score)
	}
	for i, p := range r.standing(located) {
		places[group[i]] = Place{Rank: above + p.Rank, Worst: above + p.Worst, Tied: p.Tied}
	}
}

// standing is dominance by faster. Only rivals that are near each other are
// compared one by one; those farther off are counted.
func (r Rule) standing(group []location) []Place {
	bound := r.bound(group)
	near := r.near(group, bound)
	n := len(group)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(group[i].at, group[j].at) })
	places := make([]Place, n)
	first, end := 0, 0 // of the rivals near i
	for i, e := range order {
		for group[e].at-group[order[first]].at > near {
			first++
		}
		for end < n && group[order[end]].at-group[e].at <= near {
			end++
		}
		places[e] = Place{Rank: 1 + first, Worst: end}
		for _, f := range order[first:i] {
			if r.faster(group[f], group[e], bound) {
				places[e].Rank++
			}
		}
		for _, s := range order[i+1 : end] {
			if r.faster(group[e], group[s], bound) {
				places[e].Worst--
			}
		}
	}
	tie(places)
	return places
}

// near is a distance beyond which any two are told apart.
func (r Rule) near(group []location, bound float64) float64 {
	var above, below float64
	for _, l := range group {
		above, below = max(above, l.above), max(below, min(l.below, bound))
	}
	return max(Apart*math.Hypot(above, below), r.Floor) * (1 + 1e-9) // rounding must not decide
}

// dominance places n rivals by who is significantly faster than whom.
func dominance(n int, faster func(a, b int) bool) []Place {
	places := make([]Place, n)
	for i := range places {
		places[i] = Place{Rank: 1, Worst: n}
	}
	for a := range n {
		for b := range n {
			if a != b && faster(a, b) {
				places[b].Rank++
				places[a].Worst--
			}
		}
	}
	tie(places)
	return places
}

// tie marks the places whose rank others share.
func tie(places []Place) {
	shared := map[int]int{}
	for _, p := range places {
		shared[p.Rank]++
	}
	for i, p := range places {
		places[i].Tied = shared[p.Rank] > 1
	}
}

// location is a score's logarithm with the distances to the interval's ends.
type location struct{ at, below, above float64 }

func locate(s Score) location {
	at := math.Log(s.Ratio)
	return location{at, max(0, at-math.Log(s.Interval.Low)), max(0, math.Log(s.Interval.High)-at)}
}

func (r Rule) bound(group []location) float64 {
	widths := make([]float64, len(group))
	for i, l := range group {
		widths[i] = (l.below + l.above) / 2
	}
	slices.Sort(widths)
	return r.Noisy * max(widths[(len(widths)-1)/2], r.Floor) // of two, the calmer one is the measure
}

// faster says whether a is significantly faster than b: the upper end of the
// 98 % interval of ln(Ta/Tb) is below 0, and the difference above the floor.
func (r Rule) faster(a, b location, bound float64) bool {
	gap := a.at - b.at
	if gap >= 0 || !r.beyond(gap) {
		return false
	}
	below := min(b.below, bound)
	return gap*gap > Apart*Apart*(a.above*a.above+below*below) // squares: many pairs are compared
}

// beyond says whether a difference of logarithms exceeds the floor; it is the
// same seen from either side.
func (r Rule) beyond(gap float64) bool {
	gap = math.Abs(gap)
	return gap > r.Floor || math.Expm1(gap) > r.Floor // the first implies the second, and is cheap
}
