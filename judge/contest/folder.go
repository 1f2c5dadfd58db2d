// Package contest is a contest as a folder: contest.yaml, the problem packages
// in problems/, and .judge/ with what the judge itself keeps. It finds the
// folder, reads the settings, and keeps the loaded problems current while
// files change.
package contest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"contest/judge"
)

// Names inside a contest folder.
const (
	SettingsFile = "contest.yaml"
	problemsDir  = "problems"
	stateDir     = ".judge"
)

// Folder is the path of a contest.
type Folder string

// Find looks for a contest in start and then upwards, as git does.
func Find(start string) (Folder, error) {
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, SettingsFile)); err == nil {
			return Folder(d), nil
		}
		if d == filepath.Dir(d) {
			return "", &judge.NotFound{Kind: "contest", Name: dir,
				Hint: "there is no contest.yaml here or above: go to a contest's folder, name one with --contest DIR, make one with judge init, or name a server with --server URL"}
		}
	}
}

// At is the contest in the folder dir itself.
func At(dir string) (Folder, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(abs, SettingsFile)); err != nil {
		return "", &judge.NotFound{Kind: "contest", Name: dir, Hint: "there is no contest.yaml in that folder; judge init makes one"}
	}
	return Folder(abs), nil
}

// Settings is the path of contest.yaml.
func (f Folder) Settings() string { return filepath.Join(string(f), SettingsFile) }

// Problems is the folder of the problem packages.
func (f Folder) Problems() string { return filepath.Join(string(f), problemsDir) }

// State is the folder of what the judge keeps, or a path in it.
func (f Folder) State(parts ...string) string {
	return filepath.Join(append([]string{string(f), stateDir}, parts...)...)
}

// Prepare makes the state folder, readable by its owner only: it holds
// submissions and answers.
func (f Folder) Prepare() error {
	for _, dir := range []string{f.State(), f.State("cache"), f.State("blobs")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the state folder: %w", err)
		}
	}
	return nil
}

// Lock is held by the one process that judges in a contest folder.
type Lock struct{ file *os.File }

// ErrLocked says that another process judges in the folder.
var ErrLocked = errors.New("another judge works in this contest folder")

// TryLock takes the lock, or returns ErrLocked at once. The lock goes with the
// process, however it ends.
func (f Folder) TryLock() (*Lock, error) {
	file, err := os.OpenFile(f.State("lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the contest: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock the contest: %w", err)
	}
	return &Lock{file}, nil
}

// Release gives the lock up.
func (l *Lock) Release() error { return l.file.Close() }

// isProblemFolder says whether a name in problems/ can be a package: editors'
// and version control's own files are not.
func isProblemFolder(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") && !strings.HasSuffix(name, "~")
}
