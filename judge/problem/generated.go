package problem

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"contest/judge"
)

// Generator makes test cases. Each is made in an empty work folder by
//
//	generate KIND INDEX SEED [args...]
//
// which writes test.in, test.ans and, if it likes, test.desc there.
type Generator struct {
	Program Program
	Seed    uint64
	Args    []string
	Cases   []GeneratedCase // of the chosen test set, in judging order

	key string
}

// GeneratedCase is one test case that the generator makes.
type GeneratedCase struct {
	Kind  string
	Index int    // from 1
	Name  string // such as "secret/valid-007"
	Timed bool
}

// The files that a generator writes.
const (
	GeneratedInput       = "test.in"
	GeneratedAnswer      = "test.ans"
	GeneratedDescription = "test.desc"
)

// Key is the content key of everything that the generator makes: a hash of
// its sources, the headers, the seed and the arguments. The test set is not
// part of it: the demo set is the beginning of the full one.
func (g *Generator) Key() string { return g.key }

// Arguments are the arguments of the run that makes c, without the program.
func (g *Generator) Arguments(c GeneratedCase) []string {
	return append([]string{c.Kind, strconv.Itoa(c.Index), strconv.FormatUint(g.Seed, 10)}, g.Args...)
}

// freshGroup is the folder of the test cases of a final that takes fresh ones.
const freshGroup = "fresh"

// Fresh is the package with other test cases in place of all it has: those that
// its generator makes from another seed. They are named fresh/KIND-INDEX.
func (p *Package) Fresh(seed uint64) (*Package, error) {
	if p.Generator == nil {
		return nil, fmt.Errorf("fresh tests of %s: it has no generator: %w", p.ID, judge.ErrInvalid)
	}
	fresh, g := *p, *p.Generator
	fresh.Generator, fresh.fresh, fresh.Tests = &g, &seed, nil
	fresh.Files = p.Files.Without(judge.InputRole, judge.AnswerRole, judge.CaseFileRole)
	g.Seed, g.Cases = seed, slices.Clone(g.Cases)
	for i, c := range g.Cases {
		g.Cases[i].Name = freshGroup + strings.TrimPrefix(c.Name, secretGroup)
	}
	var err error
	if g.key, err = g.hash(os.Open); err == nil {
		fresh.inputs, err = fresh.hash()
	}
	fresh.Version = fresh.inputs
	return &fresh, err
}

// FreshKind is the kind of a test case of Fresh, and the name of the one of that
// kind and index among the problem's own.
func FreshKind(name string) (kind, own string) {
	rest := strings.TrimPrefix(name, freshGroup+"/")
	return rest[:max(0, strings.LastIndexByte(rest, '-'))], secretGroup + "/" + rest
}

// InputPath is where c's input belongs in the cache folder dir. AnswerPath
// and DescriptionPath are beside it.
func (c GeneratedCase) InputPath(dir string) string { return c.path(dir, ".in") }

// AnswerPath is where c's answer belongs in the cache folder dir.
func (c GeneratedCase) AnswerPath(dir string) string { return c.path(dir, ".ans") }

// DescriptionPath is where c's description belongs in the cache folder dir;
// there may be none.
func (c GeneratedCase) DescriptionPath(dir string) string { return c.path(dir, ".desc") }

func (c GeneratedCase) path(dir, ext string) string {
	return filepath.Join(dir, filepath.FromSlash(c.Name)+ext)
}

// takeGenerator checks the generator of judge.yaml against the package.
func (l *loader) takeGenerator() {
	g := l.rules.generator
	if g == nil {
		l.needData()
		l.checkFreshFinal()
		return
	}
	d := newDocument(&l.findings, rulesFile)
	l.pkg.Generator = &Generator{Seed: l.opt.Secret.Seed("tests", string(l.pkg.ID)), Args: g.args}
	if _, exists := l.tree.entries[g.program]; exists {
		l.pkg.Generator.Program = l.program(g.program)
	} else {
		d.FailAt(g.node, "write the generator or correct the path", "there is no %s in the package", g.program)
	}
	if g.seed != nil {
		l.pkg.Generator.Seed = *g.seed
	}
	committed := map[string]bool{}
	for _, t := range l.pkg.Tests {
		committed[t.Name] = true
	}
	for _, kind := range g.kinds {
		for index := 1; index <= kind.in(cmp.Or(l.opt.TestSet, fullSet)); index++ {
			c := GeneratedCase{Kind: kind.name, Index: index, Name: generatedName(kind.name, index), Timed: kind.timed}
			if committed[c.Name] {
				l.Fail("data/"+c.Name+".in", "rename one of the two", "the generator makes a test case of the same name")
			}
			l.pkg.Generator.Cases = append(l.pkg.Generator.Cases, c)
		}
	}
	l.needData()
	l.checkFreshFinal()
}

