package pipeline

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"contest/judge"
)

// A problem's own output validator decides, in the pass over all test cases and in
// every repetition.
func TestOutputValidatorOfAProblem(t *testing.T) {
	p, pl := measuredProblem(t), newPipeline(someRecords(t))
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
	p.Limits.ValidationMemoryBytes, p.Limits.ValidationOutputBytes = 1<<30, 1<<20
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

// validated is a package whose output validator takes any multiple of the answer, told
// by an argument, and whose submissions have a file and an argument.
var validated = map[string]string{
	"output_validator/validate.cpp": `#include <fstream>
#include <iostream>
#include <string>
int main(int argc, char** argv) {
  long want, got;
  std::ifstream(argv[2]) >> want;
  if (argc != 5 || std::string(argv[4]) != "multiple") return 1;
  if (!(std::cin >> got) || got % want != 0) {
    std::ofstream(std::string(argv[3]) + "/teammessage.txt") << "think of multiples";
    std::ofstream(std::string(argv[3]) + "/judgemessage.txt") << "no multiple of " << want;
    return 43;
  }
  return 42;
}
`,
	"problem.yaml":                     packageFiles["problem.yaml"],
	"statement/problem.en.md":          "Add.\n",
	"data/sample/1.in":                 "1 2\n",
	"data/sample/1.ans":                "3\n",
	"data/secret/1.in":                 "3 2\n",
	"data/secret/1.ans":                "5\n",
	"data/test_group.yaml":             "output_validator_args: [multiple]\nargs: [plain]\n",
	"data/sample/1.yaml":               "args: [table]\n",
	"data/sample/1.files/t/one":        "12\n",
	"submissions/wrong_answer/bad.cpp": packageFiles["submissions/wrong_answer/bad.cpp"],
	"submissions/accepted/sum.cpp": `#include <fstream>
#include <iostream>
#include <string>
int main(int argc, char** argv) {
  long long a, b, factor = 1;
  if (argc == 2 && std::string(argv[1]) == "table") std::ifstream("t/one") >> factor;
  std::ifstream other("t/one");
  if (argc != 2 || (factor == 12) != other.is_open()) return 1;
  std::cin >> a >> b;
  std::cout << factor * (a + b) << '\n';
}
`,
}

// A package's own output validator is verified with its examples, and its words are kept.
func TestVerifyAnOutputValidator(t *testing.T) {
	verify := func(changes map[string]string) Verification {
		t.Helper()
		all := maps.Clone(validated)
		maps.Copy(all, changes)
		v, err := newPipeline(nil).Verify(t.Context(), writeFiles(t, all), VerifyOptions{LoadOptions: LoadOptions{TestSet: "demo", Cache: t.TempDir()}})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := verify(nil)
	if len(v.Errors) > 0 || len(v.Examples) != 2 {
		t.Fatalf("got %v, %d examples", v.Errors, len(v.Examples))
	}
	for _, ex := range v.Examples {
		for _, r := range ex.runs {
			message, team := "", ""
			if r.Verdict == judge.Wrong {
				message, team = "no multiple of ", "think of multiples"
			}
			if r.Message != "" || !strings.HasPrefix(r.JudgeMessage, message) || r.TeamMessage != team {
				t.Errorf("%s on %s: got %s, %q, %q", ex.Example.Name, r.TestCase, r.Verdict, r.JudgeMessage, r.TeamMessage)
			}
		}
	}
	for name, tc := range map[string]struct{ source, says string }{
		"does not compile": {"int main() { return x; }\n", "output_validator/validate.cpp: it does not compile"},
		"fails":            {"int main() { return 1; }\n", "output_validator/validate.cpp: on what accepted/sum.cpp prints it ended with status 1"},
	} {
		v := verify(map[string]string{"output_validator/validate.cpp": tc.source})
		if len(v.Errors) == 0 || !strings.HasPrefix(v.Errors[0].Error(), tc.says) {
			t.Errorf("an output validator that %s: got %v", name, v.Errors)
		}
	}
}
