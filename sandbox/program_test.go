package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// grouped skips what only control groups can do.
func grouped(t *testing.T) {
	t.Helper()
	if g := findCgroups(); g.version == 0 {
		t.Skip("needs control groups:", g.reason)
	}
}

// behave runs one behaviour of testdata/program.c.
func behave(t *testing.T, c *Container, limits Limits, keepWork bool, args ...string) Facts {
	t.Helper()
	facts, err := c.Run(context.Background(), Command{
		Program: compiled(t, "program.c"), Args: append([]string{"program"}, args...), Limits: limits, KeepWork: keepWork})
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return facts
}

// outcome is the part of the facts that does not depend on the machine.
func outcome(f Facts) string {
	var b strings.Builder
	if f.Exited {
		fmt.Fprintf(&b, "exit %d", f.ExitStatus)
	} else {
		fmt.Fprintf(&b, "signal %d", f.Signal)
	}
	if f.Hit != NoLimit {
		fmt.Fprintf(&b, ", %s limit", f.Hit)
	}
	if f.LeftProcesses {
		b.WriteString(", left processes")
	}
	if f.StderrTruncated {
		b.WriteString(", stderr truncated")
	}
	return b.String()
}

// programTests are behaviours with the outcome they must have. Limits leave
// room for a busy machine: what must hit one does so whatever the speed.
var programTests = []struct {
	args   string
	limits Limits
	want   string // alternatives, where the end may come first, are divided by "|"
	stdout string
	groups bool // needs control groups
}{
	{args: "exit 0", want: "exit 0"},
	{args: "exit 42", want: "exit 42"},
	{args: "abort", want: "signal 6"},
	{args: "segv", want: "signal 11"},
	{args: "overflow", limits: Limits{StackBytes: 16 << 20}, want: "signal 11"},
	{args: "recurse", limits: Limits{StackBytes: 256 << 20, CPU: 5 * time.Minute, Wall: 10 * time.Minute}, want: "exit 0", stdout: "ok\n"},

	{args: "spin", limits: Limits{CPU: 100 * time.Millisecond}, want: "signal 9, cpu limit"},
	{args: "stubborn", limits: Limits{CPU: 100 * time.Millisecond}, want: "signal 9, cpu limit"},
	{args: "spinthreads", limits: Limits{CPU: 200 * time.Millisecond}, want: "signal 9, cpu limit"},
	{args: "orphan", limits: Limits{CPU: 200 * time.Millisecond}, want: "signal 9, cpu limit", groups: true},
	{args: "sleep", limits: Limits{Wall: 100 * time.Millisecond}, want: "signal 9, wall limit"},
	{args: "stop", limits: Limits{Wall: 100 * time.Millisecond}, want: "signal 9, wall limit"},

	{args: "forkbomb", limits: Limits{CPU: 300 * time.Millisecond, Processes: 32}, want: "signal 9, cpu limit", groups: true},
	{args: "forkbomb", limits: Limits{Wall: 300 * time.Millisecond, Processes: 32}, want: "signal 9, wall limit", groups: true},
	{args: "daemon", want: "exit 0, left processes", stdout: "ok\n"},
	{args: "child", want: "exit 0, left processes", stdout: "ok\n"},
	{args: "children", limits: Limits{Processes: 5}, want: "exit 0", stdout: "5\n", groups: true},
	{args: "threads 7", limits: Limits{Processes: 8}, want: "exit 0", stdout: "ok\n"},
	{args: "threads 8", limits: Limits{Processes: 8}, want: "exit 0", stdout: "thread 7: Resource temporarily unavailable\n", groups: true},

	{args: "memory 32", limits: Limits{MemoryBytes: 64 << 20}, want: "exit 0", stdout: "ok\n"},
	{args: "memory 128", limits: Limits{MemoryBytes: 64 << 20}, want: "signal 9, memory limit", groups: true},
	{args: "pagetables", limits: Limits{MemoryBytes: 64 << 20}, want: "signal 9, memory limit", groups: true},
	{args: "pipes", limits: Limits{MemoryBytes: 64 << 20, OpenFiles: 1024}, want: "signal 9, memory limit", groups: true},
	{args: "childmemory 128", limits: Limits{MemoryBytes: 64 << 20}, want: "exit 0, memory limit", stdout: "ok\n", groups: true},
	{args: "reserve", limits: Limits{MemoryBytes: 64 << 20}, want: "exit 0", stdout: "ok\n", groups: true},

	{args: "flood 1", limits: Limits{OutputBytes: 1 << 20}, want: "signal 9, output limit", stdout: strings.Repeat("\x00", 1<<20)},
	{args: "write 1 1048576", limits: Limits{OutputBytes: 1 << 20}, want: "exit 0", stdout: strings.Repeat("x", 1<<20)},
	{args: "write 1 1048577", limits: Limits{OutputBytes: 1 << 20}, want: "exit 0, output limit|signal 9, output limit", stdout: strings.Repeat("x", 1<<20)},
	{args: "write 2 1048576", limits: Limits{ErrorBytes: 1000}, want: "exit 0, stderr truncated"},
	{args: "flood 2", limits: Limits{CPU: 100 * time.Millisecond, ErrorBytes: 1000}, want: "signal 9, cpu limit, stderr truncated"},
	{args: "closeall", want: "exit 0"},
	{args: "cat", want: "exit 0"},
	{args: "stdinwrite", want: "exit 0", stdout: "ok\n"},

	{args: "descriptors", want: "exit 0", stdout: "ok\n"},
	{args: "files work", want: "exit 0", stdout: "ok\n"},
	{args: "readonly", want: "exit 0", stdout: "ok\n"},
	{args: "identity", want: "exit 0", stdout: "ok\n"},
	{args: "signals", want: "exit 0", stdout: "ok\n"},
	{args: "limits", want: "exit 0", stdout: "ok\n"},
	{args: "denied", want: "exit 0", stdout: "ok\n"},
	{args: "x32", want: "signal 31"},

	{args: "leave", want: "exit 0", stdout: "ok\n"},
	{args: "fill", want: "exit 0", stdout: "1048576\n"},
	{args: "inodes", want: "exit 0", stdout: "100\n"},
	{args: "traps", want: "exit 0", stdout: "ok\n"},
	{args: "fsize", limits: Limits{FileBytes: 1 << 19}, want: "signal 25"},
}

