// Package attacks tries to break out of the sandbox, and to spoil what comes
// after. Every file in run and compile is one hostile program, or a harmless
// one that asks for much and must pass.
//
// A program says in its first comment what it tries and how it must end (see
// attack). It is told where everything is that it must not reach (see
// canary), so that it need not search. If it gets hold of something it prints
// a line with the word ESCAPED or exits with 99, and no expectation allows
// that. A program in compile attacks the compiler; if it compiles it is run.
//
// After every run the canary must be intact and an ordinary program must
// find its container as the first one found it; when the container is closed
// the machine must hold what it held before (see traces).
//
// To add an attack, add a file.
//
// Environment:
//
//	RUNS               runs of every program, default 1; if set, a table is printed
//	ONLY               a regular expression: programs whose names match
//	JUDGE_SLOW         factor for all time limits, for emulated machines
//	JUDGE_ATTACKS_BIN  folder that keeps the compiled programs of run, so that
//	                   a machine without a compiler can use them
package attacks

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

func TestMain(m *testing.M) {
	if os.Getenv(sentinelVariable) != "" {
		playSentinel()
		return
	}
	if err := hideSecret(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestAttacks(t *testing.T) {
	attacks, err := readAttacks()
	if err != nil {
		t.Fatal(err)
	}
	only, err := regexp.Compile(os.Getenv("ONLY"))
	if err != nil {
		t.Fatal("ONLY:", err)
	}
	var chosen []attack
	for _, a := range attacks {
		if only.MatchString(a.name) {
			chosen = append(chosen, a)
		}
	}
	s := newSuite(t, attacks)
	table := newTable(chosen, s.machine)
	for _, a := range chosen {
		t.Run(a.name, func(t *testing.T) {
			if reason := s.machine.lacks(a); reason != "" {
				table.skip(a, reason)
				t.Skip(reason)
			}
			got := s.try(t, a)
			table.add(a, got, !t.Failed())
		})
	}
	table.summary()
}

// number reads a positive number from the environment.
func number(t *testing.T, name string, standard int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: want a whole number above 0", name, text)
	}
	return n
}
