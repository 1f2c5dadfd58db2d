package measure

import (
	"math"
	"testing"
)

func TestSmallStatistics(t *testing.T) {
	for _, tc := range []struct {
		name      string
		got, want float64
	}{
		{"median of 4", medianOf([]float64{4, 1, 3, 2}), 2.5},
		{"quantile 0.25 of 1..4", quantile([]float64{1, 2, 3, 4}, 0.25), 1.75},
		{"quantile 1", quantile([]float64{1, 2, 3, 4}, 1), 4},
		{"deviation", Deviation([]float64{2, 4, 4, 4, 5, 5, 7, 9}), math.Sqrt(32.0 / 7)},
		{"deviation of one", Deviation([]float64{2}), 0},
		{"robust CoV", robustCoV([]float64{8, 9, 10, 11, 1000}), 0.14826},
		{"normal quantile", normalQuantile(0.975), 1.959964},
		{"two-sided", twoSided(-1.959964), 0.05},
		{"rank correlation", spearman([]float64{1, 2, 3, 4, 5}, []float64{5, 6, 7, 8, 7}), 0.820783},
		{"opposite", spearman([]float64{1, 2, 3}, []float64{9, 4, 1}), -1},
		{"constant", spearman([]float64{1, 1, 1}, []float64{9, 4, 1}), 0},
		{"9 of 10 heads or more", binomialUpper(10, 9), 11.0 / 1024},
	} {
		if !near(tc.got, tc.want, 1e-6) {
			t.Errorf("%s = %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// Quantiles of printed tables, tails from the closed form for two degrees of
// freedom and from integrating the density.
func TestStudent(t *testing.T) {
	for _, tc := range []struct {
		name      string
		got, want float64
	}{
		{"quantile, 1 degree", studentQuantile(0.05, 1), 12.7062047},
		{"quantile, 2 degrees", studentQuantile(0.05, 2), 4.30265273},
		{"quantile, 2.5 degrees", studentQuantile(0.05, 2.5), 3.57465486},
		{"quantile, 6 degrees", studentQuantile(0.05, 6), 2.44691185},
		{"quantile, 29 degrees", studentQuantile(0.05, 29), 2.04522964},
		{"far quantile, 2 degrees", studentQuantile(1e-12, 2), 999999.9999985},
		{"far quantile, 29 degrees", studentQuantile(1e-12, 29), 11.9513443},
		{"quantile, many degrees", studentQuantile(0.05, normalFrom-1), 1.9599877},
		{"quantile, no variance", studentQuantile(0.05, math.Inf(1)), -normalQuantile(0.025)},
		{"tail, 2 degrees", studentTwoSided(4.3, 2), 1 - 4.3/math.Sqrt(2+4.3*4.3)},
		{"tail, other side", studentTwoSided(-4.3, 2), 1 - 4.3/math.Sqrt(2+4.3*4.3)},
		{"tail, 6 degrees", studentTwoSided(50, 6), 4.292901143e-9},
		{"tail, 29 degrees", studentTwoSided(50, 29), 1.07486240e-29},
		{"middle", studentTwoSided(0, 4), 1},
		{"near the middle", studentTwoSided(0.01, 2), 1 - 0.01/math.Sqrt(2+0.0001)},
		{"beyond all", studentTwoSided(math.Inf(1), 4), 0},
		{"freedom of equals", freedom([]float64{3, 3, 3}, []int{5, 5, 5}), 12},
		{"freedom of one", freedom([]float64{3, 0}, []int{5, 20}), 4},
		{"freedom of nothing", freedom([]float64{0, 0}, []int{5, 5}), math.Inf(1)},
	} {
		if !near(tc.got, tc.want, 1e-7*tc.want) && tc.got != tc.want {
			t.Errorf("%s = %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// The places of docs/figures.md counted from 0.
func TestMedianPlaces(t *testing.T) {
	for _, tc := range []struct{ n, low, high int }{{1, 0, 0}, {2, 0, 1}, {5, 0, 4}, {6, 0, 5}, {10, 1, 8}, {20, 5, 14}} {
		if low, high := medianPlaces(tc.n); low != tc.low || high != tc.high {
			t.Errorf("%d values: places %d and %d, want %d and %d", tc.n, low, high, tc.low, tc.high)
		}
	}
}
