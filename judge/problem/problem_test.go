package problem

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge"
)

func names(tests []judge.TestCase) []string {
	var out []string
	for _, t := range tests {
		n := t.Name
		if t.Timed {
			n += " timed"
		}
		out = append(out, n)
	}
	return out
}

func TestLoadGood(t *testing.T) {
	dir := good().write(t)
	p, err := Load(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Warnings) > 0 {
		t.Errorf("warnings: %v", p.Warnings)
	}
	abs := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	want := judge.Problem{
		ID: "sum", Type: judge.PassFail, Name: "Sum", Version: p.Version, Dir: dir, Statement: []byte("Add two numbers.\n"),
		Limits: judge.Limits{
			Time: 2 * time.Second, MemoryBytes: 2048 << 20, OutputBytes: 8 << 20, CodeBytes: 128 << 10,
			CompileTime: time.Minute, CompileMemoryBytes: 2048 << 20, ValidationTime: time.Minute,
		},
		Boards: []judge.Board{judge.CPUBoard}, Threads: 1, StopAfterTimeouts: 1,
		Files: judge.Manifest{
			{Role: judge.AnswerRole, Name: "sample/1.ans", Path: abs("data/sample/1.ans"), SHA256: sha256Of(good()["data/sample/1.ans"])},
			{Role: judge.AnswerRole, Name: "secret/1.ans", Path: abs("data/secret/1.ans"), SHA256: sha256Of(good()["data/secret/1.ans"])},
			{Role: judge.InputRole, Name: "sample/1.in", Path: abs("data/sample/1.in"), SHA256: sha256Of(good()["data/sample/1.in"])},
			{Role: judge.InputRole, Name: "secret/1.in", Path: abs("data/secret/1.in"), SHA256: sha256Of(good()["data/secret/1.in"])},
		},
		Tests: []judge.TestCase{
			{Name: "sample/1", Sample: true},
			{Name: "secret/1", Timed: true},
		},
		Timing: judge.WholeProcess, Feedback: judge.VerdictFeedback,
		Examples: []judge.Example{{
			Name: "accepted/plain.cpp", Files: []string{abs("submissions/accepted/plain.cpp")}, Want: []judge.Verdict{judge.Accepted},
		}},
	}
	if !reflect.DeepEqual(p.Problem, want) {
		t.Errorf("got  %+v\nwant %+v", p.Problem, want)
	}
	if got, want := p.InputValidators[0].Files, []string{abs("input_validators/validate.cpp")}; !slices.Equal(got, want) {
		t.Errorf("input validator: got %v, want %v", got, want)
	}
}

