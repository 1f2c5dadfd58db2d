package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
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

// traps is a container in whose work folder a program left everything that a
// collector could stumble over.
func TestCollect(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	if f := behave(t, c, Limits{}, false, "traps"); string(f.Stdout) != "ok\n" {
		t.Fatalf("traps: %s, output %q", outcome(f), f.Stdout)
	}
	for name, want := range map[string]error{
		"link": ErrNotFile, "up": ErrNotFile, "self/secret": ErrNotFile, "dir": ErrNotFile, "absent": fs.ErrNotExist, ".": ErrNotFile,
	} {
		if data, err := c.ReadFile(name, 1000); !errors.Is(err, want) {
			t.Errorf("read %s: got %q, error %v; want %v", name, data, err, want)
		}
	}
	for _, name := range []string{"../x", "/etc/passwd", "", "dir/../../x"} {
		if data, err := c.ReadFile(name, 1000); err == nil {
			t.Errorf("read %q: got %q, want an error", name, data)
		}
		if err := c.WriteFile(name, nil, 0o644); err == nil {
			t.Errorf("write %q: got no error", name)
		}
	}
	if os.Geteuid() == 0 {
		if data, err := c.ReadFile("secret", 4); err != nil || string(data) != "data" {
			t.Errorf("read secret: got %q, error %v", data, err)
		}
		if data, err := c.ReadFile("secret", 3); !errors.Is(err, ErrTooLarge) {
			t.Errorf("read secret: got %q, error %v; want %v", data, err, ErrTooLarge)
		}
	}
	list, err := c.ReadDir(".")
	var names []string
	for _, e := range list {
		names = append(names, e.Name()+" "+e.Type().String())
	}
	if got, want := strings.Join(names, ", "), "dir d---------, link L---------, secret ----------, self L---------, up L---------"; err != nil || got != want {
		t.Errorf("list: got %q, error %v; want %q", got, err, want)
	}
	for _, name := range []string{"link", "self", "secret"} {
		if list, err := c.ReadDir(name); err == nil {
			t.Errorf("list %s: got %v, want an error", name, list)
		}
	}
	if err := c.WriteFile("link", []byte("x"), 0o644); !errors.Is(err, ErrNotFile) {
		t.Errorf("write through a link: got error %v, want %v", err, ErrNotFile)
	}
}

func TestWorkFolder(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	if err := c.WriteFile("a/b/file", []byte("hello"), 0o640); err != nil {
		t.Fatal(err)
	}
	if f := behave(t, c, Limits{}, true, "leave"); string(f.Stdout) != "ok\n" {
		t.Fatalf("leave: %s, output %q", outcome(f), f.Stdout)
	}
	if data, err := c.ReadFile("a/b/file", 5); err != nil || string(data) != "hello" {
		t.Errorf("read own file: got %q, error %v", data, err)
	}
	if data, err := c.ReadFile("left", 5); err != nil || string(data) != "x" {
		t.Errorf("read what was left: got %q, error %v", data, err)
	}
	if f := behave(t, c, Limits{}, true, "look"); string(f.Stdout) == "ok\n" {
		t.Error("a run with KeepWork found the work folder empty")
	}
	if err := c.EmptyWork(); err != nil {
		t.Fatal(err)
	}
	if list, err := c.ReadDir("."); err != nil || len(list) > 0 {
		t.Errorf("after EmptyWork: got %v, error %v", list, err)
	}
	if f := behave(t, c, Limits{}, true, "look"); string(f.Stdout) != "ok\n" {
		t.Errorf("after EmptyWork: %s, output %q", outcome(f), f.Stdout)
	}
	// What a killed run left can still be collected.
	behave(t, c, Limits{}, true, "leave")
	behave(t, c, Limits{Wall: 50 * time.Millisecond}, true, "sleep")
	if data, err := c.ReadFile("left", 5); err != nil || string(data) != "x" {
		t.Errorf("read after a kill: got %q, error %v", data, err)
	}
	if err := c.WriteFile("big", make([]byte, 2<<20), 0o644); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("write more than fits: got error %v", err)
	}
	none := container(t, Config{})
	if err := none.WriteFile("x", nil, 0o644); err == nil {
		t.Error("wrote into a container without a work folder")
	}
}

