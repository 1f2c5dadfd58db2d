package contest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"contest/judge"
)

// finding is what is known of the version of a package that was loaded last.
type finding struct {
	judge.Verification
	files   filesState
	problem judge.Problem
	cancel  context.CancelFunc // of its verification; nil if it is not under way
}

// find is what was known of a version before.
func (c *Catalog) find(s filesState, p judge.Problem) *finding {
	f := &finding{files: s, problem: p, Verification: judge.Verification{Problem: p.ID, Version: p.Version, State: judge.Unverified}}
	if c.Verify == nil {
		return f
	}
	if faults, known := c.Verify.Verified(p); known {
		f.State = judge.Verified
		for _, e := range faults {
			f.State, f.Faults = judge.Refuted, append(f.Faults, e.Error())
		}
	}
	return f
}

// take makes a version that was loaded the one to judge with, unless the contest
// demands a verification of it that has not succeeded; then the one before stays.
// The caller holds the lock.
func (c *Catalog) take(id judge.ProblemID, f *finding) {
	c.drop(id)
	live, had := c.good[id]
	f.Live = !c.demanded(live, had, f.problem) || f.State == judge.Verified
	c.found[id] = f
	switch {
	case f.Live:
		c.good[id] = f.problem
		c.tellFaults(f)
	case f.State == judge.Refuted:
		c.tellFaults(f)
	default:
		c.Logger.Info("problem waits to be verified", "problem", id, "version", short(f.Version), "earlier version live", had)
	}
}

// demanded says whether a version must be verified before it takes the place of the
// live one. What changes no verdict never waits.
func (c *Catalog) demanded(live judge.Problem, had bool, p judge.Problem) bool {
	if c.Verify == nil || had && live.Version == p.Version {
		return false
	}
	switch c.contest.Verified {
	case judge.DemandAlways:
		return true
	case judge.DemandNever:
		return false
	}
	return had && c.contest.Open(time.Now())
}

func (c *Catalog) tellFaults(f *finding) {
	for _, fault := range f.Faults {
		c.Logger.Error("a problem failed its verification", "problem", f.Problem, "version", short(f.Version), "live", f.Live, "error", fault)
	}
}

// drop forgets a version, and ends its verification. The caller holds the lock.
func (c *Catalog) drop(id judge.ProblemID) {
	if f := c.found[id]; f != nil && f.cancel != nil {
		f.cancel()
	}
	delete(c.found, id)
}

// verifyAll verifies what is not verified yet.
func (c *Catalog) verifyAll(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.found {
		c.verify(ctx, id)
	}
}

// verify begins to verify a problem, if that was not done yet and is not under way.
// The caller holds the lock.
func (c *Catalog) verify(ctx context.Context, id judge.ProblemID) {
	f := c.found[id]
	if c.Verify == nil || f.State != judge.Unverified || f.cancel != nil {
		return
	}
	own, cancel := context.WithCancel(ctx)
	f.cancel = cancel
	contest := c.contest
	dir := c.folder.Package(id)
	c.verifying.Go(func() {
		defer cancel()
		faults, err := c.Verify.Verify(own, dir, contest, f.problem)
		var texts []string
		for _, e := range faults {
			texts = append(texts, e.Error())
		}
		if own.Err() == nil {
			c.conclude(id, f, texts, err)
		}
	})
}

// conclude takes over what a verification found, unless the package changed or went
// meanwhile.
func (c *Catalog) conclude(id judge.ProblemID, f *finding, faults []string, err error) {
	now, lookErr := stateOf(c.folder.Package(id))
	c.mu.Lock()
	if c.found[id] != f {
		c.mu.Unlock()
		return
	}
	f.cancel = nil // the next look at the folder tries again if nothing was found
	switch {
	case err != nil:
		if f.Trouble != err.Error() {
			c.Logger.Warn("a problem could not be verified", "problem", id, "error", err)
		}
		f.Trouble = err.Error()
	case lookErr != nil || now != f.files: // it is loaded again
	case len(faults) > 0:
		f.State, f.Faults, f.Trouble = judge.Refuted, faults, ""
		c.tellFaults(f)
	default:
		f.State, f.Trouble = judge.Verified, ""
		if !f.Live {
			f.Live, c.good[id] = true, f.problem
		}
		c.Logger.Info("problem verified", "problem", id, "version", short(f.Version))
	}
	c.mu.Unlock()
	c.notify()
}

// Loaded are all versions that judgings may still be made with: the live ones, and
// those that wait to be.
func (c *Catalog) Loaded() []judge.Problem {
	out := c.Problems()
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, f := range c.found {
		out = append(out, f.problem)
	}
	return out
}

// Verifications are what is known of the versions that were loaded last, in the order
// of their problems.
func (c *Catalog) Verifications() []judge.Verification {
	c.mu.RLock()
	defer c.mu.RUnlock()
	out := make([]judge.Verification, 0, len(c.found))
	for _, f := range c.found {
		out = append(out, f.Verification)
	}
	slices.SortFunc(out, func(a, b judge.Verification) int { return cmp.Compare(a.Problem, b.Problem) })
	return out
}