func TestLoadEverything(t *testing.T) {
	f := good().with("problem.yaml", `problem_format_version: 2025-09
type: [pass-fail]
name:
  de: Summe
  en: Sum
uuid: 5f0c3a52-7d0e-4f5c-9b0a-2f6f1f6f8f4e
version: "1"
credits: {authors: [A, B]}
source: [{name: X}]
license: cc by-sa
rights_owner: A
keywords: [a, b]
languages: [python3, cpp]
allow_file_writing: false
limits:
  time_limit: 0.3
  time_resolution: 0.1
  memory: 256
  output: 16
  code: 64
  compilation_time: 30
  compilation_memory: 512
  validation_time: 10
  time_multipliers: {ac_to_time_limit: 2.0, time_limit_to_tle: 1.5}
`)
	extra := files{
		"statement/problem.de.md":             "Addiere.\n",
		"statement/figure.png":                "png",
		"solution/solution.en.md":             "Add.\n",
		"attachments/kit.zip":                 "zip",
		"data/secret/b/2.in":                  "",
		"data/secret/b/2.ans":                 "",
		"data/secret/b/2.desc":                "  a line\x1b\nanother\n",
		"data/secret/b/2.hint":                "hint",
		"data/secret/a.in":                    "",
		"data/secret/a.ans":                   "",
		"data/secret/test_group.yaml":         "output_validator_args: [float_tolerance, 1e-6, case_sensitive]\n",
		"data/sample/test_group.yaml":         "output_validator_args: [case_sensitive, float_tolerance, 0.000001]\n",
		"judge.yaml":                          "timed: [\"secret/b/*\", sample/1]\n",
		"include/cpp/sum.h":                   "",
		"include/cpp/harness.cpp":             "",
		"submissions/accepted/two/a.cpp":      solution,
		"submissions/accepted/two/a.h":        "#pragma once\n",
		"submissions/rejected/x.cc":           solution,
		"submissions/memory_limit/x.cc":       solution,
		"submissions/brute_force/x.cc":        solution,
		"submissions/wrong_answer/x.py":       "print()\n",
		"submissions/compile_error/x.cc":      "int main( {}\n",
		"input_validators/second/validate.cc": solution,
		"input_validators/shared.h":           "",
		"README.md":                           "",
		"TODO":                                "",
		".git/HEAD":                           "ref",
		"problem.yaml~":                       "a backup",
	}
	maps.Copy(f, extra)
	p := mustLoad(t, f, "")
	if p.Name != "Sum" || p.Limits.Time != 300*time.Millisecond || p.Limits.MemoryBytes != 256<<20 || p.Limits.CodeBytes != 64<<10 ||
		p.Limits.CompileMemoryBytes != 512<<20 || p.Limits.ValidationTime != 10*time.Second {
		t.Errorf("got %q %+v", p.Name, p.Limits)
	}
	if got, want := names(p.Tests), []string{"sample/1 timed", "secret/1", "secret/a", "secret/b/2 timed"}; !slices.Equal(got, want) {
		t.Errorf("tests: got %q, want %q", got, want)
	}
	if got := p.Tests[3].Description; got != "a line" {
		t.Errorf("description: got %q", got)
	}
	if v := p.Validation; !v.CaseSensitive || v.SpaceSensitive || *v.AbsoluteTolerance != 1e-6 || *v.RelativeTolerance != 1e-6 {
		t.Errorf("validation: got %+v", v)
	}
	wants := map[string][]judge.Verdict{}
	for _, e := range p.Examples {
		wants[e.Name] = e.Want
	}
	if want := map[string][]judge.Verdict{
		"accepted/plain.cpp": {judge.Accepted}, "accepted/two": {judge.Accepted}, "rejected/x.cc": nil, "memory_limit/x.cc": {judge.Memory},
		"brute_force/x.cc": {judge.TimeOut, judge.Memory, judge.Crash}, "compile_error/x.cc": {judge.Compile},
	}; !reflect.DeepEqual(wants, want) {
		t.Errorf("examples: got %v, want %v", wants, want)
	}
	if includes := p.Files.Of(judge.IncludeRole); len(includes) != 2 || len(p.Attachments) != 1 || len(p.InputValidators) != 2 {
		t.Errorf("got includes %v, attachments %v, validators %v", includes, p.Attachments, p.InputValidators)
	}
	for _, v := range p.InputValidators {
		if len(v.Headers) != 1 || filepath.Base(v.Headers[0]) != "sum.h" {
			t.Errorf("%s: headers %v", v.Name, v.Headers)
		}
	}
	if got := p.Warnings.Error(); got != `problem.yaml:24: this has no effect: the time limit is the one that is written down
submissions/wrong_answer/x.py: this has no effect: no language of this judge compiles it` {
		t.Errorf("warnings:\n%s", got)
	}
}

func TestLoadReference(t *testing.T) {
	f := good().with("judge.yaml", "timing: window\nreference: accepted/plain.cpp\n")
	p := mustLoad(t, f, "")
	if reference := p.Files.Of(judge.ReferenceRole); p.Timing != judge.Window || len(reference) != 1 || reference[0].Name != "plain.cpp" {
		t.Errorf("got timing %q, reference %q", p.Timing, reference)
	}
	if other := mustLoad(t, good(), ""); other.Version == p.Version {
		t.Error("what times are compared with is not in the version")
	}
	kept, err := p.Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(kept.Files.Of(judge.ReferenceRole)[0].Path); err != nil || len(data) == 0 {
		t.Errorf("the kept reference: %v", err)
	}
}