// A work folder too large to be unmounted by the next program's process is
// emptied all the same.
func TestLargeWork(t *testing.T) {
	c := container(t, Config{WorkBytes: largeWork + 1<<20})
	for range 2 {
		if f := behave(t, c, Limits{}, false, "fill"); outcome(f) != "exit 0" {
			t.Errorf("fill: %s, output %q", outcome(f), f.Stdout)
		}
		if list, err := c.ReadDir("."); err != nil || len(list) != 1 || c.workBytes() <= largeWork {
			t.Errorf("got %v, error %v, %d bytes", list, err, c.workBytes())
		}
		if f := behave(t, c, Limits{}, false, "look"); string(f.Stdout) != "ok\n" {
			t.Errorf("look: %s, output %q", outcome(f), f.Stdout)
		}
	}
}

// TestCompile runs the real compiler, which forks three levels of programs.
func TestCompile(t *testing.T) {
	if _, err := os.Stat("/usr/bin/g++"); err != nil {
		t.Skip("needs /usr/bin/g++")
	}
	var mounts []Mount
	for _, dir := range []string{"/usr", "/bin", "/lib", "/lib64"} {
		if _, err := os.Stat(dir); err == nil {
			mounts = append(mounts, Mount{dir, dir})
		}
	}
	c := container(t, Config{Mounts: mounts, Devices: true, WorkBytes: 64 << 20})
	for _, test := range []struct{ name, source, want, errorText string }{
		{"good", "#include <iostream>\nint main() { std::cout << \"hello\\n\"; }\n", "exit 0", ""},
		{"bad", "int main() { return x; }\n", "exit 1", "'x' was not declared"},
		{"secret", "#include \"/etc/passwd\"\n", "exit 1", "No such file"},
		{"own source", "#include \"/proc/self/cmdline\"\n", "exit 1", "No such file"},
		{"embedded", "asm(\".incbin \\\"/etc/passwd\\\"\");\nint main() {}\n", "exit 1", "file not found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := c.EmptyWork(); err != nil {
				t.Fatal(err)
			}
			if err := c.WriteFile("main.cpp", []byte(test.source), 0o644); err != nil {
				t.Fatal(err)
			}
			facts, err := c.Run(context.Background(), Command{
				Args: []string{"/usr/bin/g++", "-static", "-o", "main", "main.cpp"}, Env: []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}, KeepWork: true,
				Limits: Limits{CPU: 5 * time.Minute, Wall: 10 * time.Minute}})
			if err != nil || outcome(facts) != test.want || !strings.Contains(string(facts.Stderr), test.errorText) {
				t.Fatalf("compile: got %q, error %v, stderr %s", outcome(facts), err, facts.Stderr)
			}
			if test.want != "exit 0" {
				return
			}
			binary, err := c.ReadFile("main", 64<<20)
			if err != nil {
				t.Fatal(err)
			}
			runProgram(t, binary, "hello\n")
		})
	}
}

func runProgram(t *testing.T, binary []byte, want string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "main")
	if err := os.WriteFile(name, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	facts, err := container(t, Config{}).Run(context.Background(), Command{Program: f, Args: []string{"main"}})
	if err != nil || string(facts.Stdout) != want {
		t.Errorf("run: got %q, %s, error %v; want %q", facts.Stdout, outcome(facts), err, want)
	}
}

// What the kernel does not execute is the program's failure, what is missing
// in the container is ours.
func TestExec(t *testing.T) {
	c := container(t, Config{})
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
	_, err := c.Run(context.Background(), Command{Args: []string{"/bin/absent"}})
	if err == nil || !strings.Contains(err.Error(), "exec /bin/absent") {
		t.Errorf("got error %v, want one that names the exec", err)
	}
	if f := behave(t, c, Limits{}, false, "identity"); string(f.Stdout) != "ok\n" {
		t.Errorf("after failed execs: %s, output %q", outcome(f), f.Stdout)
	}
}

func TestCancel(t *testing.T) {
	c := container(t, Config{})
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := c.Run(ctx, Command{Program: compiled(t, "program.c"), Args: []string{"program", "cat"}, Stdin: in})
		if !errors.Is(err, stop) {
			t.Errorf("got error %v, want %v", err, stop)
		}
	})
	cancel(stop)
	wg.Wait()
	_ = out.Close()
	if _, err := c.Run(ctx, Command{Program: compiled(t, "program.c"), Args: []string{"program"}}); err == nil {
		t.Error("ran with a context that had ended")
	}
	if f := behave(t, c, Limits{}, false, "identity"); string(f.Stdout) != "ok\n" {
		t.Errorf("after the cancellation: %s, output %q", outcome(f), f.Stdout)
	}
}

