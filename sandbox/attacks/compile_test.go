package attacks

import (
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/sandbox"
)

// codeBytes is how large a submission may be.
const codeBytes = 256 << 10

// compileOnce submits, compiles and, if something was built, runs it in c.
func (s *suite) compileOnce(t *testing.T, a attack, c *sandbox.Container, again bool) string {
	t.Helper()
	files := s.fill(t, a.files)
	var refusal *judge.Refusal
	if err := judge.ValidateFiles(files, codeBytes); errors.As(err, &refusal) && !a.unchecked {
		return "refused " + refusal.Code
	}
	limits := build.Limits{Time: a.time, MemoryBytes: a.limits.MemoryBytes}
	if again && a.canHitTime() {
		limits.Time = min(limits.Time, hurriedTime)
	}
	limits.Time *= time.Duration(s.slow)
	res, err := build.Compile(t.Context(), s.compiler, build.Source{Files: files}, limits)
	must(t, err)
	if leak := s.canary.leaked([]byte(res.Output)); leak != "" {
		t.Errorf("the diagnostics hold %s:\n%.2000s", leak, res.Output)
	}
	if len(res.Output) > 80<<10 || strings.ContainsFunc(res.Output, func(r rune) bool { return r == '\x1b' || r == '\r' || r == 0 }) {
		t.Errorf("%d bytes of diagnostics, or control characters in them: %.2000q", len(res.Output), res.Output)
	}
	if res.Program == nil {
		return "compile error" + limitNamed(res.Output)
	}
	defer res.Program.Close()
	binary, err := io.ReadAll(res.Program.Program)
	must(t, err)
	if leak := s.canary.leaked(binary); leak != "" {
		t.Errorf("the program holds %s", leak)
	}
	a.limits.MemoryBytes = 64 << 20
	return outcome(s.run(t, c, res.Program.Program, a))
}

// limitNamed is the limit that the contestant is told to have hit.
func limitNamed(diagnostics string) string {
	for words, limit := range map[string]string{
		"compiling was stopped after ":             "time",
		"compiling was stopped at ":                "memory",
		"compiling was stopped: the compiler prin": "output",
		"compiling was stopped: a file would be l": "file size",
	} {
		if strings.HasPrefix(diagnostics, words) {
			return ": limit " + limit
		}
	}
	return ""
}

var fillerPattern = regexp.MustCompile(`@filler (\d+)@`)

// fill puts paths and fillers into sources.
func (s *suite) fill(t *testing.T, files []judge.File) []judge.File {
	filled := slices.Clone(files)
	for i, f := range filled {
		data := bytes.ReplaceAll(f.Data, []byte("@file@"), []byte(s.canary.file))
		filled[i].Data = fillerPattern.ReplaceAllFunc(data, func(match []byte) []byte {
			n, err := strconv.Atoi(string(fillerPattern.FindSubmatch(match)[1]))
			must(t, err)
			return []byte("//" + strings.Repeat("-", n-2))
		})
	}
	return filled
}

// compileOrdinary is the next contestant.
func (s *suite) compileOrdinary(t *testing.T) {
	t.Helper()
	res, err := build.Compile(t.Context(), s.compiler, build.Source{Files: []judge.File{{Name: "a.cpp", Data: []byte("int main() {}\n")}}},
		build.Limits{Time: 10 * time.Second * time.Duration(s.slow), MemoryBytes: 256 << 20})
	must(t, err)
	if res.Program == nil || res.Output != "" {
		t.Errorf("an ordinary compile afterwards: %s", res.Output)
	}
	closeFile(res.Program.Program)
}

func closeFile(f *os.File) {
	if f != nil {
		_ = f.Close()
	}
}
