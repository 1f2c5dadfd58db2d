package language

import (
	"fmt"
	"slices"
	"strings"

	"contest/judge"
)

// Installed is a language that can be compiled on the judging machine.
type Installed struct {
	Language
	Version string `json:"version"` // first line of what its compiler says
	// Identity is what every compile with it has in common: its version, what belongs
	// to it, and the command. With another one the same sources may become another
	// program, or compile at last.
	Identity string `json:"-"`
}

// Set are the installed languages, the default first.
type Set []Installed

// ErrNoCompiler says that nothing can be compiled on this machine.
var ErrNoCompiler = &judge.Unable{Message: "no compiler is installed on the judging machine", Hint: "the organiser installs one: apt-get install g++"}

// Find looks a language up by id or alias; an empty name is the default.
func (s Set) Find(name string) (Installed, error) {
	if len(s) == 0 {
		return Installed{}, ErrNoCompiler
	}
	if name == "" {
		return s[0], nil
	}
	for _, named := range []func(Installed) bool{
		func(l Installed) bool { return string(l.ID) == name },
		func(l Installed) bool { return slices.Contains(l.Aliases, name) },
	} {
		if i := slices.IndexFunc(s, named); i >= 0 {
			return s[i], nil
		}
	}
	// Where the default is not installed its aliases mean what there is of its family.
	if slices.Contains(Default().Aliases, name) {
		if i := slices.IndexFunc(s, func(l Installed) bool { return l.Family == Default().Family }); i >= 0 {
			return s[i], nil
		}
	}
	hint := fmt.Sprintf("installed here: %s", strings.Join(s.IDs(), ", "))
	if slices.ContainsFunc(All(), func(l Language) bool { return string(l.ID) == name }) {
		hint += fmt.Sprintf("; %s is known but not installed", name)
	}
	return Installed{}, &judge.NotFound{Kind: "language", Name: name, Hint: hint}
}

// For is the language of files: the one that is named, or else the first that
// compiles one of them, and the default if none does.
func (s Set) For(named judge.LanguageID, files []judge.File) (Installed, error) {
	if named == "" {
		for _, l := range s {
			if slices.ContainsFunc(files, func(f judge.File) bool { return l.IsSource(f.Name) }) {
				return l, nil
			}
		}
	}
	return s.Find(string(named))
}

// IDs are the names of the languages, in order.
func (s Set) IDs() []string {
	ids := make([]string, len(s))
	for i, l := range s {
		ids[i] = string(l.ID)
	}
	return ids
}

// Identities are the identities by language.
func (s Set) Identities() map[judge.LanguageID]string {
	out := make(map[judge.LanguageID]string, len(s))
	for _, l := range s {
		out[l.ID] = l.Identity
	}
	return out
}