func TestClosed(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	for range 2 {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"x"}}); !errors.Is(err, errClosed) {
		t.Errorf("run: got error %v", err)
	}
	if err := c.WriteFile("x", nil, 0o644); !errors.Is(err, errClosed) {
		t.Errorf("write: got error %v", err)
	}
	if _, err := c.ReadFile("x", 1); err == nil {
		t.Error("read: got no error")
	}
}

func TestInvalid(t *testing.T) {
	for _, cfg := range []Config{
		{Mounts: []Mount{{"/absent/folder", "/x"}}},
		{Mounts: []Mount{{"/usr", "/"}}},
		{Mounts: []Mount{{"/usr", "/work/x"}}},
		{Mounts: []Mount{{"/usr", "x"}}},
		{Mounts: []Mount{{"/proc", "/proc"}}},
		{WorkBytes: -1},
		{CPUs: []int{1000}},
	} {
		if c, err := New(context.Background(), cfg); err == nil {
			t.Errorf("%+v: got no error", cfg)
			_ = c.Close()
		} else if !strings.HasPrefix(err.Error(), "set up container: ") {
			t.Errorf("%+v: error %q does not name the step", cfg, err)
		}
	}
	c := container(t, Config{})
	program := compiled(t, "nop.c")
	for _, cmd := range []Command{
		{Program: program},
		{Program: program, Args: []string{"x"}, Limits: Limits{CPU: -1}},
		{Program: program, Args: []string{"x"}, Limits: Limits{MemoryBytes: 1}},
	} {
		if _, err := c.Run(context.Background(), cmd); err == nil {
			t.Errorf("%+v: got no error", cmd)
		}
	}
}

// TestNested checks mounts below mounts, single files, and sources that only
// the judge's user may reach.
func TestNested(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a/b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a/one": "1", "two": "2"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	mounts := []Mount{{dir + "/two", "/data/b/two"}, {dir + "/link", "/data"}, {"/usr", "/usr"}, {"/lib", "/lib"}, {"/lib64", "/lib64"}, {"/bin", "/bin"}}
	if err := os.WriteFile(filepath.Join(dir, "a/b/two"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c := container(t, Config{Mounts: mounts})
	facts, err := c.Run(context.Background(), Command{
		Args: []string{"/bin/sh", "-c", "cat /data/one /data/b/two; echo x >/data/one || echo refused; ls /"}, Env: []string{"PATH=/usr/bin:/bin"}})
	if want := "12refused\nbin\ndata\nlib\nlib64\nusr\n"; err != nil || string(facts.Stdout) != want {
		t.Errorf("got %q, %s, error %v, stderr %s; want %q", facts.Stdout, outcome(facts), err, facts.Stderr, want)
	}
}

// traces counts what a container could leave behind on the machine.
func traces(t *testing.T) map[string]int {
	t.Helper()
	count := map[string]int{}
	for what, dir := range map[string]string{"descriptors": "/proc/self/fd", "threads": "/proc/self/task"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		count[what] = len(entries)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	count["mounts"] = bytes.Count(mounts, []byte("\n"))
	own, err := ownGroupName()
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range findCgroups().base {
		groups, err := filepath.Glob(filepath.Join(base, own+"-*"))
		if err != nil {
			t.Fatal(err)
		}
		count["groups"] += len(groups)
	}
	children, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range children {
		b, _ := os.ReadFile(name)
		count["processes"] += len(bytes.Fields(b))
	}
	return count
}

func TestNothingLeft(t *testing.T) {
	program := compiled(t, "program.c")
	// What the process keeps for good is there after the first container.
	if err := container(t, Config{}).Close(); err != nil {
		t.Fatal(err)
	}
	runtime.GC() // closes files of earlier tests
	before := traces(t)
	c, err := New(context.Background(), Config{WorkBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]int{}
	for i := range 200 {
		args := []string{"program", "leave"}
		limits := Limits{}
		switch i % 20 {
		case 7:
			args[1] = "daemon"
		case 17:
			args[1], limits.Wall = "sleep", time.Millisecond
		}
		if _, err := c.Run(context.Background(), Command{Program: program, Args: args, Limits: limits}); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			first = traces(t)
		}
	}
	last := traces(t)
	for _, what := range []string{"descriptors", "mounts", "groups", "processes"} {
		if first[what] != last[what] {
			t.Errorf("%s: %d after 2 runs, %d after 200", what, first[what], last[what])
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	after := traces(t)
	for _, what := range []string{"descriptors", "mounts", "groups", "processes"} {
		if before[what] != after[what] {
			t.Errorf("%s: %d before, %d after", what, before[what], after[what])
		}
	}
}

func TestTwoContainers(t *testing.T) {
	one, two := container(t, Config{WorkBytes: 1 << 20}), container(t, Config{WorkBytes: 1 << 20})
	compiled(t, "program.c")
	var wg sync.WaitGroup
	for _, c := range []*Container{one, two, one, two} {
		wg.Go(func() {
			for range 25 {
				f, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "look"}})
				if err != nil || string(f.Stdout) != "ok\n" {
					t.Errorf("got %q, %s, error %v", f.Stdout, outcome(f), err)
				}
				f, err = c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "sleep"}, Limits: Limits{Wall: time.Millisecond}})
				if err != nil || f.Hit != WallLimit {
					t.Errorf("got %s, error %v, want a wall limit", outcome(f), err)
				}
			}
		})
	}
	wg.Wait()
}

