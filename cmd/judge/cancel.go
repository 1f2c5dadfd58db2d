package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"contest/judge"
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
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := submissionID(args[0])
			if err != nil {
				return err
			}
			conn, err := c.connect(cmd.Context(), connectOptions{})
			if err != nil {
				return err
			}
			defer conn.close()
			s, err := conn.Cancel(cmd.Context(), id)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(s)
			}
			c.notef("submission %d is cancelled; submitting the same sources takes it up again\n", id)
			return nil
		},
	}
}

// cancelled is how waiting for a verdict ends that will not come.
func cancelled(id judge.SubmissionID, reason string) error {
	return &exitError{Status: exitRefused, Err: &judge.Refusal{Code: "cancelled", Message: fmt.Sprintf("submission %d was %s and is not judged", id, orElse(reason, "cancelled"))},
		Hint: "submit the same sources again to take it up again"}
}
