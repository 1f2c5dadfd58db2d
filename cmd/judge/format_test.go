package main

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"

	"contest/judge"
)

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 B", 840: "840 B", 32067: "31.3 KiB", 5 << 20: "5.0 MiB", 1<<30 - 1: "1024.0 MiB", 72923 << 20: "71.2 GiB",
	} {
		if got := size(bytes); got != want {
			t.Errorf("size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestLinesOfTablesEndWithoutBlanks(t *testing.T) {
	c := &cli{}
	got := c.table(nil, [][]string{{"anna", ""}, {"ben", "disabled"}})
	if want := "anna\nben   disabled"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlainProgressIsAligned(t *testing.T) {
	var out strings.Builder
	p := &plain{c: &cli{err: &out}}
	for _, r := range []judge.Run{
		{Ordinal: 9, TestCase: "secret/edge", Verdict: judge.Accepted, Real: 600_000, CPU: 1_000_000_000, MemoryBytes: 1 << 20},
		{Ordinal: 10, TestCase: "secret/large", Verdict: judge.TimeOut, Real: 2_000_000_000, CPU: 1, MemoryBytes: 1 << 20},
	} {
		p.event(judge.Event{State: judge.Running, Total: 12, Run: &r})
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || len(lines[0]) != len(lines[1]) || strings.Index(lines[0], "CPU") != strings.Index(lines[1], "CPU") {
		t.Errorf("columns do not stand below each other:\n%s", out.String())
	}
}

// Tables of submissions, queue, problems and runs fit 80 columns, and what was left
// out of a cell is marked.
func TestTablesFit(t *testing.T) {
	c, _ := quiet()
	long := strings.Repeat("reason ", 30)
	cols := []column[string]{
		{Head: "id", Right: true, Cell: func(string) string { return "1234" }},
		{Head: "name", Cell: func(string) string { return "a-contestant-with-a-long-name" }},
		{Head: "spare", Spare: 1, Cell: func(string) string { return strings.Repeat("x", 30) }},
		{Head: "rare", Spare: 2, Cell: func(string) string { return strings.Repeat("y", 30) }},
		{Cut: true, Cell: func(s string) string { return s }},
	}
	for _, tc := range []struct {
		room      int
		has, lost string
	}{
		{400, long[:len(long)-1], "…"},
		{150, "yyy  reason", "zzz"},
		{100, "xxx  reason", "yyy"},
		{60, "long-name  reason", "xxx"},
	} {
		text := fitted(c, cols, []string{long}, tc.room)
		if w := lipgloss.Width(text); w > tc.room || !strings.Contains(text, tc.has) || strings.Contains(text, tc.lost) {
			t.Errorf("in %d columns it has %d:\n%s", tc.room, w, text)
		}
		if tc.room < 400 && !strings.Contains(text, "…") {
			t.Errorf("in %d columns nothing shows that a cell was cut:\n%s", tc.room, text)
		}
	}
}
