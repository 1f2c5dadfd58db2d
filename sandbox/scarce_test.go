package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// scarceVariable has a copy of this test binary play a judge on a machine
// that lacks something.
const scarceVariable = "SANDBOX_TEST_SCARCE"

// alone runs the calling test once more, in a process of its own with these
// namespaces, and says whether this is that process.
func alone(t *testing.T, namespaces uintptr) bool {
	t.Helper()
	if os.Getenv(scarceVariable) != "" {
		return true
	}
	container(t, Config{}) // or skip
	cmd := exec.Command("/proc/self/exe", "-test.v", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), scarceVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces}
	if namespaces&unix.CLONE_NEWUSER != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	} else if namespaces != 0 && os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skipf("%s", out)
	}
	return false
}

// Whatever number of descriptors is missing, nothing is half made and nothing
// is left.
func TestFewDescriptors(t *testing.T) {
	if !alone(t, 0) {
		return
	}
	program := compiled(t, "program.c")
	whole := findCgroups().version
	if err := container(t, Config{}).Close(); err != nil {
		t.Fatal(err)
	}
	mounts := []Mount{{"/usr", "/usr"}}
	var free []int // descriptors, lowest first
	for fd := range 1024 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
			free = append(free, fd)
		}
	}
	var all unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &all); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	before := traces(t)
	made, ran := 0, 0
	for extra := range 64 {
		set := func(n uint64) {
			if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: all.Max}); err != nil {
				t.Fatal(err)
			}
		}
		set(uint64(free[extra]))
		c, err := New(context.Background(), Config{Mounts: mounts, Devices: true, WorkBytes: 1 << 20})
		if err == nil {
			made++
			if c.groups.version != whole {
				t.Errorf("%d descriptors: control groups are not seen: %s", extra, c.groups.reason)
			}
			for range 2 {
				var facts Facts
				facts, err = c.Run(context.Background(), Command{Program: program, Args: []string{"program", "look"}})
				switch {
				case err == nil && outcome(facts) == "exit 0":
					ran++
				case err == nil:
					t.Errorf("%d descriptors: got %s, %q", extra, outcome(facts), facts.Stdout)
				}
			}
			if err := c.Close(); err != nil {
				t.Errorf("%d descriptors: close: %v", extra, err)
			}
		}
		set(all.Cur)
		if err != nil && !errors.Is(err, syscall.EMFILE) {
			t.Errorf("%d descriptors: got error %v, want too many open files", extra, err)
		}
		runtime.GC()
		if after := traces(t); after["descriptors"] > before["descriptors"] || after["groups"] > before["groups"] || after["processes"] > before["processes"] {
			t.Errorf("%d descriptors: %v before, %v after", extra, before, after)
			before = after
		}
	}
	if made == 0 || made == 64 || ran == 0 {
		t.Errorf("made %d containers of 64 and ran %d programs", made, ran)
	}
}

