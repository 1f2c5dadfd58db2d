package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/build"
)

// validator sees that the files are there, compares the output with the answer, and
// does what the output asks for beside that.
const validator = `#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
int main(int argc, char** argv) {
  std::ifstream input(argv[1]), answer(argv[2]);
  std::string folder = argv[3], in, want, got;
  if (!(input >> in) || !(answer >> want)) return 1;
  std::cin >> got;
  if (std::ifstream(folder + "/teammessage.txt")) return 2;
  std::ofstream(folder + "/teammessage.txt") << "you said " << got;
  std::ofstream(folder + "/judgemessage.txt") << "the input is " << in << ", argument " << (argc > 4 ? argv[4] : "none");
  if (got == "crash") std::abort();
  if (got == "zero") return 0;
  if (got == "ever") for (;;) {}
  if (got == "words") { std::cerr << "what is \033[31mthis\n"; return 7; }
  return got == want ? 42 : 43;
}
`

func TestProgram(t *testing.T) {
	tool, err := build.Detect().Find("cpp")
	if err != nil {
		t.Fatal(err)
	}
	res, err := build.Compile(t.Context(), tool, build.Source{Files: []judge.File{{Name: "v.cpp", Data: []byte(validator)}}}, build.JuryLimits)
	if err != nil || res.Program == nil {
		t.Fatalf("%v\n%s", err, res.Output)
	}
	defer res.Program.Close()
	res.Program.Args = []string{"validate"}
	dir := t.TempDir()
	for name, text := range map[string]string{"1.in": "3\n", "1.ans": "42\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v := Program{Artifact: res.Program, Limits: judge.Limits{ValidationTime: time.Second, ValidationMemoryBytes: 1 << 30, ValidationOutputBytes: 1 << 20}}
	output := func(text string, args ...string) Output {
		return Output{Input: filepath.Join(dir, "1.in"), Answer: filepath.Join(dir, "1.ans"), Args: args, Data: []byte(text)}
	}
	for _, tc := range []struct {
		text string
		args []string
		want Feedback
	}{
		{"42\n", nil, Feedback{Accepted: true, TeamMessage: "you said 42", JudgeMessage: "the input is 3, argument none"}},
		{"41\n", []string{"strict"}, Feedback{TeamMessage: "you said 41", JudgeMessage: "the input is 3, argument strict"}},
		{"", nil, Feedback{TeamMessage: "you said", JudgeMessage: "the input is 3, argument none"}},
	} {
		if got, err := v.Validate(t.Context(), output(tc.text, tc.args...)); err != nil || got != tc.want {
			t.Errorf("%q: got %+v, %v; want %+v", tc.text, got, err, tc.want)
		}
	}
	for text, want := range map[string]string{
		"crash": "signal aborted", "zero": "status 0; it must end with status 42 to accept or 43 to reject", "ever": "its cpu limit hit", "words": "status 7",
	} {
		if f, err := v.Validate(t.Context(), output(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\033") {
			t.Errorf("%s: got %+v, %v; want an error that says %q", text, f, err, want)
		}
	}
}
