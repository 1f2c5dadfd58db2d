package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/wire"
)

func newEvents(c *cli) *cobra.Command {
	var after int64
	cmd := &cobra.Command{
		Use:   "events",
		Short: "List what was changed in the contest, by whom and when",
		Long: `Events prints every change of the contest in order: its number, when it was made
(in UTC), by whom, what was done, and to what. Nothing is ever changed or removed in
this list. --json also prints what of it was changed, with its hash.` + "\n" + exitHelp,
		Args: cobra.NoArgs,
		RunE: asks(c, func(ctx context.Context, conn *connection) ([]judge.Event, error) { return allEvents(ctx, conn, after) }, c.events),
	}
	cmd.Flags().Int64Var(&after, "after", 0, "only those after event `N`")
	return cmd
}

// allEvents are the events after one, up to the last that there is at the beginning.
func allEvents(ctx context.Context, conn *connection, after int64) ([]judge.Event, error) {
	all := []judge.Event{}
	for head := int64(-1); ; {
		page, err := conn.Events(ctx, after)
		if err != nil {
			return nil, err
		}
		if head < 0 {
			head = page.Head
		}
		if len(page.Events) == 0 {
			return all, nil
		}
		all = append(all, page.Events...)
		if after = page.Events[len(page.Events)-1].Sequence; after >= head {
			return all, nil
		}
	}
}

func (c *cli) events(list []judge.Event) {
	if len(list) == 0 {
		c.printf("no events after that one\n")
		return
	}
	printRows(c, []column[judge.Event]{
		{Head: "event", Right: true, Cell: func(e judge.Event) string { return strconv.FormatInt(e.Sequence, 10) }},
		{Head: "when", Cell: func(e judge.Event) string { return wire.Instant(e.At) }},
		{Head: "who", Name: true, Cell: func(e judge.Event) string { return e.Actor.String() }},
		{Head: "what", Cell: func(e judge.Event) string { return string(e.Kind) }},
		{Head: "of", Cell: func(e judge.Event) string { return e.Subject }},
	}, list)
}
