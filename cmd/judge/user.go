package main

import (
	"context"
	"strconv"

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
	cmd.AddCommand(newUserAdd(c), newUserList(c), newUserSwitch(c, true), newUserSwitch(c, false))
	return cmd
}

func newUserList(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the accounts with what they handed in",
		Long:  "List prints every account: its submissions, their size, how many wait, and\nwhether it is disabled." + "\n" + exitHelp,
		Args:  cobra.NoArgs,
		RunE:  asks(c, func(ctx context.Context, conn *connection) ([]judge.Account, error) { return conn.Users(ctx) }, c.accounts),
	}
}

func (c *cli) accounts(list []judge.Account) {
	if len(list) == 0 {
		c.printf("no accounts yet: judge user add NAME makes one\n")
		return
	}
	printRows(c, []column[judge.Account]{
		{Head: "contestant", Name: true, Cell: func(a judge.Account) string { return string(a.Handle) }},
		{Head: "submissions", Right: true, Cell: func(a judge.Account) string { return strconv.Itoa(a.Submissions) }},
		{Head: "sources", Right: true, Cell: func(a judge.Account) string { return size(a.SourceBytes) }},
		{Head: "waiting", Right: true, Cell: func(a judge.Account) string { return strconv.Itoa(a.Waiting) }},
		{Cell: accountNote},
	}, list)
}

func accountNote(a judge.Account) string {
	switch {
	case a.Disabled:
		return "disabled"
	case !a.HasToken:
		return "no token"
	}
	return ""
}

// newUserSwitch disables an account or enables it again.
func newUserSwitch(c *cli, disable bool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "enable NAME", Short: "Accept a disabled account's token again",
		Long: "Enable accepts the account's token again; what was held is judged." + "\n" + exitHelp,
	}
	if disable {
		cmd.Use, cmd.Short = "disable NAME", "Refuse an account's token and hold what it has waiting"
		cmd.Long = `Disable refuses everything that comes with the account's token (status 3, code
disabled). What it has waiting is held until the account is enabled; judge cancel
withdraws it. What is being judged ends, and what is judged stays on the boards.` + "\n" + exitHelp
	}
	cmd.Args = cobra.ExactArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return ask(cmd, c, func(ctx context.Context, conn *connection) (judge.Account, error) {
			return conn.SetDisabled(ctx, judge.Contestant(args[0]), disable)
		}, func(a judge.Account) {
			if disable {
				c.notef("%s is disabled; %s held\n", a.Handle, plural(a.Waiting, "submission"))
			} else {
				c.notef("%s is enabled; %s waiting\n", a.Handle, plural(a.Waiting, "submission"))
			}
		})
	}
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
			return ask(cmd, c, func(ctx context.Context, conn *connection) (api.User, error) {
				return conn.AddUser(ctx, api.NewUser{Contestant: judge.Contestant(args[0]), Reset: reset})
			}, func(u api.User) {
				c.notef("the token of %s, shown only now:\n", u.Contestant)
				c.printf("%s\n", u.Token)
			})
		},
	}
	cmd.Flags().BoolVar(&reset, "reset", false, "replace the token of an existing contestant")
	return cmd
}
