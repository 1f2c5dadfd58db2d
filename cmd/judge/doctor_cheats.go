package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/pipeline/cheats"
)

// cheatsReport is a run of the suite of cheats as doctor prints it in JSON.
type cheatsReport struct {
	judge.CheatRun
	// Results are those of cheats that were tried just now; none if the run is
	// one that is remembered.
	Results []cheats.Result `json:"results,omitempty"`
	// Remembered says where the run is kept; empty if it is not.
	Remembered string `json:"remembered,omitempty"`
}

// triedAndFailed: cheats were tried just now, and some succeeded.
func (r *cheatsReport) triedAndFailed() bool { return r != nil && r.Results != nil && r.Failed > 0 }

// cheats are those to be tried.
func (opt doctorOptions) cheats() ([]cheats.Cheat, error) {
	if !opt.Cheats {
		if opt.Only != "" {
			return nil, usage("judge doctor --cheats --only REGEXP", "--only chooses among cheats, and none are tried without --cheats")
		}
		return nil, nil
	}
	only, err := regexp.Compile(opt.Only)
	if err != nil {
		return nil, usage("such as --only cache", "--only is no regular expression: %v", err)
	}
	list, err := cheats.Read(only)
	if err == nil && len(list) == 0 {
		err = usage("judge doctor --cheats tries all of them", "no cheat has a name that matches %q", opt.Only)
	}
	return list, err
}

// whole: all cheats are tried, so that the outcome says something of the
// machine and is remembered.
func (opt doctorOptions) whole() bool { return opt.Cheats && opt.Only == "" }

// recallCheats adds what the last run on this class of machine showed.
func (c *cli) recallCheats(ctx context.Context, found *checkup) {
	last, err := c.lastCheats(ctx, cheats.Class(found.working()))
	if err == nil {
		found.Cheats = &cheatsReport{CheatRun: last}
	}
	found.judgedByCheats(last, err)
}

// judgedByCheats says what a run of the suite means for this machine.
func (found *checkup) judgedByCheats(r judge.CheatRun, err error) {
	found.Timing.Findings = append(found.Timing.Findings, cheatsFinding(r, err))
}

// tryCheats runs the suite, prints its table row by row, and remembers what it
// showed if it was whole.
func (c *cli) tryCheats(ctx context.Context, found *checkup, list []cheats.Cheat, chosen []int, whole bool) (err error) {
	if found.Timing.Unable != "" {
		return &judge.Unable{Message: "cheats are measured, and nothing can be measured here: " + found.Timing.Unable, Hint: "judge doctor says how to mend it"}
	}
	if _, normal := machine.Policy(1); normal != "" {
		return &judge.Unable{Message: "what cheats gain is known only where programs are scheduled in real time: " + normal, Hint: "judge doctor says how to mend it"}
	}
	var records openedRecords
	if whole {
		if records, err = c.openCheatRecords(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, records.close()) }()
	}
	suite, err := cheats.New(found.working(), chosen)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, suite.Close()) }()
	report := cheatsReport{}
	if report.Results, report.CheatRun, err = c.runCheats(ctx, suite, list); err != nil {
		return err
	}
	found.Cheats = &report
	if whole {
		if err := records.SaveCheats(ctx, report.CheatRun); err != nil {
			return err
		}
		report.Remembered = records.where
		found.judgedByCheats(report.CheatRun, nil)
	}
	if !c.json {
		c.cheatsTried(report)
	}
	return nil
}

func (c *cli) runCheats(ctx context.Context, suite *cheats.Suite, list []cheats.Cheat) ([]cheats.Result, judge.CheatRun, error) {
	run := judge.CheatRun{Class: suite.Class()}
	var err error
	if run.Judge = version(); !c.json {
		c.heading("Cheats", "nobody is timed wrongly")
		c.printf("\n%s\n", cheats.Header())
	}
	if run.Suite, err = cheats.Version(); err != nil {
		return nil, run, err
	}
	tried, started := 0, time.Now()
	progress := func() {
		if c.tty && !c.json && tried < len(list) {
			c.notef("\r%s", c.style.faint.Render(fmt.Sprintf("%d of %d: %s", tried+1, len(list), list[tried].Name)))
		}
	}
	progress()
	results, err := suite.Run(ctx, list, func(r cheats.Result) {
		c.wipeLine()
		if !c.json {
			c.printf("%s\n", r.Row())
		}
		tried++
		progress()
	})
	c.wipeLine()
	if err != nil {
		return nil, run, err
	}
	if !c.json {
		c.printf("\n%s\n", cheats.Footer(results, time.Since(started)))
	}
	run.Finished, run.CheatCounts, run.Failures = time.Now().UTC(), cheats.Count(results), cheats.Failures(results)
	return results, run, nil
}

// cheatsTried is the last word on cheats.
func (c *cli) cheatsTried(r cheatsReport) {
	plain := lipgloss.NewStyle()
	if r.Failed == 0 {
		c.hang(c.level(machine.Good), 2, r.CheatCounts.String(), c.style.bold)
	} else {
		c.hang(c.level(machine.Red), 2, "red: "+r.Lacking(), c.style.bold)
	}
	if r.Unsure > 0 {
		var names []string
		for _, one := range r.Results {
			if one.State == cheats.Unsure {
				names = append(names, one.Name)
			}
		}
		c.hang(c.level(machine.Yellow), 2, "not decided, which is no failure: "+strings.Join(names, ", "), plain)
	}
	if r.Remembered == "" {
		c.hang("", 2, "Nothing of it is remembered, as not all cheats were tried.", c.style.faint)
		return
	}
	c.hang("", 2, fmt.Sprintf("Remembered of machine class %s by %s.", r.Class, r.Remembered), c.style.faint)
}
