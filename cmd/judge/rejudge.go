package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

type rejudgeOptions struct {
	Problem string
	Show    bool
	Apply   bool
	Cancel  bool
	NoWait  bool
}

func newRejudge(c *cli) *cobra.Command {
	var opt rejudgeOptions
	cmd := &cobra.Command{
		Use:   "rejudge",
		Short: "Judge again what was judged before a problem or the compiler was corrected, or on another machine",
		Long: `Rejudge proposes a new judging of every submission to a problem that was judged
by another version of it, compiled with another compiler or other flags, or measured
on another machine class than this one (the machine, its compiler or its settings
were changed), and waits until all are judged: by the server that runs in this contest folder, otherwise right here.
Contestants' submissions go first. Nothing that counts changes meanwhile: boards
and pages stay as they are.

--show prints what would change, --apply makes all of it count at once, --cancel
drops it. Only what is complete can be applied: run rejudge again to go on after
Ctrl-C, to judge again what failed on the judge's side, and after problem or
machine were changed once more.` + "\n" + exitHelp,
		Example: "  judge rejudge -p ledger\n  judge rejudge -p ledger --show\n  judge rejudge -p ledger --apply",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRejudge(cmd.Context(), c, opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.Problem, "problem", "p", "", "the problem (default: the only one)")
	_ = cmd.RegisterFlagCompletionFunc("problem", c.completeProblems)
	f.BoolVar(&opt.Show, "show", false, "print what is proposed beside what counts, and propose nothing")
	f.BoolVar(&opt.Apply, "apply", false, "make what is proposed count")
	f.BoolVar(&opt.Cancel, "cancel", false, "drop what is proposed")
	f.BoolVar(&opt.NoWait, "no-wait", false, "propose, and leave the judging to judge serve")
	return cmd
}

func (opt rejudgeOptions) check() error {
	n := 0
	for _, set := range []bool{opt.Show, opt.Apply, opt.Cancel, opt.NoWait} {
		if set {
			n++
		}
	}
	if n > 1 {
		return usage("look at it with --show first, then --apply or --cancel it", "--show, --apply, --cancel and --no-wait exclude each other")
	}
	return nil
}

func runRejudge(ctx context.Context, c *cli, opt rejudgeOptions) error {
	if err := opt.check(); err != nil {
		return err
	}
	// To propose is to judge. It also needs all test cases, generated ones
	// too: they are part of the version that tells what is outdated.
	conn, err := c.connect(ctx, connectOptions{Judge: !opt.Show && !opt.Apply && !opt.Cancel})
	if err != nil {
		return err
	}
	defer conn.close()
	p, err := problemOf(ctx, conn, opt.Problem, "")
	if err != nil {
		return err
	}
	switch {
	case opt.Show:
		return c.showRejudging(ctx, conn, p.ID)
	case opt.Apply:
		return c.endRejudging(ctx, conn, p.ID, api.Apply, "these judgings count now")
	case opt.Cancel:
		return c.endRejudging(ctx, conn, p.ID, api.Cancel, "dropped; what counted before goes on to count")
	}
	return c.propose(ctx, conn, p.ID, opt.NoWait)
}

// propose begins a rejudging or goes on with one, and prints what it came to.
func (c *cli) propose(ctx context.Context, conn *connection, p judge.ProblemID, noWait bool) error {
	r, err := conn.Rejudge(ctx, p, api.Propose)
	if err != nil {
		return err
	}
	if !c.json {
		c.notef("%s of %s proposed; %d not judged yet\n", plural(r.Count, "new judging"), p, r.Waiting)
	}
	if !noWait {
		if r, err = c.awaitRejudging(ctx, conn, r); err != nil {
			return err
		}
	}
	if c.json {
		if err := c.printJSON(r); err != nil {
			return err
		}
	} else {
		c.printf("%s\n", c.rejudgingHead(r))
		c.notef("judge rejudge -p %s --show prints what would change; --apply makes it count, --cancel drops it\n", p)
	}
	if r.Failed > 0 {
		return c.said(&exitError{Status: exitJudge, Err: fmt.Errorf("the judge failed on %s", plural(r.Failed, "submission")),
			Hint: "judge rejudge --show says why; mend the cause and run the same command again"})
	}
	return nil
}

// awaitRejudging asks until all is judged. It asks seldom: an answer holds all
// submissions, and making it beside a measurement disturbs that.
func (c *cli) awaitRejudging(ctx context.Context, conn *connection, r judge.Rejudging) (judge.Rejudging, error) {
	count := r.Count
	for pause := 100 * time.Millisecond; r.Waiting > 0; pause = min(2*pause, 5*time.Second) {
		if c.tty && !c.json {
			c.notef("\r\x1b[K%d of %d judged", len(r.Submissions)-r.Waiting, len(r.Submissions))
		}
		var err error
		select {
		case <-time.After(pause):
			r, err = conn.Rejudging(ctx, r.Problem)
		case <-ctx.Done():
		}
		if c.tty && !c.json {
			c.notef("\r\x1b[K")
		}
		if ctx.Err() != nil {
			return r, &exitError{Status: exitInterrupted, Err: errors.New("interrupted; the rejudging stays proposed"),
				Hint: "judge serve goes on with it, and so does the same command"}
		}
		if err != nil {
			return r, err
		}
	}
	r.Count = count
	return r, nil
}

// endRejudging applies or cancels.
func (c *cli) endRejudging(ctx context.Context, conn *connection, p judge.ProblemID, action api.RejudgingAction, done string) error {
	r, err := conn.Rejudge(ctx, p, action)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(r)
	}
	c.printf("%s\n%s\n", c.rejudgingHead(r), done)
	return nil
}

