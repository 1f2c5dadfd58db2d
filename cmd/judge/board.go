package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/score"
)

func newBoard(c *cli) *cobra.Command {
	var top int
	cmd := &cobra.Command{
		Use:   "board [PROBLEM [BOARD]]",
		Short: "Print the ranked boards",
		Long: `Board prints the ranking of every problem, of one, or one of its boards: real
(wall time) or cpu (user plus system time of all threads). More passed tests
come first, then less total time over the timed tests.`,
		Example:           "  judge board\n  judge board block-validation cpu --top 10",
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: c.completeFirstProblem,
		RunE: func(cmd *cobra.Command, args []string) error {
			if top < 0 {
				return usage("write --top 10 for the first ten rows", "--top %d is negative", top)
			}
			conn, err := c.connect(cmd.Context(), connectOptions{})
			if err != nil {
				return err
			}
			defer conn.close()
			boards, err := fetchBoards(cmd.Context(), conn, args)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(boards)
			}
			if len(boards) == 0 {
				c.printf("no problems yet, so there are no boards\n")
			}
			for i, b := range boards {
				if i > 0 {
					c.printf("\n")
				}
				c.board(b, top)
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&top, "top", 0, "print only so many rows (default: all)")
	return cmd
}

func fetchBoards(ctx context.Context, conn *connection, args []string) ([]score.Board, error) {
	problems, err := conn.Problems(ctx)
	if err != nil {
		return nil, err
	}
	if len(args) > 0 {
		p, err := problemNamed(ctx, conn, args[0])
		if err != nil {
			return nil, err
		}
		problems = []api.Problem{p}
	}
	boards := []score.Board{}
	for _, p := range problems {
		names := p.Boards
		if len(args) == 2 {
			if !slices.Contains(p.Boards, judge.Board(args[1])) {
				return nil, &judge.NotFound{Kind: "board", Name: args[1], Hint: fmt.Sprintf("%s has %v", p.ID, p.Boards)}
			}
			names = []judge.Board{judge.Board(args[1])}
		}
		for _, name := range names {
			b, err := conn.Board(ctx, p.ID, name)
			if err != nil {
				return nil, err
			}
			boards = append(boards, b)
		}
	}
	return boards, nil
}

// board prints one board.
func (c *cli) board(b score.Board, top int) {
	c.printf("%s  %s\n", c.style.bold.Render(string(b.Problem)), c.style.accent.Render(boardName(b.Board)))
	if len(b.Rows) == 0 {
		c.printf("  nobody is ranked yet\n")
		return
	}
	rows := [][]string{}
	best := b.Rows[0]
	for i, r := range b.Rows {
		if top > 0 && i == top {
			break
		}
		tied := i > 0 && b.Rows[i-1].Rank == r.Rank || i+1 < len(b.Rows) && b.Rows[i+1].Rank == r.Rank
		rank := strconv.Itoa(r.Rank)
		if tied {
			rank += "="
		}
		ratio := ""
		if r.Passed == best.Passed && best.Time > 0 {
			ratio = fmt.Sprintf("%.2f×", float64(r.Time)/float64(best.Time))
		}
		rows = append(rows, []string{rank, string(r.Contestant), fmt.Sprintf("%d/%d", r.Passed, r.Total), total(r.Real), total(r.CPU), ratio,
			string(r.Verdict), strconv.FormatInt(int64(r.Submission), 10)})
	}
	c.printf("%s\n", c.table([]string{"rank", "contestant", "passed", "real", "CPU", "of best", "verdict", "submission"}, rows, 0, 2, 3, 4, 5, 7))
	if top > 0 && len(b.Rows) > top {
		c.printf("  and %d more\n", len(b.Rows)-top)
	}
}

func boardName(b judge.Board) string {
	switch b {
	case judge.RealBoard:
		return "by real time"
	case judge.CPUBoard:
		return "by CPU time"
	}
	return string(b)
}
