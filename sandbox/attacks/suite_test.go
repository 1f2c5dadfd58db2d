package attacks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"contest/judge/build"
	"contest/sandbox"
)

// suite is what all attacks share.
type suite struct {
	machine  machine
	canary   *canary
	programs programs
	control  *os.File
	compiler build.Toolchain // without a path where there is none
	temp     string          // the only place for temporary files of ours
	given    string          // a folder that every container shows as /given
	inputs   string          // files for standard input, by size
	runs     int
	slow     int
}

// machine is what expectations depend on.
type machine struct {
	report  sandbox.Report
	grouped bool
	groups  string // version of control groups, or why there are none
	root    bool
	layers  bool
}

func look() machine {
	m := machine{report: sandbox.Check(), root: os.Geteuid() == 0}
	m.grouped = m.report.LimitsMemory()
	for _, p := range m.report.Protections {
		switch p.Name {
		case "control group memory":
			m.groups = p.Found
		case "layers":
			m.layers = p.Present
		}
	}
	return m
}

// lacks says why an attack proves nothing here, or "".
func (m machine) lacks(a attack) string {
	switch {
	case slices.Contains(a.needs, "cgroups") && !m.grouped:
		return "needs control groups"
	case slices.Contains(a.needs, "root") && !m.root:
		return "needs a judge that is root: programs would be its own user"
	case slices.Contains(a.needs, "amd64") && runtime.GOARCH != "amd64":
		return "is of amd64"
	case a.layers[0] > 0 && !m.layers:
		return "needs layers"
	case a.compiles() && len(build.Detect()) == 0:
		return "needs a compiler"
	}
	return ""
}

// expected are the ways in which an attack may end here.
func (m machine) expected(a attack) []string {
	switch {
	case m.grouped:
		return a.expect
	case a.ungrouped != nil:
		return a.ungrouped
	case slices.Contains(a.expect, "compile error: limit memory"):
		// It is the compiler that is refused memory, and says so itself.
		return append(slices.Clone(a.expect), "compile error")
	}
	return a.expect
}

// controlName is the ordinary program, setuidName the one that is given, and
// peerName whom others have pipes with.
const (
	controlName = "run/control"
	setuidName  = "run/setuid"
	peerName    = "run/peer"
)

// newSuite prepares for attacks, which are all that there are.
func newSuite(t *testing.T, attacks []attack) *suite {
	s := &suite{machine: look(), runs: number(t, "RUNS", 1), slow: number(t, "JUDGE_SLOW", 1)}
	if s.machine.report.Unusable {
		t.Skip("no container can be made here; judge doctor says why")
	}
	// Not t.TempDir, which nobody else may enter: that would protect the canary.
	scratch, err := os.MkdirTemp("", "judge-attacks-")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(scratch)) })
	must(t, os.Chmod(scratch, 0o755))
	s.programs = buildPrograms(t, attacks, scratch)
	s.control = s.programs[controlName]
	// Precompiled headers are kept elsewhere than temporary files.
	if tools := build.Detect().Precompile(filepath.Join(scratch, "headers"), slog.New(slog.DiscardHandler)); len(tools) > 0 {
		s.compiler = tools[0]
	}
	s.temp = filepath.Join(scratch, "temp")
	must(t, os.Mkdir(s.temp, 0o755))
	t.Setenv("TMPDIR", s.temp)
	s.inputs = filepath.Join(scratch, "inputs")
	must(t, os.Mkdir(s.inputs, 0o755))
	s.give(t, filepath.Join(scratch, "given"))
	s.canary = newCanary(t)
	// What the process keeps for good is there after the first container.
	must(t, s.container(t, attack{}).Close())
	runtime.GC() // closes forgotten files
	return s
}

// give makes the folder that programs see as /given: a file, a program with
// set-uid, a device.
func (s *suite) give(t *testing.T, dir string) {
	s.given = dir
	must(t, os.Mkdir(dir, 0o755))
	must(t, os.Chmod(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "note"), []byte("given\n"), 0o644))
	setuid, err := os.ReadFile(s.programs[setuidName].Name())
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "setuid"), setuid, 0o755))
	must(t, os.Chmod(filepath.Join(dir, "setuid"), 0o755|os.ModeSetuid|os.ModeSetgid))
	if s.machine.root {
		null := filepath.Join(dir, "null")
		must(t, unix.Mknod(null, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))))
		must(t, os.Chmod(null, 0o666))
	}
}

