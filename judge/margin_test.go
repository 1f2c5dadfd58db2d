package judge

import (
	"testing"
	"time"
)

func TestMargin(t *testing.T) {
	for _, c := range []struct {
		value, margin float64
		want          string
	}{
		{87.3142, 0.4261, "87.31 ±0.43"},
		{87.3142, 0.4, "87.31 ±0.40"},
		{87.3142, 0.0996, "87.31 ±0.10"},
		{87.3142, 0.00994, "87.3142 ±0.0099"},
		{87.3142, 0.99, "87.31 ±0.99"},
		{87.3142, 0.996, "87.3 ±1.0"},
		{87.3142, 1, "87.3 ±1.0"},
		{87.3142, 9.96, "87 ±10"},
		{87.3142, 12.4, "87 ±12"},
		{4567.8, 99.6, "4570 ±100"},
		{4567.8, 123, "4570 ±120"},
		{1234567, 45678, "1235000 ±46000"},
		{0.8, 0.0032, "0.8000 ±0.0032"},
		{0.8, 0.00000001, "0.800000 ±0.000000"},
		{87.3142, 0, "87.314 ±0.000"},
		{1, -0.25, "1.00 ±0.25"},
		{0, 0, "0.000 ±0.000"},
	} {
		if v, m := Margin(c.value, c.margin); v+" ±"+m != c.want {
			t.Errorf("Margin(%v, %v): got %s ±%s, want %s", c.value, c.margin, v, m, c.want)
		}
	}
}

func TestRoughMilliseconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.000", 87314200: "87.31", 1234: "0.001234", 123456 * time.Millisecond: "123500", 999999 * time.Nanosecond: "1.0000", time.Millisecond: "1.000",
	} {
		if got := RoughMilliseconds(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

// The larger side is printed: the interval that is read from ± must hold all
// of the measured one.
func TestMeasuredPrintsTheLargerSide(t *testing.T) {
	m := Measured{Total: 200e6, Ratio: 0.5, Low: 0.4975, High: 0.505, Rounds: 10}
	if v, margin := m.Milliseconds(); v != "200.0" || margin != "2.0" {
		t.Errorf("Milliseconds: got %s ±%s, want 200.0 ±2.0", v, margin)
	}
	if v, margin := m.Relative(); v != "0.5000" || margin != "0.0050" {
		t.Errorf("Relative: got %s ±%s, want 0.5000 ±0.0050", v, margin)
	}
}
