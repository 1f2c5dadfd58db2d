// Package judge holds the contest's nouns: Contest, Problem, Submission,
// Judging, Run, Verdict. It does no I/O and imports nothing of ours; every
// other package speaks in its words.
package judge

import (
	"errors"
	"fmt"
	"time"
)

// Errors that callers tell apart. Each boundary maps them in one table, to an
// HTTP status or an exit status; anything else is our own failure.
var (
	ErrNotFound  = errors.New("not found")
	ErrInvalid   = errors.New("invalid")
	ErrConflict  = errors.New("conflict")
	ErrStale     = errors.New("stale") // a newer epoch holds the judging: drop the result
	ErrForbidden = errors.New("forbidden")
	ErrNoToken   = errors.New("this needs a token") // of who is not known
	ErrFull      = errors.New("no space left")
	ErrDisabled  = errors.New("the account is disabled")
)

// Refusal is a submission turned down by a rule of the contest, with a code
// that programs can rely on.
type Refusal struct {
	Code    string // "not-open", "late", "size", "binary", "empty", ...
	Message string
	Hint    string        // what to do next
	After   time.Duration // when the same may be allowed; zero: not by waiting
}

func (r *Refusal) Error() string { return r.Message }

// Invalid is an error that wraps ErrInvalid and says what to do about it.
type Invalid struct {
	Message string
	Hint    string
}

func (e *Invalid) Error() string { return e.Message }

// Unwrap lets errors.Is find ErrInvalid.
func (e *Invalid) Unwrap() error { return ErrInvalid }

// Unable is an error of ours that the organiser can mend, such as a missing
// compiler.
type Unable struct {
	Message string
	Hint    string
}

func (e *Unable) Error() string { return e.Message }

// NotFound is an error that wraps ErrNotFound, names what was looked for and,
// where one is near, what may have been meant.
type NotFound struct {
	Kind string // "problem", "language", "submission"
	Name string
	Hint string
}

func (e *NotFound) Error() string { return fmt.Sprintf("no %s %q", e.Kind, e.Name) }

// Unwrap lets errors.Is find ErrNotFound.
func (e *NotFound) Unwrap() error { return ErrNotFound }

// Ambiguous is an error of who named too little to know what is meant.
type Ambiguous struct {
	Message string
	Hint    string
}

func (e *Ambiguous) Error() string { return e.Message }