func (s *suite) container(t *testing.T, a attack) *sandbox.Container {
	t.Helper()
	cfg := sandbox.Config{
		Mounts: []sandbox.Mount{{Source: s.given, Target: "/given"}}, Devices: true, WorkBytes: 4 << 20, WorkInodes: 200}
	if a.layers[0] > 0 {
		cfg.Layers = []sandbox.Layers{{Target: "/tree", Lower: []string{s.canary.tree}, UpperBytes: a.layers[0], UpperInodes: a.layers[1]}}
	}
	c, err := sandbox.New(t.Context(), cfg)
	must(t, err)
	return c
}

// try runs an attack as often as it is to be run and says how it ended.
func (s *suite) try(t *testing.T, a attack) (got string) {
	before := s.traces(t)
	c := s.container(t, a)
	defer c.Close()
	calm := s.runControl(t, c)
	first := descriptors(t)
	wanted := s.machine.expected(a)
	for i := range s.runs {
		if a.compiles() {
			got = s.compileOnce(t, a, c, i > 0)
		} else {
			got = s.runOnce(t, a, c)
		}
		if !slices.Contains(wanted, got) {
			t.Errorf("run %d: got %q, want %q", i+1, got, strings.Join(wanted, " | "))
		}
		if err := s.canary.check(); err != nil {
			t.Error(err)
		}
		if now := s.runControl(t, c); now != calm {
			t.Errorf("an ordinary program found before run %d:\n%s\nand after it:\n%s", i+1, calm, now)
		}
		if t.Failed() {
			break
		}
	}
	// The control group comes and goes with its files; more is a leak.
	if now := descriptors(t); now > first+20 {
		t.Errorf("descriptors: %d after the first run, %d after the last", first, now)
	}
	if a.compiles() {
		s.compileOrdinary(t)
	}
	must(t, c.Close())
	after := s.traces(t)
	for what, n := range before {
		if after[what] != n {
			t.Errorf("%s: %d before, %d after", what, n, after[what])
		}
	}
	return got
}

// runOnce runs a program once.
func (s *suite) runOnce(t *testing.T, a attack, c *sandbox.Container) string {
	t.Helper()
	facts := s.run(t, c, s.programs[a.name], a)
	if a.collect != nil {
		if found := collected(c); !slices.Contains(a.collect, found) {
			t.Errorf("the judge found in the place of output: %s; want %s", found, strings.Join(a.collect, " | "))
		}
	}
	got := outcome(facts)
	if !slices.Contains(s.machine.expected(a), got) {
		t.Errorf("standard output: %.1000q\nstandard error: %.1000q", facts.Stdout, facts.Stderr)
	}
	return got
}

// run runs a program and looks for secrets in all that it gives back.
func (s *suite) run(t *testing.T, c *sandbox.Container, program *os.File, a attack) sandbox.Facts {
	t.Helper()
	cmd := sandbox.Command{Program: program, Args: []string{"program"}, Env: s.canary.env, Limits: a.limits}
	cmd.Limits.CPU *= time.Duration(s.slow)
	cmd.Limits.Wall *= time.Duration(s.slow)
	if a.window > 0 {
		cmd.Window = &sandbox.Window{Input: make([]byte, a.window)}
	}
	if a.stdin > 0 {
		in, err := os.Open(s.input(t, a.stdin))
		must(t, err)
		defer in.Close()
		cmd.Stdin = in
	}
	var facts sandbox.Facts
	var err error
	if cmd.OutputFile = a.toFile; a.peer == nil {
		facts, err = c.Run(context.Background(), cmd)
	} else {
		facts, err = s.runWithPeer(t, sandbox.Process{Container: c, Command: cmd}, a)
	}
	must(t, err)
	if a.toFile {
		facts.Stdout = s.outputIn(t, facts, a)
	}
	if err := s.canary.betrayed(facts); err != nil {
		t.Error(err)
	}
	s.searchWork(t, c, ".", 0)
	return facts
}