func TestLoadLegacy(t *testing.T) {
	f := legacy().with("problem.yaml", `name: Sum
author: A
source_url: http://example.org
license: cc by
validation: default
validator_flags: float_absolute_tolerance 1e-3 space_change_sensitive
rights_owner:
limits:
  time_multiplier: 5
  memory: 512
`)
	f["data/testdata.yaml"] = "on_reject: break\ngrading: default\n"
	f["submissions/accepted/slow.java"] = "class A {}\n"
	f["problem_statement/problem.tex"] = `\problemname{Sum}`
	p := mustLoad(t, f, "")
	if p.Limits.Time != 3*time.Second || p.Limits.MemoryBytes != 512<<20 {
		t.Errorf("limits: got %+v", p.Limits)
	}
	if v := p.Validation; !v.SpaceSensitive || v.RelativeTolerance != nil || *v.AbsoluteTolerance != 1e-3 {
		t.Errorf("validation: got %+v", v)
	}
	if len(p.Warnings) != 3 {
		t.Errorf("warnings: got %v", p.Warnings)
	}
}

// What a statement refers to is read with it, and its author hears, with the
// line, of what is not shown.
func TestLoadStatement(t *testing.T) {
	const source = "Sum\n===\n\n![a tree](img/tree.png)\n\n10<sup>5</sup> <center>x</center>\n\n![gone](gone.png) [data](more.txt)\n"
	for _, f := range []files{good(), legacy()} {
		folder := "statement"
		if _, ok := f["statement/problem.en.md"]; !ok {
			folder = "problem_statement"
		}
		f = f.with(folder+"/problem.en.md", source).with(folder+"/img/tree.png", "png").with(folder+"/more.txt", "more").with(folder+"/notes.txt", "not told")
		p := mustLoad(t, f, "")
		want := []judge.File{{Name: "img/tree.png", Data: []byte("png")}, {Name: "more.txt", Data: []byte("more")}}
		if !reflect.DeepEqual(p.StatementFiles, want) || p.StatementFile != "" || string(p.Statement) != source {
			t.Errorf("files: got %q", p.StatementFiles)
		}
		if got, want := p.Warnings.Error(), folder+"/problem.en.md:6: <center> is shown as text; write \\< where a < is meant; of HTML only sup, sub, br and tables are shown\n"+
			folder+"/problem.en.md:8: there is no gone.png beside the statement; put the file into "+folder; got != want {
			t.Errorf("warnings:\n%s\nwant\n%s", got, want)
		}
	}
}

// A statement in another form than Markdown is a file to be offered, in LaTeX
// with what it is typeset from.
func TestLoadStatementInOtherForms(t *testing.T) {
	for _, c := range []struct {
		forms []string
		file  string
		all   []string
	}{
		{[]string{"problem.pdf"}, "problem.pdf", []string{"problem.pdf"}},
		{[]string{"problem.de.tex", "problem.en.tex"}, "problem.en.tex", []string{"problem.en.tex", "img/tree.EPS", "tree.png"}},
		{[]string{"problem.en.tex", "problem.en.pdf"}, "problem.en.pdf", []string{"problem.en.pdf"}},
	} {
		f := good().without("statement/problem.en.md").with("statement/tree.png", "png").with("statement/img/tree.EPS", "eps").with("statement/macros.txt", "")
		for _, form := range c.forms {
			f = f.with("statement/"+form, form)
		}
		p := mustLoad(t, f, "")
		var all []string
		for _, file := range p.StatementFiles {
			all = append(all, file.Name)
		}
		if p.StatementFile != c.file || !slices.Equal(all, c.all) || len(p.Statement) > 0 || !strings.Contains(p.Warnings.Error(), c.file+": a statement in ") {
			t.Errorf("%q: got %q with %q, warnings %v", c.forms, p.StatementFile, all, p.Warnings)
		}
	}
}

func TestLargeFilesOfAStatementAreLeftOut(t *testing.T) {
	f := good().with("statement/problem.en.md", "![a](a.png)\n").with("statement/a.png", strings.Repeat("x", maxStatementFile+1))
	if p := mustLoad(t, f, ""); len(p.StatementFiles) != 0 || len(p.Warnings) != 1 || p.Warnings[0].File != "statement/a.png" {
		t.Errorf("got %d files, warnings %v", len(p.StatementFiles), p.Warnings)
	}
}

