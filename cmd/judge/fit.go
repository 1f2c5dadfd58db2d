package main

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

// fit refuses a contest on a machine that cannot contain what it runs or
// measures it wrongly, unless told otherwise; then lacking says what the pages
// may tell of it.
func (c *cli) fit(degraded bool) (lacking []string, err error) {
	report := sandbox.Check()
	var missing []string
	for _, p := range report.Missing() {
		if p.Refused != sandbox.RefusesNothing {
			missing = append(missing, p.Name)
		}
	}
	list := strings.Join(missing, ", ")
	switch {
	case report.Unusable:
		return nil, &judge.Unable{Message: "no program can be run on this machine; missing: " + list, Hint: "judge doctor says how to mend each"}
	case report.Degraded && !degraded:
		return nil, &judge.Unable{Message: "this machine is not fit for a contest; missing: " + list,
			Hint: "judge doctor says how to mend each; with --degraded it goes on all the same, and the pages say so"}
	case report.Degraded:
		c.notef("%s %s\n", c.style.warn.Render("not fit for an official contest; missing:"), list)
		return []string{"protections are missing"}, nil // which ones would help those who want to get out
	}
	return nil, nil
}

// fitToRank refuses to rank by time on a machine that measures wrongly, unless
// told otherwise.
func (c *cli) fitToRank(ctx context.Context, in *instance, degraded bool) (lacking []string, err error) {
	if err := in.knowCheats(ctx); err != nil {
		return nil, err
	}
	lacking, err = in.unfitToRank(ctx)
	if err != nil || len(lacking) == 0 {
		return nil, err
	}
	list := strings.Join(lacking, ", ")
	if !degraded {
		return nil, &judge.Unable{Message: "this machine is not fit to rank by time: " + list,
			Hint: "judge doctor says how to mend each; with --degraded it goes on all the same, and the pages say so"}
	}
	c.notef("%s %s\n", c.style.warn.Render("not fit to rank by time:"), list)
	return lacking, nil
}

// unfitToRank lists what forbids to rank the contest's measured problems here.
func (in *instance) unfitToRank(ctx context.Context) (lacking []string, err error) {
	settings := in.catalog.Contest().Measure
	measured := in.measured()
	if len(measured) == 0 {
		return nil, nil
	}
	for _, p := range measured {
		cpus, err := machine.MeasuringCPUs(p.Threads, settings.CPUs)
		if err != nil {
			return nil, err
		}
		for _, f := range machine.RedFindings(machine.Place{CPUs: cpus}) {
			if found := f.Name + " (" + f.Found + ")"; !slices.Contains(lacking, found) {
				lacking = append(lacking, found)
			}
		}
	}
	shown, err := in.db.Cheats(ctx, in.pipe.Timer.Machine().Class)
	switch {
	case errors.Is(err, judge.ErrNotFound):
		return lacking, nil
	case err == nil && shown.Failed > 0: // contestants are not told which
		lacking = append(lacking, fmt.Sprintf("cheats (%v)", shown.CheatCounts))
	}
	return lacking, err
}

// measured are the problems that are ranked by times beside a reference.
func (in *instance) measured() []judge.Problem {
	return slices.DeleteFunc(in.catalog.Problems(), func(p judge.Problem) bool { return !p.HasReference() })
}

// judgesHere keeps in the contest whether it is judged on a machine that is not
// fit for an official one: every way of opening the pages tells it from there.
func (c *cli) judgesHere(ctx context.Context, in *instance, lacking []string, degraded bool) error {
	unfit, err := c.fitToRank(ctx, in, degraded)
	if err != nil {
		return err
	}
	if err := in.db.ClearDegraded(ctx); err != nil {
		return err
	}
	if lacking = append(lacking, unfit...); len(lacking) > 0 {
		_, err := in.db.Degrade(ctx, strings.Join(lacking, ", "))
		return err
	}
	why, err := in.db.Degraded(ctx)
	if why != "" {
		c.notef("%s %s\n", c.style.warn.Render("ranks stay for practice, as some come from a machine that was not fit:"), why)
	}
	return err
}

// fitStill looks again at what judgesHere looked at, as problems and CPUs are
// others now. Nothing is refused any more: contestants are at work.
func (in *instance) fitStill(ctx context.Context) error {
	unfit, err := in.unfitToRank(ctx)
	if err != nil || len(unfit) == 0 {
		return err
	}
	list := strings.Join(unfit, ", ")
	fresh, err := in.db.Degrade(ctx, list)
	if fresh {
		in.logger.Warn("this machine is not fit to rank by time; the pages say so", "lacking", list)
	}
	return err
}
