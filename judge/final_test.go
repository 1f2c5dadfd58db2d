package judge

import "testing"

// Who did the work on the first tests too is not said to have lost anything on fresh
// ones, unless the intervals exclude it.
func TestLostOnFreshTests(t *testing.T) {
	fresh := &FreshTests{}
	for _, tc := range []struct {
		name   string
		fresh  *FreshTests
		before float64 // the upper end of the interval on the board
		here   Measured
		want   bool
	}{
		{"faster before", fresh, 0.4, Measured{Rounds: 5, Ratio: 1, Low: 0.9, High: 1.1}, true},
		{"the intervals overlap", fresh, 0.95, Measured{Rounds: 5, Ratio: 1, Low: 0.9, High: 1.1}, false},
		{"slower before", fresh, 1.5, Measured{Rounds: 5, Ratio: 1, Low: 0.9, High: 1.1}, false},
		{"not measured before", fresh, 0, Measured{Rounds: 5, Ratio: 1, Low: 0.9, High: 1.1}, false},
		{"not measured here", fresh, 0.4, Measured{Stop: Unstable}, false},
		{"on the problem's tests", nil, 0.4, Measured{Rounds: 5, Ratio: 1, Low: 0.9, High: 1.1}, false},
	} {
		f := Final{Fresh: tc.fresh, Finalists: []Finalist{{Submission: 1, High: 9}, {Submission: 2, High: tc.before}}}
		if got := f.Lost(FinalRow{Submission: 2, Measured: tc.here}); got != tc.want {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
}