// The drafts of 2023 have names of both formats.
func TestLoadDraft(t *testing.T) {
	f := good().with("problem.yaml", `problem_format_version: 2023-07-draft
name: {en: Sum}
author: A
validation: default
validator_flags: case_sensitive
limits: {time_limit: 2.0, memory: 1024}
`).with("data/secret/testdata.yaml", "output_validator_flags: space_change_sensitive\n")
	p := mustLoad(t, f, "")
	if v := p.Validation; !v.CaseSensitive || !v.SpaceSensitive || p.Limits.Time != 2*time.Second {
		t.Errorf("got %+v, %+v", p.Validation, p.Limits)
	}
}

// Every problem of this repository can be read.
func TestOwnPackages(t *testing.T) {
	paths, err := filepath.Glob("../../problems/*/problem.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no packages: %v", err)
	}
	for _, path := range paths {
		for _, set := range []string{"full", "demo"} {
			p, err := Load(filepath.Dir(path), Options{TestSet: set})
			if err != nil {
				t.Errorf("%s: %v", path, err)
			} else if len(p.Warnings) > 0 {
				t.Errorf("%s: warnings: %v", path, p.Warnings)
			}
		}
	}
}

func TestLoadGenerated(t *testing.T) {
	p := mustLoad(t, generated(), "demo")
	want := []GeneratedCase{
		{"valid", 1, "secret/valid-001", true}, {"valid", 2, "secret/valid-002", true},
		{"invalid", 1, "secret/invalid-001", false}, {"invalid", 2, "secret/invalid-002", false},
	}
	if !slices.Equal(p.Generator.Cases, want) {
		t.Errorf("cases: got %v, want %v", p.Generator.Cases, want)
	}
	if got, want := p.Generator.Arguments(want[1]), []string{"valid", "2", "20260204", "one", "2"}; !slices.Equal(got, want) {
		t.Errorf("arguments: got %q, want %q", got, want)
	}
	if p.Threads != 8 || p.StopAfterTimeouts != 5 || !slices.Equal(p.Boards, []judge.Board{judge.CPUBoard}) ||
		!slices.Equal(p.CompilerFlags, []string{"-march=native", "-DLOCAL=0"}) {
		t.Errorf("got %+v", p.Problem)
	}
	if full := mustLoad(t, generated(), "full"); len(full.Generator.Cases) != 5 || full.Generator.Key() != p.Generator.Key() {
		t.Errorf("full set: got %d cases, key %s; the demo set's key is %s", len(full.Generator.Cases), full.Generator.Key(), p.Generator.Key())
	}
}

// TestSeedFollowsFromTheSecret: a generator without a seed of its own has
// another one in each contest, and the same in each trial.
func TestSeedFollowsFromTheSecret(t *testing.T) {
	own := generated()
	none := own.with("judge.yaml", strings.Replace(own["judge.yaml"], "  seed: 20260204\n", "", 1))
	read := func(pkg files, s judge.Secret) *Generator {
		t.Helper()
		p, err := Load(pkg.write(t), Options{Secret: s})
		if err != nil {
			t.Fatal(err)
		}
		return p.Generator
	}
	a, b := judge.NewSecret(), judge.NewSecret()
	if one, two := read(own, a), read(own, b); one.Seed != 20260204 || one.Key() != two.Key() {
		t.Errorf("with a seed of its own: got %d, and two keys: %v", one.Seed, one.Key() != two.Key())
	}
	one, two, trial := read(none, a), read(none, b), read(none, "")
	if one.Seed == two.Seed || one.Key() == two.Key() || trial.Seed == one.Seed {
		t.Errorf("without: seeds %d, %d and %d", one.Seed, two.Seed, trial.Seed)
	}
	if again := read(none, a); again.Seed != one.Seed || again.Key() != one.Key() {
		t.Errorf("read again: got seed %d, want %d", again.Seed, one.Seed)
	}
}