func TestRun(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20, WorkInodes: 100})
	for _, test := range programTests {
		t.Run(test.args, func(t *testing.T) {
			if test.groups {
				grouped(t)
			}
			facts := behave(t, c, test.limits, false, strings.Fields(test.args)...)
			if got := outcome(facts); !slices.Contains(strings.Split(test.want, "|"), got) {
				t.Errorf("%s: got %q, want %q\nfacts %+v", test.args, got, test.want, brief(facts))
			}
			if got := string(facts.Stdout); test.stdout != "" && got != test.stdout {
				t.Errorf("%s: got output %.200q, want %.200q", test.args, got, test.stdout)
			}
			// Whatever it did, the next program finds nothing of it.
			if f := behave(t, c, Limits{MemoryBytes: 16 << 20}, false, "look"); outcome(f) != "exit 0" || string(f.Stdout) != "ok\n" {
				t.Errorf("run after %s: got %q, output %q", test.args, outcome(f), f.Stdout)
			}
		})
	}
}

// brief leaves out output, which may be long.
func brief(f Facts) Facts {
	f.Stdout, f.Stderr = f.Stdout[:min(len(f.Stdout), 100)], f.Stderr[:min(len(f.Stderr), 100)]
	return f
}

// A kernel with 32-bit programs must kill one; without them the instruction
// itself is one the program dies of.
func TestForeignCalls(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("int 0x80 is of amd64")
	}
	c := container(t, Config{})
	facts := behave(t, c, Limits{}, false, "int80")
	if facts.Exited || facts.Signal != unix.SIGSYS && facts.Signal != unix.SIGSEGV {
		t.Errorf("int 0x80: got %q, output %q; want it killed", outcome(facts), facts.Stdout)
	}
}

func TestAccounting(t *testing.T) {
	grouped(t)
	c := container(t, Config{})
	small := behave(t, c, Limits{}, false, "memory", "4")
	large := behave(t, c, Limits{}, false, "memory", "100")
	if small.MemoryBytes > 50<<20 || large.MemoryBytes < 100<<20 || large.MemoryBytes > 150<<20 {
		t.Errorf("programs that touch 4 and 100 MiB: got %d and %d bytes", small.MemoryBytes, large.MemoryBytes)
	}
	// What the first runs of a group were charged too much was once taken from
	// the next ones.
	for range 20 {
		if least := behave(t, c, Limits{}, false, "memory", "1"); least.MemoryBytes < 1<<20 {
			t.Errorf("a program that touches 1 MiB: got %d bytes", least.MemoryBytes)
		}
	}
	facts := behave(t, c, Limits{CPU: 200 * time.Millisecond}, false, "orphan")
	if facts.CPU < 200*time.Millisecond {
		t.Errorf("got %v of CPU time for an orphan stopped at 200 ms", facts.CPU)
	}
}

func TestInput(t *testing.T) {
	c := container(t, Config{})
	name := filepath.Join(t.TempDir(), "in")
	text := strings.Repeat("0123456789abcdef", 1<<14)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		in, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		facts, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "cat"}, Stdin: in})
		if err != nil || string(facts.Stdout) != text {
			t.Errorf("cat of %d bytes: got %d bytes, %s, error %v", len(text), len(facts.Stdout), outcome(facts), err)
		}
	}
}

