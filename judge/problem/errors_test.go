package problem

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"contest/judge"
)

var update = flag.Bool("update", false, "write the golden file")

// breakage is a package with one thing wrong with it.
type breakage struct {
	name  string
	files files
	at    string // file:line of each error, in order; "-" as the file is the folder itself
}

func settingsLine(line string) files {
	return good().with("problem.yaml", good()["problem.yaml"]+line+"\n")
}

func rulesText(text string) files { return good().with("judge.yaml", text) }

func generatorText(text string) files {
	return good().with("generators/generate.cpp", solution).with("judge.yaml", "generator:\n"+text)
}

func breakages() []breakage {
	g, l := good(), legacy()
	return []breakage{
		{"no problem.yaml", g.without("problem.yaml"), "problem.yaml:0"},
		{"empty problem.yaml", g.with("problem.yaml", ""), "problem.yaml:1"},
		{"only a comment", g.with("problem.yaml", "# nothing\n"), "problem.yaml:1"},
		{"a list", g.with("problem.yaml", "- a\n"), "problem.yaml:1"},
		{"unknown key", g.with("problem.yaml", "problem_format_version: 2025-09\nname: Sum\nlimts:\n  time_limit: 2.0\n"), "problem.yaml:3"},
		{"unknown limit", settingsLine("  memroy: 256"), "problem.yaml:5"},
		{"key twice", settingsLine("name: Other"), "problem.yaml:5"},
		{"no name", g.with("problem.yaml", "problem_format_version: 2025-09\nlimits: {time_limit: 1}\n"), "problem.yaml:1"},
		{"name of two lines", g.with("problem.yaml", "problem_format_version: 2025-09\nname: \"a\\nb\"\nlimits: {time_limit: 1}\n"), "problem.yaml:2"},
		{"language of a name", g.with("problem.yaml", "problem_format_version: 2025-09\nname: {english: a}\nlimits: {time_limit: 1}\n"), "problem.yaml:2"},
		{"unknown format", g.with("problem.yaml", "problem_format_version: 2026-01\nname: Sum\nlimits: {time_limit: 1}\n"), "problem.yaml:1"},
		{"scoring", settingsLine("type: scoring"), "problem.yaml:5"},
		{"interactive", settingsLine("type: [pass-fail, interactive]"), "problem.yaml:5"},
		{"constants", settingsLine("constants: {n: 5}"), "problem.yaml:5"},
		{"embargo", settingsLine("embargo_until: 2030-01-01"), "problem.yaml:5"},
		{"file writing", settingsLine("allow_file_writing: true"), "problem.yaml:5"},
		{"a time limit between two steps", g.with("problem.yaml", "problem_format_version: 2025-09\nname: Sum\nlimits: {time_limit: 1.5, memory: 64}\n"), "problem.yaml:3"},
		{"a time limit between two own steps", g.with("problem.yaml", "problem_format_version: 2025-09\nname: Sum\nlimits: {time_resolution: 0.2, time_limit: 1.5}\n"), "problem.yaml:3"},
		{"languages without C++", settingsLine("languages: [java]"), "problem.yaml:5"},
		{"license", settingsLine("license: cc-by"), "problem.yaml:5"},
		{"uuid", settingsLine("uuid: 5"), "problem.yaml:5"},
		{"a legacy key", settingsLine("validator_flags: case_sensitive"), "problem.yaml:5"},
		{"memory in words", settingsLine("  memory: 256 MiB"), "problem.yaml:5"},
		{"memory in bytes", settingsLine("  memory: 268435456"), "problem.yaml:5"},
		{"memory in octal", settingsLine("  memory: 0400"), "problem.yaml:5"},
		{"memory zero", settingsLine("  memory: 0"), "problem.yaml:5"},
		{"time that is not a number", g.with("problem.yaml", "problem_format_version: 2025-09\nname: Sum\nlimits:\n  time_limit: .nan\n"), "problem.yaml:4"},
		{"time in milliseconds", g.with("problem.yaml", "problem_format_version: 2025-09\nname: Sum\nlimits:\n  time_limit: 5000\n"), "problem.yaml:4"},
		{"a tab", g.with("problem.yaml", "name: Sum\nlimits:\n\ttime_limit: 2\n"), "problem.yaml:3"},
		{"not YAML", g.with("problem.yaml", "name: Sum\nlimits: {time_limit: 2\n"), "problem.yaml:2"},
		{"byte order mark", g.with("problem.yaml", "\xef\xbb\xbf"+g["problem.yaml"]), "problem.yaml:1"},
		{"not UTF-8", g.with("problem.yaml", "name: Sum\nsource: \xe9t\xe9\n"), "problem.yaml:2"},
		{"a zero byte", g.with("problem.yaml", "name: Sum\nsource: \x00\n"), "problem.yaml:2"},
		{"two documents", g.with("problem.yaml", g["problem.yaml"]+"---\nname: Other\n"), "problem.yaml:1"},
		{"anchors", g.with("problem.yaml", "name: &a Sum\nsource: *a\n"), "problem.yaml:1"},
		{"explicit types", g.with("problem.yaml", "name: !!binary U3Vt\n"), "problem.yaml:1"},
		{"huge problem.yaml", g.with("problem.yaml", strings.Repeat("# filler\n", 1<<17)), "problem.yaml:0"},
		{"no time limit", g.with("problem.yaml", "problem_format_version: 2025-09\nname: Sum\n"), "problem.yaml:0"},
		{"no time limit, legacy", legacy().without(".timelimit"), "problem.yaml:0"},
		{"time limit key in legacy", legacy().with("problem.yaml", "name: Sum\nlimits:\n  time_limit: 3\n"), "problem.yaml:3"},
		{"two time limits", legacy().with("judge.yaml", "time_limit: 2.0\n"), "judge.yaml:0"},
		{"two time limits in files", legacy().with("domjudge-problem.ini", "name = Sum\ntimelimit='4'\n"), ".timelimit:0"},
		{"time limit in words", legacy().with(".timelimit", "three\n"), ".timelimit:1"},
		{"time limit of DOMjudge", legacy().with("domjudge-problem.ini", "name = Sum\ntimelimit='x'\n"), "domjudge-problem.ini:2"},
		{"custom validation", legacy().with("problem.yaml", "name: Sum\nvalidation: custom interactive\n"), "problem.yaml:2"},
		{"grading", legacy().with("problem.yaml", "name: Sum\ngrading: custom\n"), "problem.yaml:2"},
		{"what DOMjudge judges with", legacy().with("domjudge-problem.ini", "timelimit = 3 ; seconds\n; special_run = x\nspecial_run = ''\nspecial_compare = \"compare\"\nspecial_compare_args='1'\n"),
			"domjudge-problem.ini:4 domjudge-problem.ini:5"},
		{"two time limits of DOMjudge", legacy().with("domjudge-problem.ini", "timelimit = 3\ntimelimit = 3\n"), "domjudge-problem.ini:2"},
		{"validator flag", legacy().with("problem.yaml", "name: Sum\nvalidator_flags: float_tolerence 1e-6\n"), "problem.yaml:2"},
		{"tolerance missing", legacy().with("problem.yaml", "name: Sum\nvalidator_flags: float_tolerance\n"), "problem.yaml:2"},
		{"flag twice", legacy().with("problem.yaml", "name: Sum\nvalidator_flags: case_sensitive case_sensitive\n"), "problem.yaml:2"},
		{"tolerance twice", legacy().with("problem.yaml", "name: Sum\nvalidator_flags: float_tolerance 1e-6 float_tolerance 1e-9\n"), "problem.yaml:2"},
		{"tolerance of both and of one", legacy().with("problem.yaml", "name: Sum\nvalidator_flags: float_absolute_tolerance 1e-6 float_tolerance 1e-9\n"), "problem.yaml:2"},
		{"tolerance of more digits than are kept", legacy().with("problem.yaml", "name: Sum\nvalidator_flags: float_tolerance 0.12345678901234567890\n"), "problem.yaml:2"},
		{"tolerance in words", legacy().with("problem.yaml", "name: Sum\nvalidator_flags: float_tolerance inf\n"), "problem.yaml:2"},

		{"unknown board", rulesText("boards: [real, memory]\n"), "judge.yaml:1"},
		{"board twice", rulesText("boards: [cpu, cpu]\n"), "judge.yaml:1"},
		{"no boards", rulesText("boards: []\n"), "judge.yaml:1"},
		{"boards as text", rulesText("boards: real\n"), "judge.yaml:1"},
		{"unknown key of judge.yaml", rulesText("thread: 8\n"), "judge.yaml:1"},
		{"key without value", rulesText("threads:\n"), "judge.yaml:1"},
		{"threads", rulesText("threads: 0\n"), "judge.yaml:1"},
		{"threads in words", rulesText("\nthreads: eight\n"), "judge.yaml:2"},
		{"a flag with a file", rulesText("compiler_flags: [-O3, \"-specs=x\", \"-fplugin=x.so\", \"@x\"]\n"), "judge.yaml:1 judge.yaml:1 judge.yaml:1"},
		{"a timed pattern", rulesText("timed: [\"secret/[\"]\n"), "judge.yaml:1"},
		{"a timed pattern for nothing", rulesText("timed: [\"secret/*\", \"secret/large-*\"]\n"), "judge.yaml:1"},
		{"nothing timed", rulesText("timed: []\n"), "judge.yaml:0"},
		{"unknown feedback", rulesText("feedback: time\n"), "judge.yaml:1"},
		{"fresh tests by nobody", rulesText("final: {tests: fresh}\n"), "judge.yaml:1"},
		{"fresh tests that are not timed", generatorText("  program: generators/generate.cpp\n  cases: [{kind: a, timed: false, sets: {full: 1}}]\nfinal:\n  tests: fresh\n"), "judge.yaml:5"},
		{"unknown tests of a final", rulesText("final: {tests: new}\n"), "judge.yaml:1"},
		{"unknown timing", rulesText("timing: wall\n"), "judge.yaml:1"},
		{"a reference for nothing", rulesText("threads: 1\nreference: accepted/planer.cpp\n"), "judge.yaml:2"},
		{"generator without anything", rulesText("generator: {}\n"), "judge.yaml:1 judge.yaml:1"},
		{"generator that is missing", rulesText("generator:\n  program: generators/x.cpp\n  seed: 1\n  cases: [{kind: a, sets: {full: 1}}]\n"), "judge.yaml:2"},
		{"generator elsewhere", generatorText("  program: ../x.cpp\n  seed: 1\n  cases: [{kind: a, sets: {full: 1}}]\n"), "judge.yaml:2"},
		{"seed", generatorText("  program: generators/generate.cpp\n  seed: 0x10\n  cases: [{kind: a, sets: {full: 1}}]\n"), "judge.yaml:3"},
		{"kind twice", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases:\n    - {kind: a, sets: {full: 1}}\n    - {kind: a, sets: {full: 1}}\n"), "judge.yaml:6"},
		{"kind name", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases:\n    - {kind: ../a, sets: {full: 1}}\n"), "judge.yaml:5"},
		{"kind without name", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases:\n    - {sets: {full: 1}}\n"), "judge.yaml:5"},
		{"kind without sets", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases:\n    - {kind: a}\n"), "judge.yaml:5"},
		{"unknown set", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases:\n    - {kind: a, sets: {full: 1, dmeo: 1}}\n"), "judge.yaml:5"},
		{"no full set", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases:\n    - {kind: a, sets: {demo: 1}}\n"), "judge.yaml:5"},
		{"too many cases", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases:\n    - {kind: a, sets: {full: 1000}}\n"), "judge.yaml:5"},
		{"a generated name is taken", generatorText("  program: generators/generate.cpp\n  seed: 1\n  cases: [{kind: a, sets: {full: 1}}]\n").
			with("data/secret/a-001.in", "").with("data/secret/a-001.ans", ""), "data/secret/a-001.in:0"},
		{"generator without C++", good().with("generators/g/generate.py", "").
			with("judge.yaml", "generator:\n  program: generators/g\n  seed: 1\n  cases: [{kind: a, sets: {full: 1}}]\n"), "generators/g:0"},

		{"no answer", g.without("data/secret/1.ans").with("data/secret/2.in", "").with("data/secret/2.ans", ""), "data/secret/1.in:0"},
		{"no input", g.with("data/secret/3.ans", ""), "data/secret/3.ans:0"},
		{"no secret data", g.without("data/secret/1.in", "data/secret/1.ans"), "data/secret:0"},
		{"answer too large", settingsLine("  output: 1").with("data/secret/1.ans", strings.Repeat("x", 1<<20+1)), "data/secret/1.ans:0"},
		{"a misspelt answer", g.with("data/secret/1.asn", ""), "data/secret/1.asn:0"},
		{"settings of a test case", g.with("data/secret/1.yaml", "hint: x\noutput_validator_args: [x]\n"), "data/secret/1.yaml:2"},
		{"arguments of a submission", g.with("data/secret/1.args", "x\n"), "data/secret/1.args:0"},
		{"an argument that no program takes", g.with("data/secret/1.yaml", "args: [a, \"b\\0\"]\n"), "data/secret/1.yaml:1"},
		{"a long argument of a validator", g.with("data/secret/1.yaml", "hint: x\ninput_validator_args: {v: ["+strings.Repeat("x", 5000)+"]}\n"), "data/secret/1.yaml:2"},
		{"many arguments", g.with("data/secret/test_group.yaml", "args: ["+strings.Repeat("x, ", 300)+"]\n"), "data/secret/test_group.yaml:1"},
		{"files of no test case", g.with("data/secret/2.files/a.in", ""), "data/secret/2.files:0"},
		{"files within files", g.with("data/secret/1.files/2.files/a.in", ""), "data/secret/1.files/2.files/a.in:0"},
		{"test groups", g.with("data/secret/group/testdata.yaml", ""), "data/secret/group/testdata.yaml:0"},
		{"scores", g.with("data/secret/test_group.yaml", "max_score: 50\n"), "data/secret/test_group.yaml:1"},
		{"on_reject", g.with("data/secret/testdata.yaml", "on_reject: continue\n"), "data/secret/testdata.yaml:1"},
		{"flags of a group", g.with("data/secret/test_group.yaml", "\noutput_validator_args: [case]\n"), "data/secret/test_group.yaml:2"},
		{"other flags for samples", g.with("data/sample/test_group.yaml", "output_validator_args: [case_sensitive]\n"), "data/sample:0"},
		{"another folder of data", g.with("data/secert/1.in", ""), "data/secert:0"},

		{"no statement", g.without("statement/problem.en.md"), "statement:0"},
		{"empty statement", g.with("statement/problem.en.md", " \n"), "statement/problem.en.md:0"},
		{"statement not UTF-8", g.with("statement/problem.en.md", "a\n\xff\n"), "statement/problem.en.md:2"},
		{"a place for a sample", g.with("statement/problem.en.md", "a\n\n{{nextsample}}\n"), "statement/problem.en.md:3"},
		{"two statements", g.with("problem_statement/problem.en.md", "a\n"), "problem_statement:0"},

		{"an output validator in Python", g.with("output_validator/validate.py", ""), "output_validator/validate.py:0"},
		{"an output validator with a script", g.with("output_validator/v/v.cpp", solution).with("output_validator/v/build", ""), "output_validator/v:0"},
		{"a legacy folder of output validators", g.with("output_validators/validate.cpp", solution), "output_validators:0"},
		{"an output validator beside the default one", l.with("output_validators/validate.cpp", solution), "output_validators:0"},
		{"no output validator", l.with("problem.yaml", "name: Sum\nvalidation: custom\n"), "output_validators:0"},
		{"several output validators", l.with("problem.yaml", "name: Sum\nvalidation: custom\n").with("output_validators/a.cpp", solution).with("output_validators/b.cpp", solution), "output_validators:0"},
		{"an interactive problem", l.with("problem.yaml", "name: Sum\nvalidation: custom interactive\n"), "problem.yaml:2"},
		{"graders", g.with("graders/g.py", ""), "graders:0"},
		{"unknown folder", g.with("submission/accepted/a.cpp", ""), "submission:0"},
		{"folder as a file", g.without("statement/problem.en.md").with("statement", "x"), "statement:0"},
		{"file name", g.with("data/secret/my test.in", ""), "data/secret/my test.in:0"},
		{"hostile file name", g.with("data/secret/\x1b[2J\u202e.in", ""), `data/secret/\x1b[2J\u202e.in:0`},
		{"included folder", g.with("include/cpp/sub/a.h", ""), "include/cpp/sub:0"},

		{"no accepted example", g.without("submissions/accepted/plain.cpp").with("submissions/wrong_answer/a.cpp", solution), "submissions/accepted:0"},
		{"accepted in Python only", g.without("submissions/accepted/plain.cpp").with("submissions/accepted/a.py", ""), "submissions/accepted:0"},
		{"unknown verdict", g.with("submissions/wrong-answer/a.cpp", solution), "submissions/wrong-answer:0"},
		{"a header as example", g.with("submissions/accepted/a.h", solution), "submissions/accepted/a.h:0"},
		{"an example too large", settingsLine("  code: 1").with("submissions/accepted/a.cpp", strings.Repeat("//\n", 400)), "submissions/accepted/a.cpp:0"},
		{"an example that is binary", g.with("submissions/accepted/a.cpp", "\x00"), "submissions/accepted/a.cpp:0"},
		{"an empty example", g.with("submissions/accepted/a.cpp", ""), "submissions/accepted/a.cpp:0"},
		{"a nested example", g.with("submissions/accepted/a/b/c.cpp", solution), "submissions/accepted/a/b/c.cpp:0"},
		{"a program for nothing", g.with("check.cpp", solution), "check.cpp:0"},

		{"many things at once", g.without("data/secret/1.ans", "statement/problem.en.md").
			with("problem.yaml", "nam: Sum\nlimits: {memory: x}\nvalidation: custom score\n").with("judge.yaml", "threads: x\n"),
			"data/secret/1.in:0 judge.yaml:1 problem.yaml:0 problem.yaml:1 problem.yaml:2 problem.yaml:3 statement:0"},
		{"one key does not hide another", g.without("data/secret/1.in", "data/secret/1.ans").with("problem.yaml", "problem_format_version: 2025-09\nlicense: mine\n").
			with("judge.yaml", "threads: 0\n"), "data/secret:0 judge.yaml:1 problem.yaml:0 problem.yaml:1 problem.yaml:2"},
	}
}

func TestErrors(t *testing.T) {
	var all strings.Builder
	for _, b := range breakages() {
		t.Run(b.name, func(t *testing.T) {
			errs := loadErrors(t, b.files.write(t))
			var at []string
			for _, e := range errs {
				at = append(at, fmt.Sprintf("%s:%d", e.File, e.Line))
				if e.Message == "" || strings.ContainsFunc(e.Error(), func(r rune) bool { return r < ' ' }) {
					t.Errorf("a message for people: %q", e.Error())
				}
			}
			if got := strings.Join(at, " "); got != b.at {
				t.Errorf("got errors at %s, want %s\n%v", got, b.at, errs)
			}
			if !errors.Is(errs, judge.ErrInvalid) {
				t.Error("the errors do not wrap ErrInvalid")
			}
			fmt.Fprintf(&all, "# %s\n%v\n", b.name, errs)
		})
	}
	golden(t, "errors.golden", all.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		put(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wants := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wants) || wants[i] != line {
			t.Fatalf("%s:%d: got %q, want %q (go test -update writes the file)", path, i+1, line, wants[min(i, len(wants)-1)])
		}
	}
}

// A machine cannot give what it has not; what it has is a limit like any other.
func TestMemoryOfTheMachine(t *testing.T) {
	opt := Options{MemoryBytes: 24 << 30}
	_, err := Load(settingsLine("  memory: 999999\n  compilation_memory: 30000").write(t), opt)
	want := "problem.yaml:5: 999999 MiB is more than the 24576 MiB that this machine has; lower the limit, or judge on a machine with more memory\n" +
		"problem.yaml:6: 30000 MiB is more than the 24576 MiB that this machine has; lower the limit, or judge on a machine with more memory"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := Load(settingsLine("  memory: 24576").write(t), opt); err != nil {
		t.Errorf("all that the machine has: %v", err)
	}
	if p, err := Load(good().write(t), Options{MemoryBytes: 1 << 30}); err != nil || len(p.Warnings) != 1 || !strings.Contains(p.Warnings.Error(), "2048 MiB is more than the 1024 MiB") {
		t.Errorf("a machine with less than the default: %v, %v", p.Warnings, err)
	}
}

func TestFolderName(t *testing.T) {
	dir := good().write(t)
	bad := filepath.Join(filepath.Dir(dir), "My Problem")
	if err := os.Rename(dir, bad); err != nil {
		t.Fatal(err)
	}
	want := `"My Problem" cannot be the name of a problem; rename the folder: lower-case letters, digits and '-'`
	if got := loadErrors(t, bad).Error(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSpecialFiles(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	put(t, outside, "not ours")
	for name, test := range map[string]struct {
		make func(dir string) error
		want string
	}{
		"link out of the package": {func(d string) error { return os.Symlink(outside, filepath.Join(d, "include/cpp/a.h")) }, "include/cpp/a.h"},
		"relative link out":       {func(d string) error { return os.Symlink("../../../x", filepath.Join(d, "include/cpp/a.h")) }, "include/cpp/a.h"},
		"dangling link":           {func(d string) error { return os.Symlink("b.h", filepath.Join(d, "include/cpp/a.h")) }, "include/cpp/a.h"},
		"loop":                    {func(d string) error { return os.Symlink("a.h", filepath.Join(d, "include/cpp/a.h")) }, "include/cpp/a.h"},
		"link to a folder":        {func(d string) error { return os.Symlink("../../data", filepath.Join(d, "include/cpp/a")) }, "include/cpp/a"},
		"fifo":                    {func(d string) error { return syscall.Mkfifo(filepath.Join(d, "data/secret/2.in"), 0o600) }, "data/secret/2.in"},
		"fifo as settings":        {func(d string) error { return syscall.Mkfifo(filepath.Join(d, "judge.yaml"), 0o600) }, "judge.yaml"},
	} {
		dir := good().with("include/cpp/x.h", "").write(t)
		if err := test.make(dir); err != nil {
			t.Fatal(err)
		}
		if errs := loadErrors(t, dir); len(errs) != 1 || errs[0].File != test.want {
			t.Errorf("%s: got %v, want an error in %s", name, errs, test.want)
		}
	}
	dir := good().with("include/cpp/x.h", "").write(t)
	if err := os.Symlink("../sample/1.in", filepath.Join(dir, "data/secret/2.in")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "data/secret/2.ans"), "3\n")
	if _, err := Load(dir, Options{}); err != nil {
		t.Errorf("a link inside the package: %v", err)
	}
}

func TestCompilerFlags(t *testing.T) {
	for _, flag := range []string{
		"-O3", "-Ofast", "-O", "-march=native", "-mtune=znver4", "-mavx2", "-msse4.2", "-mno-avx512f", "-funroll-loops", "-flto", "-fno-exceptions",
		"-std=c++23", "-std=gnu++2b", "-DNDEBUG", "-DN=5", "-DX=", "-Wall", "-Wno-unused", "-Werror=return-type", "-g", "-g3", "-ffp-contract=fast",
	} {
		if !safeFlag(flag) {
			t.Errorf("%s is refused", flag)
		}
	}
	for _, flag := range []string{
		"", "-", "-o", "-ox", "-Iinclude", "-L.", "-lm", "-include", "x.cpp", "@file", "-Wl,-T,x", "-Wa,x", "-Wp,-MD,x", "-Wl", "-wrapper", "-specs=x",
		"-fplugin=x", "-fplugin-arg-x-y=z", "-fprofile-use=x", "-fuse-ld=x", "-fdump-tree-all", "-fopt-info-vec=x", "-B.", "-Xlinker", "-isystem",
		"-D", "-DX=/etc", "-DX Y", "-DX(a)=b", "-O9", "-O3\n", "-mllvm", "-fmodule-file=x", "-fpass-plugin=x", "-std=c++20x", "--sysroot=x", "-save-temps",
		"-fdebug-prefix-map=a=/b", "-frandom-seed=/x", "-W", "-pipe", "-static", "-x", "-E", "-S", "-M", "-fsyntax-only",
	} {
		if safeFlag(flag) {
			t.Errorf("%q is allowed", flag)
		}
	}
}

func TestMeant(t *testing.T) {
	known := []string{"limits", "license", "name"}
	for got, want := range map[string]string{
		"limts": `did you mean "limits"?`, "lmiits": `did you mean "limits"?`, "Name": `did you mean "name"?`,
		"zzz": "known here: license, limits, name", strings.Repeat("name", 1000): "known here: license, limits, name",
	} {
		if hint := judge.Suggest(got, slices.Clone(known)); hint != want {
			t.Errorf("judge.Suggest(%.20q): got %s, want %s", got, hint, want)
		}
	}
}
