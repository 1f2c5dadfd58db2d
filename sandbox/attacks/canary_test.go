package attacks

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"contest/sandbox"
)

const (
	// secretVariable holds the secret in the judge's own environment.
	secretVariable   = "JUDGE_ATTACKS_SECRET"
	sentinelVariable = "JUDGE_ATTACKS_SENTINEL"
	// escapedStatus is how a program reports success without a word.
	escapedStatus = 99
)

// hideSecret has this process start again with a secret in its environment,
// as only then it stands where the kernel shows environments.
func hideSecret() error {
	if os.Getenv(secretVariable) != "" {
		return nil
	}
	return syscall.Exec("/proc/self/exe", os.Args, append(os.Environ(), secretVariable+"=secret-"+rand.Text()))
}

// canary is everything outside of the container that programs are after, put
// where somebody who got out could not miss it: files that all may read,
// sockets that all may connect to, a process, shared memory, the judge's
// environment and descriptors. Each holds the secret.
type canary struct {
	secret    []byte
	token     string // in the name of everything that programs make
	dir       string // mode 0755
	file      string
	tree      string // a folder that is below the layers of some
	listeners map[string]int
	sentinel  *sentinel
	env       []string // tells programs where it all is
	before    map[string]fileState
}

func newCanary(t *testing.T) *canary {
	c := &canary{secret: []byte(os.Getenv(secretVariable)), token: "attack-" + rand.Text()[:8], listeners: map[string]int{}}
	var err error
	if c.dir, err = os.MkdirTemp("", "judge-canary-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(c.dir) })
	c.file = filepath.Join(c.dir, "answers.txt")
	text := append(c.secret, '\n')
	must(t, os.Chmod(c.dir, 0o755))
	must(t, os.WriteFile(c.file, text, 0o644))
	must(t, os.Chmod(c.file, 0o644))
	shm := filepath.Join("/dev/shm", "judge-canary-"+c.token)
	if os.WriteFile(shm, text, 0o644) == nil {
		t.Cleanup(func() { _ = os.Remove(shm) })
	}
	c.plant(t, text)
	c.sentinel = newSentinel(t, c.secret)
	port := c.listen(t)
	c.env = []string{
		"CANARY_FILE=" + c.file,
		"CANARY_PORT=" + strconv.Itoa(port),
		"CANARY_SOCKET=" + filepath.Join(c.dir, "socket"),
		"CANARY_ABSTRACT=judge-canary-" + c.token,
		"CANARY_SENTINEL=" + strconv.Itoa(c.sentinel.cmd.Process.Pid),
		"CANARY_JUDGE=" + strconv.Itoa(os.Getpid()),
		"CANARY_SHM=" + strconv.Itoa(c.share(t, text)),
		"CANARY_POSIX=" + shm,
		"CANARY_TOKEN=" + c.token,
	}
	c.openFiles(t, text)
	c.before, err = c.files()
	must(t, err)
	return c
}

// plant makes the tree. Only what is somebody else's holds the secret: programs may
// read the rest.
func (c *canary) plant(t *testing.T, text []byte) {
	c.tree = filepath.Join(c.dir, "tree")
	must(t, os.MkdirAll(filepath.Join(c.tree, "folder"), 0o755))
	for name, file := range map[string]struct {
		text []byte
		mode os.FileMode
	}{
		"file": {[]byte("below\n"), 0o644}, "private": {[]byte("private\n"), 0o600}, "folder/leaf": {[]byte("leaf\n"), 0o644},
		"huge": {bytes.Repeat([]byte("huge"), 1<<20), 0o644},
	} {
		must(t, os.WriteFile(filepath.Join(c.tree, name), file.text, file.mode))
	}
	must(t, os.Symlink("../../../../../../../../etc/passwd", filepath.Join(c.tree, "up")))
	if os.Geteuid() == 0 {
		foreign := filepath.Join(c.tree, "foreign")
		must(t, os.WriteFile(foreign, text, 0o600))
		must(t, os.Chown(foreign, 12345, 12345))
	}
}

// openFiles leaves descriptors open that a program would inherit if nobody
// closed them.
func (c *canary) openFiles(t *testing.T, text []byte) {
	fd, err := unix.Open(c.file, unix.O_RDWR, 0) // without O_CLOEXEC
	must(t, err)
	var pipe [2]int
	must(t, unix.Pipe(pipe[:]))
	_, err = unix.Write(pipe[1], text)
	must(t, err)
	t.Cleanup(func() {
		for _, fd := range []int{fd, pipe[0], pipe[1]} {
			_ = unix.Close(fd)
		}
	})
}

// listen opens sockets on which nobody may be heard of. They do not wait, so
// that asking them after every run is cheap, and are inherited like openFiles'.
func (c *canary) listen(t *testing.T) (port int) {
	for name, s := range map[string]struct {
		domain, kind int
		address      unix.Sockaddr
	}{
		"TCP":      {unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}},
		"path":     {unix.AF_UNIX, unix.SOCK_STREAM, &unix.SockaddrUnix{Name: filepath.Join(c.dir, "socket")}},
		"abstract": {unix.AF_UNIX, unix.SOCK_STREAM, &unix.SockaddrUnix{Name: "@judge-canary-" + c.token}},
	} {
		fd, err := unix.Socket(s.domain, s.kind|unix.SOCK_NONBLOCK, 0)
		must(t, err)
		t.Cleanup(func() { _ = unix.Close(fd) })
		must(t, unix.Bind(fd, s.address))
		must(t, unix.Listen(fd, 8))
		c.listeners[name] = fd
	}
	must(t, os.Chmod(filepath.Join(c.dir, "socket"), 0o777))
	address, err := unix.Getsockname(c.listeners["TCP"])
	must(t, err)
	return address.(*unix.SockaddrInet4).Port
}

