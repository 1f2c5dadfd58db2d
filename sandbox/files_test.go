package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCollect goes into a work folder in which a program left everything that
// a collector could stumble over.
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

// TestOddNames collects what a program named and shaped to make that hard.
func TestOddNames(t *testing.T) {
	c := container(t, Config{WorkBytes: 8 << 20})
	if f := behave(t, c, Limits{FileBytes: 1 << 20}, false, "names"); string(f.Stdout) != "ok\n" {
		t.Fatalf("names: %s, output %q", outcome(f), f.Stdout)
	}
	list, err := c.ReadDir(".")
	if err != nil || len(list) != 12 {
		t.Fatalf("list: got %v, error %v; want 12 names", list, err)
	}
	for _, e := range list {
		data, err := c.ReadFile(e.Name(), 100)
		switch e.Name() {
		case "d", "closed":
			if !errors.Is(err, ErrNotFile) && !errors.Is(err, fs.ErrPermission) {
				t.Errorf("read %q: got error %v, want %v or no permission", e.Name(), err, ErrNotFile)
			}
		case "~":
			if !errors.Is(err, ErrTooLarge) {
				t.Errorf("read a file of 1 MiB: got %d bytes, error %v, want %v", len(data), err, ErrTooLarge)
			}
		default:
			if err != nil || string(data) != "x" {
				t.Errorf("read %q: got %q, error %v", e.Name(), data, err)
			}
		}
	}
	deep := strings.TrimSuffix(strings.Repeat("d/", 1000), "/")
	if list, err := c.ReadDir(deep); err != nil || len(list) != 0 {
		t.Errorf("list 1000 folders down: got %v, error %v", list, err)
	}
	for name, want := range map[string]error{
		deep + "/" + strings.Repeat("d/", 2000): syscall.ENAMETOOLONG, strings.Repeat("n", 256): syscall.ENAMETOOLONG,
		"a\x00b": syscall.EINVAL, "-rf/x": syscall.ENOTDIR, "d": ErrNotFile, ".": ErrNotFile,
	} {
		if err := c.WriteFile(name, []byte("x"), 0o644); !errors.Is(err, want) || len(err.Error()) > 500 {
			t.Errorf("write %.100q: got error %v, want %v", name, err, want)
		}
	}
	if err := c.WriteFile("big", make([]byte, 16<<20), 0o644); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("write more than fits: got error %v", err)
	}
	if data, err := c.ReadFile("big", 16<<20); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a file is there: %d bytes, error %v", len(data), err)
	}
	if data, err := c.ReadFile("-rf", -1); !errors.Is(err, ErrTooLarge) {
		t.Errorf("read at most -1 bytes: got %q, error %v", data, err)
	}
}

func TestWorkFolder(t *testing.T) {
	for _, secluded := range []bool{false, true} {
		t.Run(fmt.Sprintf("secluded %v", secluded), func(t *testing.T) { testWorkFolder(t, Config{WorkBytes: 1 << 20, Secluded: secluded}) })
	}
}

func testWorkFolder(t *testing.T, config Config) {
	c := container(t, config)
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
