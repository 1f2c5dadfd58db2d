package problem

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"contest/judge"
)

// ErrChanged says that files of the package were saved while it was read.
// What was read may mix old and new, so it is thrown away: load again.
var ErrChanged = errors.New("the package changed while it was read")

// Error is one thing that is wrong with a package, and its cure.
type Error struct {
	File    string // relative to the package; empty means the package's folder itself
	Line    int    // from 1; zero where there is no line to point at
	Column  int    // from 1; zero likewise
	Message string
	Hint    string
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
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Errors is everything that is wrong with a package, in the order of its
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

func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// findings collects what is noticed while a package is read.
type findings struct {
	errors   Errors
	warnings Errors
}

func (f *findings) fail(file, hint, format string, args ...any) {
	f.errors = append(f.errors, Error{File: file, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

func (f *findings) warn(file, hint, format string, args ...any) {
	f.warnings = append(f.warnings, Error{File: file, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// unsupportedHint is the cure of what the formats know and this judge does
// not yet.
const unsupportedHint = "remove it: ignoring it could change what the problem means"

func (f *findings) unsupported(file, what string) {
	f.fail(file, unsupportedHint, "%s: not supported yet", what)
}
