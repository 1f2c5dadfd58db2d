package measure

import (
	"cmp"
	"math"
	"slices"
)

// Interval is a confidence interval; what of, its owner says.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Contains says whether x lies inside, the ends included.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// Exp maps an interval of logarithms to one of ratios.
func (i Interval) Exp() Interval { return Interval{math.Exp(i.Low), math.Exp(i.High)} }

// half is the half-width as a ratio, of an interval of logarithms.
func (i Interval) half() float64 { return math.Expm1((i.High - i.Low) / 2) }

// median of ascending values.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// medianOf sorts a copy.
func medianOf(x []float64) float64 { return median(slices.Sorted(slices.Values(x))) }

// quantile of ascending values with linear interpolation between them (type 7
// of Hyndman and Fan, the default of R and NumPy).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Mean is the arithmetic mean of at least one value.
func Mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// Deviation is the sample standard deviation; 0 below two values.
func Deviation(x []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	m, sum := Mean(x), 0.0
	for _, v := range x {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(x)-1))
}

// robustCoV is 1.4826 MAD over the median, which on normal noise is the
// coefficient of variation and is deaf to outliers.
func robustCoV(x []float64) float64 {
	m := medianOf(x)
	d := make([]float64, len(x))
	for i, v := range x {
		d[i] = math.Abs(v - m)
	}
	return 1.4826 * medianOf(d) / m
}

// normalQuantile is the z below which a share q of a normal distribution lies.
func normalQuantile(q float64) float64 { return math.Sqrt2 * math.Erfinv(2*q-1) }

// twoSided is the chance of a normal deviate at least as far out as z.
func twoSided(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// spearman is the rank correlation of two equally long series; 0 where it is
// not defined.
func spearman(x, y []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	rx, ry := ranksOf(x), ranksOf(y)
	mx, my := Mean(rx), Mean(ry)
	var xy, xx, yy float64
	for i := range rx {
		xy += (rx[i] - mx) * (ry[i] - my)
		xx += (rx[i] - mx) * (rx[i] - mx)
		yy += (ry[i] - my) * (ry[i] - my)
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// ranksOf gives each value its rank from 1, equal values their mean rank.
func ranksOf(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	ranks := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			ranks[k] = float64(i+1+j) / 2
		}
		i = j
	}
	return ranks
}

// medianPlaces are the places, from 0, of the ascending values that enclose
// the median of the distribution in 95 % of cases: for n = 10 the 2nd and the
// 9th, for n = 20 the 6th and the 15th. Below 6 values no such pair exists,
// and it is the first and the last.
func medianPlaces(n int) (low, high int) {
	tail := math.Exp2(-float64(n)) // chance that all values lie on one side
	for low+1 < (n+1)/2 {
		next := tail + math.Exp(logChoose(n, low+1)-float64(n)*math.Ln2)
		if next > 0.025 {
			break
		}
		tail, low = next, low+1
	}
	return low, n - 1 - low
}
