// Package problem reads a problem package: a folder in the ICPC/Kattis package
// format (legacy and 2025-09), with judge.yaml beside problem.yaml for what
// that format lacks. It checks everything that can be checked without running
// a program, reports all that is wrong at once, each with file, line and cure,
// and never ignores what it does not support.
//
// Compiling and running generators, input validators and example submissions
// is left to judge/pipeline; Package has what that needs.
package problem

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"contest/judge"
)

// Options are what the contest and the machine that judges say about packages.
type Options struct {
	// TestSet is the size of the generated test set: "full", the default, or
	// "demo".
	TestSet string
	// Secret is what the seeds of generators follow from that have none of
	// their own.
	Secret judge.Secret
	// MemoryBytes is what the machine has that judges; 0 if that is not known.
	MemoryBytes int64
	// Types are the problem types that can be judged; without any it is pass-fail alone.
	Types []judge.ProblemType
	// Rules are the names of the scoring rules that a package may name.
	Rules []string
}

// Package is one problem package as it was read. A package with a Generator
// is not ready to be judged before WithGenerated has added its test cases.
type Package struct {
	judge.Problem

	Generator       *Generator // nil: every test case is a file of the package
	InputValidators []Program  // each must accept every input, with exit status 42
	// Attachments are the public files of attachments/, listed only.
	Attachments []string
	// Warnings are what is accepted and has no effect here.
	Warnings Errors

	inputs string  // hash of the committed part of Version
	opt    Options // that it was read with
	fresh  *uint64 // the seed of Fresh

	inputArgs, outputArgs, runArgs arguments // of input validators, of the output validator, of submissions
	validator                      string    // path of the output validator in the package; "" for the default one
	validatorFlags                 []string  // of a legacy problem.yaml
}

// Reload reads the package again as it was read, from where it was read.
func (p *Package) Reload() (*Package, error) {
	again, err := Load(p.Dir, p.opt)
	if err != nil || p.fresh == nil {
		return again, err
	}
	return again.Fresh(*p.fresh)
}

// Program is sources of the organiser that are compiled into one executable.
type Program struct {
	Name  string   // such as "generators/generate.cpp"
	Files []string // absolute paths; they are compiled in one flat folder
	// Headers are the headers of include/cpp, which the program may include.
	Headers []string
}

// idPattern is what a package's folder may be called.
var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Load reads the package in dir. What is wrong with it comes back as Errors,
// with a package that has nothing but its warnings if it is a folder; ErrChanged says that
// it was saved meanwhile; any other error is our own.
func Load(dir string, opt Options) (*Package, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(abs); err == nil && !info.IsDir() {
		return nil, Errors{{Message: "a package is a folder, and this is a file", Hint: "unpack it if it is an archive"}}
	}
	root, err := os.OpenRoot(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &judge.NotFound{Kind: "problem", Name: filepath.Base(abs), Hint: "there is no folder " + dir}
	}
	if err != nil {
		return nil, fmt.Errorf("open the problem package: %w", err)
	}
	defer root.Close()
	l := &loader{opt: opt, pkg: &Package{opt: opt, inputArgs: arguments{}, outputArgs: arguments{}, runArgs: arguments{}}}
	l.pkg.ID, l.pkg.Dir = judge.ProblemID(filepath.Base(abs)), abs
	if l.tree, err = scan(root, abs, &l.findings); err != nil {
		return nil, fmt.Errorf("list the problem package: %w", err)
	}
	if err := l.load(); err != nil {
		return nil, fmt.Errorf("read the problem package: %w", err)
	}
	// Only now: an error may be nothing but a file that is half saved.
	if err := l.tree.unchanged(); err != nil {
		return nil, fmt.Errorf("read the problem package: %w", err)
	}
	l.Warnings.Sort()
	l.pkg.Warnings = l.Warnings
	if len(l.Errors) > 0 {
		l.Errors.Sort()
		return &Package{Problem: judge.Problem{ID: l.pkg.ID, Dir: abs}, Warnings: l.Warnings}, l.Errors
	}
	return l.pkg, nil
}

