package sandbox

import (
	"context"
	"errors"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// refused demands that no container can be made, for a stated reason.
func refused(t *testing.T, what string, cfg Config, want string) {
	t.Helper()
	c, err := New(context.Background(), cfg)
	if err == nil {
		t.Errorf("%s: got a container, want an error with %q", what, want)
		_ = c.Close()
		return
	}
	if text := err.Error(); !strings.HasPrefix(text, "set up container: ") || !strings.Contains(text, want) || len(text) > 2000 {
		t.Errorf("%s: got error %q, want one with %q", what, text, want)
	}
}

// plant makes files of every kind in a folder.
func plant(t *testing.T, dir string) {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	l, err := net.Listen("unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	err = errors.Join(
		os.Mkdir(at("folder"), 0o755), os.Mkdir(at("folder/inner"), 0o755),
		os.WriteFile(at("file"), []byte("text"), 0o644), os.WriteFile(at("folder/file"), []byte("inner"), 0o644),
		os.Symlink("absent", at("dangling")), os.Symlink("loop", at("loop")),
		os.Symlink("folder", at("link")), os.Symlink("folder/../folder/inner/..", at("winding")),
		os.Symlink("/proc/self", at("process")), os.Symlink("inner", at("folder/alias")),
		unix.Mkfifo(at("fifo"), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
}

func TestMountSources(t *testing.T) {
	container(t, Config{}) // or skip
	dir := t.TempDir()
	plant(t, dir)
	for source, want := range map[string]string{
		"dangling": "no such file", "loop": "too many links", "absent": "no such file", "file/x": "not a directory",
		"fifo": "is a pipe", "socket": "is a socket", "process": "kernel's own files at /proc",
		"folder\x00x": "holds a NUL", strings.Repeat("x/", 3000): "a path of ",
	} {
		refused(t, source, Config{Mounts: []Mount{{dir + "/" + source, "/data"}}}, want)
	}
	for source, want := range map[string]string{
		"/": "kernel's own files at ", "/proc": "/proc", "/sys/kernel": "/sys", "/dev/null": "",
		"": "not an absolute path", "usr": "not an absolute path", "../usr": "not an absolute path",
	} {
		refused(t, source, Config{Mounts: []Mount{{source, "/data"}}}, want)
	}
	for _, source := range []string{"folder", "link", "winding", "folder/../link", "link/"} {
		c := container(t, Config{Mounts: []Mount{{dir + "/" + source, "/data"}, {"/usr", "/usr"}, {"/lib", "/lib"}, {"/lib64", "/lib64"}, {"/bin", "/bin"}}})
		facts, err := c.Run(context.Background(), Command{Args: []string{"/bin/cat", "/data/file"}})
		if err != nil || string(facts.Stdout) != "inner" {
			t.Errorf("%s: got %q, %s, error %v", source, facts.Stdout, outcome(facts), err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "folder"), 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(dir, "folder"), 0o755)
	if os.Geteuid() != 0 {
		refused(t, "unreadable", Config{Mounts: []Mount{{dir + "/folder/inner", "/data"}}}, "permission denied")
	}
}

func TestMountTargets(t *testing.T) {
	container(t, Config{}) // or skip
	dir := t.TempDir()
	plant(t, dir)
	long := "/" + strings.Repeat("x", 256)
	for target, want := range map[string]string{
		"": "not an absolute path", "data": "not an absolute path", "../data": "not an absolute path",
		"/": "sandbox's own", "/..": "sandbox's own", "/data/..": "sandbox's own", "/work": "sandbox's own", "/work/": "sandbox's own",
		"/x/../work/in": "sandbox's own", "/dev": "sandbox's own", "/dev/null": "sandbox's own", "/proc": "sandbox's own", "/proc/self": "sandbox's own",
		"/sys": "sandbox's own", "/data\x00/work": "holds a NUL", long: "a name of 256 bytes", strings.Repeat("/data", 1000): "a path of 5000 bytes",
	} {
		refused(t, target, Config{Mounts: []Mount{{dir + "/folder", target}}}, want)
	}
	for _, test := range []struct {
		name   string
		second Mount
		want   string
	}{
		{"twice", Mount{dir + "/folder", "/a/"}, "is there already"},
		{"twice, differently", Mount{dir + "/folder", "/b/../a"}, "is there already"},
		{"no place", Mount{dir + "/folder", "/a/absent"}, "make an empty folder of that name"},
		{"file over folder", Mount{dir + "/file", "/a/inner"}, "is a folder"},
		{"folder over file", Mount{dir + "/folder", "/a/file"}, "is a file"},
		{"over a link", Mount{dir + "/folder", "/a/alias"}, "is a link"},
		{"through a link", Mount{dir + "/folder", "/a/alias/x"}, "no such file"},
	} {
		refused(t, test.name, Config{Mounts: []Mount{{dir + "/folder", "/a"}, test.second}}, test.want)
	}
	refused(t, "in a file", Config{Mounts: []Mount{{dir + "/file", "/a"}, {dir + "/folder", "/a/b"}}}, "which is no folder")
	for _, name := range []string{"absent", "alias/x"} {
		if _, err := os.Lstat(filepath.Join(dir, "folder", name)); err == nil {
			t.Errorf("%s was made in the source", name)
		}
	}

	// Any other name is a name.
	var mounts []Mount
	var names []string
	for _, name := range []string{"new\nline", "size=1k,uid=0", "a:b", "back\\slash", "ü \t", "-o", "a/b/c/d", strings.Repeat("n", 255), strings.Repeat("deep/", 700) + "file"} {
		mounts = append(mounts, Mount{dir + "/file", "/m/" + name})
		names = append(names, "/m/"+name)
	}
	for i := range 200 {
		mounts = append(mounts, Mount{dir + "/folder", "/many/" + strconv.Itoa(i)})
	}
	for _, d := range []string{"/usr", "/lib", "/lib64", "/bin"} {
		mounts = append(mounts, Mount{d, d})
	}
	c := container(t, Config{Mounts: mounts})
	facts, err := c.Run(context.Background(), Command{Args: append([]string{"/bin/cat", "/many/199/file"}, names...)})
	if want := "inner" + strings.Repeat("text", len(names)); err != nil || string(facts.Stdout) != want {
		t.Errorf("got %q, %s, error %v, %s; want %q", facts.Stdout, outcome(facts), err, facts.Stderr, want)
	}
}

// What a mount shows can change while a container stands; it is made anew
// after a kill. Then nothing else may come into its place, and once the
// source is back the container works again.
func TestMountVanishes(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir)
	folder := filepath.Join(dir, "folder")
	c := container(t, Config{Mounts: []Mount{{folder, "/data"}}})
	kill := func() {
		t.Helper()
		if f := behave(t, c, Limits{Wall: time.Millisecond}, false, "sleep"); f.Hit != WallLimit {
			t.Fatalf("sleep: got %s", outcome(f))
		}
	}
	run := func() error {
		_, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "exit", "0"}})
		return err
	}
	aside := filepath.Join(dir, "aside")
	for what, change := range map[string]func() error{
		"vanished":           func() error { return nil },
		"replaced by a link": func() error { return os.Symlink("/etc", folder) },
		"replaced by a file": func() error { return os.WriteFile(folder, nil, 0o644) },
		"replaced by a pipe": func() error { return unix.Mkfifo(folder, 0o600) },
	} {
		kill()
		if err := errors.Join(os.Rename(folder, aside), change()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := run(); err == nil || !strings.Contains(err.Error(), "folder") && !strings.Contains(err.Error(), "/data") {
				t.Errorf("%s: got error %v, want one that names the mount", what, err)
			}
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(aside, folder); err != nil {
			t.Fatal(err)
		}
		if err := run(); err != nil {
			t.Errorf("%s and back: got error %v", what, err)
		}
	}
}

func TestWorkSizes(t *testing.T) {
	container(t, Config{}) // or skip
	for _, bad := range []Config{
		{WorkBytes: -1}, {WorkBytes: math.MinInt64}, {WorkBytes: math.MaxInt64},
		{WorkBytes: 1, WorkInodes: -1}, {WorkInodes: -1}, {WorkBytes: 1, WorkInodes: math.MaxInt64},
	} {
		refused(t, "work", bad, "work folder ")
	}
	for _, test := range []struct {
		cfg  Config
		file int // bytes that fit
	}{
		{Config{WorkBytes: 1}, 4096}, // whole pages
		{Config{WorkBytes: 4097}, 8192},
		{Config{WorkBytes: 1 << 20, WorkInodes: 1}, 1 << 20},
		{Config{WorkBytes: maxBytes, WorkInodes: maxInodes}, 2 << 20},
	} {
		c := container(t, test.cfg)
		if err := c.WriteFile("x", make([]byte, test.file), 0o644); err != nil {
			t.Errorf("%+v: a file of %d bytes: got error %v", test.cfg, test.file, err)
		}
		if test.cfg.WorkBytes < maxBytes {
			if err := c.WriteFile("x", make([]byte, test.file+1), 0o644); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%+v: a file of %d bytes: got error %v, want no space", test.cfg, test.file+1, err)
			}
		}
		if test.cfg.WorkInodes == 1 {
			if err := c.WriteFile("x", nil, 0o644); err != nil {
				t.Error(err)
			}
			if err := c.WriteFile("y", nil, 0o644); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("a second file where one fits: got error %v", err)
			}
		}
		if f := behave(t, c, Limits{}, false, "look"); outcome(f) != "exit 0" || string(f.Stdout) != "ok\n" {
			t.Errorf("%+v: %s, output %q", test.cfg, outcome(f), f.Stdout)
		}
	}
}

