package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/contest"
	"contest/judge/wire"
	"contest/judge/yamlfile"
)

// The exit statuses, the same for every command.
const (
	exitOK          = 0
	exitNotAccepted = 1 // judged and not accepted
	exitUsage       = 2
	exitAuth        = 3
	exitNotFound    = 4
	exitRefused     = 5 // by a rule; the reason code is printed
	exitNetwork     = 6
	exitCompile     = 7
	exitJudge       = 8 // our failure
	exitTimeout     = 9 // waiting took too long; the submission is safe
	exitVerify      = 10
	exitInterrupted = 130
)

const exitHelp = `
Exit status: 0 accepted or done; 1 judged and not accepted; 2 wrong usage or
settings; 3 authentication or permission; 4 not found or ambiguous; 5 refused
by a rule (the reason code is printed); 6 network, after retries; 7 compile
error; 8 judge error; 9 timed out waiting (the submission is safe); 10 a
verification failed; 130 interrupted (the submission is safe).`

// exitError ends the command with a status; a nil Err says nothing more.
type exitError struct {
	Status int
	Err    error
	Hint   string
}

func (e *exitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Status)
	}
	return e.Err.Error()
}

func (e *exitError) Unwrap() error { return e.Err }

// usage is an error in how a command was called.
func usage(hint, format string, args ...any) error {
	return &exitError{Status: exitUsage, Err: fmt.Errorf(format, args...), Hint: hint}
}

// said is an error that a JSON document on standard output told already: only
// its exit status is left.
func (c *cli) said(err error) error {
	if err == nil || !c.json {
		return err
	}
	status, _ := classify(err)
	return &exitError{Status: status}
}

// report prints an error for people and returns the exit status. It is the
// one table from errors to exit statuses.
func (c *cli) report(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	status, hint := classify(err)
	var exit *exitError
	if errors.As(err, &exit) {
		if exit.Err == nil {
			return status
		}
	} else if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		status, err = exitInterrupted, errors.New("interrupted")
	}
	if c.json {
		_ = c.printJSON(map[string]any{"error": wire.Failure{Code: reasonCode(err), Message: err.Error(), Hint: hint}, "exit_status": status})
		return status
	}
	fmt.Fprintf(c.err, "%s %s\n", c.style.bad.Render("error:"), c.folded(strings.TrimRight(err.Error(), "\n")))
	if code := reasonCode(err); code != "" {
		fmt.Fprintf(c.err, "%s %s\n", c.style.faint.Render("reason:"), code)
	}
	if hint != "" {
		fmt.Fprintf(c.err, "%s %s\n", c.style.faint.Render("hint:"), hint)
	}
	return status
}

// classify finds the exit status and the hint that belong to an error.
func classify(err error) (status int, hint string) {
	var (
		exit     *exitError
		remote   *api.Error
		refusal  *judge.Refusal
		invalid  *judge.Invalid
		notFound *judge.NotFound
		unclear  *judge.Ambiguous
		unable   *judge.Unable
		files    yamlfile.Errors
	)
	switch {
	case errors.As(err, &exit):
		return exit.Status, exit.Hint
	case errors.As(err, &remote):
		return remoteStatus(remote), remote.Hint
	case errors.As(err, &refusal):
		return exitRefused, refusal.Hint
	case errors.As(err, &notFound):
		return exitNotFound, notFound.Hint
	case errors.As(err, &unclear):
		return exitNotFound, unclear.Hint
	case errors.As(err, &unable):
		return exitJudge, unable.Hint
	case errors.As(err, &files):
		return filesStatus(files)
	case errors.As(err, &invalid):
		return exitUsage, invalid.Hint
	case errors.Is(err, api.ErrNetwork):
		return exitNetwork, "check the address and your network, then run the same command again: a repeated submit is one submission"
	case errors.Is(err, judge.ErrFull):
		return exitJudge, "free some space and run the same command again"
	case errors.Is(err, judge.ErrForbidden), errors.Is(err, judge.ErrNoToken):
		return exitAuth, ""
	case errors.Is(err, judge.ErrNotFound):
		return exitNotFound, ""
	}
	return exitJudge, ""
}

// filesStatus tells errors in the contest's settings from those in a package.
func filesStatus(files yamlfile.Errors) (status int, hint string) {
	if filepath.Base(files[0].File) == contest.SettingsFile {
		return exitUsage, "mend what is named above; docs/contest.md describes every key"
	}
	return exitVerify, "mend what is named above; docs/problem-format.md describes every file and key"
}

func remoteStatus(e *api.Error) int {
	if e.Passes() {
		return exitNetwork
	}
	switch e.Status {
	case 0: // no judge answered
		return exitNetwork
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return exitAuth
	case http.StatusNotFound:
		return exitNotFound
	case http.StatusUnprocessableEntity, http.StatusConflict, http.StatusTooManyRequests, http.StatusRequestEntityTooLarge:
		return exitRefused
	case http.StatusBadRequest:
		return exitUsage
	}
	return exitJudge
}

func reasonCode(err error) string {
	var (
		remote  *api.Error
		refusal *judge.Refusal
	)
	switch {
	case errors.As(err, &remote):
		return remote.Code
	case errors.As(err, &refusal):
		return refusal.Code
	}
	return ""
}

// misused gives cobra's own errors their status, and how the command is used.
func misused(cmd *cobra.Command, err error) error {
	if err == nil || !isUsage(err) {
		return err
	}
	hint := "see " + cmd.CommandPath() + " --help"
	if !cmd.HasSubCommands() {
		hint = cmd.UseLine() + "; " + hint
	}
	return &exitError{Status: exitUsage, Err: err, Hint: hint}
}

// isUsage recognises cobra's own errors, which have no type.
func isUsage(err error) bool {
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs", "invalid argument", "accepts ", "requires at least", "required flag", "bad flag"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}

// verdictStatus is the exit status that a judged submission ends with.
func verdictStatus(v judge.Verdict) int {
	switch v {
	case judge.Accepted:
		return exitOK
	case judge.Compile:
		return exitCompile
	case judge.Pending, judge.Internal:
		return exitJudge
	}
	return exitNotAccepted
}