// loader is one reading of one package.
type loader struct {
	findings

	opt      Options
	tree     *tree
	settings settings
	rules    rules
	pkg      *Package
	// files will be the manifest.
	files []judge.ManifestFile
	// secretSeen is set by any input in data/secret, complete or not.
	secretSeen bool
	// incomplete is set by an input without an answer.
	incomplete bool
}

func (l *loader) load() error {
	if set := cmp.Or(l.opt.TestSet, fullSet); set != fullSet && set != demoSet {
		return &judge.Invalid{Message: fmt.Sprintf("there is no test set %q", set), Hint: judge.Suggest(set, []string{fullSet, demoSet})}
	}
	if !idPattern.MatchString(string(l.pkg.ID)) {
		l.Fail("", "rename the folder: lower-case letters, digits and '-'", "%q cannot be the name of a problem", string(l.pkg.ID))
	}
	l.layout()
	for _, step := range []func() error{
		l.readYAML, l.readGroups, l.readTimeLimits, l.readStatement, l.readData, l.readExamples,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	l.listIncludes()
	l.listPrograms()
	l.addOutputValidator()
	l.fill()
	if len(l.Errors) > 0 {
		return nil
	}
	return l.version()
}

// readYAML reads problem.yaml and judge.yaml.
func (l *loader) readYAML() error {
	l.settings, l.rules = settings{legacy: true, limits: defaultLimits(), limitsUnread: true}, defaultRules()
	if l.tree.isFile(settingsFile) {
		data, ok, err := l.tree.read(settingsFile, maxSettings, &l.findings)
		if err != nil {
			return err
		}
		if ok {
			l.settings = readSettings(data, l.opt, &l.findings)
		}
	} else {
		l.Fail(settingsFile, `write one with at least "problem_format_version: 2025-09", "name: ..." and "limits: {time_limit: 2.0}" (seconds)`, "the file is missing")
	}
	if !l.tree.isFile(rulesFile) {
		l.rules = importedRules()
		return nil
	}
	data, ok, err := l.tree.read(rulesFile, maxSettings, &l.findings)
	if ok {
		l.rules = readRules(data, l.opt.Rules, &l.findings)
	} else {
		l.rules.timeUnread, l.rules.testsUnread = true, true
	}
	return err
}

// fill copies settings and rules into the problem.
func (l *loader) fill() {
	p := &l.pkg.Problem
	p.Type = l.settings.problemType
	p.Limits, p.Validation = l.settings.limits, l.settings.validation
	p.Scoring = l.rules.scoring
	p.Boards, p.Threads, p.StopAfterTimeouts = l.rules.boards, l.rules.threads, l.rules.stopAfterTimeouts
	p.CompilerFlags, p.Timing, p.Feedback = l.rules.compilerFlags, l.rules.timing, l.rules.feedback
	p.FreshFinal = l.rules.freshFinal != nil
	if p.Feedback == "" {
		p.Feedback = judge.VerdictFeedback
		if p.FreshFinal { // what is read off is worth nothing then
			p.Feedback = judge.TimesFeedback
		}
	}
	slices.SortFunc(p.Tests, inJudgingOrder)
	for i, t := range p.Tests {
		p.Tests[i] = l.pkg.withArgs(t)
	}
	p.Files = p.Files.With(l.files...)
}

// add takes a file that judgings read.
func (l *loader) add(r judge.FileRole, name, abs string) {
	l.files = append(l.files, judge.ManifestFile{Role: r, Name: name, Path: abs})
}

// inJudgingOrder puts samples first, then secret test cases, each by name.
func inJudgingOrder(a, b judge.TestCase) int {
	if a.Sample != b.Sample {
		if a.Sample {
			return -1
		}
		return 1
	}
	return cmp.Compare(a.Name, b.Name)
}