func TestBadCPUs(t *testing.T) {
	for _, test := range []struct {
		cpus []int
		want string
	}{
		{[]int{-1}, "numbers are 0 to 1023"}, {[]int{5000}, "numbers are 0 to 1023"}, {[]int{math.MaxInt}, "numbers are 0 to"},
		{[]int{1023}, "does not exist or is offline"}, {[]int{0, 0}, "given twice"},
	} {
		refused(t, "CPUs", Config{CPUs: test.cpus}, test.want)
	}
	for list, want := range map[string]int{"0-1": 2, "0": 1, "0-3,8,10-11": 7, "": 0, "x-2": 0, "3-1": 0} {
		if got := ParseCPUs(list); len(got) != want {
			t.Errorf("%q: got %v, want %d CPUs", list, got, want)
		}
	}
}

func TestBadLimits(t *testing.T) {
	for _, test := range []struct {
		limits Limits
		want   string
	}{
		{Limits{CPU: -1}, "limit of CPU time is -1ns: give 1ns to 8760h0m0s, or 0 for 10s"},
		{Limits{CPU: math.MaxInt64}, "limit of CPU time"},
		{Limits{Wall: 10 * maxTime}, "limit of wall time is 87600h0m0s"},
		{Limits{MemoryBytes: math.MaxInt64}, "limit of memory is 9223372036854775807 bytes: give 4194304 bytes to"},
		{Limits{MemoryBytes: minMemory - 1}, "limit of memory is 4194303 bytes"},
		{Limits{StackBytes: 1}, "limit of stack is 1 bytes: give 65536 bytes to"},
		{Limits{StackBytes: math.MinInt64}, "limit of stack"},
		{Limits{OutputBytes: -1}, "limit of output"}, {Limits{ErrorBytes: -1}, "limit of standard error"}, {Limits{FileBytes: -1}, "limit of file size"},
		{Limits{Processes: -1}, "limit of processes"}, {Limits{Processes: math.MaxInt}, "limit of processes"},
		{Limits{OpenFiles: 3}, "limit of open files is 3: give 4 to"}, {Limits{OpenFiles: math.MinInt}, "limit of open files"},
	} {
		if _, err := test.limits.withDefaults(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got error %v, want one with %q", test.limits, err, test.want)
		}
	}
}

