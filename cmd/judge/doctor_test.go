package main

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"

	"contest/judge/build"
	"contest/sandbox"
)

// TestCheckup prints a machine that lacks a thing of each kind, at several
// widths.
func TestCheckup(t *testing.T) {
	word := "a word and another "
	gone := "control groups are not there " + strings.Repeat(word, 5)
	found := checkup{
		Judges:    true,
		Compilers: []compilerCheck{{Toolchain: build.Toolchain{ID: "g++", Version: "g++ 12"}, Works: true}, {Toolchain: build.Toolchain{ID: "clang++", Version: "clang 14"}, Found: "no libstdc++"}},
		Sandbox: sandbox.Report{Degraded: true, Protections: []sandbox.Protection{
			{Group: sandbox.Timing, Name: "quiet CPUs", Found: "load 9", Meaning: "times do not scatter", Cure: "stop it", Without: "they do"},
			{Group: sandbox.Isolation, Name: "kernel", Present: true, Found: "6.1", Meaning: strings.Repeat(word, 20)},
			{Group: sandbox.Limiting, Name: "memory", Found: gone, Meaning: "m", Cure: "mount them", Without: "no limit", Refused: sandbox.RefusesOfficial},
			{Group: sandbox.Limiting, Name: "processes", Found: gone, Meaning: "p", Cure: "mount them", Without: "no limit", Refused: sandbox.RefusesOfficial},
			{Group: sandbox.Isolation, Name: "a name much longer than its column is", Present: true, Found: "works", Meaning: "m"},
		}},
	}
	for _, width := range []int{1, 40, 80, 110, 500} {
		var b strings.Builder
		c := &cli{out: &b, width: width, style: styles{}}
		c.checkup(found)
		text := b.String()
		for line := range strings.Lines(text) {
			if w := lipgloss.Width(strings.TrimRight(line, "\n")); width >= 80 && w > min(width, 110) {
				t.Errorf("width %d: a line of %d: %s", width, w, line)
			}
			if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
				t.Errorf("width %d: spaces at the end of %q", width, line)
			}
		}
		flat := strings.Join(strings.Fields(text), " ")
		for _, want := range []string{
			"! compiler clang++ clang 14: no libstdc++ protects compiles submissions without it it cannot be used refused nothing mend apt-get install g++",
			"✓ kernel 6.1 · a word", "✗ memory control groups are not there", "refused official contests", "mend mount them ✗ processes likewise protects p",
			"! quiet CPUs load 9 protects times do not scatter without it they do refused nothing mend stop it",
			"official contests are refused: 3 of 7 present, 2 only worse (!), missing memory, processes",
		} {
			if !strings.Contains(flat, want) {
				t.Errorf("width %d: no %q in\n%s", width, want, text)
			}
		}
		if isolation, limits := strings.Index(text, "Isolation"), strings.Index(text, "Limits"); isolation < 0 || limits < isolation {
			t.Errorf("width %d: groups are not in order:\n%s", width, text)
		}
	}
}
