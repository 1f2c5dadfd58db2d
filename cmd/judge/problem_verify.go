package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/contest"
	"contest/judge/pipeline"
	"contest/judge/problem"
)

func newProblem(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "problem",
		Short: "Work on problem packages",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newProblemVerify(c))
	return cmd
}

func newProblemVerify(c *cli) *cobra.Command {
	var set string
	cmd := &cobra.Command{
		Use:   "verify DIR...",
		Short: "Check packages and their example submissions",
		Long: `Verify checks problem packages as the contest would load them, generates their
test cases, runs every input validator on every input, and judges every example
submission: each must get the verdict of its folder. A failed example is run up
to its first test case that is not passed. Notes beside the packages are passed
over. It ends with status 10 if anything must be mended, once all packages are
looked at.`,
		Example: "  judge problem verify problems/*\n  judge problem verify problems/ledger --set demo",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProblemVerify(cmd.Context(), c, set, args)
		},
	}
	cmd.Flags().StringVar(&set, "set", "full", "the size of generated test sets: full or demo")
	return cmd
}

func runProblemVerify(ctx context.Context, c *cli, set string, dirs []string) error {
	logger := c.logger(slog.LevelError)
	opt, remove, err := verifyingAt(dirs[0], logger)
	if err != nil {
		return err
	}
	defer remove()
	opt.TestSet, opt.Progress = set, c.generating()
	pl := pipeline.New(toolchains(opt.Cache, logger), nil)
	all := []pipeline.Verification{}
	bad := 0
	var failed []error // on our side
	for _, dir := range dirs {
		if isNote(dir) {
			c.notef("%s is a note and no package: passed over\n", dir)
			continue
		}
		v, err := c.verify(ctx, pl, dir, opt)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("verify %s: %w", dir, err))
			v.Errors = append(v.Errors, problem.Error{Message: err.Error()})
		}
		all = append(all, v)
		bad += len(v.Errors)
	}
	if c.json {
		if err := c.printJSON(all); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return c.said(errors.Join(failed...))
	}
	if len(all) == 0 {
		return usage("name the folder of a package, such as problems/sum", "there is no package among these")
	}
	if bad > 0 {
		return c.said(&exitError{Status: exitVerify, Err: fmt.Errorf("%s to mend", plural(bad, "thing"))})
	}
	return nil
}

// isNote says whether a path is a file that people keep beside packages.
func isNote(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && problem.IsNote(filepath.Base(path)) && filepath.Ext(path) != ".zip"
}

// verifyingAt is the contest's cache and secret where the package is in a
// contest; elsewhere tests are those of a trial, in a folder of this user or,
// without one, in a folder that goes with the command.
func verifyingAt(dir string, logger *slog.Logger) (opt pipeline.LoadOptions, remove func(), err error) {
	remove = func() {}
	if folder, err := contest.Find(dir); err == nil {
		if err := folder.Prepare(); err != nil {
			return opt, remove, err
		}
		opt.Cache = folder.State("cache")
		opt.Secret, err = contestSecret(folder, logger)
		return opt, remove, err
	}
	if cache, err := userCache(); err == nil {
		opt.Cache = cache
		return opt, remove, nil
	}
	opt.Cache, err = os.MkdirTemp("", "judge-verify-")
	return opt, func() { os.RemoveAll(opt.Cache) }, err
}

func (c *cli) verify(ctx context.Context, pl *pipeline.Pipeline, dir string, load pipeline.LoadOptions) (pipeline.Verification, error) {
	show := progress(silent{})
	opt := pipeline.VerifyOptions{
		LoadOptions: load, Measure: judge.DefaultMeasure,
		Step: func(text string) {
			if c.tty && !c.json {
				show.close()
				c.notef("\r\x1b[K%s\r", c.style.faint.Render(text))
				show = c.passing()
			}
		},
		Report: func(ev judge.Progress) { show.event(ev) },
		Judged: func(r pipeline.ExampleResult) {
			show.close()
			show = silent{}
			if !c.json {
				c.example(r)
			}
		},
	}
	if folder, err := contest.Find(dir); err == nil {
		if settings, err := contest.ReadSettings(folder.Settings()); err == nil {
			opt.Measure = settings.Measure
		}
	}
	v, err := pl.Verify(ctx, dir, opt)
	show.close()
	if c.json {
		return v, err
	}
	for _, w := range v.Warnings {
		c.printf("%s %s\n", c.style.warn.Render("warning:"), c.folded(inPackage(v.Problem.ID, w)))
	}
	if err != nil {
		return v, err
	}
	for _, e := range v.Errors {
		c.printf("%s %s\n", c.style.bad.Render("error:"), c.folded(inPackage(v.Problem.ID, e)))
	}
	if len(v.Errors) == 0 {
		c.printf("%s %s: %s, %d inputs valid, %s as expected\n", c.style.good.Render("✓"), v.Problem.ID,
			plural(len(v.Problem.Tests), "test case"), v.Inputs, plural(len(v.Examples), "example submission"))
	}
	return v, nil
}

// inPackage is what is wrong with a package, with the package's name.
func inPackage(id judge.ProblemID, e problem.Error) string {
	if e.File == "" { // the folder itself
		return string(id) + ": " + e.Error()
	}
	return string(id) + "/" + e.Error()
}

func (c *cli) example(r pipeline.ExampleResult) {
	mark := c.style.good.Render("✓")
	if !r.Fits {
		mark = c.style.bad.Render("✗")
	}
	j := r.Judging
	c.printf("%s %-32s %s", mark, r.Example.Name, c.verdictStyle(j.Verdict).Render(string(j.Verdict)))
	switch j.Verdict {
	case judge.Compile:
	case judge.Accepted:
		c.printf(" %3d/%d  real %s  CPU %s", j.Passed, j.Total, timeOn(j, judge.RealBoard), timeOn(j, judge.CPUBoard))
	default: // it was stopped there
		c.printf(" on %s", j.FirstFailed)
	}
	c.printf("\n")
}
