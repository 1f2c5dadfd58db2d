package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

func newQueue(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "queue",
		Short: "Show what is judged now and what waits, in order",
		Long: `Queue lists what is being judged and what waits, in the order in which it starts
if nothing else comes: for whom, since when and why. Contestants take turns, so
that nobody waits for more than one submission of anybody else before their own
next one; what counts goes before what is judged or measured again, that before
practice, and what has waited for an hour takes part among the first as if it
were one contestant more.

The organiser sees everything; contestants, with their token, their own names
and the places of the others. "queue pause" lets what runs end and starts no
more, also after a restart, until "queue resume".` + "\n" + exitHelp,
		Args: cobra.NoArgs,
		RunE: asks(c, func(ctx context.Context, conn *connection) (judge.Queue, error) { return conn.Queue(ctx) }, c.queueNow),
	}
	for _, one := range []struct {
		action api.QueueAction
		short  string
	}{{api.Pause, "Let what runs end and start no more judgings"}, {api.Resume, "Start judgings again after a pause"}} {
		cmd.AddCommand(&cobra.Command{
			Use: string(one.action), Short: one.short, Args: cobra.NoArgs,
			Long: one.short + "." + "\n" + exitHelp,
			RunE: asks(c, func(ctx context.Context, conn *connection) (judge.Queue, error) {
				return conn.ChangeQueue(ctx, one.action)
			}, c.queueNow),
		})
	}
	return cmd
}

func (c *cli) queueNow(q judge.Queue) { c.queue(q, time.Now()) }

func (c *cli) queue(q judge.Queue, now time.Time) {
	if q.Paused {
		c.printf("%s nothing new is judged until %s\n", c.style.warn.Render("paused:"), c.resumes())
	}
	c.held(q.Held, now)
	if len(q.Running)+len(q.Waiting) == 0 {
		c.printf("nothing runs and nothing waits\n")
		return
	}
	printRows(c, []column[judge.Waiting]{
		{Right: true, Cell: func(w judge.Waiting) string { return turnText(w, now) }},
		{Head: "id", Right: true, Cell: func(w judge.Waiting) string { return orElse(strings.TrimPrefix(fmt.Sprint(w.Submission), "0"), "–") }},
		{Head: "contestant", Name: true, Cell: func(w judge.Waiting) string { return orElse(string(w.Contestant), "–") }},
		{Head: "problem", Name: true, Cell: func(w judge.Waiting) string { return string(w.Problem) }},
		{Head: "kind", Spare: 1, Cell: func(w judge.Waiting) string { return w.Kind.String() }},
		{Head: "for", Right: true, Cell: func(w judge.Waiting) string { return judge.Span(max(now.Sub(w.Since).Round(time.Second), time.Second)) }},
		{Cut: true, Cell: waitingNote},
	}, slices.Concat(q.Running, q.Waiting))
}

// turnText is what a judging does, or when its turn comes.
func turnText(w judge.Waiting, now time.Time) string {
	switch {
	case w.State != judge.Queued:
		return string(w.State)
	case w.Held:
		return "held"
	case w.Due.After(now):
		return "later"
	}
	return strconv.Itoa(w.Ahead + 1)
}

// waitingNote says why a judging waits.
func waitingNote(w judge.Waiting) string {
	if w.Held {
		return "the account is disabled"
	}
	note, _, _ := strings.Cut(judge.Printable(w.Reason), "\n")
	return note
}
