package main

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"contest/judge"
)

// compilerSaid prints the compiler's words about a submission, which may try to
// look like the judge's: every line is marked.
func (c *cli) compilerSaid(j judge.Judging) {
	if j.CompilerOutput != "" {
		c.printf("%s\n%s\n", c.style.faint.Render("compiler:"), c.folded(judge.Quote(j.CompilerOutput)))
	}
}

// folded breaks the quoted lines of a text at the width of the terminal, which
// would go on with a long one at the left edge, without a mark.
func (c *cli) folded(text string) string {
	if !c.tty || !strings.Contains(text, judge.QuoteMark) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if words, quoted := strings.CutPrefix(line, judge.QuoteMark); quoted {
			lines[i] = judge.Quote(fold(words, c.width-len(judge.QuoteMark)))
		}
	}
	return strings.Join(lines, "\n")
}

// fold breaks a line after so many columns; a tab counts as the most that it
// may take.
func fold(line string, columns int) string {
	return ansi.Hardwrap(strings.ReplaceAll(line, "\t", strings.Repeat(" ", 8)), max(columns, 20), true)
}