// A program starts and ends as it should at the edge of each limit.
func TestEdgeLimits(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	for _, test := range []struct {
		name, args, want string
		limits           Limits
	}{
		{"most", "exit 0", "exit 0", Limits{CPU: maxTime, Wall: maxTime, MemoryBytes: maxBytes, OutputBytes: maxBytes, ErrorBytes: maxBytes,
			FileBytes: maxBytes, StackBytes: maxBytes, Processes: maxProcesses, OpenFiles: maxOpenFiles}},
		{"least memory", "exit 0", "exit 0", Limits{MemoryBytes: minMemory}},
		{"least stack", "exit 0", "exit 0", Limits{StackBytes: minStack}},
		{"least files", "exit 0", "exit 0", Limits{OpenFiles: minOpenFiles}},
		{"one process", "exit 0", "exit 0", Limits{Processes: 1}},
		{"one byte", "write 1 1", "exit 0", Limits{OutputBytes: 1, ErrorBytes: 1, FileBytes: 1}},
		{"least wall", "sleep", "signal 9, wall limit", Limits{Wall: 1}},
		{"least CPU", "spin", "signal 9, cpu limit", Limits{CPU: 1}},
	} {
		if got := outcome(behave(t, c, test.limits, false, strings.Fields(test.args)...)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestCommands gives Run what it must refuse, and checks each time that the
// container is none the worse.
func TestCommands(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	program := compiled(t, "program.c")
	dir := t.TempDir()
	plant(t, dir)
	open := func(name string, flags int) *os.File {
		t.Helper()
		f, err := os.OpenFile(name, flags, 0o755)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	closed := open(dir+"/file", os.O_RDONLY)
	_ = closed.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	text, err := os.ReadFile(program.Name())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(dir+"/program", text, 0o755), os.WriteFile(dir+"/plain", text, 0o644)); err != nil {
		t.Fatal(err)
	}
	args := []string{"program", "exit", "0"}
	for _, test := range []struct {
		name string
		cmd  Command
		want string
	}{
		{"no arguments", Command{Program: program}, "no arguments"},
		{"nothing to run", Command{Args: []string{""}}, "no program"},
		{"NUL in an argument", Command{Program: program, Args: []string{"x", "a\x00b"}}, "argument 1 holds a NUL"},
		{"NUL in a variable", Command{Program: program, Args: args, Env: []string{"A=1", "B=\x00"}}, "environment variable 1 holds a NUL"},
		{"long argument", Command{Program: program, Args: []string{strings.Repeat("x", 1<<20)}}, "argument list too long"},
		{"long environment", Command{Program: program, Args: args, Env: []string{strings.Repeat("x", 1<<20)}}, "argument list too long"},
		{"many arguments", Command{Program: program, Args: make([]string, 3<<20)}, "argument list too long"},
		{"bad limit", Command{Program: program, Args: args, Limits: Limits{CPU: -1}}, "limit of CPU time"},

		{"program: folder", Command{Program: open(dir, os.O_RDONLY), Args: args}, "is a folder"},
		{"program: pipe", Command{Program: r, Args: args}, "is a pipe"},
		{"program: device", Command{Program: open("/dev/null", os.O_RDONLY), Args: args}, "is a device"},
		{"program: closed", Command{Program: closed, Args: args}, "file already closed"},
		{"program: for writing", Command{Program: open(dir+"/program", os.O_RDWR), Args: args}, "open for writing"},
		{"program: not executable", Command{Program: open(dir+"/plain", os.O_RDONLY), Args: args}, "chmod +x"},
		{"program: absent in the container", Command{Args: []string{"/bin/sh"}}, "exec /bin/sh: no such file"},

		{"input: folder", Command{Program: program, Args: args, Stdin: open(dir, os.O_RDONLY)}, "is the folder"},
		{"input: closed", Command{Program: program, Args: args, Stdin: closed}, "standard input: "},
		{"input: writable", Command{Program: program, Args: args, Stdin: open(dir+"/file", os.O_RDWR)}, "open for reading and for nothing else"},
		{"input: write-only", Command{Program: program, Args: args, Stdin: open(dir+"/file", os.O_WRONLY)}, "open for reading"},
		{"input: path only", Command{Program: program, Args: args, Stdin: open(dir+"/file", unix.O_PATH)}, "open for reading"},
		{"input: wrong end", Command{Program: program, Args: args, Stdin: w}, "open for reading"},
		{"input: terminal", Command{Program: program, Args: args, Stdin: open("/dev/ptmx", os.O_RDONLY)}, "is the device"},
	} {
		facts, err := c.Run(context.Background(), test.cmd)
		if err == nil || !strings.HasPrefix(err.Error(), "run: ") || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 1000 {
			t.Errorf("%s: got %s, error %v; want one with %q", test.name, outcome(facts), err, test.want)
		}
		if f := behave(t, c, Limits{}, false, "identity"); string(f.Stdout) != "ok\n" {
			t.Errorf("after %s: %s, output %q", test.name, outcome(f), f.Stdout)
		}
	}

	// What is odd but means something.
	for _, test := range []struct {
		name string
		cmd  Command
		want string
	}{
		{"no name", Command{Program: program, Args: []string{"", "exit", "7"}}, "exit 7"},
		{"variables without a name", Command{Program: program, Args: args, Env: []string{"", "=", "x"}}, "exit 0"},
		{"path only", Command{Program: open(program.Name(), unix.O_PATH), Args: args}, "exit 0"},
		{"input from a device", Command{Program: program, Args: args, Stdin: open("/dev/zero", os.O_RDONLY)}, "exit 0"},
		{"input is the program", Command{Program: program, Args: args, Stdin: program}, "exit 0"},
		{"endless input", Command{Program: program, Args: []string{"program", "cat"}, Stdin: open("/dev/zero", os.O_RDONLY), Limits: Limits{OutputBytes: 1 << 20}}, "signal 9, output limit"},
	} {
		if facts, err := c.Run(context.Background(), test.cmd); err != nil || outcome(facts) != test.want {
			t.Errorf("%s: got %s, error %v; want %s", test.name, outcome(facts), err, test.want)
		}
	}
}

// An executable of another machine, and one in memory, sealed or not.
func TestPrograms(t *testing.T) {
	c := container(t, Config{})
	text, err := os.ReadFile(compiled(t, "nop.c").Name())
	if err != nil {
		t.Fatal(err)
	}
	memory := func(flags int, text []byte) *os.File {
		t.Helper()
		fd, err := unix.MemfdCreate("program", unix.MFD_CLOEXEC|flags)
		if err != nil {
			t.Skip("needs memory files with seals:", err)
		}
		w := os.NewFile(uintptr(fd), "memory")
		defer w.Close()
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open("/proc/self/fd/" + strconv.Itoa(fd))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	const noExec, exec = 0x8, 0x10 // MFD_NOEXEC_SEAL, MFD_EXEC
	run := func(f *os.File) (Facts, error) {
		return c.Run(context.Background(), Command{Program: f, Args: []string{"x"}})
	}
	if facts, err := run(memory(exec, text)); err != nil || outcome(facts) != "exit 0" {
		t.Errorf("in memory: got %s, error %v", outcome(facts), err)
	}
	if _, err := run(memory(noExec, text)); err == nil || !strings.Contains(err.Error(), "chmod +x") {
		t.Errorf("sealed against execution: got error %v", err)
	}
	for name, machine := range map[string][2]byte{"s390": {22, 0}, "none": {0, 0}, "32-bit": {3, 0}} {
		foreign := append([]byte(nil), text...)
		copy(foreign[18:], machine[:])
		if facts, err := run(memory(exec, foreign)); err != nil || outcome(facts) != "exit 127" || len(facts.Stderr) == 0 {
			t.Errorf("for machine %s: got %s, error %v, stderr %q", name, outcome(facts), err, facts.Stderr)
		}
	}
	for size := 0; size < 200; size += 13 {
		if facts, err := run(memory(exec, text[:size])); err != nil || facts.Exited && facts.ExitStatus == 0 {
			t.Errorf("cut off after %d bytes: got %s, error %v", size, outcome(facts), err)
		}
	}
}
