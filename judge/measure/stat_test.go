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
		{"deviation", deviation([]float64{2, 4, 4, 4, 5, 5, 7, 9}), math.Sqrt(32.0 / 7)},
		{"deviation of one", deviation([]float64{2}), 0},
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

// The places of facts/timing.md, section 8, counted from 0.
func TestMedianPlaces(t *testing.T) {
	for _, tc := range []struct{ n, low, high int }{{1, 0, 0}, {2, 0, 1}, {5, 0, 4}, {6, 0, 5}, {10, 1, 8}, {20, 5, 14}} {
		if low, high := medianPlaces(tc.n); low != tc.low || high != tc.high {
			t.Errorf("%d values: places %d and %d, want %d and %d", tc.n, low, high, tc.low, tc.high)
		}
	}
}
