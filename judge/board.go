package judge

import (
	"cmp"
	"strconv"
)

// Board names one ranking of a problem.
type Board string

// The boards of a timed problem.
const (
	RealBoard Board = "real" // wall time from just before exec to the end
	CPUBoard  Board = "cpu"  // user plus system time of every thread and process
)

// TimeBoards are the boards of times. Both times are kept and shown of every judging,
// also where the problem ranks by one of them.
var TimeBoards = []Board{RealBoard, CPUBoard}

// Scale says what the values of a board are and how two of them compare. The zero
// scale is that of times: nanoseconds, fewer are better, and two are different if
// what was measured tells them apart.
type Scale struct {
	Unit string `json:"unit,omitempty"` // in words, such as "gas"; empty for nanoseconds
	More bool   `json:"more,omitempty"` // more is better
	// Exact says that values have no interval: two that differ are different.
	Exact bool `json:"exact,omitempty"`
}

// Time says whether values are nanoseconds.
func (s Scale) Time() bool { return s.Unit == "" }

// Compare compares two values, the better one first.
func (s Scale) Compare(a, b Amount) int {
	if s.More {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// Text prints a value that is no time with its unit.
func (s Scale) Text(a Amount) string { return strconv.FormatInt(int64(a), 10) + " " + s.Unit }

// Margin prints a value and the larger side of its interval, as Margin does: times in
// milliseconds, others in their unit.
func (s Scale) Margin(v, low, high Amount) (value, margin string) {
	if s.Time() {
		return MarginMilliseconds(v, low, high)
	}
	return Margin(float64(v), float64(max(high-v, v-low)))
}

// Word is the unit that values are printed in.
func (s Scale) Word() string { return cmp.Or(s.Unit, "ms") }
