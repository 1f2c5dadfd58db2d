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

// unsupportedHint is the cure of what the formats know and this judge does
// not yet.
const unsupportedHint = "remove it: ignoring it could change what the problem means"

// unsupported refuses what the formats know and this judge does not yet.
func (l *loader) unsupported(file, what string) {
	l.Fail(file, unsupportedHint, "%s: not supported yet", what)
}
