// Package cheats tries to be faster than one is. Every file in programs is a
// submission to a small problem that is timed in windows; it cheats, and says
// in its first comment how that must end (see cheat). Its honest twin is the
// problem's reference, beside which all submissions are timed: a ratio below 1
// is a gain.
//
// go test judges every cheat once and measures only those whose end shows in
// a few rounds. make cheats measures all of them until it is known whether
// they gain anything, and prints a table.
//
// To add a cheat, add a file. Every cheat that was ever found stays.
//
// Environment:
//
//	CHEATS  all: measure everything, and print a table
//	ONLY    a regular expression: cheats whose names match
package cheats

import (
	"fmt"
	"os"
	"regexp"
	"testing"
)

func TestCheats(t *testing.T) {
	cheats, err := readCheats()
	if err != nil {
		t.Fatal(err)
	}
	only, err := regexp.Compile(os.Getenv("ONLY"))
	if err != nil {
		t.Fatal("ONLY:", err)
	}
	s := newSuite(t)
	table := newTable(os.Getenv("CHEATS") == "all")
	for _, c := range cheats {
		if !only.MatchString(c.name) {
			continue
		}
		p := s.problem(t, c)
		t.Run(c.name, func(t *testing.T) {
			if reason := s.lacks(c); reason != "" {
				table.skip(c, reason)
				t.Skip(reason)
			}
			if !table.full && c.fewestRounds() == 0 {
				t.Parallel() // nothing is measured
			}
			r := s.try(t, c, p, table.full)
			switch {
			case r.unsure:
				t.Log(r.detail)
			case !r.ok:
				t.Errorf("%s: got %s; want %s\n%s", c.tries, r.got, c.expected(), r.detail)
			}
			table.add(c, r)
		})
	}
	table.summary(s)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", t.Name(), err))
	}
}
