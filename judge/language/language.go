// Package language knows the languages that submissions may be written in: their
// files, their command lines, what their programs need. They are data, in
// languages.yaml; a new one is an entry there and a program in aplusb that must be
// accepted. No compiler is needed here: package build finds and runs them.
package language

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"contest/judge"
)

// Language is one way to compile and run sources.
type Language struct {
	ID      judge.LanguageID `yaml:"id" json:"id"`
	Name    string           `yaml:"name" json:"name"`       // as people read it: "C++20 (g++)"
	Aliases []string         `yaml:"aliases" json:"aliases"` // other words for it
	// Family is the folder of include/ in a problem package whose files are compiled
	// with it. Languages of a family take the same sources.
	Family    string   `yaml:"family" json:"-"`
	Sources   []string `yaml:"sources" json:"extensions"` // endings of what the compiler is given
	Headers   []string `yaml:"headers" json:"-"`          // endings of files that may lie beside them
	Compiler  string   `yaml:"compiler" json:"-"`         // the program that must be installed
	VersionBy []string `yaml:"version" json:"-"`          // the arguments with which it tells its version
	Flags     []string `yaml:"flags" json:"flags"`
	Libraries []string `yaml:"libraries" json:"libraries"`
	Compile   []string `yaml:"compile" json:"-"` // the command line, see languages.yaml
	Run       []string `yaml:"run" json:"-"`     // the command line, see languages.yaml
	Sees      []string `yaml:"sees" json:"-"`    // folders of the machine that a run needs
	// Parts are files among those that the compiler finds of itself. They belong to
	// what is said of a toolchain: with one missing or broken it has the same version.
	Parts []string `yaml:"parts" json:"-"`
	Trial string   `yaml:"trial" json:"-"` // a file of aplusb
	// Precompiles says that it takes gcc's kind of precompiled headers.
	Precompiles bool `yaml:"precompiles" json:"-"`
}

var (
	//go:embed languages.yaml
	data []byte
	//go:embed aplusb
	trials embed.FS
)

// All are the languages that this judge knows, in order of preference.
var All = sync.OnceValue(func() []Language {
	all, err := read(data)
	if err != nil {
		panic("languages.yaml: " + err.Error()) // a broken build; the package's test sees it first
	}
	return all
})

func read(text []byte) ([]Language, error) {
	var all []Language
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, l := range all {
		if err := l.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", l.ID, err)
		}
		if seen[string(l.ID)] {
			return nil, fmt.Errorf("%s: there are two of this id", l.ID)
		}
		seen[string(l.ID)] = true
	}
	return all, nil
}

// check refuses an entry that could not be compiled or run.
func (l Language) check() error {
	for name, missing := range map[string]bool{
		"id": l.ID == "", "name": l.Name == "", "family": l.Family == "", "sources": len(l.Sources) == 0, "compiler": l.Compiler == "",
		"version": len(l.VersionBy) == 0, "compile": len(l.Compile) == 0, "run": len(l.Run) == 0,
	} {
		if missing {
			return fmt.Errorf("it has no %s", name)
		}
	}
	if _, err := trials.ReadFile("aplusb/" + l.Trial); err != nil || !l.IsSource(l.Trial) {
		return fmt.Errorf("trial: there is no source %q in aplusb", l.Trial)
	}
	words := Words{Program: "p", Sources: []string{"a"}}
	if _, err := expand(l.Compile, words.compile(l)); err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	if _, err := expand(l.Run, words.run()); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	if !l.Static() && len(l.Sees) == 0 {
		return fmt.Errorf("run: only $program alone needs nothing beside it; name in sees what a run needs")
	}
	return nil
}

// Static says that the compiler makes one executable that needs nothing beside it.
func (l Language) Static() bool { return slices.Equal(l.Run, []string{"$program"}) }

// IsSource says that the compiler takes a file of this name.
func (l Language) IsSource(name string) bool { return slices.Contains(l.Sources, path.Ext(name)) }

// IsHeader says that a file of this name may lie beside the sources.
func (l Language) IsHeader(name string) bool { return slices.Contains(l.Headers, path.Ext(name)) }

// Words are what one compile, or one run, puts into a command line.
type Words struct {
	Compiler string   // its path
	Problem  []string // the problem's flags
	Folders  []string // flags that name folders of headers
	Program  string
	Sources  []string // names; at a run the first is the main one
}

func (w Words) compile(l Language) map[string][]string {
	problem, libraries := w.Problem, l.Libraries
	if l.Family != cpp {
		problem = nil
	}
	if slices.Contains(problem, "-nostdlib") {
		// Threads would be linked whole, and before glibc 2.34 they want the rest of it.
		libraries = nil
	}
	return map[string][]string{
		"$compiler": {w.Compiler}, "$flags": l.Flags, "$problem": problem, "$folders": w.Folders,
		"$program": {w.Program}, "$sources": w.Sources, "$libraries": libraries,
	}
}

func (w Words) run() map[string][]string {
	return map[string][]string{"$program": {w.Program}, "$main": w.Sources[:min(1, len(w.Sources))], "$sources": w.Sources}
}

// cpp is the family that compiler_flags of a problem are for.
const cpp = "cpp"

// CompileLine is the command line of a compile.
func (l Language) CompileLine(w Words) []string {
	line, _ := expand(l.Compile, w.compile(l)) // read has seen that it can be
	return line
}

// Options are the flags of a compile that stand before $folders, without the compiler:
// those that matter to what a header is compiled to.
func (l Language) Options(problem []string) []string {
	line := l.Compile
	if i := slices.Index(line, "$folders"); i >= 0 {
		line = line[:i]
	}
	options, _ := expand(slices.DeleteFunc(slices.Clone(line), func(w string) bool { return w == "$compiler" }), Words{Problem: problem}.compile(l))
	return options
}

// RunLine is the command line of a run.
func (l Language) RunLine(w Words) []string {
	line, _ := expand(l.Run, w.run())
	return line
}

// Published is the command for people who compile files as the judge does, for a
// problem with these flags. What it lacks of the judge's own changes no program's
// behaviour, see languages.yaml.
func (l Language) Published(problem []string, files ...string) string {
	if l.Family != cpp {
		problem = nil
	}
	return strings.Join(slices.Concat([]string{l.Compiler}, l.Flags, problem, files), " ")
}

func expand(line []string, words map[string][]string) ([]string, error) {
	var out []string
	for _, w := range line {
		if !strings.HasPrefix(w, "$") {
			out = append(out, w)
			continue
		}
		list, ok := words[w]
		if !ok {
			return nil, fmt.Errorf("%q stands for nothing", w)
		}
		out = append(out, list...)
	}
	return out, nil
}

// APlusB is a program that prints the sum of the two numbers that it reads.
func (l Language) APlusB() judge.File {
	text, _ := trials.ReadFile("aplusb/" + l.Trial) // read has seen that it is there
	return judge.File{Name: l.Trial, Data: text}
}

// Families are the folders of include/ that a language knows, each once.
func Families() []string {
	var out []string
	for _, l := range All() {
		if !slices.Contains(out, l.Family) {
			out = append(out, l.Family)
		}
	}
	return out
}

// Default is the language of those who name none where all are installed; the
// organiser's own programs are written in its family.
func Default() Language { return All()[0] }

// IsSource says that some language compiles a file of this name.
func IsSource(name string) bool {
	return slices.ContainsFunc(All(), func(l Language) bool { return l.IsSource(name) })
}