// runWithPeer runs a program joined to a peer, which must end as it should.
func (s *suite) runWithPeer(t *testing.T, p sandbox.Process, a attack) (sandbox.Facts, error) {
	t.Helper()
	c, err := sandbox.New(t.Context(), sandbox.Config{})
	must(t, err)
	defer func() { must(t, c.Close()) }()
	peer := sandbox.Process{Container: c, Command: sandbox.Command{Program: s.programs[peerName], Args: []string{"peer"}}}
	facts, err := sandbox.RunTogether(context.Background(), []sandbox.Process{p, peer}, []sandbox.Pipe{
		{From: sandbox.End{Process: 0, Descriptor: 1}, To: sandbox.End{Process: 1, Descriptor: 0}},
		{From: sandbox.End{Process: 1, Descriptor: 1}, To: sandbox.End{Process: 0, Descriptor: 0}},
		{From: sandbox.End{Process: 0, Descriptor: 3}, To: sandbox.End{Process: 1, Descriptor: 3}},
		{From: sandbox.End{Process: 1, Descriptor: 4}, To: sandbox.End{Process: 0, Descriptor: 4}},
	})
	if err != nil {
		return sandbox.Facts{}, err
	}
	if got := outcome(facts[1]); !slices.Contains(a.peer, got) {
		t.Errorf("its peer: got %q, want %q", got, strings.Join(a.peer, " | "))
	}
	return facts[0], nil
}

// outputIn reads the file in which a program's output is, which holds no more than
// it may, and exactly that where it would have been more.
func (s *suite) outputIn(t *testing.T, facts sandbox.Facts, a attack) []byte {
	t.Helper()
	defer facts.Output.Close()
	text, err := io.ReadAll(facts.Output)
	must(t, err)
	if n, most := int64(len(text)), a.limits.OutputBytes; n > most || facts.Hit == sandbox.OutputLimit && n != most {
		t.Errorf("the file of its output holds %d bytes; it may hold %d", n, most)
	}
	return text
}

// input is a file of zeros. They are written, not left out: what fills a hole
// first pays for its memory.
func (s *suite) input(t *testing.T, size int64) (path string) {
	t.Helper()
	path = filepath.Join(s.inputs, fmt.Sprint(size))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	must(t, os.WriteFile(path, make([]byte, size), 0o644))
	return path
}

// searchWork reads what is in the work folder as a judge could, which must
// neither hang nor lead out.
func (s *suite) searchWork(t *testing.T, c *sandbox.Container, dir string, depth int) {
	t.Helper()
	list, err := c.ReadDir(dir)
	if err != nil || depth > 8 {
		return
	}
	for _, e := range list {
		name := filepath.Join(dir, e.Name())
		if e.IsDir() {
			s.searchWork(t, c, name, depth+1)
			continue
		}
		text, err := c.ReadFile(name, 1<<16)
		if leak := s.canary.leaked(text); leak != "" && err == nil {
			t.Errorf("the file %q in the work folder holds %s", name, leak)
		}
	}
}

// collected says what a judge that collects "output" gets.
func collected(c *sandbox.Container) string {
	text, err := c.ReadFile("output", 1<<16)
	switch {
	case err == nil:
		return fmt.Sprintf("%d bytes", len(text))
	case errors.Is(err, sandbox.ErrNotFile):
		return "not a file"
	case errors.Is(err, sandbox.ErrTooLarge):
		return "too large"
	case errors.Is(err, fs.ErrNotExist):
		return "nothing"
	case errors.Is(err, fs.ErrPermission):
		return "no permission"
	}
	return err.Error()
}

// outcome is how a run ended, in the words of expectations.
func outcome(f sandbox.Facts) string {
	var b strings.Builder
	switch {
	case f.Hit != sandbox.NoLimit:
		fmt.Fprintf(&b, "limit %s", f.Hit)
	case f.Window != nil && f.Window.Closed && !f.Exited && f.Signal == unix.SIGKILL:
		b.WriteString("window closed")
	case f.Exited:
		fmt.Fprintf(&b, "exit %d", f.ExitStatus)
	default:
		fmt.Fprintf(&b, "signal %s", unix.SignalName(f.Signal))
	}
	if f.LeftProcesses {
		b.WriteString(", left processes")
	}
	return b.String()
}

// runControl runs an ordinary program and gives what it found.
func (s *suite) runControl(t *testing.T, c *sandbox.Container) string {
	t.Helper()
	ordinary, err := parseAttack("run/control.c", "// tries: nothing\n// expect: exit 0\n// limits: memory=8M processes=2 output=64K\n// stdin: 4K\n")
	must(t, err)
	facts := s.run(t, c, s.control, ordinary)
	return fmt.Sprintf("%s, %d bytes of errors\n%s", outcome(facts), len(facts.Stderr), facts.Stdout)
}