// The limits of namespaces are per user namespace, so the machine's stay.
func TestFewNamespaces(t *testing.T) {
	if !alone(t, unix.CLONE_NEWUSER|unix.CLONE_NEWNS) {
		return
	}
	for _, kind := range []string{"user", "pid", "mnt", "net", "ipc", "uts", "cgroup"} {
		name := "/proc/sys/user/max_" + kind + "_namespaces"
		old, err := os.ReadFile(name)
		if err != nil {
			t.Skip(err)
		}
		if err := os.WriteFile(name, []byte("0"), 0); err != nil {
			t.Skip(err)
		}
		c, err := New(context.Background(), Config{})
		if err == nil {
			_ = c.Close()
		}
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "max_user_namespaces") {
			t.Errorf("no %s namespaces: got error %v, want one that names the setting", kind, err)
		}
		if report := Check(); !report.Unusable {
			t.Errorf("no %s namespaces: Check says that programs can be run", kind)
		}
		if err := os.WriteFile(name, old, 0); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoProc(t *testing.T) {
	if !alone(t, unix.CLONE_NEWNS) {
		return
	}
	hide(t, "/proc")
	c, err := New(context.Background(), Config{})
	if err == nil {
		_ = c.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "/proc") {
		t.Errorf("got error %v, want one that names /proc", err)
	}
	if report := Check(); !report.Unusable {
		t.Error("Check says that programs can be run")
	}
}

func TestNoControlGroups(t *testing.T) {
	if !alone(t, unix.CLONE_NEWNS) {
		return
	}
	hide(t, "/sys/fs/cgroup")
	c := container(t, Config{WorkBytes: 1 << 20})
	for _, test := range []struct {
		args, want string
		limits     Limits
	}{
		{"look", "exit 0", Limits{}},
		{"sleep", "signal 9, wall limit", Limits{Wall: 300 * time.Millisecond}},
		{"daemon", "exit 0, left processes", Limits{}},
	} {
		if got := outcome(behave(t, c, test.limits, false, test.args)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.args, got, test.want)
		}
	}
	report := Check()
	if report.Unusable || !report.Degraded || report.LimitsMemory() {
		t.Errorf("got unusable %v, degraded %v, memory limited %v", report.Unusable, report.Degraded, report.LimitsMemory())
	}
}

// hide takes a mount away from this process's namespace.
func hide(t *testing.T, dir string) {
	t.Helper()
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Skip(err)
	}
	if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
		t.Skip(dir, err)
	}
}

func TestManyContainers(t *testing.T) {
	container(t, Config{}) // or skip
	program := compiled(t, "program.c")
	var all sync.WaitGroup
	ready := make(chan *Container, 100)
	for range cap(ready) {
		all.Go(func() {
			c, err := New(context.Background(), Config{WorkBytes: 1 << 20})
			if err != nil {
				t.Error(err)
				return
			}
			ready <- c
		})
	}
	all.Wait()
	close(ready)
	for c := range ready {
		all.Go(func() {
			facts, err := c.Run(context.Background(), Command{Program: program, Args: []string{"program", "look"}, Limits: Limits{Wall: 10 * time.Minute}})
			if err != nil || outcome(facts) != "exit 0" {
				t.Errorf("got %s, %q, error %v", outcome(facts), facts.Stdout, err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// Close does not wait for a program's end.
func TestCloseWhileRunning(t *testing.T) {
	program := compiled(t, "program.c")
	for range 20 {
		c := container(t, Config{})
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				_, err := c.Run(context.Background(), Command{Program: program, Args: []string{"program", "cat"}, Stdin: in, Limits: Limits{Wall: time.Hour}})
				if !errors.Is(err, errClosed) && !errors.Is(err, errInterrupted) {
					t.Errorf("got error %v, want %v or %v", err, errInterrupted, errClosed)
				}
			})
			all.Go(func() {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		_, _ = in.Close(), out.Close()
	}
}

// No call on a container disturbs another, whatever the order.
func TestAllAtOnce(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	program := compiled(t, "program.c")
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			name := fmt.Sprintf("file%d", i)
			for range 20 {
				if err := c.WriteFile(name, []byte(name), 0o644); err != nil {
					t.Error(err)
				}
				if data, err := c.ReadFile(name, 100); err != nil && !errors.Is(err, os.ErrNotExist) || err == nil && string(data) != name {
					t.Errorf("%s: got %q, error %v", name, data, err)
				}
				if _, err := c.ReadDir("."); err != nil {
					t.Error(err)
				}
				facts, err := c.Run(context.Background(), Command{Program: program, Args: []string{"program", "exit", fmt.Sprint(i)}, KeepWork: i%2 == 0})
				if err != nil || facts.ExitStatus != i {
					t.Errorf("got %s, error %v; want exit %d", outcome(facts), err, i)
				}
				if err := c.EmptyWork(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
