package main

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"contest/judge"
)

// ms prints a duration in milliseconds, as boards do everywhere.
func ms(d time.Duration) string {
	return fmt.Sprintf("%.3f ms", float64(d.Nanoseconds())/1e6)
}

// total prints a sum of times; over no test at all there is none.
func total(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return ms(d)
}

// mib prints a size; the kernel counts in batches, so that a small program may
// show as nothing.
func mib(bytes int64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
}

// size prints bytes in the largest unit of which there is at least one.
func size(bytes int64) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	case bytes < 1<<30:
		return mib(bytes)
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
}

// verdict prints a verdict with its colour and its words.
func (c *cli) verdict(v judge.Verdict) string {
	text := strings.TrimSpace(string(v) + " " + v.Name())
	return c.verdictStyle(v).Render(text)
}

func (c *cli) verdictStyle(v judge.Verdict) lipgloss.Style {
	switch v {
	case judge.Accepted:
		return c.style.good
	case judge.Pending, judge.NotRun:
		return c.style.faint
	case judge.TimeOut, judge.Memory, judge.Output:
		return c.style.warn
	}
	return c.style.bad
}

// mark is a verdict in one cell.
func (c *cli) mark(v judge.Verdict) string {
	sign := "✗"
	switch v {
	case judge.Accepted:
		sign = "✓"
	case judge.TimeOut:
		sign = "t"
	case judge.Memory:
		sign = "m"
	case judge.Output:
		sign = "o"
	case judge.Crash:
		sign = "!"
	case judge.NotRun:
		sign = "-"
	}
	return c.verdictStyle(v).Render(sign)
}

func plural(n int, noun string) string { return judge.Plural(n, noun) }
