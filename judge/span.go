package judge

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Span prints a limit or a delay, the same on every surface: never less than
// it is, so that nothing late looks like being in time.
func Span(d time.Duration) string {
	switch {
	case d < time.Second:
		us := max(d+time.Microsecond-1, 0).Microseconds()
		return fmt.Sprintf("%d.%03d ms", us/1000, us%1000)
	case d < time.Minute:
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", d.Seconds()), "0"), ".") + " s"
	}
	if whole := d.Truncate(time.Second); whole < d && whole <= math.MaxInt64-time.Second {
		d = whole + time.Second
	} else {
		d = whole
	}
	var parts []string
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / u.unit; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
			d -= n * u.unit
		}
	}
	return strings.Join(parts, " ")
}