// checkFreshFinal refuses a final on fresh tests that nobody could make.
func (l *loader) checkFreshFinal() {
	n, g := l.rules.freshFinal, l.pkg.Generator
	if n == nil || g != nil && slices.ContainsFunc(g.Cases, func(c GeneratedCase) bool { return c.Timed }) {
		return
	}
	d := newDocument(&l.findings, rulesFile)
	d.FailAt(n, "add a generator with a kind that is timed, or write tests: same", "nothing makes fresh tests for a final")
}

// needData refuses a problem that nothing could be ranked by.
func (l *loader) needData() {
	secret, timed := l.secretSeen, false
	for _, t := range l.pkg.Tests {
		timed = timed || t.Timed
	}
	if g := l.pkg.Generator; g != nil {
		for _, c := range g.Cases {
			secret, timed = true, timed || c.Timed
		}
	}
	switch {
	case l.rules.testsUnread:
	case !secret:
		l.Fail(secretFolder, "add pairs of .in and .ans files, or a generator in judge.yaml", "the problem has no secret test cases")
	case !timed && !l.incomplete:
		l.Fail(rulesFile, `mark the large test cases: timed: ["secret/large-*"], or timed: true at a generated kind`,
			"no test case is timed, so nothing could be ranked")
	}
}

// WithGenerated is the problem with its generated test cases, which stand in
// the folder dir as GeneratedCase says, and with its final Version. Without a
// generator it is the problem as it is.
//
// The hashes of generated files are kept in dir, so that only the first call
// after a generation reads them all.
func (p *Package) WithGenerated(dir string) (judge.Problem, error) {
	out := p.Problem
	if p.Generator == nil {
		return out, nil
	}
	out.Tests = slices.Clone(p.Tests)
	var made []judge.ManifestFile
	sums := openSums(dir)
	h := newHash("generated", p.inputs)
	for _, c := range p.Generator.Cases {
		t := p.withArgs(judge.TestCase{Name: c.Name, Timed: c.Timed})
		for _, f := range []judge.ManifestFile{
			{Role: judge.InputRole, Name: t.InputName(), Path: c.InputPath(dir)},
			{Role: judge.AnswerRole, Name: t.AnswerName(), Path: c.AnswerPath(dir)},
		} {
			var err error
			if f.SHA256, err = sums.of(f.Path); err != nil {
				return judge.Problem{}, fmt.Errorf("generated test case %s: %w", c.Name, err)
			}
			h.add(c.Name, strconv.FormatBool(c.Timed), filepath.Ext(f.Path), f.SHA256)
			made = append(made, f)
		}
		if err := p.fits(c, dir); err != nil {
			return judge.Problem{}, err
		}
		// A description is for the organiser's eyes; without one nothing is lost.
		if data, err := os.ReadFile(c.DescriptionPath(dir)); err == nil {
			t.Description = firstLine(data)
		}
		out.Tests = append(out.Tests, t)
	}
	sums.save()
	slices.SortFunc(out.Tests, inJudgingOrder)
	out.Files = p.Files.With(made...)
	out.Version = h.sum()
	return out, nil
}

// fits refuses an answer that no submission may print.
func (p *Package) fits(c GeneratedCase, dir string) error {
	info, err := os.Stat(c.AnswerPath(dir))
	if err != nil {
		return fmt.Errorf("generated test case %s: %w", c.Name, err)
	}
	if size, most := info.Size(), p.Limits.OutputBytes; size > most {
		return Errors{{File: rulesFile, Hint: "raise limits.output in problem.yaml",
			Message: fmt.Sprintf("the answer of the generated test case %s has %d bytes, more than a submission may print (%d)", c.Name, size, most)}}
	}
	return nil
}
