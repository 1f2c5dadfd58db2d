package main

import (
	"strings"
	"testing"

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
