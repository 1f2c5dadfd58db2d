package main

import (
	"context"

	"contest/judge"
	"contest/judge/rule"
	"contest/sandbox"
)

// fit refuses a contest on a machine that cannot contain what it runs, unless told
// otherwise; then lacking says what the pages may tell of it.
func (c *cli) fit(degraded bool) (lacking []string, err error) {
	lack, err := rule.Contains(sandbox.Check(), degraded)
	if lack.Is() {
		c.notef("%s %s\n", c.style.warn.Render("not fit for an official contest; missing:"), lack.Text)
	}
	return lack.Told, err
}

// fitToRank refuses to rank by time on a machine that measures wrongly, unless
// told otherwise.
func (c *cli) fitToRank(ctx context.Context, in *instance, degraded bool) (lacking []string, err error) {
	if err := in.knowCheats(ctx); err != nil {
		return nil, err
	}
	lack, err := in.fitness().ToRank(ctx, degraded)
	if lack.Is() {
		c.notef("%s %s\n", c.style.warn.Render("not fit to rank by time:"), lack.Text)
	}
	return lack.Told, err
}

// judgesHere begins to judge a contest on this machine.
func (c *cli) judgesHere(ctx context.Context, in *instance, lacking []string, degraded bool) error {
	unfit, err := c.fitToRank(ctx, in, degraded)
	if err != nil {
		return err
	}
	practice, err := in.fitness().Begin(ctx, judge.Actor{Role: judge.AsOrganiser}, append(lacking, unfit...))
	if practice != "" {
		c.notef("%s %s\n", c.style.warn.Render("ranks stay for practice, as some come from a machine that was not fit:"), practice)
	}
	return err
}
