package main

import (
	"context"

	"github.com/spf13/cobra"

	"contest/judge"
)

// ask connects, asks for something and prints it: as it is in JSON, else with tell.
func ask[T any](cmd *cobra.Command, c *cli, get func(context.Context, *connection) (T, error), tell func(T)) error {
	conn, err := c.connect(cmd.Context(), connectOptions{})
	if err != nil {
		return err
	}
	defer conn.close()
	answer, err := get(cmd.Context(), conn)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(answer)
	}
	tell(answer)
	return nil
}

// asks is ask for a command that needs nothing but the connection.
func asks[T any](c *cli, get func(context.Context, *connection) (T, error), tell func(T)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error { return ask(cmd, c, get, tell) }
}

// asksOf is ask for a command whose argument is the number of a submission.
func asksOf[T any](c *cli, get func(context.Context, *connection, judge.SubmissionID) (T, error), tell func(T)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		id, err := submissionID(args[0])
		if err != nil {
			return err
		}
		return ask(cmd, c, func(ctx context.Context, conn *connection) (T, error) { return get(ctx, conn, id) }, tell)
	}
}