// TestFresh: a final's tests are others than the problem's, under other names,
// and the same whenever the package is read.
func TestFresh(t *testing.T) {
	pkg := generated()
	pkg["judge.yaml"] += "final: {tests: fresh}\n"
	p := mustLoad(t, pkg, "demo")
	if !p.FreshFinal || p.Feedback != judge.TimesFeedback {
		t.Errorf("got fresh %v and feedback %q", p.FreshFinal, p.Feedback)
	}
	if told := mustLoad(t, pkg.with("judge.yaml", pkg["judge.yaml"]+"feedback: verdicts\n"), "demo"); told.Feedback != judge.VerdictFeedback {
		t.Errorf("with feedback of verdicts: got %q", told.Feedback)
	}
	fresh, err := p.Fresh(7)
	if err != nil {
		t.Fatal(err)
	}
	want := []GeneratedCase{
		{"valid", 1, "fresh/valid-001", true}, {"valid", 2, "fresh/valid-002", true},
		{"invalid", 1, "fresh/invalid-001", false}, {"invalid", 2, "fresh/invalid-002", false},
	}
	if !slices.Equal(fresh.Generator.Cases, want) || fresh.Generator.Seed != 7 || len(fresh.Tests) != 0 {
		t.Errorf("got %+v, tests %v", fresh.Generator, fresh.Tests)
	}
	if p.Generator.Seed == 7 || p.Generator.Cases[0].Name != "secret/valid-001" || fresh.Generator.Key() == p.Generator.Key() || fresh.Version == p.Version {
		t.Errorf("the package itself: %+v", p.Generator)
	}
	if other, err := p.Fresh(8); err != nil || other.Generator.Key() == fresh.Generator.Key() {
		t.Errorf("another seed: %v", err)
	}
	if again, err := fresh.Reload(); err != nil || again.Generator.Key() != fresh.Generator.Key() {
		t.Errorf("read again: %v", err)
	}
	if kind, own := FreshKind("fresh/in-valid-002"); kind != "in-valid" || own != "secret/in-valid-002" {
		t.Errorf("got kind %q, own %q", kind, own)
	}
	if _, err := mustLoad(t, good(), "full").Fresh(7); !errors.Is(err, judge.ErrInvalid) {
		t.Errorf("without a generator: got %v", err)
	}
}

// A new judge must not take a package for another than an older one did: all of a
// contest's judgings would be outdated.
func TestVersionsStay(t *testing.T) {
	if got := mustLoad(t, good(), "").Version; got != "006d25bdbaf1da15800fcc12c0c7ae1183feb884202f2fb91a72451d8974e684" {
		t.Errorf("a plain package has the version %s", got)
	}
	p := mustLoad(t, generated().with("include/cpp/a.h", "// a\n").with("data/secret/b/1.in", "in").with("data/secret/b/1.ans", "ans").
		with("judge.yaml", generated()["judge.yaml"]+"reference: accepted/plain.cpp\n"), "")
	if p.Version != "165eed7188f1fd8e0f6f232ea9c9dc0da87bf731c81753214a2038b036264310" || p.Generator.Key() != "6e12884369eca1d602e195ad28b97a5ceffc63424d394a6415c84a9e39d9e9d6" {
		t.Errorf("with a generator: version %s, key %s", p.Version, p.Generator.Key())
	}
	dir := t.TempDir()
	for _, c := range p.Generator.Cases {
		put(t, c.InputPath(dir), "in "+c.Name)
		put(t, c.AnswerPath(dir), "ans "+c.Name)
	}
	if made, err := p.WithGenerated(dir); err != nil || made.Version != "81c55f6775b9869020e2c9891d1d48c84e637e5e717dd8e6b0d2188d4a7824fb" {
		t.Errorf("generated: version %s, %v", made.Version, err)
	} else if f, ok := made.Files.Find(judge.InputRole, "secret/valid-002.in"); !ok || f.SHA256 != sha256Of("in secret/valid-002") {
		t.Errorf("its files: %v", made.Files)
	}
	if fresh, err := p.Fresh(7); err != nil || fresh.Version != "39983f8d9dc7b8d5aee722e4f6c1822d75cb245d88adc8420622b3df82df6b5a" {
		t.Errorf("fresh: version %s, %v", fresh.Version, err)
	}
}

