package rule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"contest/judge"
	"contest/judge/machine"
	"contest/sandbox"
)

// Lack is what a machine lacks for an official contest; the zero Lack is nothing.
type Lack struct {
	Told []string // what the pages may say of it
	Text string   // all of it, for the organiser
}

// Is says whether anything is lacking.
func (l Lack) Is() bool { return len(l.Told) > 0 }

const unfitHint = "judge doctor says how to mend each; with --degraded it goes on all the same, and the pages say so"

// Contains refuses to run programs on a machine that cannot contain them. One that
// contains them worse than an official contest needs is refused as well, unless
// degraded says to go on: *judge.Unable.
func Contains(report sandbox.Report, degraded bool) (Lack, error) {
	var missing []string
	for _, p := range report.Missing() {
		if p.Refused != sandbox.RefusesNothing {
			missing = append(missing, p.Name)
		}
	}
	list := strings.Join(missing, ", ")
	switch {
	case report.Unusable:
		return Lack{}, &judge.Unable{Message: "no program can be run on this machine; missing: " + list, Hint: "judge doctor says how to mend each"}
	case report.Degraded && !degraded:
		return Lack{}, &judge.Unable{Message: "this machine is not fit for a contest; missing: " + list, Hint: unfitHint}
	case report.Degraded:
		return Lack{Told: []string{"protections are missing"}, Text: list}, nil // which ones would help those who want to get out
	}
	return Lack{}, nil
}

// Fitness decides whether a contest may be ranked by time on a machine.
type Fitness struct {
	Contest
	Store interface {
		Cheats(ctx context.Context, class string) (judge.CheatRun, error)
		Degraded(ctx context.Context) (string, error)
		Degrade(ctx context.Context, why string) (fresh bool, err error)
		ClearDegraded(ctx context.Context) error
	}
	// Class is that of the machine.
	Class string
	// Findings are what spoils times on it, where a problem is measured.
	Findings func(p judge.Problem, m judge.Measure) ([]machine.Finding, error)
}

// Measured are the problems that are ranked by times beside a reference.
func (f Fitness) Measured() []judge.Problem {
	return slices.DeleteFunc(slices.Clone(f.Problems()), func(p judge.Problem) bool { return !p.HasReference() })
}

// ToRank refuses to rank by time on a machine that measures wrongly, unless degraded
// says to go on: *judge.Unable.
func (f Fitness) ToRank(ctx context.Context, degraded bool) (Lack, error) {
	lacking, err := f.lacking(ctx)
	if err != nil || len(lacking) == 0 {
		return Lack{}, err
	}
	list := strings.Join(lacking, ", ")
	if !degraded {
		return Lack{}, &judge.Unable{Message: "this machine is not fit to rank by time: " + list, Hint: unfitHint}
	}
	return Lack{Told: lacking, Text: list}, nil
}

// lacking is what forbids to rank the contest's measured problems here.
func (f Fitness) lacking(ctx context.Context) (lacking []string, err error) {
	measured := f.Measured()
	if len(measured) == 0 {
		return nil, nil
	}
	for _, p := range measured {
		findings, err := f.Findings(p, f.Settings().Measure)
		if err != nil {
			return nil, err
		}
		for _, one := range findings {
			if found := one.Name + " (" + one.Found + ")"; !slices.Contains(lacking, found) {
				lacking = append(lacking, found)
			}
		}
	}
	shown, err := f.Store.Cheats(ctx, f.Class)
	switch {
	case errors.Is(err, judge.ErrNotFound):
		return lacking, nil
	case err == nil && shown.Failed > 0: // contestants are not told which
		lacking = append(lacking, fmt.Sprintf("cheats (%v)", shown.CheatCounts))
	}
	return lacking, err
}

// Begin keeps in the contest what the machine lacks that judges it from now on: every
// way of opening the pages tells it from there. It returns why ranks stay for practice
// although nothing is lacking now, as some come from a machine that was not fit.
func (f Fitness) Begin(ctx context.Context, a judge.Actor, lacking []string) (practice string, err error) {
	if err := May(a, JudgeHere); err != nil {
		return "", err
	}
	if err := f.Store.ClearDegraded(ctx); err != nil {
		return "", err
	}
	if len(lacking) > 0 {
		_, err := f.Store.Degrade(ctx, strings.Join(lacking, ", "))
		return "", err
	}
	return f.Store.Degraded(ctx)
}

// LookAgain keeps what is lacking now that problems or CPUs are others than when the
// contest began to be judged here. Nothing is refused any more: contestants are at work.
// It returns what is lacking if that is kept now, and empty if nothing is or something
// was before.
func (f Fitness) LookAgain(ctx context.Context, a judge.Actor) (lacking string, err error) {
	if err := May(a, JudgeHere); err != nil {
		return "", err
	}
	unfit, err := f.lacking(ctx)
	if err != nil || len(unfit) == 0 {
		return "", err
	}
	list := strings.Join(unfit, ", ")
	fresh, err := f.Store.Degrade(ctx, list)
	if !fresh {
		list = ""
	}
	return list, err
}