func TestArguments(t *testing.T) {
	c := container(t, Config{})
	facts, err := c.Run(context.Background(), Command{
		Program: compiled(t, "program.c"), Args: []string{"program", "args", "a b", "", "ü"}, Env: []string{"A=1", "B="}})
	if want := "a b\n\nü\nA=1\nB=\n"; err != nil || string(facts.Stdout) != want {
		t.Errorf("got output %q, error %v; want %q", facts.Stdout, err, want)
	}
}

func TestDevices(t *testing.T) {
	c := container(t, Config{Devices: true})
	facts := behave(t, c, Limits{}, false, "devices")
	if string(facts.Stdout) != "ok\n" {
		t.Errorf("got %q, output %q", outcome(facts), facts.Stdout)
	}
}

func TestCPUs(t *testing.T) {
	var have unix.CPUSet
	if err := unix.SchedGetaffinity(0, &have); err != nil {
		t.Fatal(err)
	}
	last := 0
	for cpu := range 1024 {
		if have.IsSet(cpu) {
			last = cpu
		}
	}
	c := container(t, Config{CPUs: []int{last}})
	for range 2 {
		facts := behave(t, c, Limits{}, false, "affinity")
		if got, want := string(facts.Stdout), strconv.Itoa(last)+" "; got != want {
			t.Errorf("got CPUs %q, want %q", got, want)
		}
	}
}

// What the kernel does not execute is the program's failure, what is missing
// in the container is ours.
func TestExec(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	for _, test := range []struct {
		name, content string
		mode          fs.FileMode
		ours          bool
	}{
		{"empty", "", 0o755, false},
		{"text", "hello\n", 0o755, false},
		{"cut off", "\x7fELF\x02\x01\x01", 0o755, false},
		{"interpreter", "#!/bin/sh\n", 0o755, false},
		{"mode", "\x7fELF", 0o600, true},
	} {
		name := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(name, []byte(test.content), test.mode); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		facts, err := c.Run(context.Background(), Command{Program: f, Args: []string{"x"}})
		if test.ours != (err != nil) || !test.ours && outcome(facts) != "exit 127" {
			t.Errorf("%s: got %q, error %v", test.name, outcome(facts), err)
		}
	}
	interpreted := filepath.Join(t.TempDir(), "x")
	if out, err := exec.Command("gcc", "-Wl,--dynamic-linker=/work", "-o", interpreted, "testdata/nop.c").CombinedOutput(); err != nil {
		t.Skipf("needs gcc: %v\n%s", err, out)
	}
	f, err := os.Open(interpreted)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	facts, err := c.Run(context.Background(), Command{Program: f, Args: []string{"x"}})
	if err != nil || outcome(facts) != "exit 127" {
		t.Errorf("a folder as interpreter: got %q, error %v", outcome(facts), err)
	}
	_, err = c.Run(context.Background(), Command{Args: []string{"/bin/absent"}})
	if err == nil || !strings.Contains(err.Error(), "exec /bin/absent") {
		t.Errorf("got error %v, want one that names the exec", err)
	}
	if f := behave(t, c, Limits{}, false, "identity"); string(f.Stdout) != "ok\n" {
		t.Errorf("after failed execs: %s, output %q", outcome(f), f.Stdout)
	}
}

// A program that is being written cannot be executed on most kernels. That
// is ours, and over when the file is closed.
func TestBusyFile(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	text, err := os.ReadFile(compiled(t, "nop.c").Name())
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "nop")
	if err := os.WriteFile(name, text, 0o755); err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := c.Run(context.Background(), Command{Program: f, Args: []string{"nop"}}); err != nil && !errors.Is(err, syscall.ETXTBSY) {
		t.Errorf("while it is written: got error %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if facts, err := c.Run(context.Background(), Command{Program: f, Args: []string{"nop"}}); err != nil || outcome(facts) != "exit 0" {
		t.Errorf("afterwards: got %q, error %v", outcome(facts), err)
	}
}

// Under nohup the judge ignores SIGHUP; its programs do not.
func TestIgnoredSignals(t *testing.T) {
	signal.Ignore(syscall.SIGHUP, syscall.SIGUSR1)
	defer signal.Reset(syscall.SIGHUP, syscall.SIGUSR1)
	c := container(t, Config{})
	if len(c.ignored) < 2 {
		t.Fatalf("ignored: %v", c.ignored)
	}
	if facts := behave(t, c, Limits{}, false, "identity"); string(facts.Stdout) != "ok\n" {
		t.Errorf("got output %q", facts.Stdout)
	}
}
