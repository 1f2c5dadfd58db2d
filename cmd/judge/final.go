package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/contest"

	"contest/judge/rule"
	"contest/judge/timing"
)

// finalActor is who begins and ends a final: the organiser, who runs the command.
var finalActor = judge.Actor{Role: judge.AsOrganiser, Through: "judge final"}

type finalOptions struct {
	Problem        string
	Board          string
	Name           string
	Top            int
	Rounds         int
	Resume         bool
	BeforeDeadline bool
	Degraded       bool
	Show           bool
}

func newFinal(c *cli) *cobra.Command {
	var opt finalOptions
	cmd := &cobra.Command{
		Use:   "final --top K",
		Short: "Decide the prizes: time all who may win one against each other",
		Long: `Final times everybody whose rank on a board may be one of the first K once more,
all in the same rounds, together with the reference, and compares every two of
them directly. A contestant takes part with the submission that stands on the
board, or with the one chosen with judge choose. It ends when all neighbours are
told apart or found to be equal, or after its last round; what it cannot tell
apart is tied. Ranks before and after stand side by side.

Every complete round is stored. A final that was interrupted, however, goes on
where it stopped when the same command is run again. A finalist that does
something wrong in any repetition is out, with the reason.

It may run beside judge serve, which goes on to serve, lets what it judges end and
judges nothing new until the final ends; pages and judge status say so. It begins
after the deadline, once everything is judged; with --before-deadline it is practice,
marked as such, and decides nothing. --show prints what was decided.` + "\n" + exitHelp,
		Example: "  judge final --top 3 -p block-validation --board cpu\n  judge final --top 3 --before-deadline --rounds 10\n  judge final --show",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runFinal(cmd.Context(), c, opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.Problem, "problem", "p", "", "the problem (default: the only one)")
	_ = cmd.RegisterFlagCompletionFunc("problem", c.completeProblems)
	f.StringVar(&opt.Board, "board", "", "real or cpu (default: the problem's first)")
	f.StringVar(&opt.Name, "name", "", `tells finals of one board apart (default "final", or "practice")`)
	f.IntVar(&opt.Top, "top", 0, "the number of prizes: ranks 1 to K are to be decided")
	f.IntVar(&opt.Rounds, "rounds", 40, "the last round; it ends earlier if all is decided")
	f.BoolVar(&opt.Resume, "resume", false, "only go on with a final that was interrupted")
	f.BoolVar(&opt.BeforeDeadline, "before-deadline", false, "practise: the deadline has not passed, or not everything is judged")
	f.BoolVar(&opt.Degraded, "degraded", false, "decide although this machine lacks protections or cannot rank by time; the final says so for ever")
	f.BoolVar(&opt.Show, "show", false, "print the finals that there were, and time nothing")
	return cmd
}

// request is what the flags ask for.
func (opt finalOptions) request() rule.FinalRequest {
	return rule.FinalRequest{
		Problem: opt.Problem, Board: opt.Board, Name: opt.Name, Prizes: opt.Top, Rounds: opt.Rounds,
		Resume: opt.Resume, Practice: opt.BeforeDeadline, Degraded: opt.Degraded,
	}
}

func runFinal(ctx context.Context, c *cli, opt finalOptions) error {
	request := opt.request()
	request.Resume = opt.Resume || opt.Show // neither needs a number of prizes
	if err := request.Validate(); err != nil {
		return err
	}
	request.Resume = opt.Resume
	if c.server != "" {
		return usage("run it in the contest's folder, on the machine that measures", "a final cannot be held over the network")
	}
	folder, err := c.folder()
	if err != nil {
		return err
	}
	if err := folder.Prepare(); err != nil {
		return err
	}
	if opt.Show {
		return c.showFinals(ctx, folder, opt)
	}
	lacking, err := c.fit(request.Lenient())
	if err != nil {
		return err
	}
	if err := aloneOrServed(ctx, folder); err != nil {
		return err
	}
	return c.opened(ctx, folder, true, func(in *instance) error {
		p, _, err := in.finals().Subject(request)
		if err != nil {
			return err
		}
		return c.holding(ctx, in.db, "the final of "+string(p.ID), func(ctx context.Context, h *hold) error {
			return c.final(ctx, in, p, request, lacking, h)
		})
	})
}

// opened does something with the contest in this process.
func (c *cli) opened(ctx context.Context, folder contest.Folder, generate bool, do func(*instance) error) error {
	level := slog.LevelError
	if c.verbose {
		level = slog.LevelInfo
	}
	in, err := openInstance(ctx, folder, instanceOptions{Logger: c.logger(level), Database: c.database, Generate: generate, Progress: c.generating()})
	if err != nil {
		return err
	}
	return errors.Join(do(in), in.close())
}

// final begins a final or goes on with one, on a machine that lacks something or
// nothing, and on which nothing else is judged from here on.
func (c *cli) final(ctx context.Context, in *instance, p judge.Problem, request rule.FinalRequest, lacking []string, h *hold) error {
	unfit, err := c.fitToRank(ctx, in, request.Lenient())
	if err != nil {
		return err
	}
	f, err := in.finals().Begin(ctx, finalActor, request, append(lacking, unfit...))
	if err != nil {
		return err
	}
	c.begins(f)
	show := c.finalProgress(h)
	task, err := in.finalTask(ctx, p, f)
	if err != nil {
		return err
	}
	done := f.Rounds
	task.Store = func(ctx context.Context, r judge.FinalRound) error {
		done = r.Number
		return in.db.AddFinalRound(ctx, f.ID, r)
	}
	task.Report = show.look
	err = awaitIdle(ctx, in.db, func(n int) {
		show.look(timing.FinalLook{Doing: fmt.Sprintf("waiting until what is being judged (%d) ends", n)})
	})
	var standing judge.FinalStanding
	if err == nil {
		standing, err = in.pipe.Final(ctx, task)
	}
	show.close()
	kept := fmt.Sprintf("%s of the final kept", plural(done, "round"))
	switch {
	case errors.Is(context.Cause(ctx), errHoldLost):
		return &exitError{Status: exitJudge, Err: fmt.Errorf("%w; %s", errHoldLost, kept), Hint: "the same command goes on with it"}
	case ctx.Err() != nil:
		return &exitError{Status: exitInterrupted, Err: errors.New("interrupted; " + kept), Hint: "the same command goes on with it"}
	case err != nil:
		return err
	}
	if err := in.db.EndFinal(ctx, finalActor, f.ID, standing); err != nil {
		return err
	}
	return c.finalResult(ctx, in, f)
}

// finalTask is a final with what it needs: fresh tests, the rounds that are stored, and
// the sources.
func (in *instance) finalTask(ctx context.Context, p judge.Problem, f judge.Final) (timing.FinalTask, error) {
	var err error
	if f.Fresh != nil {
		if p, err = in.finals().Fresh(ctx, p, *f.Fresh); err != nil {
			return timing.FinalTask{}, err
		}
	}
	task := timing.FinalTask{Problem: p, Final: f, CPUs: in.catalog.Contest().Measure.CPUs, Sources: map[string][]judge.File{}}
	if task.Rounds, err = in.db.FinalRounds(ctx, f.ID); err != nil {
		return task, err
	}
	for _, one := range f.Finalists {
		if task.Sources[one.Program()] != nil {
			continue // other sources of the same program
		}
		if task.Sources[one.Program()], err = in.db.Sources(ctx, one.Submission); err != nil {
			return task, err
		}
	}
	return task, nil
}

// finalResult prints what is stored of a final that has just ended.
func (c *cli) finalResult(ctx context.Context, in *instance, f judge.Final) error {
	finals, err := in.db.Finals(ctx, f.Problem)
	if err != nil {
		return err
	}
	f = finals[slices.IndexFunc(finals, func(one judge.Final) bool { return one.ID == f.ID })]
	if c.json {
		if err := c.printJSON(f); err != nil {
			return err
		}
	} else {
		c.finalStanding(f)
	}
	if f.Standing.Stop == timing.FinalUnstable {
		return c.said(&exitError{Status: exitJudge, Err: errors.New("the machine disturbed too many runs: nothing is decided"),
			Hint: "let the machine become quiet (judge doctor says what disturbs it) and hold a final with another --name"})
	}
	return nil
}

// showFinals prints finals, the newest last.
func (c *cli) showFinals(ctx context.Context, folder contest.Folder, opt finalOptions) error {
	return c.opened(ctx, folder, false, func(in *instance) error {
		finals, err := in.db.Finals(ctx, judge.ProblemID(opt.Problem))
		if err != nil {
			return err
		}
		finals = slices.DeleteFunc(finals, func(f judge.Final) bool {
			return opt.Board != "" && string(f.Board) != opt.Board || opt.Name != "" && f.Name != opt.Name
		})
		switch {
		case len(finals) == 0:
			return &judge.NotFound{Kind: "final", Name: opt.Name, Hint: "judge final --top K holds one"}
		case c.json:
			return c.printJSON(finals)
		}
		for i, f := range finals {
			if i > 0 {
				c.printf("\n")
			}
			c.finalStanding(f)
		}
		return nil
	})
}
