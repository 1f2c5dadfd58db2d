package measure

import (
	"fmt"
	"slices"
)

// Session is one stretch of rounds of one program on one machine.
type Session struct {
	ID    string `json:"id"`
	Class string `json:"class"` // the machine's class; ratios mean nothing across classes
	Pairs []Pair `json:"pairs"`
}

// Pool is every measurement of one program on one machine class, so that nobody
// has several to choose from: the best of 20 would win 9.1 % with a score that
// repeats to 4.9 % (docs/figures.md).
type Pool struct {
	Program  string    `json:"program_hash"`
	Class    string    `json:"class"`
	Sessions []Session `json:"sessions"`
}

// Add appends a session, once.
func (p *Pool) Add(s Session) error {
	if p.Class == "" {
		p.Class = s.Class
	}
	if s.Class != p.Class {
		return fmt.Errorf("session %s was measured on class %q, the others of %s on %q: keep a pool for each class", s.ID, s.Class, p.Program, p.Class)
	}
	if slices.ContainsFunc(p.Sessions, func(o Session) bool { return o.ID == s.ID }) {
		return fmt.Errorf("session %s is already pooled: each counts once", s.ID)
	}
	if err := s.check(); err != nil {
		return err
	}
	p.Sessions = append(p.Sessions, s)
	return nil
}

// slot is where a pair belongs; no two pairs share one.
type slot struct {
	session, test  string
	round, attempt int
}

func (p Pair) slot() slot { return slot{p.Session, p.Test, p.Round, p.Attempt} }

func (s Session) check() error {
	seen := make(map[slot]bool, len(s.Pairs))
	for _, p := range s.Pairs {
		if p.Session != s.ID {
			return fmt.Errorf("session %s holds a pair of session %s: keep them apart", s.ID, p.Session)
		}
		if seen[p.slot()] {
			return fmt.Errorf("session %s has test %s twice in round %d, attempt %d: a repeated pair takes the next attempt", s.ID, p.Test, p.Round, p.Attempt)
		}
		seen[p.slot()] = true
	}
	return nil
}

// Pairs lists the pairs of all sessions, oldest session first.
func (p *Pool) Pairs() []Pair {
	var all []Pair
	for _, s := range p.Sessions {
		all = append(all, s.Pairs...)
	}
	return all
}

// Result is a score with what it rests on; all of it is published.
type Result struct {
	Score
	// Sessions above 1 mean that the machine was seen at different times.
	Sessions int   `json:"sessions"`
	Tally    Tally `json:"tally"`
	// OneSided: the submission disturbs its own runs, so nothing was dropped.
	OneSided bool `json:"one_sided,omitempty"`
}

// Evaluate scores the pool's undisturbed pairs.
func (p *Pool) Evaluate(tests []Test, m Metric) (Result, error) {
	clean, tally := Clean(p.Pairs())
	s, err := Evaluate(tests, clean, m, p.Program)
	if err != nil {
		return Result{}, fmt.Errorf("program %s: %w", p.Program, err)
	}
	return Result{Score: s, Sessions: len(p.Sessions), Tally: tally, OneSided: tally.OneSided()}, nil
}
