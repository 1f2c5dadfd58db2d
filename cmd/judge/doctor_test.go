package main

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/language"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/sandbox"
)

// TestCheckup prints a machine that lacks a thing of each kind, at several
// widths.
func TestCheckup(t *testing.T) {
	word := "a word and another "
	gone := "control groups are not there " + strings.Repeat(word, 5)
	found := checkup{
		Judges:    true,
		Compilers: []compilerCheck{{Toolchain: build.Toolchain{Installed: language.Installed{Language: language.Language{ID: "g++"}, Version: "g++ 12"}}, Works: true}, {Toolchain: build.Toolchain{Installed: language.Installed{Language: language.Language{ID: "clang++"}, Version: "clang 14"}}, Found: "no libstdc++"}},
		Sandbox: sandbox.Report{Degraded: true, Protections: []sandbox.Protection{
			{Group: sandbox.Limiting, Name: "cpuset", Found: "no cpuset", Meaning: "programs keep to it", Cure: "delegate it", Without: "they do"},
			{Group: sandbox.Isolation, Name: "kernel", Present: true, Found: "6.1", Meaning: strings.Repeat(word, 20)},
			{Group: sandbox.Limiting, Name: "memory", Found: gone, Meaning: "m", Cure: "mount them", Without: "no limit", Refused: sandbox.RefusesOfficial},
			{Group: sandbox.Limiting, Name: "processes", Found: gone, Meaning: "p", Cure: "mount them", Without: "no limit", Refused: sandbox.RefusesOfficial},
			{Group: sandbox.Isolation, Name: "a name much longer than its column is", Present: true, Found: "works", Meaning: "m"},
		}},
		Timing: timingCheck{Machine: judge.Machine{Class: "0123456789abcdef"}, Refused: []string{"scheduling"}, Findings: []machine.Finding{
			{Name: "steal", Level: machine.Good, Found: "0.0 %", Meaning: "nobody takes the CPU away"},
			{Name: "boost", Level: machine.Unknown, Found: "unknown", Meaning: strings.Repeat(word, 8)},
			{Name: "governor", Level: machine.Yellow, Found: "powersave", Meaning: "it stays", Cure: "cpupower"},
			{Name: "other load", Level: machine.Red, Found: "90 %", Meaning: "nothing else runs", Cure: "stop it"},
		}},
	}
	for _, width := range []int{1, 40, 80, 110, 500} {
		var b strings.Builder
		c := &cli{out: &b, width: width, style: styles{}}
		c.checkup(found)
		c.verdictOn(found)
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
			"! cpuset no cpuset protects programs keep to it without it they do refused nothing mend delegate it",
			"· machine class 0123456789abcdef", "✓ steal 0.0 % · nobody takes the CPU away", "? boost unknown, wanted: a word",
			"! governor powersave wanted it stays mend cpupower", "✗ other load 90 % wanted nothing else runs mend stop it",
			"! this machine judges for practice; official contests are refused: 3 of 7 protections present, 2 only worse (!), missing memory, processes, scheduling What gap",
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

// Doctor ends with one verdict, which covers all that judge serve looks at.
func TestVerdictOnAMachine(t *testing.T) {
	good := machine.Finding{Name: "steal", Level: machine.Good}
	for _, tc := range []struct {
		name   string
		change func(*checkup)
		want   string
		fit    bool
	}{
		{"all well", func(*checkup) {}, "✓ this machine is ready for official contests: 1 of 1 protections present; nothing known here spoils times", true},
		{"no real-time scheduling", func(f *checkup) { f.Timing.Refused = []string{"scheduling"} },
			"! this machine is ready for contests that do not rank by time: 1 of 1 protections present; ranks by time are refused: scheduling", false},
		{"a cheat that gained", func(f *checkup) { f.Cheats = &cheatsReport{}; f.Cheats.Failed = 1 },
			"! this machine is ready for contests that do not rank by time: 1 of 1 protections present; ranks by time are refused: cheats", false},
		{"load", func(f *checkup) { f.Timing.Findings[0].Level = machine.Red },
			"! this machine is ready for official contests: 1 of 1 protections present; but just now times are spoilt: steal", true},
		{"a doubt", func(f *checkup) { f.Timing.Findings[0].Level = machine.Unknown },
			"✓ this machine is ready for official contests: 1 of 1 protections present; times scatter more than they need to: 0 not as wanted (!), 1 unknown (?)", true},
		{"a red self-test", func(f *checkup) { f.Timing.SelfTest = &machine.SelfTest{Light: measure.Red} }, "", true},
	} {
		found := checkup{Judges: true, Compilers: []compilerCheck{{Works: true}}, Timing: timingCheck{Findings: []machine.Finding{good}}}
		tc.change(&found)
		c, out := quiet()
		c.width = 110
		c.verdictOn(found)
		first, _, _ := strings.Cut(strings.Join(strings.Fields(out.String()), " "), " What gap")
		if fit := len(found.unfitToRank()) == 0; first != tc.want || fit != tc.fit {
			t.Errorf("%s: got %q, fit %t; want %q, %t", tc.name, first, fit, tc.want, tc.fit)
		}
	}
}

func TestSelfTested(t *testing.T) {
	kind := machine.KindResult{CoV: 0.012, Robust: 0.003, Ratio: 1.0012, Interval: measure.Interval{Low: 0.9812, High: 1.0212},
		Gaps: []machine.Gap{{Rounds: 10, Board: 0.021, Final: 0.011}, {Rounds: 20, Board: 0.015, Final: 0.009}}}
	board := machine.BoardResult{Compute: kind, Memory: kind}
	board.Score.Ratio, board.Score.Interval = 1.0013, measure.Interval{Low: 0.99, High: 1.02}
	s := machine.SelfTest{CPUs: []int{3}, Scheduling: "fifo", Rounds: 10, Tests: 20, Runs: 600, Real: board, CPU: board,
		Scrub: machine.Scrub{Bytes: 64 << 20, After: measure.Interval{Low: 0.99, High: 1.031}}}
	for light, want := range map[measure.Light]string{
		measure.Green: "✓ green: this machine can", measure.Yellow: "! yellow: this machine can hold a contest by time, with reservations - real time: so",
		measure.Red: "✗ red: ranks by time are not official here - real time: so",
	} {
		s.Light, s.Reasons = light, []string{"real time: so"}
		if light == measure.Green {
			s.Reasons = nil
		}
		var b strings.Builder
		c := &cli{out: &b, width: 80, style: styles{}}
		c.selfTested(s)
		flat := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range []string{want, "on CPU 3 (fifo): 600 runs", "one run varies by 1.2 % 1.2 % 1.2 % 1.2 %", "without outliers 0.30 %", "ratio to itself 1.0012 1.0012", "95 % interval ±2.0 %",
			"20 rounds 1.5 % 1.5 %", "20 rounds 0.90 %", "Real time, all tests: ratio to itself 1.0013 (0.9900 to 1.0200)", "after 64 MiB are swept from the caches, a program takes 0.990 to 1.031 times"} {
			if !strings.Contains(flat, want) {
				t.Errorf("%s: no %q in\n%s", light, want, b.String())
			}
		}
		status := 0
		if err := (checkup{Judges: true, Timing: timingCheck{SelfTest: &s}}).status(); err != nil {
			status, _ = classify(err)
		}
		if red := light == measure.Red; red != (status == exitVerify) || !red && status != 0 {
			t.Errorf("%s: status %d", light, status)
		}
	}
}
