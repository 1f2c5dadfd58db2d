package sandbox

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestOverlaps hits several limits in one run, as far as that can be brought
// about without a race; docs/sandbox.md has the same table. TestSettle has the
// pairs of which a real program would hit one first.
func TestOverlaps(t *testing.T) {
	c := container(t, Config{WorkBytes: 128 << 20})
	for _, test := range []struct {
		args   string
		limits Limits
		want   string // alternatives, where the kernel or the judge may be first, are divided by "|"
		groups bool
	}{
		{"oomthen exit 0", Limits{}, "exit 0, memory limit", true},
		{"oomthen exit 3", Limits{}, "exit 3, memory limit", true},
		{"oomthen abort", Limits{}, "signal 6, memory limit", true},
		{"oomthen segv", Limits{}, "signal 11, memory limit", true},
		{"oomthen raise 24", Limits{}, "signal 24, memory limit", true},
		{"oomthen spin", Limits{CPU: 500 * time.Millisecond}, "signal 9, memory limit", true},
		{"oomthen sleep", Limits{Wall: time.Second}, "signal 9, memory limit", true},
		{"oomthen flood 1", Limits{OutputBytes: 1 << 10}, "signal 9, memory limit", true},
		{"oomthen flood 2", Limits{ErrorBytes: 1 << 10, CPU: 500 * time.Millisecond}, "signal 9, memory limit, stderr truncated", true},
		{"oomthen fsize", Limits{FileBytes: 1 << 10}, "signal 25, memory limit", true},
		{"oomthen child", Limits{}, "exit 0, memory limit, left processes", true},
		{"overflow", Limits{StackBytes: 512 << 20}, "signal 9, memory limit", true},
		{"fill", Limits{FileBytes: 1 << 30}, "signal 9, memory limit", true},

		{"exit 0", Limits{CPU: 1}, "exit 0, cpu limit|signal 9, cpu limit", false},
		{"sleep", Limits{Wall: 1}, "signal 9, wall limit", false}, // all of what "exit 0" takes may be waiting for a CPU
		{"exit 0", Limits{CPU: 1, Wall: 1}, "exit 0, cpu limit|signal 9, cpu limit", false},
		{"abort", Limits{CPU: 1, Wall: 1}, "signal 6, cpu limit|signal 9, cpu limit", false},
		{"sleep", Limits{CPU: 1, Wall: 1}, "signal 9, cpu limit", false},
		{"write 1 2", Limits{OutputBytes: 1}, "exit 0, output limit|signal 9, output limit", false},
		{"flood 2", Limits{ErrorBytes: 1, CPU: 100 * time.Millisecond}, "signal 9, cpu limit, stderr truncated", false},
		{"raise 9", Limits{}, "signal 9", false},
		{"raise 25", Limits{}, "signal 25", false},
	} {
		t.Run(test.args, func(t *testing.T) {
			if test.groups {
				grouped(t)
			}
			test.limits.MemoryBytes = 64 << 20
			test.limits.CPU, test.limits.Wall = stretch(test.limits.CPU), stretch(test.limits.Wall)
			facts := behave(t, c, test.limits, false, strings.Fields(test.args)...)
			if got := outcome(facts); !slices.Contains(strings.Split(test.want, "|"), got) {
				t.Errorf("%s with %+v: got %q, want %q", test.args, test.limits, got, test.want)
			}
		})
	}
}

// Who is killed because others have used up the memory has not passed the
// limit: that is our failure.
func TestKilledForWantOfTheMachinesMemory(t *testing.T) {
	grouped(t)
	c := container(t, Config{})
	if !c.group.peakResets {
		t.Skip("every run has a new group here (cgroup v2 before kernel 6.12), whose limit cannot be changed unseen")
	}
	limits := Limits{MemoryBytes: 64 << 20}
	behave(t, c, limits, false, "memory", "1")
	for _, name := range []string{"memory.max", "memory.limit_in_bytes"} {
		for _, dir := range c.group.dirs {
			_ = os.WriteFile(filepath.Join(dir, name), []byte("16777216"), 0) // what a group above could have left
		}
	}
	facts, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "memory", "48"}, Limits: limits})
	if err == nil || !strings.Contains(err.Error(), "of its 67108864 bytes of memory") {
		t.Errorf("got %s, %v; want an error that says how little it had", outcome(facts), err)
	}
}
