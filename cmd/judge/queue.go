package main

import (
	"fmt"
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
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.queueDo(cmd, func(conn *connection) (judge.Queue, error) { return conn.Queue(cmd.Context()) })
		},
	}
	for _, one := range []struct {
		action api.QueueAction
		short  string
	}{{api.Pause, "Let what runs end and start no more judgings"}, {api.Resume, "Start judgings again after a pause"}} {
		cmd.AddCommand(&cobra.Command{
			Use: string(one.action), Short: one.short, Args: cobra.NoArgs,
			Long: one.short + "." + "\n" + exitHelp,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return c.queueDo(cmd, func(conn *connection) (judge.Queue, error) { return conn.ChangeQueue(cmd.Context(), one.action) })
			},
		})
	}
	return cmd
}

// queueDo asks something of the queue and prints what it is then.
func (c *cli) queueDo(cmd *cobra.Command, ask func(*connection) (judge.Queue, error)) error {
	conn, err := c.connect(cmd.Context(), connectOptions{})
	if err != nil {
		return err
	}
	defer conn.close()
	q, err := ask(conn)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(q)
	}
	c.queue(q, time.Now())
	return nil
}

func (c *cli) queue(q judge.Queue, now time.Time) {
	if q.Paused {
		c.printf("%s nothing new is judged; judge queue resume goes on\n", c.style.warn.Render("paused:"))
	}
	if len(q.Running)+len(q.Waiting) == 0 {
		c.printf("nothing runs and nothing waits\n")
		return
	}
	rows := [][]string{}
	for _, w := range q.Running {
		rows = append(rows, append([]string{string(w.State)}, queuedCells(w, now)...))
	}
	for _, w := range q.Waiting {
		place := strconv.Itoa(w.Ahead + 1)
		switch {
		case w.Held:
			place = "held"
		case w.Due.After(now):
			place = "later"
		}
		rows = append(rows, append([]string{place}, queuedCells(w, now)...))
	}
	c.printf("%s\n", c.table([]string{"", "id", "contestant", "problem", "kind", "for", ""}, rows, 0, 1, 5))
}

// queuedCells are a judging in a row of the queue.
func queuedCells(w judge.Waiting, now time.Time) []string {
	id := "–"
	if w.Submission > 0 {
		id = fmt.Sprint(w.Submission)
	}
	note, _, _ := strings.Cut(judge.Printable(w.Reason), "\n")
	if w.Held {
		note = "the account is disabled"
	}
	return []string{id, orElse(string(w.Contestant), "–"), string(w.Problem), w.Kind.String(), judge.Span(max(now.Sub(w.Since).Round(time.Second), time.Second)), note}
}
