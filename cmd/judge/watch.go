package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

func newWatch(c *cli) *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "watch ID",
		Short: "Watch a submission until its verdict",
		Long: `Watch draws how a submission is judged, like submit does, and ends with the
same exit status.` + "\n" + exitHelp,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := submissionID(args[0])
			if err == nil {
				err = checkTimeout(timeout)
			}
			if err != nil {
				return err
			}
			conn, err := c.connect(cmd.Context(), connectOptions{Judge: true})
			if err != nil {
				return err
			}
			defer conn.close()
			if _, err := conn.Submission(cmd.Context(), id); err != nil { // there is one, and somebody who knows it
				return err
			}
			return follow(cmd.Context(), c, conn, id, timeout)
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 0, "wait at most this long, such as 2m (default: for ever)")
	return cmd
}

func checkTimeout(d time.Duration) error {
	if d < 0 {
		return usage("write --timeout 2m for two minutes", "--timeout %v is negative", d)
	}
	return nil
}

func submissionID(text string) (judge.SubmissionID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, usage("submissions are numbered from 1; judge submissions lists them", "%q is not the number of a submission", text)
	}
	return judge.SubmissionID(id), nil
}

// follow draws a judging until its end, prints the result, and returns the
// error that carries the exit status.
func follow(ctx context.Context, c *cli, conn *connection, id judge.SubmissionID, timeout time.Duration) error {
	watching := ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		watching, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	show := c.progress()
	conn.Retrying = show.lost
	err := conn.Watch(watching, id, show.event)
	show.close()
	conn.Retrying = c.retrying
	switch {
	case ctx.Err() != nil:
		return interrupted(c, id)
	case c.json && errors.Is(err, context.DeadlineExceeded):
		d, err := conn.Submission(ctx, id)
		if err != nil {
			return c.safe(id, err)
		}
		return errors.Join(c.printJSON(d), &exitError{Status: exitTimeout})
	case errors.Is(err, context.DeadlineExceeded):
		return &exitError{Status: exitTimeout, Err: fmt.Errorf("no verdict after %s; submission %d is safe and will be judged", judge.Span(timeout), id),
			Hint: c.goOn(id)}
	case err != nil:
		return c.safe(id, err)
	}
	d, err := conn.Submission(ctx, id)
	if err != nil {
		return c.safe(id, err)
	}
	if c.json {
		if err := c.printJSON(d); err != nil {
			return err
		}
	} else {
		c.result(d)
		if d.Note != "" {
			c.printf("  %s\n", c.style.faint.Render(d.Note))
		}
		if conn.Site != "" {
			c.printf("  page        %s/s/%d\n", conn.Site, id)
		}
	}
	return c.said(outcome(d))
}

// safe says of an error of the network that the submission does not suffer from it.
func (c *cli) safe(id judge.SubmissionID, err error) error {
	if status, _ := classify(err); status != exitNetwork {
		return err
	}
	return &exitError{Status: exitNetwork, Err: fmt.Errorf("%w; submission %d is safe and will be judged", err, id), Hint: c.goOn(id)}
}

// outcome is the exit status of a judged submission.
func outcome(d api.Detail) error {
	v := d.Judging.Verdict
	if d.Stalled {
		return failed(d)
	}
	if d.Judging.State == judge.Cancelled {
		return cancelled(d.Submission.ID, d.Judging.Reason)
	}
	if d.LateBy > 0 && v != judge.Internal {
		return late(d.Submission, d.LateBy)
	}
	switch status := verdictStatus(v); status {
	case exitOK:
		return nil
	case exitJudge:
		return failed(d)
	default:
		return &exitError{Status: status}
	}
}

// failed is how waiting ends for a verdict that our own failure holds up.
func failed(d api.Detail) error {
	return &exitError{Status: exitJudge, Err: fmt.Errorf("the judge failed on submission %d: %s", d.Submission.ID, orElse(d.Judging.Reason, "the organiser finds the cause in the log")),
		Hint: "it costs the contestant nothing and is judged again once the organiser has mended the cause"}
}

// late is the refusal of a submission that was received too late to be ranked.
func late(s judge.Submission, by time.Duration) error {
	return &exitError{Status: exitRefused, Err: &judge.Refusal{Code: "late",
		Message: fmt.Sprintf("submission %d was late by %s: it is practice and not ranked", s.ID, judge.Span(by))}}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// result prints what a judging came to.
func (c *cli) result(d api.Detail) {
	j := d.Judging
	if j.State == judge.Cancelled || d.Stalled {
		return // that is the error's to say
	}
	c.compilerSaid(j)
	c.printf("%s", c.style.bold.Render(fmt.Sprintf("submission %d: ", d.Submission.ID))+c.verdict(j.Verdict))
	if j.FirstFailed != "" {
		c.printf(" on %s", j.FirstFailed)
	}
	c.printf("\n")
	if j.Verdict == judge.Compile || j.Verdict == judge.Pending || j.Verdict == judge.Internal {
		return
	}
	memory := ""
	if j.MemoryBytes > 0 { // else it is the organiser's to see
		memory = " · peak memory " + judge.BelowMemory(j.MemoryBytes)
	}
	c.printf("  passed %d of %d tests%s · compiled in %s\n", j.Passed, j.Total, memory, j.Compile.Round(time.Millisecond))
	c.totals(j)
	if d.Machine != nil {
		c.printf("  machine %s\n", orElse(d.Machine.Name(), "unknown"))
	}
	for _, p := range d.Standings {
		c.standing(p)
	}
	if d.Degraded != "" {
		c.printf("  ")
		c.forPractice(d.Degraded)
	}
}
