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
		if got := parseCPUs(list); len(got) != want {
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
