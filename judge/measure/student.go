package measure

import "math"

// freedom is how many degrees of freedom the variance of a sum has whose parts
// have these variances, each estimated from so many values (Welch 1947 and
// Satterthwaite 1946, with n-1 for each part); infinite where nothing varies.
func freedom(variances []float64, values []int) float64 {
	sum, squares := 0.0, 0.0
	for i, v := range variances {
		sum += v
		squares += v * v / float64(max(1, values[i]-1)) // a single value has no variance to divide
	}
	if squares == 0 {
		return math.Inf(1)
	}
	return sum * sum / squares
}

// normalFrom is a number of degrees of freedom from which on Student's t is
// taken for normal; at the levels of a final that is less than 0.02 % off.
const normalFrom = 1e5

// studentTwoSided is the chance of a t at least as far out, with so many
// degrees of freedom.
func studentTwoSided(t, freedom float64) float64 {
	t = math.Abs(t)
	switch {
	case freedom >= normalFrom:
		return twoSided(t)
	case math.IsInf(t, 1):
		return 0
	}
	return betaShare(freedom/(freedom+t*t), freedom/2, 0.5)
}

// studentQuantile is the t beyond which, on both sides together, a share of
// Student's distribution lies, 0 < share < 1.
func studentQuantile(share, freedom float64) float64 {
	if freedom >= normalFrom {
		return -normalQuantile(share / 2)
	}
	low, high := 0.0, 1.0
	for studentTwoSided(high, freedom) > share {
		low, high = high, 2*high
	}
	for middle := (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2 {
		if studentTwoSided(middle, freedom) > share {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// betaShare is the regularised incomplete beta function I_x(a, b) (DLMF 8.17),
// by its continued fraction 8.17.22, which converges fast on one side of the
// mean; the other side is I_x(a, b) = 1 - I_{1-x}(b, a).
func betaShare(x, a, b float64) float64 {
	if x <= 0 || x >= 1 {
		return min(max(x, 0), 1)
	}
	if x > (a+1)/(a+b+2) {
		return 1 - betaShare(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	factor := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a

	// Lentz's method: c and d are the ratios of successive numerators and
	// denominators of the fraction.
	d := 1 / (1 - (a+b)*x/(a+1))
	c, fraction := 1.0, d
	for m := 1.0; m < 1000; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d, c = 1/(1+even*d), 1+even/c
		fraction *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d, c = 1/(1+odd*d), 1+odd/c
		fraction *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return factor * fraction
}
