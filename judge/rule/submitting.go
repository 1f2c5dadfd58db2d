package rule

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/language"
)

// Submitting is handing in.
type Submitting struct {
	Contest
	Languages language.Set
	Store     interface {
		EnsureContestant(ctx context.Context, by judge.Actor, who judge.Contestant) error
		OpenTicket(ctx context.Context, by judge.Actor, who judge.Contestant, p judge.ProblemID, sourceHash string) (time.Time, error)
		Submit(ctx context.Context, s judge.Submission, in *judge.Intake) (judge.Entry, bool, error)
	}
}

// Announced is an upload that is announced before it is made, see judge.Deadline.
type Announced struct {
	Contestant judge.Contestant // empty for the actor
	Problem    judge.ProblemID
	SourceHash string // see judge.HashFiles
}

// sourceHash is a hash as judge.HashFiles writes it.
var sourceHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Announce opens a ticket for an upload. It returns in whose name that is, and when it
// was announced first.
func (s Submitting) Announce(ctx context.Context, a judge.Actor, up Announced) (who judge.Contestant, opened time.Time, err error) {
	if who, err = submitter(a, up.Contestant); err != nil {
		return "", opened, err
	}
	if _, err := s.Problem(up.Problem); err != nil {
		return "", opened, err
	}
	if !sourceHash.MatchString(up.SourceHash) {
		return "", opened, &judge.Invalid{Message: "source_hash is not a SHA-256: 64 digits and letters from a to f", Hint: "see docs/api.md for how sources are hashed"}
	}
	if err := s.Store.EnsureContestant(ctx, a, who); err != nil {
		return "", opened, err
	}
	opened, err = s.Store.OpenTicket(ctx, a, who, up.Problem, up.SourceHash)
	return who, opened, err
}

// HandedIn is what somebody hands in.
type HandedIn struct {
	Contestant judge.Contestant // empty for the actor
	Problem    judge.ProblemID
	Language   judge.LanguageID // a name or alias; empty for the first that compiles the files
	Files      []judge.File
}

// Submit stores what is handed in, to be judged. What is late is stored and judged as
// practice. The very same sources again are the submission that there is: fresh is
// false then.
func (s Submitting) Submit(ctx context.Context, a judge.Actor, in HandedIn) (e judge.Entry, fresh bool, err error) {
	who, err := submitter(a, in.Contestant)
	if err != nil {
		return e, false, err
	}
	sub, err := s.admit(who, in)
	if err != nil {
		return e, false, err
	}
	// Only now: a mistyped name must not become an account.
	if err := s.Store.EnsureContestant(ctx, a, who); err != nil {
		return e, false, err
	}
	settings := s.Settings()
	return s.Store.Submit(ctx, sub, &judge.Intake{
		Actor: a, Practice: func(s judge.Submission) bool { return !settings.InTime(s) }, Quota: settings.Limits,
		Toolchain: s.Languages.Identities()[sub.Language],
	})
}

// submitter is in whose name an actor hands something in: its own, or for the organiser
// the one that is named.
func submitter(a judge.Actor, named judge.Contestant) (judge.Contestant, error) {
	if err := May(a, HandIn); err != nil {
		return "", err
	}
	who := a.Contestant()
	switch {
	case named == "" && who == "":
		return "", &judge.Invalid{Message: "no contestant is named", Hint: "name one with -u"}
	case named == "":
		return who, nil
	case !Reaches(a, HandIn, named):
		return "", fmt.Errorf("the token belongs to %s, not to %s: %w", who, named, judge.ErrForbidden)
	}
	return named, named.Validate()
}

// admit checks what is handed in against the rules of the contest and the problem.
func (s Submitting) admit(who judge.Contestant, in HandedIn) (judge.Submission, error) {
	if err := s.open(); err != nil {
		return judge.Submission{}, err
	}
	p, err := s.Problem(in.Problem)
	if err != nil {
		return judge.Submission{}, err
	}
	lang, err := s.Languages.For(in.Language, in.Files)
	if err != nil {
		return judge.Submission{}, err
	}
	if err := judge.ValidateFiles(in.Files, p.Limits.CodeBytes); err != nil {
		return judge.Submission{}, err
	}
	if !slices.ContainsFunc(in.Files, func(f judge.File) bool { return lang.IsSource(f.Name) }) {
		return judge.Submission{}, &judge.Refusal{Code: "name", Message: fmt.Sprintf("none of the files is a source that %s compiles", lang.Name),
			Hint: "name at least one with " + strings.Join(lang.Sources, ", ")}
	}
	sub := judge.Submission{Problem: p.ID, Contestant: who, Language: lang.ID, Files: in.Files, SourceHash: judge.HashFiles(in.Files)}
	for _, f := range in.Files {
		sub.Bytes += int64(len(f.Data))
	}
	return sub, nil
}
