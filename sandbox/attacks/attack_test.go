package attacks

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"contest/judge"
	"contest/sandbox"
)

//go:embed run compile
var sources embed.FS

// attack is what one file says of itself, in the lines of its first comment:
//
//	// tries: what it tries, in one line
//	// expect: exit 0 | signal SIGSEGV | limit memory
//	// expect without cgroups: the same where there are no control groups
//	// because: why there is more than one way it may end
//	// limits: cpu=50ms wall=300ms memory=16M processes=8 files=32 output=1M stack=8M
//	// needs: cgroups, root, amd64
//	// stdin: size of its input, all zeros
//	// window: the same for a program that runs in a window, more than 4K
//	// collect: what the judge finds in the place of the file "output"
//	// layers: bytes and files that fit above /tree, which has the canary's below it
//	// output: file, where its output goes
//	// peer: how run/peer.c ends, with which it has pipes: 1 to the peer's 0, 3 to
//	// its 3, and back from the peer's 1 to 0 and from its 4 to 4
//
// All but the first two may be missing. An outcome is "exit N", "signal
// NAME", "limit NAME" or "window closed"; ", left processes" may follow.
//
// In compile the limits are time and memory. Outcomes are "refused CODE" (it
// does not get as far as the compiler), "compile error", "compile error: limit
// time" (or memory, output, file size), or that of running what was built. In
// sources, @file@ stands for the path of the canary's file and @filler N@ for
// a comment of N bytes. A txtar archive is a submission of several files;
// "unchecked: yes" hands it to the compiler whatever the rules for
// submissions say.
type attack struct {
	name      string // folder/file without extension
	tries     string
	expect    []string
	ungrouped []string // expected without control groups, if that differs
	because   string
	needs     []string
	limits    sandbox.Limits
	stdin     int64
	window    int64
	collect   []string
	peer      []string
	layers    [2]int64
	toFile    bool
	unchecked bool

	text  string       // of a program in run
	files []judge.File // of a submission in compile
	time  time.Duration
}

// Time limits of compiles that may end at theirs, in the first run and in
// the others: who is stopped earlier is stopped all the same.
const (
	shortTime   = 300 * time.Millisecond
	hurriedTime = 100 * time.Millisecond
)

func (a attack) canHitTime() bool { return slices.Contains(a.expect, "compile error: limit time") }

func (a attack) compiles() bool { return strings.HasPrefix(a.name, "compile/") }

// triesWidth keeps the table readable.
const triesWidth = 64

func readAttacks() ([]attack, error) {
	var all []attack
	for _, pattern := range []string{"run/*.c", "run/*.cpp", "compile/*.cpp", "compile/*.txtar"} {
		names, err := fs.Glob(sources, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := sources.ReadFile(name)
			if err != nil {
				return nil, err
			}
			a, err := parseAttack(name, string(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			all = append(all, a)
		}
	}
	return all, nil
}

func parseAttack(name, text string) (attack, error) {
	a := attack{name: strings.TrimSuffix(name, path.Ext(name)), text: text, time: 10 * time.Second}
	a.limits = sandbox.Limits{
		CPU: 2 * time.Second, Wall: 10 * time.Second, MemoryBytes: 64 << 20, OutputBytes: 1 << 20, ErrorBytes: 16 << 10,
		FileBytes: 16 << 20, StackBytes: 8 << 20, Processes: 16, OpenFiles: 64,
	}
	header := text
	switch path.Ext(name) {
	case ".txtar":
		archive := txtar.Parse([]byte(text))
		header = string(archive.Comment)
		for _, f := range archive.Files {
			a.files = append(a.files, judge.File{Name: f.Name, Data: f.Data})
		}
	case ".cpp":
		a.files = []judge.File{{Name: path.Base(name), Data: []byte(text)}}
	}
	if a.compiles() {
		a.limits.MemoryBytes = 256 << 20
	}
	for line := range strings.Lines(header) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), "// ")
		key, value, found := strings.Cut(line, ": ")
		if !ok || !found {
			break
		}
		if err := a.set(key, value); err != nil {
			return a, fmt.Errorf("%s: %w", key, err)
		}
	}
	return a, a.validate()
}

