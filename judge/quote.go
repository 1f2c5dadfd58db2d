package judge

import (
	"strings"
	"unicode"
)

// QuoteMark begins every line of text that others wrote, such as a compiler's
// words about a hostile source, wherever people read it beside the judge's own
// lines: no such line can be taken for one of those.
const QuoteMark = "  | "

// Printable makes text of others harmless for a terminal: what is neither
// printed nor the end of a line nor a tab is replaced, and so is what turns the
// direction of writing or ends a line only for some readers.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
}

// Quote is text of others as printable lines behind QuoteMark, without a line
// end after the last.
func Quote(text string) string {
	lines := strings.Split(strings.TrimRight(Printable(text), "\n"), "\n")
	return QuoteMark + strings.Join(lines, "\n"+QuoteMark)
}