func sha256Of(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestWithGenerated(t *testing.T) {
	p := mustLoad(t, generated(), "demo")
	dir := t.TempDir()
	if _, err := p.WithGenerated(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("before generation: got %v, want ErrNotExist", err)
	}
	for _, c := range p.Generator.Cases {
		put(t, c.InputPath(dir), "in "+c.Name)
		put(t, c.AnswerPath(dir), "ans "+c.Name)
	}
	put(t, p.Generator.Cases[0].DescriptionPath(dir), "the first\n")
	first, err := p.WithGenerated(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"sample/1", "secret/invalid-001", "secret/invalid-002", "secret/valid-001 timed", "secret/valid-002 timed"}
	if got := names(first.Tests); !slices.Equal(got, want) {
		t.Errorf("tests: got %q, want %q", got, want)
	}
	if got := first.Tests[3].Description; got != "the first" {
		t.Errorf("description: got %q", got)
	}
	if first.Version == p.Version || len(p.Tests) != 1 {
		t.Error("the package itself changed, or its version says nothing of the generated tests")
	}
	again, err := p.WithGenerated(dir)
	if err != nil || again.Version != first.Version {
		t.Errorf("again: got version %s, error %v; want %s", again.Version, err, first.Version)
	}
	put(t, p.Generator.Cases[1].AnswerPath(dir), "another answer")
	changed, err := p.WithGenerated(dir)
	if err != nil || changed.Version == first.Version {
		t.Errorf("another answer: got version %s, error %v", changed.Version, err)
	}
	put(t, filepath.Join(dir, sumsFile), "null")
	if again, err := p.WithGenerated(dir); err != nil || again.Version != changed.Version {
		t.Errorf("without known hashes: got version %s, error %v; want %s", again.Version, err, changed.Version)
	}
}

// A program that hangs on every test case is stopped even where judge.yaml does not
// say so; who wants all of them run writes 0, which is another version. A package
// from elsewhere has no judge.yaml: it is ranked by what its limit is of.
func TestDefaultsOfRules(t *testing.T) {
	imported := mustLoad(t, legacy(), "")
	if imported.StopAfterTimeouts != 1 || !slices.Equal(imported.Boards, []judge.Board{judge.CPUBoard}) {
		t.Errorf("without judge.yaml: stops after %d time-outs, boards %v; want 1, [cpu]", imported.StopAfterTimeouts, imported.Boards)
	}
	if p := mustLoad(t, legacy().without(".timelimit").with("judge.yaml", "time_limit: 3\n"), ""); p.Version != imported.Version || !slices.Equal(p.Boards, imported.Boards) {
		t.Errorf("with its time limit in judge.yaml: boards %v, the same version %v", p.Boards, p.Version == imported.Version)
	}
	silent := mustLoad(t, good().with("judge.yaml", "threads: 1\n"), "")
	if silent.StopAfterTimeouts != 5 || !slices.Equal(silent.Boards, []judge.Board{judge.RealBoard, judge.CPUBoard}) {
		t.Errorf("in a judge.yaml that does not say it: stops after %d, boards %v; want 5, [real cpu]", silent.StopAfterTimeouts, silent.Boards)
	}
	if p := mustLoad(t, good().with("judge.yaml", "stop_after_timeouts: 0\n"), ""); p.StopAfterTimeouts != 0 || p.Version == silent.Version {
		t.Errorf("with 0: %d, the same version %v; want 0 and another", p.StopAfterTimeouts, p.Version == silent.Version)
	}
}

// A version changes with everything that can change a verdict, and with
// nothing else.
func TestVersion(t *testing.T) {
	base := generated().with("include/cpp/a.h", "//\n").with("data/secret/1.in", "").with("data/secret/1.ans", "")
	version := mustLoad(t, base, "").Version
	for path, changes := range map[string]bool{
		"data/secret/1.in": true, "data/secret/1.ans": true, "include/cpp/a.h": true, "generators/generate.cpp": true, "data/sample/1.ans": true,
		"statement/problem.en.md": false, "submissions/accepted/plain.cpp": false, "input_validators/validate.cpp": false, "README": false,
	} {
		if got := mustLoad(t, base.with(path, "// other\n"), "").Version; (got != version) != changes {
			t.Errorf("%s: version changed: %v, want %v", path, got != version, changes)
		}
	}
	settings := base["problem.yaml"]
	for text, changes := range map[string]bool{
		settings: false, settings + "license: cc by\n": false, settings + "  memory: 100\n": true, settings + "  time_resolution: 1.0\n": false,
	} {
		if got := mustLoad(t, base.with("problem.yaml", text), "").Version; (got != version) != changes {
			t.Errorf("%q: version changed: %v, want %v", text, got != version, changes)
		}
	}
}

func TestLoadMissingFolder(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "sum"), Options{}); !errors.Is(err, judge.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if _, err := Load(good().write(t), Options{TestSet: "tiny"}); !errors.Is(err, judge.ErrInvalid) {
		t.Errorf("an unknown test set: got %v, want ErrInvalid", err)
	}
}

