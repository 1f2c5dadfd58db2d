package cheats

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/measure"
)

//go:embed programs/*.cpp problem
var files embed.FS

// Cheat is what one file says of itself, in the lines of its first comment:
//
//	// tries: what it tries, in one line
//	// attacks: the protection that it would get around, see protections
//	// expect: WA | RTE | surcharge ...
//	// because: why there is more than one way it may end
//	// work: compute (the default), memory, pages or huge (the same, its pages made
//	in one call, or of 2 MiB), or large (3 MiB of input)
//	// timing: window (the default) or process
//	// threads: how many the problem allows, 1 by default
//	// rounds: so many are measured by go test too
//	// budget: what its judging may take of the machine; a contest's default if there is none
//	// needs: real time, amd64
//
// An outcome is a verdict, perhaps with what the judge saw in the window
// ("RTE restless"), or says what comes of a submission that was accepted:
//
//	gets nothing       what it tries fails, every time: it would end with WA
//	gains nothing      it is not faster than its twin
//	gains its start    it is faster by no more than what its twin takes to start
//	surcharge          it gains nothing, as work before READY is priced
//	harms nobody       it gains nothing, and the reference is not slower after it
//	one-sided          its disturbances are taken for its own, and it gains nothing
//	review             it is so fast that a person is told to look
//	not measured       it has used up its budget before there could be a time
type Cheat struct {
	Name    string
	tries   string
	attacks string
	expect  []string
	because string
	work    string
	timing  judge.Timing
	threads int
	rounds  int
	budget  time.Duration
	needs   []string
	text    string
}

// protections are what cheats attack, with what is wrong where one succeeds.
var protections = map[string]string{
	"answers": "answers that were guessed, found or forged pass",
	"budget":  "a program holds up the judge for longer than its budget",
	"caches":  "what ran before leaves something in the caches",
	"charge":  "work before READY is not charged",
	"clock":   "CPU time is spent where nobody counts it",
	"end":     "work goes on after a run has ended",
	"honesty": "an honest program is not timed as its twin is",
	"limits":  "a program changes how it is limited or scheduled",
	"quiet":   "the quiet check errs: what works between READY and the input is missed, or an idle program is taken for one that works",
	"review":  "what is too fast to be true is not reviewed",
	"runs":    "a program decides which of its runs count",
	"start":   "a program decides when its window opens, or has its input before",
	"traces":  "a run finds what an earlier one left behind",
}

// What may be expected of accepted submissions.
const (
	getsNothing  = "gets nothing"
	gainsNothing = "gains nothing"
	gainsStartup = "gains its start"
	surcharge    = "surcharge"
	harmsNobody  = "harms nobody"
	oneSided     = "one-sided"
	review       = "review"
	notMeasured  = "not measured"
)

// needsRounds are the outcomes that go test can see, in so many rounds.
var needsRounds = map[string]int{surcharge: measure.LeastPairs, review: measure.LeastPairs, notMeasured: measure.LeastPairs, oneSided: 5}

var verdicts = []string{"CE", "WA", "WA early output", "RTE", "RTE restless", "RTE never ready", "TLE", "TLE never ready", "OLE"}

func (c Cheat) expected() string { return strings.Join(c.expect, " | ") }

// accepted is the outcome that it must have if it is accepted, or "".
func (c Cheat) accepted() string {
	for _, e := range c.expect {
		if !slices.Contains(verdicts, e) {
			return e
		}
	}
	return ""
}

// fewestRounds is how many rounds it takes to see what is expected.
func (c Cheat) fewestRounds() int {
	rounds := c.rounds
	for _, e := range c.expect {
		rounds = max(rounds, needsRounds[e])
	}
	return rounds
}

// triesWidth keeps the table readable.
const triesWidth = 60

// Read lists the cheats whose names match, in the order of their names.
func Read(only *regexp.Regexp) ([]Cheat, error) {
	names, err := fs.Glob(files, "programs/*.cpp")
	if err != nil {
		return nil, err
	}
	var all []Cheat
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, err := parseCheat(strings.TrimSuffix(path.Base(name), ".cpp"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if only.MatchString(c.Name) {
			all = append(all, c)
		}
	}
	return all, nil
}

// Version names the cheats and their problem: the hash of their files.
func Version() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)[:8]), err
}

func parseCheat(name, text string) (Cheat, error) {
	c := Cheat{Name: name, text: text, work: "compute", timing: judge.Window, threads: 1}
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

func (c *Cheat) set(key, value string) (err error) {
	switch key {
	case "tries":
		c.tries = value
	case "attacks":
		c.attacks = value
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
	case "budget":
		c.budget, err = time.ParseDuration(value)
	case "needs":
		c.needs = strings.Split(value, ", ")
	default:
		err = errors.New("no such key")
	}
	return err
}

func (c Cheat) validate() error {
	known := append([]string{getsNothing, gainsNothing, gainsStartup, surcharge, harmsNobody, oneSided, review, notMeasured}, verdicts...)
	switch {
	case c.tries == "" || len(c.expect) == 0:
		return errors.New(`the first comment must say "tries: ...", "attacks: ..." and "expect: ..."`)
	case protections[c.attacks] == "":
		return fmt.Errorf("attacks: %q is no protection; there are: %s", c.attacks, strings.Join(slices.Sorted(maps.Keys(protections)), ", "))
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
func (s *Suite) lacks(c Cheat) string {
	switch {
	case slices.Contains(c.needs, "amd64") && runtime.GOARCH != "amd64":
		return "is of amd64"
	case slices.Contains(c.needs, "real time") && s.Normal != "":
		return "needs " + s.Normal
	}
	return ""
}
