package problem

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// files is a package as a test writes it: contents by path.
type files map[string]string

const solution = "int main() {}\n"

// good is the smallest package that is accepted without a warning.
func good() files {
	return files{
		"problem.yaml":                   "problem_format_version: 2025-09\nname: Sum\nlimits:\n  time_limit: 2.0\n",
		"statement/problem.en.md":        "Add two numbers.\n",
		"data/sample/1.in":               "1 2\n",
		"data/sample/1.ans":              "3\n",
		"data/secret/1.in":               "2 2\n",
		"data/secret/1.ans":              "4\n",
		"input_validators/validate.cpp":  solution,
		"submissions/accepted/plain.cpp": solution,
	}
}

// legacy is good in the older format.
func legacy() files {
	f := good().without("statement/problem.en.md")
	f["problem.yaml"] = "name: Sum\n"
	f["problem_statement/problem.en.md"] = "Add two numbers.\n"
	f[".timelimit"] = "3\n"
	return f
}

// generated is good with a generator in place of secret files.
func generated() files {
	f := good().without("data/secret/1.in", "data/secret/1.ans")
	f["generators/generate.cpp"] = solution
	f["judge.yaml"] = `boards: [cpu]
threads: 8
compiler_flags: [-march=native, -DLOCAL=0]
stop_after_timeouts: 5
generator:
  program: generators/generate.cpp
  seed: 20260204
  args: [one, "2"]
  cases:
    - {kind: valid, timed: true, sets: {full: 3, demo: 2}}
    - {kind: invalid, timed: false, sets: {full: 2}}
`
	return f
}

// with is the package with one file written or replaced.
func (f files) with(path, content string) files {
	f = maps.Clone(f)
	f[path] = content
	return f
}

func (f files) without(paths ...string) files {
	f = maps.Clone(f)
	for _, p := range paths {
		delete(f, p)
	}
	return f
}

// write lays the package out in a new folder called sum.
func (f files) write(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sum")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for p, content := range f {
		put(t, filepath.Join(dir, p), content)
	}
	return dir
}

func put(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mustLoad(t testing.TB, f files, set string) *Package {
	t.Helper()
	p, err := Load(f.write(t), Options{TestSet: set})
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return p
}

// loadErrors loads a package that must be refused.
func loadErrors(t testing.TB, dir string) Errors {
	t.Helper()
	_, err := Load(dir, Options{})
	var errs Errors
	if !errors.As(err, &errs) {
		t.Fatalf("Load: got error %v, want Errors", err)
	}
	return errs
}
