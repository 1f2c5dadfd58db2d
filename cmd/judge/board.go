package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/score"
	"contest/judge/wire"
)

func newBoard(c *cli) *cobra.Command {
	var top int
	cmd := &cobra.Command{
		Use:   "board [PROBLEM [BOARD]]",
		Short: "Print the ranked boards",
		Long: `Board prints the ranking of every problem, of one, or one of its boards: real
(wall time) or cpu (user plus system time of all threads). More passed tests
come first, then less total time over all timed tests, where one that was not
passed counts at the time limit. Times that were measured stand with their 95 %
interval. Ranks read down the board: who is told apart from nobody of the rank
above, by 98 % of the ratio, shares it, as 2=; the order inside a rank says
nothing. The range are the places that the measurement does not exclude.`,
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
				c.printf("%s, and so no boards\n", judge.NoProblems(false))
			}
			c.boards(boards, top)
			return nil
		},
	}
	cmd.Flags().IntVar(&top, "top", 0, "print only so many rows (default: all)")
	return cmd
}

func fetchBoards(ctx context.Context, conn *connection, args []string) ([]wire.Scoreboard, error) {
	problems, err := conn.Problems(ctx)
	if err != nil {
		return nil, err
	}
	if len(args) > 0 {
		p, err := problemOf(ctx, conn, args[0], "")
		if err != nil {
			return nil, err
		}
		problems = []wire.Problem{p}
	}
	boards := []wire.Scoreboard{}
	for _, p := range problems {
		names := p.Boards
		if len(args) == 2 {
			if !slices.Contains(p.Boards, judge.Board(args[1])) {
				return nil, &judge.NotFound{Kind: "board", Name: args[1], Hint: fmt.Sprintf("%s has %s", p.ID, boardList(p.Boards, ", "))}
			}
			names = []judge.Board{judge.Board(args[1])}
		}
		for _, name := range names {
			b, err := conn.Scoreboard(ctx, p.ID, name)
			if err != nil {
				return nil, err
			}
			boards = append(boards, b)
		}
	}
	return boards, nil
}

// boards prints boards, and why their ranks are for practice if they are.
func (c *cli) boards(boards []wire.Scoreboard, top int) {
	why := ""
	for i, b := range boards {
		if i > 0 {
			c.printf("\n")
		}
		c.board(b.Scoreboard, top)
		why = b.Degraded
	}
	if why != "" {
		c.printf("\n")
		c.forPractice(why)
	}
}

// forPractice says why the ranks above decide nothing.
func (c *cli) forPractice(why string) {
	c.say(c.style.warn.Render("for practice:"), "the ranks come from a machine that is not fit for an official contest: "+why)
}

// board prints one board.
func (c *cli) board(b score.Scoreboard, top int) {
	c.printf("%s  %s\n", c.style.bold.Render(string(b.Problem)), c.style.accent.Render(boardName(b.Board)))
	if len(b.Rows) == 0 {
		c.printf("  nobody is ranked yet\n")
		return
	}
	rows := b.Rows
	if top > 0 {
		rows = rows[:min(top, len(rows))]
	}
	columns := exactColumns(b)
	if slices.ContainsFunc(b.Rows, func(r score.Row) bool { return r.Measured.Is() }) {
		columns = measuredColumns(b)
	} else if slices.ContainsFunc(b.Rows, func(r score.Row) bool { return rowNotes(r) != "" }) {
		columns = append(columns, notesColumn)
	}
	c.printf("%s\n", fitted(c, columns, rows, c.columns()))
	if rest := len(b.Rows) - len(rows); rest > 0 {
		c.printf("  and %d more\n", rest)
	}
}

// Columns that every board has.
var (
	rankColumn       = column[score.Row]{Head: "rank", Right: true, Cell: func(r score.Row) string { return r.RankText() }}
	contestantColumn = column[score.Row]{Head: "contestant", Name: true, Cell: func(r score.Row) string { return string(r.Contestant) }}
	passedColumn     = column[score.Row]{Head: "passed", Right: true, Cell: func(r score.Row) string { return fmt.Sprintf("%d/%d", r.Passed, r.Grade.Total) }}
	verdictColumn    = column[score.Row]{Head: "verdict", Spare: 3, Cell: func(r score.Row) string { return string(r.Verdict) }}
	notesColumn      = column[score.Row]{Spare: 1, Cell: rowNotes}
	submissionColumn = column[score.Row]{Head: "submission", Right: true, Spare: 2, Cell: func(r score.Row) string { return strconv.FormatInt(int64(r.Submission), 10) }}
)

