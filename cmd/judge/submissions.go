package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

func newSubmissions(c *cli) *cobra.Command {
	var problem, who string
	cmd := &cobra.Command{
		Use:   "submissions",
		Short: "List submissions, newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd, c, func(ctx context.Context, conn *connection) ([]api.Submitted, error) {
				list, err := conn.Submissions(ctx, judge.ProblemID(problem), judge.Contestant(who))
				slices.Reverse(list)
				return list, err
			}, c.submissions)
		},
	}
	cmd.Flags().StringVarP(&problem, "problem", "p", "", "only of this problem")
	_ = cmd.RegisterFlagCompletionFunc("problem", c.completeProblems)
	cmd.Flags().StringVarP(&who, "contestant", "u", "", "only of this contestant")
	return cmd
}

func (c *cli) submissions(list []api.Submitted) {
	if len(list) == 0 {
		c.printf("no submissions yet\n")
		return
	}
	judged := func(i int) func(api.Submitted) string {
		return func(s api.Submitted) string { return judgedCells(s.Judging)[i] }
	}
	printRows(c, []column[api.Submitted]{
		{Head: "id", Right: true, Cell: func(s api.Submitted) string { return fmt.Sprint(s.Submission.ID) }},
		{Head: "received", Spare: 5, Cell: func(s api.Submitted) string { return s.Received }},
		{Head: "contestant", Name: true, Cell: func(s api.Submitted) string { return string(s.Submission.Contestant) }},
		{Head: "problem", Name: true, Spare: 2, Cell: func(s api.Submitted) string { return string(s.Submission.Problem) }},
		{Head: "language", Spare: 4, Cell: func(s api.Submitted) string { return string(s.Submission.Language) }},
		{Head: "verdict", Cell: judged(0)},
		{Head: "passed", Right: true, Cell: judged(1)},
		{Head: "real", Right: true, Spare: 1, Cell: judged(2)},
		{Head: "CPU", Right: true, Spare: 3, Cell: judged(3)},
		{Cut: true, Cell: func(s api.Submitted) string {
			if s.LateBy == 0 {
				return ""
			}
			return "late by " + judge.Span(s.LateBy)
		}},
	}, list)
}

// judgedCells are a judging in a row: its verdict, or its state before there
// is one, the tests that it passed, and its times.
func judgedCells(j judge.Judging) []string {
	switch {
	case j.Verdict == judge.Pending:
		return []string{string(j.State), "", "", ""}
	case j.Verdict == judge.Compile:
		return []string{string(j.Verdict), "", "", ""}
	}
	return []string{string(j.Verdict), fmt.Sprintf("%d/%d", j.Passed, j.Total), timeOn(j, judge.RealBoard), timeOn(j, judge.CPUBoard)}
}
