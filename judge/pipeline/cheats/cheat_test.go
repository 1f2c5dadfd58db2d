package cheats

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"contest/judge"
	"contest/judge/measure"
)

//go:embed programs/*.cpp
var programs embed.FS

// cheat is what one file says of itself, in the lines of its first comment:
//
//	// tries: what it tries, in one line
//	// expect: WA | RTE | surcharge ...
//	// because: why there is more than one way it may end
//	// work: compute (the default), memory, piped (512 KiB of input) or large (3 MiB)
//	// timing: window (the default) or process
//	// threads: how many the problem allows, 1 by default
//	// rounds: so many are measured by go test too
//	// needs: real time, amd64
//
// An outcome is a verdict, perhaps with what the judge saw in the window
// ("RTE restless"), or says what comes of a submission that was accepted:
//
//	gets nothing       what it tries fails, every time: it would end with WA
//	gains nothing      it is not faster than its twin
//	gains free startup it is faster by no more than the work that is free before READY
//	surcharge          it gains nothing, as work before READY is priced
//	harms nobody       it gains nothing, and the reference is not slower after it
//	one-sided          its disturbances are taken for its own, and it gains nothing
//	review             it is so fast that a person is told to look
type cheat struct {
	name    string
	tries   string
	expect  []string
	because string
	work    string
	timing  judge.Timing
	threads int
	rounds  int
	needs   []string
	text    string
}

// What may be expected of accepted submissions.
const (
	getsNothing  = "gets nothing"
	gainsNothing = "gains nothing"
	gainsStartup = "gains free startup"
	surcharge    = "surcharge"
	harmsNobody  = "harms nobody"
	oneSided     = "one-sided"
	review       = "review"
)

// needsRounds are the outcomes that go test can see, in so many rounds.
var needsRounds = map[string]int{surcharge: measure.LeastPairs, review: measure.LeastPairs, oneSided: 5}

var verdicts = []string{"CE", "WA", "WA early output", "RTE", "RTE restless", "RTE never ready", "TLE", "TLE never ready", "OLE"}

func (c cheat) expected() string { return strings.Join(c.expect, " | ") }

// accepted is the outcome that it must have if it is accepted, or "".
func (c cheat) accepted() string {
	for _, e := range c.expect {
		if !slices.Contains(verdicts, e) {
			return e
		}
	}
	return ""
}

// fewestRounds is how many rounds it takes to see what is expected.
func (c cheat) fewestRounds() int {
	rounds := c.rounds
	for _, e := range c.expect {
		rounds = max(rounds, needsRounds[e])
	}
	return rounds
}

// triesWidth keeps the table readable.
const triesWidth = 60

func readCheats() ([]cheat, error) {
	names, err := fs.Glob(programs, "programs/*.cpp")
	if err != nil {
		return nil, err
	}
	all := make([]cheat, 0, len(names))
	for _, name := range names {
		text, err := programs.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, err := parseCheat(strings.TrimSuffix(path.Base(name), ".cpp"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func parseCheat(name, text string) (cheat, error) {
	c := cheat{name: name, text: text, work: "compute", timing: judge.Window, threads: 1}
	for line := range strings.Lines(text) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), "// ")
		key, value, found := strings.Cut(line, ": ")
		if !ok || !found {
			break
		}
		if err := c.set(key, value); err != nil {
			return c, fmt.Errorf("%s: %w", key, err)
		}
	}
	return c, c.validate()
}

func (c *cheat) set(key, value string) (err error) {
	switch key {
	case "tries":
		c.tries = value
	case "expect":
		c.expect = strings.Split(value, " | ")
	case "because":
		c.because = value
	case "work":
		c.work = value
	case "timing":
		c.timing = judge.Timing(value)
	case "threads":
		c.threads, err = strconv.Atoi(value)
	case "rounds":
		c.rounds, err = strconv.Atoi(value)
	case "needs":
		c.needs = strings.Split(value, ", ")
	default:
		err = errors.New("no such key")
	}
	return err
}

func (c cheat) validate() error {
	known := append([]string{getsNothing, gainsNothing, gainsStartup, surcharge, harmsNobody, oneSided, review}, verdicts...)
	switch {
	case c.tries == "" || len(c.expect) == 0:
		return errors.New(`the first comment must say "tries: ..." and "expect: ..."`)
	case len(c.tries) > triesWidth:
		return fmt.Errorf("tries: at most %d characters, not %d", triesWidth, len(c.tries))
	case len(c.expect) > 1 && c.because == "":
		return errors.New(`more than one way to end needs a reason: "because: ..."`)
	case works[c.work] == nil:
		return fmt.Errorf("work: %q is not known", c.work)
	case c.timing != judge.Window && c.timing != judge.WholeProcess:
		return fmt.Errorf("timing: %q is none", c.timing)
	case c.threads < 1:
		return fmt.Errorf("threads: %d is none", c.threads)
	}
	for _, e := range c.expect {
		if !slices.Contains(known, e) {
			return fmt.Errorf("expect: %q is not known", e)
		}
	}
	for _, need := range c.needs {
		if need != "real time" && need != "amd64" {
			return fmt.Errorf("needs: %q is not known", need)
		}
	}
	return nil
}

// lacks says why a cheat proves nothing here, or "".
func (s *suite) lacks(c cheat) string {
	switch {
	case slices.Contains(c.needs, "amd64") && runtime.GOARCH != "amd64":
		return "is of amd64"
	case slices.Contains(c.needs, "real time") && s.normal != "":
		return "needs " + s.normal
	}
	return ""
}

func TestHeader(t *testing.T) {
	c, err := parseCheat("x", "// tries: much\n// expect: RTE | gains nothing\n// because: of\n// work: memory\n// timing: process\n// threads: 4\n// rounds: 2\n// needs: amd64\nint main() {}\n// needs: nothing\n")
	if err != nil || c.tries != "much" || c.accepted() != gainsNothing || c.work != "memory" || c.timing != judge.WholeProcess || c.threads != 4 || c.rounds != 2 || len(c.needs) != 1 {
		t.Errorf("got %+v, error %v", c, err)
	}
	for text, want := range map[string]string{
		"int main() {}":                                             "first comment",
		"// tries: much\nint main() {}":                             "expect",
		"// tries: much\n// expect: WA | RTE\n":                     "reason",
		"// tries: much\n// expect: AC\n":                           "not known",
		"// tries: much\n// expect: WA\n// wants: x\n":              "no such key",
		"// tries: much\n// expect: WA\n// work: none\n":            "not known",
		"// tries: much\n// expect: WA\n// needs: luck\n":           "not known",
		"// tries: much\n// expect: WA\n// threads: 0\n":            "is none",
		"// tries: much\n// expect: WA\n// timing: sundial\n":       "is none",
		"// tries: " + strings.Repeat("x", 100) + "\n// expect: WA": "at most",
	} {
		if _, err := parseCheat("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", text, err, want)
		}
	}
}
