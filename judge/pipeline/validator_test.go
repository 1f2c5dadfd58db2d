package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"contest/judge"
)

// A problem's own output validator decides, in the pass over all test cases and in
// every repetition.
func TestOutputValidatorOfAProblem(t *testing.T) {
	p, pl := measuredProblem(t), measuringPipeline(t)
	path := filepath.Join(t.TempDir(), "validate.cpp")
	if err := os.WriteFile(path, []byte(`#include <fstream>
#include <iostream>
int main(int, char** argv) {
  long want, got;
  std::ifstream(argv[2]) >> want;
  if (!(std::cin >> got)) return 43;
  if (got == 0) return 1;
  return got % want == 0 ? 42 : 43;  // any multiple will do
}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Files = p.Files.With(judge.ManifestFile{Role: judge.ValidatorRole, Name: "validate.cpp", Path: path})
	p.Version += " validated"
	solution := func(expression string) string {
		return "#include <cstdint>\nlong solve(long n) { return " + expression + "; }\n"
	}
	for _, tc := range []struct {
		expression string
		want       judge.Verdict
	}{{"n * 6", judge.Accepted}, {"n * 3", judge.Wrong}} {
		job := task(p, solution(tc.expression))
		if tc.want == judge.Accepted {
			job.Measure = &judge.Measure{Rounds: 5}
		}
		out, err := pl.Judge(t.Context(), job)
		if err != nil || out.Judging.Verdict != tc.want {
			t.Fatalf("%s: got %s, %v; want %s; %+v", tc.expression, out.Judging.Verdict, err, tc.want, out.Runs)
		}
	}
	if _, err := pl.Judge(t.Context(), task(p, solution("0"))); err == nil || !strings.Contains(err.Error(), "output validator on sample/1: it ended with status 1") {
		t.Errorf("a validator that fails: got %v", err)
	}
}