// share puts the secret into a System V segment for everybody; -1 where the
// kernel has none.
func (c *canary) share(t *testing.T, text []byte) int {
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, unix.IPC_CREAT|0o666)
	if err != nil {
		return -1
	}
	memory, err := unix.SysvShmAttach(id, 0, 0)
	must(t, err)
	copy(memory, text)
	t.Cleanup(func() {
		_ = unix.SysvShmDetach(memory)
		_, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	})
	return id
}

// fileState is what must not change about a file.
type fileState struct {
	content string
	stat    unix.Stat_t
}

func (c *canary) files() (map[string]fileState, error) {
	state := map[string]fileState{}
	err := filepath.WalkDir(c.dir, func(path string, e fs.DirEntry, err error) error {
		var f fileState
		if err := errors.Join(err, unix.Lstat(path, &f.stat)); err != nil {
			return err
		}
		f.stat.Atim = unix.Timespec{}
		if e.Type().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			f.content = string(b)
		}
		state[path] = f
		return nil
	})
	return state, err
}

// check says what is not as it was, and who has called.
func (c *canary) check() error {
	var found []error
	note := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	for name, fd := range c.listeners {
		if caller, _, err := unix.Accept(fd); err == nil {
			_ = unix.Close(caller)
			note("the %s socket was called", name)
		} else if !errors.Is(err, unix.EAGAIN) {
			note("the %s socket: %w", name, err)
		}
	}
	if err := c.sentinel.ping(c.secret); err != nil {
		note("the sentinel process is not what it was: %w", err)
	}
	now, err := c.files()
	if err != nil {
		note("%w", err)
	}
	for name, was := range c.before {
		if now[name] != was {
			note("%s: was %+v, is %+v", filepath.Join(c.dir, name), was, now[name])
		}
	}
	if len(now) != len(c.before) {
		note("%s holds %d files, not %d", c.dir, len(now), len(c.before))
	}
	return errors.Join(found...)
}

// betrayed says what a run gave away, or that it escaped.
func (c *canary) betrayed(f sandbox.Facts) error {
	var found []error
	for what, text := range map[string][]byte{"standard output": f.Stdout, "standard error": f.Stderr} {
		if leak := c.leaked(text); leak != "" {
			found = append(found, fmt.Errorf("%s holds %s: %.300q", what, leak, text))
		}
		if at := bytes.Index(text, []byte("ESCAPED")); at >= 0 {
			found = append(found, fmt.Errorf("it escaped: %.300q", text[at:]))
		}
	}
	if f.Exited && f.ExitStatus == escapedStatus {
		found = append(found, fmt.Errorf("it escaped, says its exit status %d", escapedStatus))
	}
	return errors.Join(found...)
}

