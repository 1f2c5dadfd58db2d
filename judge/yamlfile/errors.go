package yamlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"contest/judge"
)

// Error is one thing that is wrong with a file or a package, and its cure.
type Error struct {
	File    string `json:"file"`             // relative to the package or contest; empty means the folder itself
	Line    int    `json:"line,omitempty"`   // from 1; zero where there is no line to point at
	Column  int    `json:"column,omitempty"` // from 1; zero likewise
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Error prints `problem.yaml:12: unknown key "limts"; did you mean "limits"?`.
func (e Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	switch {
	case e.Hint == "":
	case strings.Contains(e.Message, "\n"): // it ends with a program's words
		b.WriteString("\n" + e.Hint)
	default:
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Errors is everything that is wrong with a file or a package, in the order of its
// files and lines. It wraps judge.ErrInvalid.
type Errors []Error

// Error prints a line for each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is find judge.ErrInvalid.
func (e Errors) Unwrap() error { return judge.ErrInvalid }

// Sort puts errors in the order of files and lines.
func (e Errors) Sort() {
	slices.SortStableFunc(e, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// Findings collects what is noticed while files are read.
type Findings struct {
	Errors   Errors
	Warnings Errors
}

// Fail notes an error about a file as a whole.
func (f *Findings) Fail(file, hint, format string, args ...any) {
	f.Errors = append(f.Errors, Error{File: file, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// Warn notes a warning about a file as a whole.
func (f *Findings) Warn(file, hint, format string, args ...any) {
	f.Warnings = append(f.Warnings, Error{File: file, Hint: hint, Message: fmt.Sprintf(format, args...)})
}
