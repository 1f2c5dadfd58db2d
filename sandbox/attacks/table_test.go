package attacks

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// table prints a line as soon as an attack is over; a thousand runs of all
// take hours.
type table struct {
	machine machine
	shown   bool
	widths  [4]int // name, tries, expected, got
	started time.Time
	skipped map[string][]string // reason -> names
	count   struct{ ok, failed, skipped int }
}

const gotWidth = 26

func newTable(attacks []attack, m machine) *table {
	b := &table{machine: m, shown: os.Getenv("RUNS") != "", started: time.Now(), skipped: map[string][]string{}}
	b.widths = [4]int{len("program"), len("tries"), len("expected"), gotWidth}
	for _, a := range attacks {
		for i, text := range []string{a.name, a.tries, b.expected(a)} {
			b.widths[i] = max(b.widths[i], len(text))
		}
	}
	b.line("program", "tries", "expected", "got", "ok")
	return b
}

func (b *table) expected(a attack) string { return strings.Join(b.machine.expected(a), " | ") }

func (b *table) line(name, tries, expected, got, ok string) {
	if !b.shown {
		return
	}
	if runes := []rune(got); len(runes) > gotWidth {
		got = string(runes[:gotWidth-1]) + "…"
	}
	fmt.Printf("%-*s  %-*s  %-*s  %-*s  %s\n", b.widths[0], name, b.widths[1], tries, b.widths[2], expected, b.widths[3], got, ok)
}

func (b *table) add(a attack, got string, ok bool) {
	word := "ok"
	if ok {
		b.count.ok++
	} else {
		b.count.failed++
		word = "FAILED"
	}
	b.line(a.name, a.tries, b.expected(a), got, word)
}

func (b *table) skip(a attack, reason string) {
	b.count.skipped++
	b.skipped[reason] = append(b.skipped[reason], filepath.Base(a.name))
	b.line(a.name, a.tries, b.expected(a), "", "skipped")
}

func (b *table) summary() {
	if !b.shown {
		return
	}
	var u unix.Utsname
	_ = unix.Uname(&u)
	user := "root"
	if !b.machine.root {
		user = fmt.Sprintf("user %d", os.Geteuid())
	}
	groups := "control groups " + b.machine.groups
	if !b.machine.grouped {
		groups = "no control groups"
		fmt.Printf("\nno control groups: %s\n", b.machine.groups)
	}
	fmt.Printf("\n%s, %s, Linux %s, %s a program: %d ok, %d failed, %d skipped in %v\n",
		user, groups, unix.ByteSliceToString(u.Release[:]), runs(os.Getenv("RUNS")),
		b.count.ok, b.count.failed, b.count.skipped, time.Since(b.started).Round(time.Second))
	for _, reason := range slices.Sorted(maps.Keys(b.skipped)) {
		fmt.Printf("skipped, %s: %s\n", reason, strings.Join(b.skipped[reason], " "))
	}
}

func runs(n string) string {
	if n == "1" {
		return "1 run"
	}
	return n + " runs"
}
