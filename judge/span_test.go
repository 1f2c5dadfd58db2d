package judge

import (
	"math"
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	for _, tc := range []struct {
		d    time.Duration
		want string
	}{
		{time.Nanosecond, "0.001 ms"}, {1500 * time.Microsecond, "1.500 ms"}, {2 * time.Second, "2 s"}, {1500 * time.Millisecond, "1.5 s"},
		{time.Minute, "1 min"}, {26*time.Hour + 5*time.Second + 1, "1 d 2 h 6 s"},
		{math.MaxInt64, "106751 d 23 h 47 min 16 s"},
	} {
		if got := Span(tc.d); got != tc.want {
			t.Errorf("Span(%v) = %q, want %q", tc.d, got, tc.want)
		}
	}
}
