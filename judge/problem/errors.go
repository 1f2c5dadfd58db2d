package problem

import (
	"errors"

	"contest/judge/yamlfile"
)

// ErrChanged says that files of the package were saved while it was read.
// What was read may mix old and new, so it is thrown away: load again.
var ErrChanged = errors.New("the package changed while it was read")

// Error is one thing that is wrong with a package, and its cure; Errors is
// everything.
type (
	Error  = yamlfile.Error
	Errors = yamlfile.Errors
)

// unsupportedHint stands where a cure would for what the formats know and this
// judge does not yet. There is none: without it the package loads, and is another
// problem, of which right solutions may be refused.
const unsupportedHint = "wait for a version that supports it, or use another judge; without it this would be another problem"

// unsupported refuses what the formats know and this judge does not yet.
func (l *loader) unsupported(file, what string) {
	l.Fail(file, unsupportedHint, "%s: not supported yet", what)
}
