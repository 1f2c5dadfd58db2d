package timing

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/measure"
)

// A run is of a copy made just before it: what is not executable itself runs,
// and what changes between two runs has changed in the second.
func TestEveryRunIsOfACopy(t *testing.T) {
	p, timer := twice(t), newTimer()
	p.Timing = judge.WholeProcess
	file := filepath.Join(t.TempDir(), "program")
	compileTo := func(text string) {
		t.Helper()
		program, err := timer.compileOwn(t.Context(), judge.File{Name: "a.cpp", Data: []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		defer program.Close()
		binary, err := io.ReadAll(program.Program)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, binary, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	compileTo("#include <cstdio>\nint main() { std::puts(\"2\"); }\n")
	program, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	at, err := placeFor(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newStand(t.Context(), juryOf(p), p, at, &build.Artifact{Program: program, Args: []string{"submission"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if len(s.scrub) == 0 {
		t.Error("where nothing was measured of the caches, nothing is swept")
	}
	for _, want := range []judge.Verdict{judge.Accepted, judge.Wrong} {
		refused, err := s.round(t.Context(), []measure.Step{{}}, func(measure.Step, int) (bool, error) {
			_, err := s.run(t.Context(), 0, p.Tests[0])
			return false, err
		})
		got := judge.Accepted
		if len(refused) > 0 {
			got = refused[0].Verdict
		}
		if err != nil || got != want {
			t.Errorf("%s, %v, error %v; want %s", got, refused, err, want)
		}
		compileTo("#include <cstdio>\nint main() { std::puts(\"5\"); }\n")
	}
}