func TestUnchanged(t *testing.T) {
	dir := good().write(t)
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, change := range map[string]func(){
		"saved":   func() { put(t, filepath.Join(dir, "problem.yaml"), "name: Other\n") },
		"added":   func() { put(t, filepath.Join(dir, "data/secret/2.in"), "") },
		"removed": func() { os.Remove(filepath.Join(dir, "data/secret/2.in")) },
	} {
		put(t, filepath.Join(dir, "data/secret/2.in"), "")
		if name == "added" {
			os.Remove(filepath.Join(dir, "data/secret/2.in"))
		}
		tree, err := scan(root, dir, new(findings))
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.unchanged(); err != nil {
			t.Errorf("%s: before: got %v", name, err)
		}
		change()
		if err := tree.unchanged(); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: got %v, want ErrChanged", name, err)
		}
	}
}

// What is loaded while files are saved is the old or the new version, or an
// error, never a mixture.
func TestLoadWhileSaving(t *testing.T) {
	const head = "problem_format_version: 2025-09\nname: Sum\nlimits:\n  time_limit: "
	versions := []string{head + "2.0\n  memory: 200\n", head + "4.0\n  memory: 400\n"}
	dir := good().with("problem.yaml", versions[0]).write(t)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				if err := os.WriteFile(filepath.Join(dir, "problem.yaml"), []byte(versions[i%2]), 0o644); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	for range 100 {
		p, err := Load(dir, Options{})
		var errs Errors
		switch {
		case err == nil && int64(p.Limits.Time/time.Second)*100 != p.Limits.MemoryBytes>>20:
			t.Errorf("a mixture: %+v", p.Limits)
		case err != nil && !errors.Is(err, ErrChanged) && !errors.As(err, &errs):
			t.Errorf("got %v", err)
		}
	}
	close(stop)
	<-stopped
}

