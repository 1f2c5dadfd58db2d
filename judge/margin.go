package judge

import (
	"math"
	"strconv"
	"time"
)

// Margin prints a value and what may be off by, both rounded to two significant
// digits of the margin: 87.3142 and 0.4261 become "87.31" and "0.43". More
// digits would claim what was not measured.
func Margin(value, margin float64) (v, m string) {
	decimals := marginDecimals(math.Abs(margin))
	return fixed(value, decimals), fixed(math.Abs(margin), decimals)
}

// maxDecimals is what a margin of nothing leaves: a nanosecond in milliseconds.
const maxDecimals = 6

// marginDecimals is how many decimals keep two significant digits; negative
// ones are places before the point.
func marginDecimals(margin float64) int {
	if margin == 0 || math.IsNaN(margin) || math.IsInf(margin, 0) {
		return 3
	}
	decimals := 1 - int(math.Floor(math.Log10(margin)))
	if math.Round(margin*math.Pow10(decimals)) >= 100 { // 0.0996 is 0.10
		decimals--
	}
	return min(decimals, maxDecimals)
}

func fixed(x float64, decimals int) string {
	if decimals >= 0 {
		return strconv.FormatFloat(x, 'f', decimals, 64)
	}
	unit := math.Pow10(-decimals)
	return strconv.FormatFloat(math.Round(x/unit)*unit, 'f', 0, 64)
}

// Milliseconds prints Total and the larger side of its 95 % interval, as
// Margin does.
func (m Measured) Milliseconds() (total, margin string) {
	low, high := m.Interval()
	return MarginMilliseconds(m.Total, low, high)
}

// MarginMilliseconds prints a time and the larger side of its interval in
// milliseconds, as Margin does.
func MarginMilliseconds(d, low, high Amount) (total, margin string) {
	return Margin(float64(d)/1e6, float64(max(high-d, d-low))/1e6)
}

// RoughMilliseconds prints a time to four digits, for where its interval is
// not at hand.
func RoughMilliseconds(d time.Duration) string {
	v := float64(d) / 1e6
	if v <= 0 {
		return fixed(v, 3)
	}
	value, _ := Margin(v, math.Pow10(int(math.Floor(math.Log10(v))-2)))
	return value
}

// Relative prints Ratio and the larger side of its 95 % interval, as Margin
// does.
func (m Measured) Relative() (ratio, margin string) {
	return Margin(m.Ratio, max(m.High-m.Ratio, m.Ratio-m.Low))
}