func (a *attack) set(key, value string) (err error) {
	list := func(divider string) []string { return strings.Split(value, divider) }
	switch key {
	case "tries":
		a.tries = value
	case "expect":
		a.expect = list(" | ")
		if a.canHitTime() {
			a.time = shortTime
		}
	case "expect without cgroups":
		a.ungrouped = list(" | ")
	case "because":
		a.because = value
	case "needs":
		a.needs = list(", ")
	case "stdin":
		a.stdin, err = parseSize(value)
	case "window":
		a.window, err = parseSize(value)
	case "collect":
		a.collect = list(" | ")
	case "peer":
		a.peer = list(" | ")
	case "layers":
		for i, size := range strings.Fields(value)[:2] {
			if a.layers[i], err = parseSize(size); err != nil {
				break
			}
		}
	case "output":
		a.toFile = value == "file"
	case "unchecked":
		a.unchecked = true
	case "limits":
		for _, field := range strings.Fields(value) {
			name, limit, _ := strings.Cut(field, "=")
			if err := a.setLimit(name, limit); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
		}
	default:
		err = errors.New("no such key")
	}
	return err
}

func (a *attack) setLimit(name, value string) (err error) {
	var count int64
	switch name {
	case "cpu":
		a.limits.CPU, err = time.ParseDuration(value)
	case "wall":
		a.limits.Wall, err = time.ParseDuration(value)
	case "time":
		a.time, err = time.ParseDuration(value)
	case "memory":
		a.limits.MemoryBytes, err = parseSize(value)
	case "output":
		a.limits.OutputBytes, err = parseSize(value)
	case "stack":
		a.limits.StackBytes, err = parseSize(value)
	case "size":
		a.limits.FileBytes, err = parseSize(value)
	case "processes":
		count, err = parseSize(value)
		a.limits.Processes = int(count)
	case "files":
		count, err = parseSize(value)
		a.limits.OpenFiles = int(count)
	default:
		err = errors.New("no such limit")
	}
	return err
}

func (a attack) validate() error {
	switch {
	case a.tries == "" || len(a.expect) == 0:
		return errors.New(`the first comment must say "tries: ..." and "expect: ..."`)
	case len(a.tries) > triesWidth:
		return fmt.Errorf("tries: at most %d characters, not %d", triesWidth, len(a.tries))
	case (len(a.expect) > 1 || len(a.ungrouped) > 1) && a.because == "":
		return errors.New(`more than one way to end needs a reason: "because: ..."`)
	}
	for _, need := range a.needs {
		if !slices.Contains([]string{"cgroups", "root", "amd64"}, need) {
			return fmt.Errorf("needs: %q is not known", need)
		}
	}
	return nil
}

// parseSize reads a number of bytes, or of anything, with K, M or G.
func parseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, "KMG")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || len(text)-len(digits) > 1 {
		return 0, fmt.Errorf("%q is no size: want a number, perhaps with K, M or G", text)
	}
	shift := map[string]int{"": 0, "K": 10, "M": 20, "G": 30}[text[len(digits):]]
	return n << shift, nil
}

func TestHeader(t *testing.T) {
	a, err := parseAttack("run/x.c", "// tries: much\n// expect: exit 0 | limit cpu\n// because: of\n// limits: memory=3M cpu=5ms\n// needs: root, amd64\nint main() {}\n// needs: nothing\n")
	if err != nil || a.name != "run/x" || a.tries != "much" || len(a.expect) != 2 || a.limits.MemoryBytes != 3<<20 || a.limits.CPU != 5*time.Millisecond || len(a.needs) != 2 {
		t.Errorf("got %+v, error %v", a, err)
	}
	for text, want := range map[string]string{
		"int main() {}":                                                 "first comment",
		"// tries: much\nint main() {}":                                 "expect",
		"// tries: much\n// expect: exit 0 | exit 1\n":                  "reason",
		"// tries: much\n// expect: exit 0\n// wants: x\n":              "no such key",
		"// tries: much\n// expect: exit 0\n// limits: cpus=1\n":        "no such limit",
		"// tries: much\n// expect: exit 0\n// limits: memory=1KM\n":    "no size",
		"// tries: much\n// expect: exit 0\n// needs: luck\n":           "not known",
		"// tries: " + strings.Repeat("x", 100) + "\n// expect: exit 0": "at most",
	} {
		if _, err := parseAttack("run/x.c", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", text, err, want)
		}
	}
}