func BenchmarkLoad(b *testing.B) {
	f := generated()
	for i := range 200 {
		name := "data/secret/" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		f[name+".in"], f[name+".ans"] = "in", "ans"
	}
	dir := f.write(b)
	for b.Loop() {
		if _, err := Load(dir, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The reference tool gives the validator the flags of problem.yaml and then those of
// the test group: a tolerance of the first holds beside what the second says.
func TestFlagsOfProblemAndGroupAreJoined(t *testing.T) {
	f := legacy().with("problem.yaml", "name: Sum\nvalidator_flags: float_tolerance 1e-4\n").
		with("data/testdata.yaml", "output_validator_flags: space_change_sensitive\n").
		with("data/secret/testdata.yaml", "output_validator_flags: case_sensitive\n").
		with("data/sample/testdata.yaml", "output_validator_flags: case_sensitive\n")
	v := mustLoad(t, f, "").Validation
	if v.RelativeTolerance == nil || *v.RelativeTolerance != 1e-4 || !v.CaseSensitive || v.SpaceSensitive {
		t.Errorf("got %+v, want the tolerance of problem.yaml and the flags of data/secret", v)
	}
}

// What no verdict depends on is passed over, each with a warning.
func TestWhatChangesNoVerdictIsAWarning(t *testing.T) {
	f := legacy().with("problem.yaml", "name: Sum\ngrading: {show_test_data_groups: true}\n")
	silent := mustLoad(t, f, "").Version
	for _, p := range []string{
		"notes.txt", "problem.pdf", "Solution sketch.pdf", "input_visualizer/v.py", "input_generators/g.py", "docs/a.md",
		"data/gen.py", "data/Makefile", "data/notes.md", "data/secret/gen.cpp", "data/secret/sketch.pdf", "data/secret/7.desc",
		"data/invalid_input/1.in", "data/valid_output/1.in", "data/sample/1.interaction", "data/sample/1.in.statement", "data/secret/1.out",
		"input_validators/v.py", "input_validators/v.ctd", "input_validators/built/build", "submissions/partially_accepted/a.cpp", "submissions/submissions.yaml",
	} {
		f[p] = ""
	}
	f["input_validators/built/a.cpp"] = solution
	f["domjudge-problem.ini"] = "name=Sum\ntimelimit=3\nallow_submit=0\n"
	f["data/secret/1.yaml"] = "full_feedback: true\n"
	p := mustLoad(t, f, "")
	if len(p.InputValidators) != 1 || p.Version != silent {
		t.Errorf("got validators %v, another version %v", p.InputValidators, p.Version != silent)
	}
	golden(t, "warnings.golden", p.Warnings.Error()+"\n")
}

// TestWarningsComeWithErrors: whoever mends a package sees at once what it has no
// effect with.
func TestWarningsComeWithErrors(t *testing.T) {
	dir := good().with("notes.txt", "").with("judge.yaml", "threads: 0\n").write(t)
	p, err := Load(dir, Options{})
	if !errors.Is(err, judge.ErrInvalid) || p == nil || len(p.Warnings) != 1 || p.Warnings[0].File != "notes.txt" || len(p.Tests) > 0 {
		t.Errorf("got %+v and %v, want nothing but the warning about notes.txt", p, err)
	}
}

func TestInputArgs(t *testing.T) {
	p := mustLoad(t, good().with("data/testdata.yaml", "input_validator_flags: --max 5\n").
		with("data/secret/test_group.yaml", "input_validator_args: {validate: [--max, \"10\"], other: [x]}\n").
		with("data/secret/1.yaml", "input_validator_args: [--one]\n").
		with("data/secret/2.in", "").with("data/secret/2.ans", ""), "")
	for test, want := range map[string]string{"sample/1": "[--max 5]", "secret/1": "[--one]", "secret/2": "[--max 10]"} {
		if got := fmt.Sprint(p.InputArgs(p.InputValidators[0], judge.TestCase{Name: test})); got != want {
			t.Errorf("%s: got %s, want %s", test, got, want)
		}
	}
	if got := p.InputArgs(Program{Name: "input_validators/third.cpp"}, judge.TestCase{Name: "secret/2"}); got != nil {
		t.Errorf("a validator that is not named: got %q", got)
	}
}

// A problem type is known to who runs problems; reading one takes what it is told.
func TestLoadType(t *testing.T) {
	f := good().with("problem.yaml", good()["problem.yaml"]+"type: [pass-fail, echo]\n")
	dir := f.write(t)
	if _, err := Load(dir, Options{}); err == nil || !strings.Contains(err.Error(), `type "echo": not supported yet`) {
		t.Errorf("an unknown type: %v", err)
	}
	p, err := Load(dir, Options{Types: []judge.ProblemType{judge.PassFail, "echo"}})
	if err != nil || p.Type != "echo" {
		t.Fatalf("got type %q, %v", p.Type, err)
	}
	if plain := mustLoad(t, good(), ""); plain.Type != judge.PassFail || plain.Version == p.Version {
		t.Errorf("a problem of another type has the same version %s", p.Version)
	}
}

// A package names one of the scoring rules that there are.
func TestScoringRule(t *testing.T) {
	f := legacy().with("judge.yaml", "scoring: points\n")
	if p, err := Load(f.write(t), Options{Rules: []string{"passed", "points"}}); err != nil || p.Scoring != "points" {
		t.Errorf("got %v, %v", p, err)
	}
	if _, err := Load(f.write(t), Options{Rules: []string{"passed"}}); err == nil || !strings.Contains(err.Error(), `"points" is not possible here`) {
		t.Errorf("a rule that there is not: %v", err)
	}
	if p := mustLoad(t, legacy(), ""); p.Scoring != "" {
		t.Errorf("by default: %q", p.Scoring)
	}
}
