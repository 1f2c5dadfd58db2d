package main

import (
	"math"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"

	"contest/judge"
)

// column is one column of a table. Where there is no room for all, one to Cut is
// shortened first, as far as it is of use; then those with the highest Spare go;
// zero stays; names are shortened last.
type column[T any] struct {
	Head  string
	Right bool
	Spare int
	Cut   bool // its cells are plain text
	Name  bool // so are these
	Cell  func(T) string
	most  int // columns of a cell; 0 for as many as it has
}

// leastCut is the width below which a shortened cell says nothing.
const leastCut = 12

// printRows prints a table that fits the terminal.
func printRows[T any](c *cli, cols []column[T], rows []T) {
	c.printf("%s\n", fitted(c, cols, rows, c.columns()))
}

// fitted is a table of as many columns as there is room for.
func fitted[T any](c *cli, cols []column[T], rows []T, room int) string {
	cols = slices.Clone(cols)
	excess := func() int { return lipgloss.Width(allColumns(c, cols, rows)) - room }
	for excess() > 0 {
		if i := slices.IndexFunc(cols, func(col column[T]) bool { return col.Cut }); i >= 0 {
			if left := cols[i].widest(rows) - excess(); left >= leastCut {
				cols[i].most = left
				break
			}
		}
		worst := slices.MaxFunc(cols, func(a, b column[T]) int { return a.Spare - b.Spare })
		if worst.Spare == 0 {
			shortenAll(cols, rows, excess)
			break
		}
		cols = slices.DeleteFunc(cols, func(col column[T]) bool { return col.Spare == worst.Spare })
	}
	return allColumns(c, cols, rows)
}

// shortenAll shortens what can be, first what is to be cut, until there is no excess.
func shortenAll[T any](cols []column[T], rows []T, excess func() int) {
	for _, can := range []func(column[T]) bool{
		func(col column[T]) bool { return col.Cut }, func(col column[T]) bool { return col.Name },
	} {
		for i := range cols {
			if over := excess(); over > 0 && can(cols[i]) {
				cols[i].most = max(cols[i].widest(rows)-over, leastCut)
			}
		}
	}
}

// widest is how many columns its cells take.
func (col column[T]) widest(rows []T) int {
	n := 0
	for _, r := range rows {
		n = max(n, lipgloss.Width(strings.TrimSpace(col.Cell(r))))
	}
	return n
}

// allColumns is a table of all of them.
func allColumns[T any](c *cli, cols []column[T], rows []T) string {
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
				text = strings.TrimSpace(text)
			}
			if col.most > 0 {
				text = shortened(text, col.most)
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

// columns are those that a table may take.
func (c *cli) columns() int {
	if c.room > 0 {
		return c.room
	}
	return math.MaxInt
}

// say prints a text behind its label. On a terminal it is broken between words and
// goes on below its beginning.
func (c *cli) say(label, text string) {
	indent := lipgloss.Width(label) + 1
	between := "\n" + strings.Repeat(" ", indent)
	lines := strings.Split(c.folded(text), "\n")
	for i, line := range lines {
		if c.room > 0 && !strings.HasPrefix(line, judge.QuoteMark) {
			lines[i] = strings.Join(wrap(line, max(c.room-indent, 20)), between)
		}
	}
	c.printf("%s %s\n", label, strings.Join(lines, between))
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