func (c *cli) showRejudging(ctx context.Context, conn *connection, p judge.ProblemID) error {
	r, err := conn.Rejudging(ctx, p)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(r)
	}
	c.rejudging(r)
	return nil
}

// rejudgingHead is a rejudging in one line.
func (c *cli) rejudgingHead(r judge.Rejudging) string {
	parts := []string{plural(len(r.Submissions), "submission"), fmt.Sprintf("%d changed", r.Changed)}
	for _, n := range []struct {
		count int
		text  string
	}{{r.Waiting, "not judged yet"}, {r.Failed, "failed on our side"}, {r.Outdated, "by an older version of the problem, another compiler or another machine"}} {
		if n.count > 0 {
			parts = append(parts, c.style.warn.Render(fmt.Sprintf("%d %s", n.count, n.text)))
		}
	}
	return c.style.bold.Render("rejudging of "+string(r.Problem)+":") + " " + strings.Join(parts, ", ")
}

// rejudging prints old and new judgings side by side.
func (c *cli) rejudging(r judge.Rejudging) {
	c.printf("%s\n", c.rejudgingHead(r))
	both := func(i int) func(judge.Rejudged) string {
		return func(one judge.Rejudged) string {
			old, now := judgedCells(one.Old), judgedCells(one.New)
			if one.New.State != judge.Done && i > 0 {
				return old[i] // only that it waits is known
			}
			return beforeAndAfter(old[i], now[i])
		}
	}
	printRows(c, []column[judge.Rejudged]{
		{Head: "id", Right: true, Cell: func(one judge.Rejudged) string { return fmt.Sprint(one.Submission.ID) }},
		{Head: "contestant", Name: true, Cell: func(one judge.Rejudged) string { return string(one.Submission.Contestant) }},
		{Head: "verdict", Cell: both(0)},
		{Head: "passed", Right: true, Cell: both(1)},
		{Head: "real", Right: true, Spare: 2, Cell: both(2)},
		{Head: "CPU", Right: true, Spare: 1, Cell: both(3)},
		{Cut: true, Cell: func(one judge.Rejudged) string { return rejudgedNote(r, one) }},
	}, r.Submissions)
}

func beforeAndAfter(old, now string) string {
	if old == now {
		return old
	}
	return orElse(old, "–") + " → " + orElse(now, "–")
}

func rejudgedNote(r judge.Rejudging, one judge.Rejudged) string {
	now := judge.Basis{Version: r.Version, Class: r.Class, Toolchains: r.Toolchains}
	switch {
	case one.New.State != judge.Done || one.New.Verdict == judge.Internal:
		return one.New.Reason
	case one.New.ProblemVersion != r.Version:
		return "by an older version of the problem"
	case now.OtherToolchain(one.Submission.Language, one.New):
		return "compiled with another compiler"
	case one.New.OtherClass(r.Class):
		return "measured on another machine"
	case one.Changes():
		return "changed"
	case now.OtherToolchain(one.Submission.Language, one.Old):
		return "was compiled with another compiler"
	case one.Old.OtherClass(r.Class):
		return "was measured on another machine"
	}
	return ""
}
