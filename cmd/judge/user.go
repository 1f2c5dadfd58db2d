package main

import (
	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

func newUser(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Manage contestants' accounts",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newUserAdd(c))
	return cmd
}

func newUserAdd(c *cli) *cobra.Command {
	var reset bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a contestant and print their token, once",
		Long: `Add makes an account and prints its token. Only a hash of the token is kept: it
cannot be shown again. With --reset an existing contestant gets a new token and
the old one stops working.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := c.connect(cmd.Context(), connectOptions{})
			if err != nil {
				return err
			}
			defer conn.close()
			u, err := conn.AddUser(cmd.Context(), api.NewUser{Contestant: judge.Contestant(args[0]), Reset: reset})
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(u)
			}
			c.notef("the token of %s, shown only now:\n", u.Contestant)
			c.printf("%s\n", u.Token)
			return nil
		},
	}
	cmd.Flags().BoolVar(&reset, "reset", false, "replace the token of an existing contestant")
	return cmd
}
