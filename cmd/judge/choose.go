package main

import (
	"context"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

func newChoose(c *cli) *cobra.Command {
	var change api.ChoiceChange
	cmd := &cobra.Command{
		Use:   "choose ID",
		Short: "Take part in the final with this submission",
		Long: `Choose names the submission with which its contestant takes part in the final on
its problem, in place of the one that stands on the board. Contestants choose one of
their own, the organiser any; the last choice counts, and --clear takes it back.
Places on the boards stay as they are.

It must have passed as many tests as the standing one and not be slower beyond
doubt; a choice for which that no longer holds is ignored, and judge show says so.
Refused, with a reason: not-eligible, passed-less, told-apart (slower),
not-comparable (not measured as the standing one is), no-final (a problem without a
reference), final-began, not-chosen (--clear).` + "\n" + exitHelp,
		Example: "  judge choose 7\n  judge choose 7 --clear",
		Args:    cobra.ExactArgs(1),
		RunE: asksOf(c, func(ctx context.Context, conn *connection, id judge.SubmissionID) (api.Detail, error) {
			return conn.Choose(ctx, id, change)
		}, c.chosen),
	}
	cmd.Flags().BoolVar(&change.Clear, "clear", false, "take the choice back: the final takes the one that stands")
	return cmd
}

// chosen prints with which submission the contestant takes part in finals now.
func (c *cli) chosen(d api.Detail) {
	for _, p := range d.Standings {
		if p.Chosen == 0 {
			c.printf("board %-4s  a final takes submission %d, which stands\n", p.Board, p.Stands)
			continue
		}
		c.printf("board %-4s  %s\n", p.Board, c.choice(p))
	}
}