// exactColumns are those of a board whose times were measured once.
func exactColumns(b score.Scoreboard) []column[score.Row] {
	best := b.Rows[0]
	columns := []column[score.Row]{rankColumn, contestantColumn, passedColumn}
	if !b.Scale.Time() {
		columns = append(columns, column[score.Row]{Head: boardWord(b.Board), Right: true, Cell: func(r score.Row) string { return valueText(b, r) }})
	}
	return append(columns,
		column[score.Row]{Head: "real", Right: true, Cell: func(r score.Row) string { return rowTotal(r, judge.RealBoard) }},
		column[score.Row]{Head: "CPU", Right: true, Cell: func(r score.Row) string { return rowTotal(r, judge.CPUBoard) }},
		column[score.Row]{Head: "of best", Right: true, Spare: 1, Cell: func(r score.Row) string {
			if r.Group != best.Group || r.TimedPassed == 0 || best.Value <= 0 {
				return ""
			}
			return fmt.Sprintf("%.2f×", float64(r.Value)/float64(best.Value))
		}},
		verdictColumn, submissionColumn,
	)
}

// measuredColumns are those of a board with intervals: the board's own time
// with its interval, the ratio to the reference, the rounds, the other time.
func measuredColumns(b score.Scoreboard) []column[score.Row] {
	return []column[score.Row]{
		rankColumn,
		{Head: "range", Cell: func(r score.Row) string {
			if !r.Measured.Is() {
				return ""
			}
			return r.RangeText()
		}},
		contestantColumn, passedColumn,
		{Head: boardWord(b.Board), Right: true, Cell: func(r score.Row) string {
			if !r.Measured.Is() {
				return valueText(b, r)
			}
			value, _ := b.Scale.Margin(r.Value, r.Low, r.High)
			return value + " " + b.Scale.Word()
		}},
		{Cell: func(r score.Row) string {
			if !r.Measured.Is() {
				return ""
			}
			_, margin := b.Scale.Margin(r.Value, r.Low, r.High)
			return "±" + margin
		}},
		{Head: "× ref", Right: true, Spare: 1, Cell: ifMeasured(func(r score.Row) string {
			ratio, _ := judge.Margin(r.Ratio, r.Ratio*r.HalfWidth)
			return ratio
		})},
		{Head: "k", Right: true, Spare: 2, Cell: ifMeasured(func(r score.Row) string { return strconv.Itoa(r.Rounds) })},
		{Head: boardWord(otherBoard(b.Board)), Right: true, Spare: 4, Cell: func(r score.Row) string { return otherTime(b.Board, r) }},
		verdictColumn, submissionColumn,
		notesColumn,
	}
}

// ifMeasured prints a dash where a row was not measured.
func ifMeasured(cell func(score.Row) string) func(score.Row) string {
	return func(r score.Row) string {
		if !r.Measured.Is() {
			return "–"
		}
		return cell(r)
	}
}

func otherBoard(b judge.Board) judge.Board {
	if b == judge.CPUBoard {
		return judge.RealBoard
	}
	return judge.CPUBoard
}

// rowTotal is a total time of single runs; without any timed test that was passed there
// is none.
func rowTotal(r score.Row, b judge.Board) string {
	if r.TimedPassed == 0 {
		return total(0)
	}
	return total(r.Values.On(b).Total().Time())
}

// valueText is what a board ranks by, where it was not measured.
func valueText(b score.Scoreboard, r score.Row) string {
	if b.Scale.Time() {
		return rowTotal(r, b.Board)
	}
	return b.Scale.Text(r.Value)
}

// otherTime is the time that a board does not rank by.
func otherTime(b judge.Board, r score.Row) string {
	other := otherBoard(b)
	d := r.Values.On(other).Total()
	if !r.Measured.Is() || d == 0 {
		return rowTotal(r, other)
	}
	return judge.RoughMilliseconds(d.Time()) + " ms"
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
