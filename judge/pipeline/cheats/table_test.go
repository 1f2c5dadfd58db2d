package cheats

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"contest/judge/measure"
)

// table prints a line as soon as a cheat is over; unless it is full it does
// nothing.
type table struct {
	full    bool
	skipped map[string][]string // reason -> names
	count   struct{ ok, failed, unsure, skipped int }
}

func newTable(full bool) *table {
	b := &table{full: full, skipped: map[string][]string{}}
	b.line("cheat", "tries", "expected", "got", "real / twin's", "CPU / twin's", "ok")
	return b
}

func (b *table) line(name, tries, expected, got, real, cpu, ok string) {
	if b.full {
		fmt.Printf("%-25s  %-*s  %-33s  %-23s  %-22s  %-22s  %s\n", name, triesWidth, tries, expected, got, real, cpu, ok)
	}
}

func (b *table) add(c cheat, r result) {
	if !b.full {
		return
	}
	word := "ok"
	switch {
	case r.ok:
		b.count.ok++
	case r.unsure:
		b.count.unsure++
		word = "unsure"
	default:
		b.count.failed++
		word = "FAILED"
	}
	real, cpu := "", ""
	if r.measured {
		real, cpu = ratio(r.real), ratio(r.cpu)
	}
	b.line(c.name, c.tries, c.expected(), r.got, real, cpu, word)
}

func ratio(r measure.Result) string {
	return fmt.Sprintf("%.3f [%.3f, %.3f]", r.Ratio, r.Interval.Low, r.Interval.High)
}

func (b *table) skip(c cheat, reason string) {
	if !b.full {
		return
	}
	b.count.skipped++
	b.skipped[reason] = append(b.skipped[reason], c.name)
	b.line(c.name, c.tries, c.expected(), "", "", "", "skipped")
}

func (b *table) summary(s *suite) {
	if !b.full {
		return
	}
	if s.normal != "" {
		fmt.Printf("\ngains were not decided, as programs are scheduled normally: %s\n", s.normal)
	}
	fmt.Printf("\n%d ok, %d failed, %d unsure (try again on a quieter machine), %d skipped in %v\n", b.count.ok, b.count.failed, b.count.unsure, b.count.skipped, time.Since(s.started).Round(time.Second))
	for _, reason := range slices.Sorted(maps.Keys(b.skipped)) {
		fmt.Printf("skipped, %s: %s\n", reason, strings.Join(b.skipped[reason], " "))
	}
}
