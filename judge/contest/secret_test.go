package contest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"contest/judge"
)

func TestSecretIsMadeOnce(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[judge.Secret]int{}
	var group sync.WaitGroup
	for range 8 { // commands in one folder, at once
		group.Go(func() {
			s, _, err := f.Secret("")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[s]++
		})
	}
	group.Wait()
	if len(seen) != 1 {
		t.Fatalf("got %d secrets, want 1", len(seen))
	}
	s, fresh, err := f.Secret("")
	if err != nil || fresh || seen[s] != 8 {
		t.Errorf("again: got fresh %v, %v", fresh, err)
	}
	info, err := os.Stat(f.State("secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	if text, err := os.ReadFile(f.State(".gitignore")); err != nil || string(text) != "*\n" {
		t.Errorf("version control would take the secret: %q, %v", text, err)
	}
}

// TestSecretWithoutLinks is a file system that has none, such as vfat.
func TestOwnerTokenIsMadeOnce(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ write, want string }{
		{"", "judge_fresh"},
		{"judge_own\r\n", "judge_own"}, // saved by an editor
		{" \n", "judge_fresh"},
	} {
		if c.write != "" {
			if err := os.WriteFile(f.State("owner-token"), []byte(c.write), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if got, err := f.OwnerToken(func() string { return "judge_fresh" }); err != nil || got != c.want {
				t.Errorf("after %q was written: got %q and %v, want %q", c.write, got, err, c.want)
			}
		}
	}
}

func TestSecretWithoutLinks(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever: the thread ends with its filter
		if err := refuseLinks(); err != nil {
			done <- fmt.Errorf("refuse links: %w", err)
			return
		}
		if err := os.Link(f.State(".gitignore"), f.State("link")); !errors.Is(err, unix.EPERM) {
			done <- fmt.Errorf("a link was made: %v", err)
			return
		}
		_, fresh, err := f.Secret("")
		if err == nil && !fresh {
			err = errors.New("there was a secret before")
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(f.State("*secret*"))
	if err != nil || !slices.Equal(left, []string{f.State("secret")}) {
		t.Errorf("files: %v, %v", left, err)
	}
}

// refuseLinks has this thread get EPERM for every hard link.
func refuseLinks() error {
	const errno = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_LINK, Jt: 2},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_LINKAT, Jt: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		{Code: unix.BPF_RET | unix.BPF_K, K: errno},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)), 0, 0)
}

func TestSecretKeepsItsCommitment(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	s, fresh, err := f.Secret("")
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	if got, _, err := f.Secret(s.Commitment()); err != nil || got != s {
		t.Errorf("with its commitment: %v", err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"another", string(judge.NewSecret()), "commits to another secret"},
		{"a damaged one", string(s)[:63], "64 hexadecimal digits"},
		{"none", "", "is missing"},
	} {
		if err := os.Remove(f.State("secret")); err != nil {
			t.Fatal(err)
		}
		if c.text != "" {
			if err := os.WriteFile(f.State("secret"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := f.Secret(s.Commitment()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := os.Stat(f.State("secret")); err == nil {
		t.Error("a secret that was committed to was made anew")
	}
}
