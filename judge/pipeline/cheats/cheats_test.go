package cheats

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"contest/judge/build"
	"contest/sandbox"
)

// TestCheats heeds the environment:
//
//	CHEATS  all: measure everything, and print a table
//	ONLY    a regular expression: cheats whose names match
func TestCheats(t *testing.T) {
	only, err := regexp.Compile(os.Getenv("ONLY"))
	must(t, err)
	cheats, err := Read(only)
	must(t, err)
	s := newSuite(t)
	if os.Getenv("CHEATS") == "all" {
		tabulate(t, s, cheats)
		return
	}
	for _, c := range cheats {
		t.Run(c.Name, func(t *testing.T) {
			if c.fewestRounds() == 0 {
				t.Parallel() // nothing is measured
			}
			r, err := s.Try(t.Context(), c, false)
			must(t, err)
			switch r.State {
			case Skipped:
				t.Skip(r.Why)
			case Unsure:
				t.Log(r.Detail)
			case Failed:
				t.Errorf("%s: got %s; want %s\n%s", r.Tries, r.Got, r.Expected, r.Detail)
			}
		})
	}
}

func newSuite(t *testing.T) *Suite {
	tools := build.Detect()
	if len(tools) == 0 {
		t.Skip("no compiler")
	}
	if sandbox.Check().Unusable {
		t.Skip("no container can be made here; judge doctor says why")
	}
	s, err := New(tools, nil)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func tabulate(t *testing.T, s *Suite, cheats []Cheat) {
	started := time.Now()
	fmt.Println(Header())
	results, err := s.Run(t.Context(), cheats, func(r Result) { fmt.Println(r.Row()) })
	must(t, err)
	for _, r := range results {
		if r.State == Failed {
			t.Errorf("%s: %s (%s)\n%s", r.Name, r.Protection, r.Why, r.Detail)
		}
	}
	if s.Normal != "" {
		fmt.Printf("\ngains were not decided, as programs are scheduled normally: %s\n", s.Normal)
	}
	fmt.Printf("\n%s", Footer(results, time.Since(started)))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", t.Name(), err))
	}
}
