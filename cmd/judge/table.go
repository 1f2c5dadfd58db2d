package main

import (
	"math"
	"os"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"github.com/charmbracelet/x/term"
)

// column is one column of a table. Where there is no room for all, one to Cut is
// shortened first, as far as it is of use; then those with the highest Spare go;
// zero stays.
type column[T any] struct {
	Head  string
	Right bool
	Spare int
	Cut   bool // its cells are plain text
	Cell  func(T) string
}

// leastCut is the width below which a shortened cell says nothing.
const leastCut = 12

// printRows prints a table that fits the terminal.
func printRows[T any](c *cli, cols []column[T], rows []T) {
	c.printf("%s\n", fitted(c, cols, rows, width()))
}

// fitted is a table of as many columns as there is room for.
func fitted[T any](c *cli, cols []column[T], rows []T, room int) string {
	for {
		text := allColumns(c, cols, rows, math.MaxInt)
		excess := lipgloss.Width(text) - room
		if excess <= 0 {
			return text
		}
		if i := slices.IndexFunc(cols, func(col column[T]) bool { return col.Cut }); i >= 0 {
			widest := 0
			for _, r := range rows {
				widest = max(widest, lipgloss.Width(strings.TrimSpace(cols[i].Cell(r))))
			}
			if left := widest - excess; left >= leastCut {
				return allColumns(c, cols, rows, left)
			}
		}
		worst := slices.MaxFunc(cols, func(a, b column[T]) int { return a.Spare - b.Spare })
		if worst.Spare == 0 {
			return allColumns(c, cols, rows, leastCut)
		}
		cols = slices.DeleteFunc(slices.Clone(cols), func(col column[T]) bool { return col.Spare == worst.Spare })
	}
}

// allColumns is a table whose cells to cut are at most so wide.
func allColumns[T any](c *cli, cols []column[T], rows []T, most int) string {
	heads, cells := make([]string, len(cols)), make([][]string, len(rows))
	var right []int
	for i, col := range cols {
		heads[i] = col.Head
		if col.Right {
			right = append(right, i)
		}
	}
	for i, r := range rows {
		for _, col := range cols {
			text := col.Cell(r)
			if col.Cut {
				text = shortened(strings.TrimSpace(text), most)
			}
			cells[i] = append(cells[i], text)
		}
	}
	return c.table(heads, cells, right...)
}

// shortened is a text of at most so many columns.
func shortened(text string, most int) string {
	if lipgloss.Width(text) <= most {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && lipgloss.Width(string(runes)) > most-1 {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// width is the terminal's; what goes to a file or a pipe is never cut.
func width() int {
	if w, _, err := term.GetSize(os.Stdout.Fd()); err == nil && w > 0 {
		return w
	}
	return math.MaxInt
}

// table prints rows under headers, which may be nil; the columns right are
// aligned to the right.
func (c *cli) table(headers []string, rows [][]string, right ...int) string {
	align := map[int]bool{}
	for _, i := range right {
		align[i] = true
	}
	t := table.New()
	if headers != nil {
		t = t.Headers(headers...)
	}
	text := t.Rows(rows...).
		Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).BorderColumn(false).
		StyleFunc(func(row, col int) lipgloss.Style {
			s := lipgloss.NewStyle().PaddingRight(2)
			if align[col] {
				s = s.Align(lipgloss.Right)
			}
			if row == table.HeaderRow {
				s = s.Faint(true)
			}
			return s
		}).String()
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}
