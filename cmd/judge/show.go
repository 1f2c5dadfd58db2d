package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
	"contest/sandbox"
)

func newShow(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show a submission: verdict, times, places, tests",
		Long: `Show prints what is known of a submission: its verdict, its times with their
95 % intervals and relative to the reference, how it was measured, its places
on the boards, and every test case. Who is not told apart shares a rank, as 2=,
and "2 to 4" are the places that the measurement does not exclude. It says as well
which submission its contestant chose for the final, and why a choice is ignored.`,
		Args: cobra.ExactArgs(1),
		RunE: asksOf(c, func(ctx context.Context, conn *connection, id judge.SubmissionID) (api.Detail, error) {
			return conn.Submission(ctx, id)
		}, c.show),
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
	if hash := d.Judging.ProgramHash; hash != "" {
		c.printf("program  SHA-256 %s\n", hash)
	}
	if d.ChosenBy != "" {
		c.printf("chosen   for the final, by %s%s\n", d.ChosenBy, ignoredText(d))
	}
	if d.Judging.State != judge.Done {
		c.printf("%s", d.Judging.State)
		if d.Ahead > 0 {
			c.printf(", %d ahead", d.Ahead)
		}
		switch {
		case d.Stalled:
			c.printf(": the judge failed on it; it is judged again once the organiser has mended the cause")
		case d.Judging.Reason != "":
			c.printf(": %s", c.folded(d.Judging.Reason))
		}
		c.printf("%s", heldNote(d.Held))
		c.printf("\n")
		return
	}
	c.result(d)
	if len(d.Runs) == 0 {
		return
	}
	c.runs(d)
}

// ignoredText says why no final takes a submission that was chosen.
func ignoredText(d api.Detail) string {
	why := "it is not eligible"
	for _, p := range d.Standings {
		if why = p.Ignored; why == "" {
			return ""
		}
	}
	return "; ignored: " + why
}

// runs prints every test case, and once why some are without their facts.
func (c *cli) runs(d api.Detail) {
	cols := []column[judge.Run]{
		{Right: true, Cell: func(r judge.Run) string { return strconv.Itoa(r.Ordinal) }},
		{Head: "test", Name: true, Cell: func(r judge.Run) string { return r.TestCase }},
		{Head: "verdict", Cell: func(r judge.Run) string { return string(r.Verdict) }},
	}
	if slices.ContainsFunc(d.Runs, timesTold) {
		told := func(cell func(judge.Run) string, is func(judge.Run) bool) func(judge.Run) string {
			return func(r judge.Run) string {
				if !is(r) {
					return ""
				}
				return cell(r)
			}
		}
		cols = append(cols,
			column[judge.Run]{Head: "real", Right: true, Cell: told(func(r judge.Run) string { return ms(r.Real) }, timesTold)},
			column[judge.Run]{Head: "CPU", Right: true, Cell: told(func(r judge.Run) string { return ms(r.CPU) }, timesTold)},
			column[judge.Run]{Head: "memory", Right: true, Spare: 1, Cell: told(func(r judge.Run) string { return judge.BelowMemory(r.MemoryBytes) }, func(r judge.Run) bool { return !r.Hidden })})
	}
	printRows(c, append(cols,
		column[judge.Run]{Spare: 2, Cell: func(r judge.Run) string {
			if r.Timed {
				return "timed"
			}
			return ""
		}},
		column[judge.Run]{Cut: true, Cell: how},
	), d.Runs)
	if d.Note != "" {
		c.printf("%s\n", c.style.faint.Render(d.Note))
	}
}

// timesTold says whether the times of a run are known here.
func timesTold(r judge.Run) bool { return r.Real > 0 || !r.Hidden }

// how is what there is to say of a run: why it did not pass, and what the problem's
// output validator says to the contestant and to the organiser.
func how(r judge.Run) string {
	var parts []string
	for _, part := range []struct{ whose, text string }{{"", whyNot(r)}, {"validator: ", r.TeamMessage}, {"for the organiser: ", r.JudgeMessage}} {
		if part.text != "" {
			parts = append(parts, part.whose+onOneLine(part.text))
		}
	}
	return strings.Join(parts, "; ")
}

// onOneLine is a text that others wrote, as it may stand in a table.
func onOneLine(text string) string { return strings.ReplaceAll(judge.Printable(text), "\n", " ") }

// whyNot says why a run did not pass: its end, the limit that it passed, what its
// output lacked. How a program ended whose output was looked at says nothing: in a
// window the judge ends it.
func whyNot(r judge.Run) string {
	message := onOneLine(r.Message)
	end := ""
	switch {
	case r.Verdict == judge.Accepted:
		return ""
	case r.Verdict == judge.Wrong:
	case r.Limit == string(sandbox.ReadyLimit):
		end = "not ready in time"
	case r.Limit != "":
		end = r.Limit + " limit"
	case r.Signal != 0:
		end = fmt.Sprintf("signal %d (%s)", r.Signal, syscall.Signal(r.Signal))
	case r.ExitStatus != 0:
		end = fmt.Sprintf("exit status %d", r.ExitStatus)
	}
	if end == "" || message == "" {
		return end + message
	}
	return end + ": " + message
}
