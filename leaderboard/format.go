package leaderboard

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/wire"
)

// moment is an instant as pages print it.
type moment struct {
	UTC   string // machine-readable
	Stamp string // contest zone and UTC, the same as on every surface
	Short string // contest zone, for tables
}

func momentOf(t time.Time, zone *time.Location) moment {
	if t.IsZero() {
		return moment{}
	}
	return moment{
		UTC: wire.Instant(t), Stamp: judge.Stamp(t, zone),
		Short: t.In(zone).Format("Jan 2, 15:04:05"),
	}
}

// ms prints a time in milliseconds to the microsecond, thousands apart.
func ms(d time.Duration) string {
	us := d.Round(time.Microsecond).Microseconds()
	return fmt.Sprintf("%s.%03d", group(us/1000), us%1000)
}

// group separates thousands by a narrow space that does not break.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// ratio prints how many times as long d takes as best.
func ratio(v, best judge.Amount) string {
	if v <= 0 || best <= 0 {
		return ""
	}
	return multiple(float64(v) / float64(best))
}

// multiple prints a ratio of 1 or more.
func multiple(r float64) string {
	switch {
	case r < 10:
		return fmt.Sprintf("%.2f", r)
	case r < 100:
		return fmt.Sprintf("%.1f", r)
	}
	return group(int64(r + 0.5))
}

// size prints bytes as people read memory.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return trimZero(float64(n)/(1<<30)) + " GiB"
	case n >= 1<<20:
		return trimZero(float64(n)/(1<<20)) + " MiB"
	case n >= 1<<10:
		return trimZero(float64(n)/(1<<10)) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

func trimZero(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }

// plural is "1 test", "2 tests".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return group(int64(n)) + " " + many
}

// boardWords is a board's name inside a sentence.
func boardWords(b judge.Board) string {
	if b == judge.RealBoard {
		return "real time"
	}
	return boardName(b)
}

// boardName is a board in words.
func boardName(b judge.Board) string {
	switch b {
	case judge.RealBoard:
		return "Real time"
	case judge.CPUBoard:
		return "CPU time"
	}
	return string(b)
}
