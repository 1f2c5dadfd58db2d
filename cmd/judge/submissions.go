package main

import (
	"fmt"
	"slices"
	"strconv"

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
			ctx := cmd.Context()
			conn, err := c.connect(ctx, connectOptions{})
			if err != nil {
				return err
			}
			defer conn.close()
			list, err := conn.Submissions(ctx, judge.ProblemID(problem), judge.Contestant(who))
			if err != nil {
				return err
			}
			slices.Reverse(list)
			if c.json {
				return c.printJSON(list)
			}
			c.submissions(list)
			return nil
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
	rows := [][]string{}
	for _, s := range list {
		j := s.Judging
		note := ""
		if s.LateBy > 0 {
			note = "late by " + judge.Span(s.LateBy)
		}
		row := []string{
			strconv.FormatInt(int64(s.Submission.ID), 10), s.Received,
			string(s.Submission.Contestant), string(s.Submission.Problem), string(s.Submission.Language),
		}
		rows = append(rows, slices.Concat(row, judgedCells(j), []string{note}))
	}
	c.printf("%s\n", c.table([]string{"id", "received", "contestant", "problem", "language", "verdict", "passed", "real", "CPU", ""}, rows, 0, 6, 7, 8))
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
