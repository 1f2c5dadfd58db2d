package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

func newCancel(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "cancel ID",
		Short: "Withdraw a submission that has no verdict yet",
		Long: `Cancel withdraws a submission: it is not judged, shows as cancelled and is never
ranked. Contestants cancel their own while it waits; the organiser any, and also
one that is being judged. Submitting the same sources takes it up again, with its
first receipt.

A submission that is judged stays as it is: reason judged, or running where only
the organiser could cancel it.` + "\n" + exitHelp,
		Args: cobra.ExactArgs(1),
		RunE: asksOf(c, func(ctx context.Context, conn *connection, id judge.SubmissionID) (api.Submitted, error) {
			return conn.Cancel(ctx, id)
		},
			func(s api.Submitted) {
				c.notef("submission %d is cancelled; submitting the same sources takes it up again\n", s.Submission.ID)
			}),
	}
}

// cancelled is how waiting for a verdict ends that will not come.
func cancelled(id judge.SubmissionID, reason string) error {
	return &exitError{Status: exitRefused, Err: &judge.Refusal{Code: "cancelled", Message: fmt.Sprintf("submission %d was %s and is not judged", id, orElse(reason, "cancelled"))},
		Hint: "submit the same sources again to take it up again"}
}
