package timing

import (
	"context"
	"slices"
	"sync"

	"contest/judge"
)

// Scratch are records of measuring that end with the process, for commands
// that measure once and store nothing. The zero value is ready.
type Scratch struct {
	mu        sync.Mutex
	baselines []judge.Baseline
}

// Baseline is judge.ErrNotFound where nothing was frozen yet.
func (s *Scratch) Baseline(_ context.Context, p judge.ProblemID, version, class string) (judge.Baseline, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(p, version, class)
}

func (s *Scratch) find(p judge.ProblemID, version, class string) (judge.Baseline, error) {
	i := slices.IndexFunc(s.baselines, func(b judge.Baseline) bool {
		return b.Problem == p && b.ProblemVersion == version && b.Class == class
	})
	if i < 0 {
		return judge.Baseline{}, judge.ErrNotFound
	}
	return s.baselines[i], nil
}

// Freeze keeps a baseline unless there is one.
func (s *Scratch) Freeze(_ context.Context, b judge.Baseline) (judge.Baseline, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept, err := s.find(b.Problem, b.ProblemVersion, b.Class); err == nil {
		return kept, nil
	}
	s.baselines = append(s.baselines, b)
	return b, nil
}

// Sessions are none: what is measured here is never added to anything.
func (s *Scratch) Sessions(context.Context, judge.ProblemID, string, judge.LanguageID, string, string, string) ([]judge.Session, error) {
	return nil, nil
}

// SaveMachine does nothing.
func (s *Scratch) SaveMachine(context.Context, judge.Machine) error { return nil }
