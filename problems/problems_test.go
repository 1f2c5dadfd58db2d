// Package problems holds problem packages, which are data, and this one test
// that verifies them all.
package problems

import (
	"os/exec"
	"path/filepath"
	"testing"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/pipeline"
)

// TestPackages verifies every package: its files, every generated input by
// the input validators, every example submission against its folder.
func TestPackages(t *testing.T) {
	packages, err := filepath.Glob("*/problem.yaml")
	if err != nil || len(packages) == 0 {
		t.Fatalf("no packages here: %v", err)
	}
	pl := pipeline.New(build.Detect(), nil)
	for _, p := range packages {
		dir := filepath.Dir(p)
		t.Run(dir, func(t *testing.T) {
			opt := pipeline.VerifyOptions{LoadOptions: pipeline.LoadOptions{TestSet: "demo", Cache: t.TempDir()}}
			v, err := pl.Verify(t.Context(), dir, opt)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range v.Errors {
				t.Error(e)
			}
			if v.Inputs == 0 {
				t.Error("no input was validated")
			}
			for _, ex := range v.NotJudged {
				t.Run(ex.Name, func(t *testing.T) { t.Skip("no control group for memory: this machine cannot tell MLE") })
			}
			for _, ex := range v.Examples {
				t.Logf("%-44s %-3s %d/%d real %v cpu %v", ex.Example.Name, ex.Judging.Verdict, ex.Judging.Passed, ex.Judging.Total, ex.Judging.On(judge.RealBoard).Once.Time(), ex.Judging.On(judge.CPUBoard).Once.Time())
			}
		})
	}
}

// TestCellVectors checks how the generator and the reference of the flagship
// hash and serialise cells against values that others published.
func TestCellVectors(t *testing.T) {
	dir, err := filepath.Abs("block-validation")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "vectors")
	compile := exec.Command("g++", "-std=gnu++20", "-O1", "-I", "include/cpp", "-o", program, "generators/tests/vectors.cpp")
	compile.Dir = dir
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(program).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
