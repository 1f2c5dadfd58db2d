package measure

import (
	"cmp"
	"math"
	"slices"

	"contest/judge"
)

// Rival is what a board knows of the total of an entry, whose key others share. Less is better.
type Rival struct {
	Total     judge.Amount
	Low, High judge.Amount // 95 % interval of Total; equal to it where totals are exact
	// Missed is the part of Total that tests count for which were not passed, and
	// Set names these tests; empty where all were passed.
	Missed judge.Amount
	Set    string
}

// Rule says when a board tells two entries apart.
type Rule struct {
	Floor float64 // relative difference that is still a tie
	// Noisy bounds what an entry's own noise may win: against faster rivals its
	// half-width counts at most so many times the (lower) median of its group. Without
	// a bound a slow program that makes its times random would tie with
	// everybody.
	Noisy float64
}

// Apart is how much wider than the 95 % interval of the ratio of two totals a
// board takes it before it tells two entries apart: as that of 98 %. Intervals
// are hardly wider than times scatter, so that 95 % would declare identical
// programs different in up to one case of twenty.
var Apart = normalQuantile(0.99) / normalQuantile(0.975)

// DefaultRule separates above 0.5 %.
func DefaultRule() Rule { return Rule{Floor: DefaultFloor, Noisy: 2} }

// ExactRule separates whatever differs.
func ExactRule() Rule { return Rule{} }

// Rank places rivals, in their own order.
//
// Two totals from sessions of their own are compared by the interval of
// ln(Ta/Tb) that follows from both intervals (method of variance estimates
// recovery, Zou and Donner 2008): it needs no draws, and keeps their asymmetry.
// Combining the draws themselves agrees to an eighth of the width or better.
//
// Two who missed different tests have totals over different tests. The faster
// is told apart only if it would be so had the other passed the tests that it
// missed in no time, as far as it has time for that: else who misses a long
// test, at the same price as a short one, would be ahead for it.
func (r Rule) Rank(rivals []Rival) []judge.Ranking {
	located := locateAll(rivals)
	places := make([]judge.Ranking, len(rivals))
	order := listing(located)
	sorted := make([]location, len(order))
	for i, k := range order {
		sorted[i] = located[k]
	}
	for i, p := range r.rank(sorted) {
		places[order[i]] = p
	}
	return places
}

// listing is the order of times. Where they are equal any order will do, if it
// is not that of the input.
func listing(group []location) []int {
	order := make([]int, len(group))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := group[i], group[j]
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.below, b.below), cmp.Compare(a.above, b.above),
			cmp.Compare(a.slack, b.slack), cmp.Compare(a.set, b.set))
	})
	return order
}

// rank places who is in order. Only rivals that are near each other are compared
// one by one: beyond the widest interval everybody is told apart, within one's
// own nobody. Many thousand rivals are compared at every change of a board, so those
// of similar width are looked at together: else a single wide one near the top would
// have everybody compared with everybody.
func (r Rule) rank(sorted []location) []judge.Ranking {
	bound := r.bound(sorted)
	classes := r.byWidth(sorted)
	members := make([][]int, len(classes))
	for i, c := range classes {
		members[i] = c.members
	}
	near := func(class, j int) (first, end int) { return r.near(&classes[class], &sorted[j], bound) }
	return Ranks(len(sorted), members, near, func(i, j int) bool { return r.faster(&sorted[i], &sorted[j], bound) })
}

// widthClass are rivals whose intervals reach similarly far above their totals.
type widthClass struct {
	members             []int
	at                  []float64 // of the members
	narrowest, broadest float64
}

// widthStep is how much wider the broadest of a class may be than its narrowest:
// with more of them there is more to look up, with fewer more to compare.
const widthStep = 1.25

// byWidth sorts rivals into classes. What is far below the floor hardly matters, and
// is one class.
func (r Rule) byWidth(sorted []location) []widthClass {
	least := r.Floor / 8
	index := map[int]int{} // of the class of a power of widthStep
	var classes []widthClass
	for i, l := range sorted {
		power := math.MinInt
		if l.above > least {
			power = int(math.Floor(math.Log(l.above) / math.Log(widthStep)))
		}
		k, ok := index[power]
		if !ok {
			k = len(classes)
			index[power] = k
			classes = append(classes, widthClass{narrowest: l.above, broadest: l.above})
		}
		c := &classes[k]
		c.members, c.at = append(c.members, i), append(c.at, l.at)
		c.narrowest, c.broadest = min(c.narrowest, l.above), max(c.broadest, l.above)
	}
	return classes
}

// near is that of Ranks: who of a class must be compared with l.
func (r Rule) near(c *widthClass, l *location, bound float64) (first, end int) {
	const rounding = 1e-9 // must not decide
	below := min(l.below, bound)
	far := l.slack + max(Apart*math.Hypot(c.broadest, below), r.Floor)*(1+rounding)
	close := max(Apart*math.Hypot(c.narrowest, below), math.Log1p(r.Floor)) * (1 - rounding)
	first, _ = slices.BinarySearch(c.at, l.at-far)
	end, _ = slices.BinarySearch(c.at, l.at-close)
	return first, max(first, end)
}

// location is a total's logarithm with the distances to the interval's ends.
type location struct {
	at, below, above float64
	slack            float64 // what of at may be owed to tests that others missed
	set              int     // which tests were missed; 0 for none
}

func locate(total, low, high float64) location {
	at := math.Log(total)
	return location{at: at, below: max(0, at-math.Log(low)), above: max(0, math.Log(high)-at)}
}

func locateAll(rivals []Rival) []location {
	var names []string
	for _, v := range rivals {
		names = append(names, v.Set)
	}
	slices.Sort(names) // numbers do not depend on the order of the rivals
	out := make([]location, len(rivals))
	for i, v := range rivals {
		total := max(v.Total, 1) // of nothing there is no logarithm
		out[i] = locate(float64(total), float64(max(v.Low, 1)), float64(max(v.High, 1)))
		if v.Missed > 0 {
			set, _ := slices.BinarySearch(names, v.Set)
			out[i].set, out[i].slack = 1+set, out[i].at-math.Log(float64(max(v.Missed, total-v.Missed)))
		}
	}
	return out
}

func (r Rule) bound(group []location) float64 {
	if len(group) == 0 {
		return 0
	}
	widths := make([]float64, len(group))
	for i, l := range group {
		widths[i] = (l.below + l.above) / 2
	}
	slices.Sort(widths)
	return r.Noisy * max(widths[(len(widths)-1)/2], r.Floor) // of two, the calmer one is the measure
}

// faster says whether a is significantly faster than b: the upper end of the
// 98 % interval of ln(Ta/Tb) is below 0, and the difference above the floor.
func (r Rule) faster(a, b *location, bound float64) bool {
	gap := a.at - b.at
	if b.slack > 0 && a.set != 0 && a.set != b.set {
		gap += b.slack
	}
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
