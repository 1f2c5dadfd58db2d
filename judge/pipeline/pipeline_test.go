package pipeline

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/timing"
	"contest/sandbox"
)

// newPipeline is one whose times records remember; nil for none.
func newPipeline(records timing.Records) *Pipeline { return New(build.Detect(), records) }

func task(p judge.Problem, text string) Task {
	return Task{Problem: p, Files: []judge.File{{Name: "a.cpp", Data: []byte(text)}}, Report: func(judge.Progress) {}}
}

// packageFiles are a small problem: add two numbers, of generated test cases.
var packageFiles = map[string]string{
	"problem.yaml": "problem_format_version: 2025-09\nname: Sum\nuuid: 7e9cf70d-5eb0-4c75-8d1f-2c1a1f2a3b4c\n" +
		"limits:\n  time_limit: 0.5\n  time_resolution: 0.5\n  memory: 64\n  output: 1\n",
	"judge.yaml": "stop_after_timeouts: 2\ngenerator:\n  program: generators/generate.cpp\n  seed: 7\n  cases:\n" +
		"    - {kind: big, timed: true, sets: {full: 6, demo: 3}}\n",
	"statement/problem.en.md":          "Add.\n",
	"data/sample/1.in":                 "1 2\n",
	"data/sample/1.ans":                "3\n",
	"submissions/accepted/sum.cpp":     sumProgram,
	"submissions/wrong_answer/bad.cpp": "#include <cstdio>\nint main() { std::puts(\"3\"); }\n",
	"input_validators/validate.cpp":    "#include <iostream>\nint main() { long long a, b; return std::cin >> a >> b ? 42 : 43; }\n",
	"generators/generate.cpp": "#include <cstdlib>\n#include <fstream>\nint main(int, char** argv) {\n" +
		"\tlong long a = 3000000000LL + std::atoi(argv[2]), b = std::atoi(argv[3]);\n" +
		"\tstd::ofstream(\"test.in\") << a << ' ' << b << '\\n';\n\tstd::ofstream(\"test.ans\") << a + b << '\\n';\n}\n",
}

const sumProgram = "#include <iostream>\nint main() { long long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }\n"

