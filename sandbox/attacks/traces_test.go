package attacks

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Host users of containers, see sandbox/inside.go.
const firstUser, lastUser = 61000, 61179

// traces counts what runs could leave on the machine. Others use it at the
// same time, so only what can be ours is counted: what belongs to this
// process, carries the canary's token, or is in the folder of our own for
// temporary files.
func (s *suite) traces(t *testing.T) map[string]int {
	t.Helper()
	return map[string]int{
		"descriptors":         descriptors(t),
		"child processes":     children(),
		"stray processes":     s.strayProcesses(),
		"mounts":              mounts(t),
		"control groups":      groups(),
		"temporary files":     entries(s.temp),
		"files of containers": s.strayFiles(),
		"System V objects":    strayObjects(),
	}
}

func descriptors(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(list)
}

func children() (n int) {
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range lists {
		b, _ := os.ReadFile(name)
		n += len(bytes.Fields(b))
	}
	return n
}

// strayProcesses counts those that have the token in their environment, whose
// parent need not be us any more.
func (s *suite) strayProcesses() (n int) {
	list, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range list {
		b, err := os.ReadFile(name)
		if err == nil && bytes.Contains(b, []byte("CANARY_TOKEN="+s.canary.token)) {
			n++
		}
	}
	return n
}

// mounts counts them, but for those that tests of other packages make meanwhile and
// call judge-test.
func mounts(t *testing.T) int {
	b, err := os.ReadFile("/proc/self/mountinfo")
	must(t, err)
	return bytes.Count(b, []byte("\n")) - bytes.Count(b, []byte(" judge-test "))
}

// groups counts the control groups that this process made, wherever.
func groups() (n int) {
	prefix := fmt.Sprintf("judge-%d-", os.Getpid())
	_ = filepath.WalkDir("/sys/fs/cgroup", func(_ string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || !e.IsDir():
			return nil
		case strings.HasPrefix(e.Name(), prefix):
			n++
		}
		return nil
	})
	return n
}

func entries(dir string) (n int) {
	_ = filepath.WalkDir(dir, func(string, fs.DirEntry, error) error { n++; return nil })
	return n
}

// strayFiles counts what containers' users own, or what has the token in its
// name, in the places where everybody may write.
func (s *suite) strayFiles() (n int) {
	for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "."} {
		list, _ := os.ReadDir(dir)
		for _, e := range list {
			info, err := e.Info()
			if err != nil {
				continue
			}
			owner := info.Sys().(*syscall.Stat_t).Uid
			if strings.Contains(e.Name(), s.canary.token) || owner >= firstUser && owner <= lastUser || strings.HasPrefix(e.Name(), "core") {
				n++
			}
		}
	}
	return n
}

// strayObjects counts shared memory, semaphores and message queues of
// containers' users.
func strayObjects() (n int) {
	for _, kind := range []string{"shm", "sem", "msg"} {
		b, _ := os.ReadFile("/proc/sysvipc/" + kind)
		head, rest, _ := strings.Cut(string(b), "\n")
		column := -1
		for i, name := range strings.Fields(head) {
			if name == "cuid" {
				column = i
			}
		}
		for line := range strings.Lines(rest) {
			fields := strings.Fields(line)
			if column < 0 || column >= len(fields) {
				continue
			}
			if user, err := strconv.Atoi(fields[column]); err == nil && user >= firstUser && user <= lastUser {
				n++
			}
		}
	}
	return n
}