// leaked says what secret a text holds, or "".
func (c *canary) leaked(text []byte) string {
	switch {
	case bytes.Contains(text, c.secret):
		return "the secret"
	case bytes.Contains(text, []byte("root:x:0:0:")):
		return "/etc/passwd"
	}
	return ""
}

// sentinel is a process of the judge's that has the secret in its memory.
type sentinel struct {
	cmd *exec.Cmd
	in  io.Writer
	out *os.File
}

func newSentinel(t *testing.T, secret []byte) *sentinel {
	out, w, err := os.Pipe()
	must(t, err)
	s := &sentinel{cmd: exec.Command("/proc/self/exe"), out: out}
	s.cmd.Env = append(os.Environ(), sentinelVariable+"=1")
	s.cmd.Stdout = w
	s.in, err = s.cmd.StdinPipe()
	must(t, err)
	must(t, s.cmd.Start())
	must(t, w.Close())
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		_ = out.Close()
	})
	must(t, s.ping(secret))
	return s
}

// ping asks the process for what it holds.
func (s *sentinel) ping(secret []byte) error {
	if _, err := s.in.Write([]byte{'?'}); err != nil {
		return err
	}
	if err := s.out.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	held := make([]byte, len(secret))
	if _, err := io.ReadFull(s.out, held); err != nil {
		return err
	}
	if !bytes.Equal(held, secret) {
		return fmt.Errorf("its memory holds %q", held)
	}
	return nil
}

// playSentinel is the sentinel's side.
func playSentinel() {
	secret := []byte(os.Getenv(secretVariable))
	var question [1]byte
	for {
		if _, err := os.Stdin.Read(question[:]); err != nil {
			return
		}
		_, _ = os.Stdout.Write(secret)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What an attack could achieve is noticed, whatever it is.
func TestCanaryNotices(t *testing.T) {
	c := newCanary(t)
	must(t, c.check())
	must(t, c.betrayed(sandbox.Facts{Exited: true, Stdout: []byte("held")}))
	for _, facts := range []sandbox.Facts{
		{Stdout: []byte("x" + string(c.secret) + "y")},
		{Stderr: []byte("daemon:x:1\nroot:x:0:0:root\n")},
		{Stdout: []byte("ESCAPED into the judge")},
		{Exited: true, ExitStatus: escapedStatus},
	} {
		if c.betrayed(facts) == nil {
			t.Errorf("unnoticed: %+v", facts)
		}
	}
	for _, e := range c.env {
		if strings.Contains(e, string(c.secret)) {
			t.Errorf("programs are told the secret in %s", e)
		}
	}
	for what, attack := range map[string]func() error{
		"a connection": func() error {
			address, err := unix.Getsockname(c.listeners["TCP"])
			return errors.Join(err, call(unix.AF_INET, address))
		},
		"a call by path":     func() error { return call(unix.AF_UNIX, &unix.SockaddrUnix{Name: filepath.Join(c.dir, "socket")}) },
		"a call by name":     func() error { return call(unix.AF_UNIX, &unix.SockaddrUnix{Name: "@judge-canary-" + c.token}) },
		"a change of mode":   func() error { return os.Chmod(c.file, 0o600) },
		"a change of text":   func() error { return os.WriteFile(c.file, nil, 0o644) },
		"a new file":         func() error { return os.WriteFile(filepath.Join(c.dir, "new"), nil, 0o644) },
		"another name":       func() error { return os.Link(c.file, filepath.Join(c.dir, "link")) },
		"a killed sentinel":  func() error { return c.sentinel.cmd.Process.Kill() },
		"a sentinel changed": func() error { c.secret[0]++; return nil },
	} {
		must(t, attack())
		for c.check() == nil { // a killed process takes a moment to be gone
			if what != "a killed sentinel" {
				t.Errorf("%s goes unnoticed", what)
				break
			}
		}
		c = newCanary(t)
	}
}

func call(domain int, address unix.Sockaddr) error {
	fd, err := unix.Socket(domain, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Connect(fd, address)
}