func writePackage(t *testing.T, changes map[string]string) string {
	t.Helper()
	files := maps.Clone(packageFiles)
	maps.Copy(files, changes)
	return writeFiles(t, files)
}

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sum")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, dir string) judge.Problem {
	t.Helper()
	p, err := newPipeline(nil).Load(t.Context(), dir, LoadOptions{TestSet: "full", Cache: t.TempDir(), Generate: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestJudge(t *testing.T) {
	p := load(t, writePackage(t, nil))
	if len(p.Tests) != 7 {
		t.Fatalf("%d test cases, want a sample and 6 generated", len(p.Tests))
	}
	const read = "#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n#include <unistd.h>\nint main() { long long a, b; std::scanf(\"%lld %lld\", &a, &b);\n"
	memory := sandbox.Check().LimitsMemory()
	saying := map[string]string{
		"wrong": `token 1: got "3", want `, "loops": "the limit is 500ms", "sleeps": "of real time", "aborts": "signal aborted",
		"exits with 1": "exit status 1", "takes memory": "more than 64 MiB", "prints for ever": "more than 1 MiB", "starts a thread": "threads: 1",
	}
	for _, tc := range []struct {
		name, text    string
		verdict       judge.Verdict
		passed, timed int
		failed        string
	}{
		{"right", sumProgram, judge.Accepted, 7, 6, ""},
		{"wrong", read + "std::puts(\"3\"); }", judge.Wrong, 1, 0, "secret/big-001"},
		{"overflow", read + "std::printf(\"%d\", (int)(a + b)); }", judge.Wrong, 1, 0, "secret/big-001"},
		{"loops", read + "if (a > 1) for (volatile bool on = true; on;) {} std::puts(\"3\"); }", judge.TimeOut, 1, 0, "secret/big-001"},
		{"sleeps", read + "if (a > 1) sleep(60); std::puts(\"3\"); }", judge.TimeOut, 1, 0, "secret/big-001"},
		{"aborts", read + "if (a > 3000000001) std::abort(); std::printf(\"%lld\", a + b); }", judge.Crash, 2, 1, "secret/big-002"},
		{"exits with 1", read + "std::printf(\"%lld\", a + b); return 1; }", judge.Crash, 0, 0, "sample/1"},
		{"takes memory", read + "std::printf(\"%lld\", a + b); auto p = static_cast<volatile char*>(std::malloc(1 << 28)); if (a > 1) for (int i = 0; i < 1 << 28; i += 4096) p[i] = 1; }", judge.Memory, 1, 0, "secret/big-001"},
		{"prints for ever", read + "for (;;) std::puts(\"3\"); }", judge.Output, 0, 0, "sample/1"},
		{"does not compile", "int main() { return x; }", judge.Compile, 0, 0, ""},
		{"starts a thread", "#include <thread>\nint main() { std::thread([] {}).join(); }", judge.Crash, 0, 0, "sample/1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.verdict == judge.Memory && !memory {
				t.Skip("no control group for memory: this machine cannot tell MLE")
			}
			pl := newPipeline(nil)
			out, err := pl.Judge(t.Context(), task(p, tc.text))
			j, runs := out.Judging, out.Runs
			if err != nil {
				t.Fatal(err)
			}
			if j.Verdict != tc.verdict || j.Passed != tc.passed || j.TimedPassed != tc.timed || j.FirstFailed != tc.failed || j.Total != 7 {
				t.Errorf("got %s, %d passed (%d timed) of %d, first failed %q; want %s, %d (%d) of 7, %q\n%+v",
					j.Verdict, j.Passed, j.TimedPassed, j.Total, j.FirstFailed, tc.verdict, tc.passed, tc.timed, tc.failed, runs)
			}
			if j.Toolchain != pl.Toolchains[0].Identity {
				t.Errorf("compiled with %q", j.Toolchain)
			}
			var real, cpu time.Duration
			notRun := 0
			for _, r := range runs {
				if said := why(r); r.TestCase == j.FirstFailed && !strings.Contains(said, saying[tc.name]) {
					t.Errorf("it is said %q, want %q", said, saying[tc.name])
				}
				switch {
				case r.Timed && r.Verdict == judge.Accepted:
					real, cpu = real+r.Real, cpu+r.CPU
				case r.Timed:
					real, cpu = real+p.Limits.Time, cpu+p.CPULimit()
				}
				if r.Verdict == judge.NotRun {
					notRun++
				}
			}
			gotReal, gotCPU := j.On(judge.RealBoard).Once.Time(), j.On(judge.CPUBoard).Once.Time()
			if gotReal != real || gotCPU != cpu {
				t.Errorf("totals %v and %v, the timed runs that passed, and the limit for the others, add up to %v and %v", gotReal, gotCPU, real, cpu)
			}
			if want := map[judge.Verdict]int{judge.TimeOut: 4}[tc.verdict]; notRun != want {
				t.Errorf("%d test cases not run, want %d", notRun, want)
			}
		})
	}
}

