package machine

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"contest/judge"
)

const shortageVariable = "MACHINE_TEST_SHORTAGE"

// TestShortageOfDescriptors runs in a process of its own, which may have few.
func TestShortageOfDescriptors(t *testing.T) {
	if os.Getenv(shortageVariable) == "" {
		cmd := exec.Command("/proc/self/exe", "-test.v", "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), shortageVariable+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	if err := Shortage(t.TempDir()); err != nil {
		t.Fatalf("got %v before anything is lacking", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: neededDescriptors, Max: neededDescriptors}); err != nil {
		t.Fatal(err)
	}
	err := Shortage()
	if !errors.Is(err, syscall.EMFILE) || !judge.Scarce(err) {
		t.Errorf("got %v, want too many open files", err)
	}
}

// TestShortageOfRoom fills a file system of its own.
func TestShortageOfRoom(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("judge-test", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs to mount a file system: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	if err := Shortage(dir); !errors.Is(err, syscall.ENOSPC) || !judge.Scarce(err) {
		t.Errorf("got %v, want no space left", err)
	}
}