// judgeVariable has TestKilledJudge's copy of this test binary play a judge.
const judgeVariable = "SANDBOX_TEST_JUDGE"

func TestKilledJudge(t *testing.T) {
	if os.Getenv(judgeVariable) != "" {
		playJudge(t)
		return
	}
	compiled(t, "program.c")
	container(t, Config{}) // or skip
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestKilledJudge$")
	cmd.Env = append(os.Environ(), judgeVariable+"=1")
	in, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var init, program int
	if _, err := fmt.Fscanf(in, "%d %d\n", &init, &program); err != nil {
		t.Fatal(err)
	}
	var handles []unix.PollFd
	for _, pid := range []int{init, program} {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		handles = append(handles, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for i := range handles {
		if n, err := unix.Poll(handles[i:i+1], 20_000); n != 1 {
			t.Fatalf("process %d of the killed judge still lives, %v", i, err)
		}
	}
	Maintain()
	for _, base := range findCgroups().base {
		left, _ := filepath.Glob(filepath.Join(base, fmt.Sprintf("%s%d-*", groupPrefix, cmd.Process.Pid)))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// playJudge runs a program for ever and says which processes there are.
func playJudge(t *testing.T) {
	program := compiled(t, "program.c")
	c := container(t, Config{WorkBytes: 1 << 20})
	in, _, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			if pid := childBesides(c.in.pid); pid > 0 {
				fmt.Println(c.in.pid, pid)
				return
			}
		}
	}()
	_, err = c.Run(context.Background(), Command{Program: program, Args: []string{"program", "cat"}, Stdin: in, Limits: Limits{Wall: time.Hour}})
	t.Fatal("the program ended:", err)
}

// childBesides gives a child of this process that has executed something and
// is not the given one, or 0.
func childBesides(other int) int {
	own, _ := os.ReadFile("/proc/self/comm")
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for _, field := range strings.Fields(string(b)) {
			pid, _ := strconv.Atoi(field)
			name, err := os.ReadFile("/proc/" + field + "/comm")
			if err == nil && pid != other && !bytes.Equal(name, own) {
				return pid
			}
		}
	}
	return 0
}

// TestUnprivileged repeats the tests as a user without rights.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("is unprivileged anyway")
	}
	cmd := exec.Command("/proc/self/exe", "-test.v", "-test.run=^(TestRun|TestCollect|TestWorkFolder|TestCompile|TestCancel|TestCheck|TestDevices|TestExec)$")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=/tmp"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "SKIP: TestRun ") {
		t.Skipf("%s", out)
	}
}

func TestCheck(t *testing.T) {
	report := Check()
	if len(report.Protections) < 15 {
		t.Errorf("got %d protections", len(report.Protections))
	}
	for _, p := range report.Protections {
		if p.Name == "" || p.Meaning == "" || p.Found == "" || !p.Present && p.Cure == "" {
			t.Errorf("incomplete: %+v", p)
		}
	}
	c, err := New(context.Background(), Config{})
	if err == nil {
		err = c.Close()
	}
	if report.Unusable != (err != nil) {
		t.Errorf("unusable is %v, New says %v", report.Unusable, err)
	}
}

// TestLayout compares the structs with the offsets in the assembly.
func TestLayout(t *testing.T) {
	var s step
	var p plan
	got := []uintptr{unsafeOffset(&s, &s.args[0]), unsafeOffset(&s, &s.args[5]), unsafeOffset(&s, &s.tolerated), unsafeOffset(&s, &s.leave),
		unsafeOffset(&p, &p.count), unsafeOffset(&p, &p.failed), unsafeOffset(&p, &p.errno)}
	want := []uintptr{8, 48, 56, 64, 8, 16, 24}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got offsets %v, want %v", got, want)
	}
}
