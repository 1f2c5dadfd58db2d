package measure

import "math"

// Estimate is a total with its 95 % interval and the degrees of freedom that this
// rests on, of Evaluate.
type Estimate struct {
	Total   float64
	Freedom float64
	Interval
}

// Trial is the comparison of an entry with an earlier one of the same contestant,
// which stands: the k-th of them.
type Trial struct {
	Number  int     // k, from 1
	Ratio   float64 // of the later total to the one that stands
	freedom float64
	// Standard errors of the ratio's logarithm, towards less and towards more.
	below, above float64
}

// luck is the chance that a contestant's entry is replaced by one that is no faster,
// however often that is tried: one side of the level at which boards tell entries
// apart, see Apart.
const luck = 0.01

// share is what of it the k-th trial may use: 1/2, 1/6, 1/12 and so on, which add up
// to 1 however many there are and whatever they have in common (Bonferroni).
// Nobody has to say beforehand how many there will be, and it grows dearer
// slowly: 2.6 standard errors are asked for at the first trial, 3.7 at the tenth,
// 4.5 at the fiftieth and 5.6 at the thousandth.
func (t Trial) share() float64 { return luck / (float64(t.Number) * float64(t.Number+1)) }

// Try compares a later entry with the one that stands, both from sessions of their
// own. That many standard errors are far out where few repetitions were made,
// Student's t says how far; it has the lesser freedom of the two. Half of a 95 %
// interval is taken for 1.96 standard errors, which it is at least.
func Try(number int, later, standing Estimate) Trial {
	const widest = 1.959964
	part := func(x float64) float64 { return max(0, x) / widest }
	return Trial{
		Number: number, Ratio: later.Total / standing.Total, freedom: max(1, min(later.Freedom, standing.Freedom)),
		above: math.Hypot(part(math.Log(later.High/later.Total)), part(math.Log(standing.Total/standing.Low))),
		below: math.Hypot(part(math.Log(later.Total/later.Low)), part(math.Log(standing.High/standing.Total))),
	}
}

// Faster says whether the later entry is faster beyond doubt, and by more than the
// floor.
func (r Rule) Faster(t Trial) bool {
	gap := -math.Log(t.Ratio)
	if gap <= 0 || !r.beyond(gap) {
		return false
	}
	return t.above == 0 || studentTwoSided(gap/t.above, t.freedom)/2 < t.share()
}

// Interval holds the true ratio unless this trial is luck.
func (t Trial) Interval() Interval {
	wide := studentQuantile(2*t.share(), t.freedom)
	return Interval{t.Ratio * math.Exp(-wide*t.below), t.Ratio * math.Exp(wide*t.above)}
}
