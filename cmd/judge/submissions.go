package main

import (
	"fmt"
	"slices"
	"strconv"
	"syscall"

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
		passed, real, cpu := "", "", ""
		if j.State == judge.Done && j.Verdict != judge.Compile {
			passed, real, cpu = fmt.Sprintf("%d/%d", j.Passed, j.Total), total(j.Real), total(j.CPU)
		}
		verdict := string(j.Verdict)
		if j.Verdict == judge.Pending {
			verdict = string(j.State)
		}
		rows = append(rows, []string{
			strconv.FormatInt(int64(s.Submission.ID), 10), s.Received,
			string(s.Submission.Contestant), string(s.Submission.Problem), string(s.Submission.Language), verdict, passed, real, cpu, note,
		})
	}
	c.printf("%s\n", c.table([]string{"id", "received", "contestant", "problem", "language", "verdict", "passed", "real", "CPU", ""}, rows, 0, 6, 7, 8))
}

func newShow(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show a submission with its tests",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			id, err := submissionID(args[0])
			if err != nil {
				return err
			}
			conn, err := c.connect(ctx, connectOptions{})
			if err != nil {
				return err
			}
			defer conn.close()
			d, err := conn.Submission(ctx, id)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(d)
			}
			c.show(d)
			return nil
		},
	}
}

func (c *cli) show(d api.Detail) {
	s := d.Submission
	c.printf("%s · %s · %s · %s\n", c.style.bold.Render(fmt.Sprintf("submission %d", s.ID)), s.Problem, s.Contestant, s.Language)
	c.printf("received %s\n", d.Received)
	if d.LateBy > 0 {
		c.printf("%s\n", c.style.warn.Render("late by "+judge.Span(d.LateBy)+": judged as practice, never ranked"))
	}
	c.printf("sources  %d bytes, SHA-256 %s\n", s.Bytes, s.SourceHash)
	if d.Judging.State != judge.Done {
		c.printf("%s", d.Judging.State)
		if d.Judging.Reason != "" {
			c.printf(": %s", d.Judging.Reason)
		}
		c.printf("\n")
		return
	}
	c.result(d)
	if len(d.Runs) == 0 {
		return
	}
	rows := [][]string{}
	for _, r := range d.Runs {
		timed := ""
		if r.Timed {
			timed = "timed"
		}
		rows = append(rows, []string{strconv.Itoa(r.Ordinal), r.TestCase, string(r.Verdict), ms(r.Real), ms(r.CPU), mib(r.MemoryBytes), timed, how(r)})
	}
	c.printf("%s\n", c.table([]string{"", "test", "verdict", "real", "CPU", "memory", "", ""}, rows, 0, 3, 4, 5))
}

// how says why a run did not pass: its limit, its end, what its output lacked.
func how(r judge.Run) string {
	switch {
	case r.Limit != "":
		return r.Limit + " limit"
	case r.Signal != 0:
		return fmt.Sprintf("signal %d (%s)", r.Signal, syscall.Signal(r.Signal))
	case r.ExitStatus != 0:
		return fmt.Sprintf("exit status %d", r.ExitStatus)
	}
	return r.Message
}
