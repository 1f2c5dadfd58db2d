package check

import (
	"fmt"
	"strings"

	"contest/judge"
	"contest/sandbox"
)

// Ending says in words how a program of the organiser ended.
func Ending(f sandbox.Facts) string {
	switch {
	case f.Hit != sandbox.NoLimit:
		return fmt.Sprintf("its %s limit hit", f.Hit)
	case !f.Exited:
		return "signal " + f.Signal.String()
	}
	return fmt.Sprintf("status %d", f.ExitStatus)
}

// Said is the beginning of what a program of the organiser said; several lines are
// quoted.
func Said(text []byte) string {
	const most = 500
	s := strings.TrimSpace(judge.Printable(string(text[:min(len(text), most)])))
	switch {
	case s == "":
		return "it said nothing"
	case strings.Contains(s, "\n"):
		return "it said\n" + judge.Quote(s)
	}
	return s
}