func TestLoadKeepsJudgingFromWhatItRead(t *testing.T) {
	dir := writePackage(t, nil)
	p := load(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	out, err := newPipeline(nil).Judge(t.Context(), task(p, sumProgram))
	j := out.Judging
	if err != nil || j.Verdict != judge.Accepted {
		t.Errorf("after its folder was removed the problem is judged %s, %v", j.Verdict, err)
	}
}

func TestPruneKeepsWhatIsLoaded(t *testing.T) {
	dir, cache := writePackage(t, nil), t.TempDir()
	opt := LoadOptions{Cache: cache, Generate: true}
	versions := func() int {
		found, err := os.ReadDir(kept(cache))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	if _, err := newPipeline(nil).Load(t.Context(), dir, opt); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data/sample/1.in"), []byte("1  2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := newPipeline(nil).Load(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	if versions() != 2 {
		t.Fatalf("%d versions are kept, want 2", versions())
	}
	if err := Prune(cache, []judge.Problem{p}); err != nil || versions() != 1 {
		t.Errorf("after Prune %d versions are kept, %v; want the loaded one", versions(), err)
	}
	if _, err := os.Stat(p.InputPath(p.Tests[0])); err != nil {
		t.Errorf("the loaded version is gone: %v", err)
	}
	if err := Prune(t.TempDir(), nil); err != nil {
		t.Errorf("without anything kept: %v", err)
	}
}

// TestPruneKeepsTheReferenceAlone is the start of a judge with a package of which
// nothing is kept but the reference: its test cases are generated, it has no
// samples and no included files.
func TestPruneKeepsTheReferenceAlone(t *testing.T) {
	dir, cache := writePackage(t, map[string]string{
		"judge.yaml": packageFiles["judge.yaml"] + "reference: accepted/sum.cpp\n",
	}), t.TempDir()
	if err := os.RemoveAll(filepath.Join(dir, "data/sample")); err != nil {
		t.Fatal(err)
	}
	p, err := newPipeline(nil).Load(t.Context(), dir, LoadOptions{Cache: cache, Generate: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := Prune(cache, []judge.Problem{p}); err != nil {
		t.Fatal(err)
	}
	if files, err := build.ReadFiles(p.Files.Of(judge.ReferenceRole).Paths()); err != nil || len(files) != 1 || string(files[0].Data) != sumProgram {
		t.Errorf("after Prune the reference is %v, error %v", files, err)
	}
}

func TestGeneratedCasesAreKept(t *testing.T) {
	dir, cache := writePackage(t, nil), t.TempDir()
	made := 0
	opt := LoadOptions{TestSet: "demo", Cache: cache, Generate: true, Progress: func(_ string, done, _ int) {
		made = max(made, done)
	}}
	for _, step := range []struct {
		set  string
		want int
	}{{"demo", 3}, {"demo", 0}, {"full", 3}, {"demo", 0}} {
		made, opt.TestSet = 0, step.set
		if _, err := newPipeline(nil).Load(t.Context(), dir, opt); err != nil {
			t.Fatal(err)
		}
		if made != step.want {
			t.Errorf("%s set: %d test cases made, want %d", step.set, made, step.want)
		}
	}
	opt.Generate = false
	if err := os.RemoveAll(filepath.Join(cache, "tests")); err != nil {
		t.Fatal(err)
	}
	p, err := newPipeline(nil).Load(t.Context(), dir, opt)
	if err != nil || len(p.Tests) != 1 {
		t.Errorf("without generating: %d test cases, %v; want the sample only", len(p.Tests), err)
	}
}

func TestBrokenPrograms(t *testing.T) {
	for _, tc := range []struct{ name, file, text, want string }{
		{"generator does not compile", "generators/generate.cpp", "int main() { return x; }", "generators/generate.cpp: it does not compile"},
		{"generator fails", "generators/generate.cpp", "#include <cstdio>\nint main() { std::fputs(\"no luck\", stderr); return 3; }", "status 3: no luck"},
		{"generator writes nothing", "generators/generate.cpp", "int main() {}", "did not write test.ans"},
		{"validator refuses", "input_validators/validate.cpp", "int main() { return 43; }", "does not accept it: status 43"},
		{"validator forgets 42", "input_validators/validate.cpp", "int main() { return 0; }", "does not accept it: status 0"},
		{"example gets another verdict", "submissions/accepted/bad.cpp", "int main() {}", "submissions/accepted/bad.cpp: it got WA on sample/1, its folder wants AC: token 1: the output ends, want \"3\""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := writePackage(t, map[string]string{tc.file: tc.text})
			v, err := newPipeline(nil).Verify(t.Context(), dir, VerifyOptions{LoadOptions: LoadOptions{Cache: t.TempDir()}})
			if err != nil {
				t.Fatalf("our own failure: %v", err)
			}
			if !strings.Contains(v.Errors.Error(), tc.want) {
				t.Errorf("got %v, want %q", v.Errors, tc.want)
			}
		})
	}
}

func TestVerifyAcceptsAGoodPackage(t *testing.T) {
	v, err := newPipeline(nil).Verify(t.Context(), writePackage(t, nil), VerifyOptions{LoadOptions: LoadOptions{Cache: t.TempDir()}})
	if err != nil || len(v.Errors) > 0 || v.Inputs != 7 || len(v.Examples) != 2 {
		t.Errorf("got %+v, %v", v, err)
	}
}

// TestVerifyTellsEverythingAtOnce: neither a validator that does not compile nor an
// example with another verdict hides the rest; what was used is told with its limit, and
// what comes after a failure is not run.
func TestVerifyTellsEverythingAtOnce(t *testing.T) {
	dir, cache := writePackage(t, map[string]string{
		"notes.txt":                        "",
		"input_validators/broken.cpp":      "int main() { return x; }",
		"input_validators/args/args.cpp":   "int main(int n, char** a) { return n == 3 && a[2][0] == '5' ? 42 : 43; }",
		"data/test_group.yaml":             "input_validator_args: {args: [--max, \"5\"], validate: []}\n",
		"submissions/accepted/loops.cpp":   "int main() { for (volatile bool on = true; on;) {} }",
		"submissions/wrong_answer/sum.cpp": sumProgram,
	}), t.TempDir()
	v, err := newPipeline(nil).Verify(t.Context(), dir, VerifyOptions{LoadOptions: LoadOptions{Cache: cache}})
	if err != nil {
		t.Fatal(err)
	}
	wants := []string{
		"input_validators/broken.cpp: it does not compile",
		"submissions/accepted/loops.cpp: it got TLE on sample/1, its folder wants AC", "of 500ms (", "of CPU time, on sample/1", "MiB of 64 MiB (",
		"submissions/wrong_answer/sum.cpp: it got AC, its folder wants WA",
	}
	for _, want := range wants {
		if !strings.Contains(v.Errors.Error(), want) {
			t.Errorf("%q is not in\n%v", want, v.Errors)
		}
	}
	if len(v.Errors) != 3 || len(v.Examples) != 4 || v.Inputs != 7 || len(v.Warnings) != 1 || v.Warnings[0].File != "notes.txt" {
		t.Errorf("got %d errors, %d examples, %d inputs, warnings %v\n%v", len(v.Errors), len(v.Examples), v.Inputs, v.Warnings, v.Errors)
	}
	for _, ex := range v.Examples {
		if failed := ex.Judging.FirstFailed; failed != "" && ex.runs[len(ex.runs)-1].Verdict != judge.NotRun {
			t.Errorf("%s was run on although it had failed on %s", ex.Example.Name, failed)
		}
	}
	if faults, known := Verified(cache, v.Problem.Proof); !known || len(faults) != 3 {
		t.Errorf("kept: %v, %v", faults, known)
	}
}

// TestProofs: what a verification found is taken again for the same package alone.
func TestProofs(t *testing.T) {
	dir, cache := writePackage(t, nil), t.TempDir()
	opt := LoadOptions{Cache: cache, Generate: true}
	if _, err := newPipeline(nil).Verify(t.Context(), dir, VerifyOptions{LoadOptions: opt}); err != nil {
		t.Fatal(err)
	}
	same, err := newPipeline(nil).Load(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	if faults, known := Verified(cache, same.Proof); !known || len(faults) > 0 {
		t.Errorf("the same package: %v, %v", faults, known)
	}
	for _, name := range []string{"submissions/wrong_answer/bad.cpp", "input_validators/validate.cpp", "data/sample/1.ans"} {
		changes := map[string]string{name: packageFiles[name] + "\n"}
		other, err := newPipeline(nil).Load(t.Context(), writePackage(t, changes), opt)
		if err != nil {
			t.Fatal(err)
		}
		if _, known := Verified(cache, other.Proof); known {
			t.Errorf("with another %s it counts as verified", name)
		}
	}
}

// TestVerifyMakesWayForJudgings: a verification that is stopped by one judging after
// the other comes to the same end.
func TestVerifyMakesWayForJudgings(t *testing.T) {
	pl := newPipeline(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20 {
			end := pl.Aside.Begin()
			time.Sleep(20 * time.Millisecond) // a judging
			end()
			time.Sleep(100 * time.Millisecond)
		}
	}()
	v, err := pl.Verify(t.Context(), writePackage(t, nil), VerifyOptions{LoadOptions: LoadOptions{Cache: t.TempDir()}, Turn: pl.Aside.Do})
	if err != nil || len(v.Errors) > 0 || v.Inputs != 7 || len(v.Examples) != 2 {
		t.Errorf("got %+v, %v", v, err)
	}
	<-done
}
