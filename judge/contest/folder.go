// Package contest is a contest as a folder: contest.yaml, the problem packages
// in problems/, and .judge/ with what the judge itself keeps. It finds the
// folder, reads the settings, and keeps the loaded problems current while
// files change.
package contest

import (
	"errors"
	"fmt"
	"io/fs"
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

// Package is the folder of one problem package.
func (f Folder) Package(id judge.ProblemID) string { return filepath.Join(f.Problems(), string(id)) }

// State is the folder of what the judge keeps, or a path in it.
func (f Folder) State(parts ...string) string {
	return filepath.Join(append([]string{string(f), stateDir}, parts...)...)
}

// Prepare makes the state folder, readable by its owner only: it holds
// submissions and answers.
func (f Folder) Prepare() error {
	if n := len(f.State("judge.db")); n > maxPath {
		return &judge.Invalid{Message: fmt.Sprintf("the path of the contest is too long for its database (%d bytes)", n), Hint: "move the folder further up"}
	}
	for _, dir := range []string{f.State(), f.State("cache"), f.State("blobs")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return f.denied(err)
		}
	}
	// Whatever puts the folder under version control must not publish this.
	ignore := f.State(".gitignore")
	if _, err := os.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(ignore, []byte("*\n"), 0o600); err != nil {
			return f.denied(err)
		}
	}
	return nil
}

// maxPath is the longest path of a database that SQLite opens, in bytes, less
// what it appends.
const maxPath = 500

// denied says that the state folder cannot be used by this user.
func (f Folder) denied(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return &judge.Invalid{Message: fmt.Sprintf("cannot write to %s: %v", f.State(), err),
		Hint: "run this as the user who owns the contest's folder, on a file system that can be written to"}
}

// OwnerToken is the organiser's own token, made once and kept beside the
// database: whoever can read it can read everything else as well. It outlives
// the server, so that a command that watches survives a restart.
func (f Folder) OwnerToken(fresh func() string) (string, error) {
	path := f.State("owner-token")
	text, err := os.ReadFile(path)
	if token := strings.TrimSpace(string(text)); err == nil && token != "" { // an editor ends it with a line
		return token, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the owner's token: %w", err)
	}
	token := fresh()
	if err := os.WriteFile(path, []byte(token), 0o600); err != nil {
		return "", fmt.Errorf("keep the owner's token: %w", err)
	}
	return token, nil
}

// Secret is what the seeds of the contest's secret tests follow from. It is made
// once, which fresh tells of, and kept where packages are not. One that the
// settings commit to is never made anew: other tests would follow from another.
func (f Folder) Secret(commitment string) (s judge.Secret, fresh bool, err error) {
	path := f.State("secret")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if commitment != "" {
			return "", false, &judge.Invalid{Message: path + " is missing, the secret that the secret tests are made from", Hint: "put it back from a backup: " + SettingsFile + " commits to it"}
		}
		if err := writeOnce(path, []byte(judge.NewSecret())); err != nil {
			return "", false, f.denied(err)
		}
		fresh = true
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return "", false, fmt.Errorf("read the contest's secret: %w", err)
	}
	if s, err = judge.ParseSecret(strings.TrimSuffix(string(text), "\n")); err != nil {
		return "", false, fmt.Errorf("%s: %w", path, err)
	}
	if commitment != "" && s.Commitment() != commitment {
		return "", false, &judge.Invalid{Message: fmt.Sprintf("%s commits to another secret than the one in %s, whose SHA-256 is %s", SettingsFile, path, s.Commitment()),
			Hint: "put the one back that it commits to; who changes the commitment gets other secret tests"}
	}
	return s, fresh, nil
}

// writeOnce makes a file that only its owner can read, whole and on the disk, unless
// it is there. Whoever comes at the same time waits for it: not every file system has
// links, or a renaming that replaces nothing.
func writeOnce(path string, data []byte) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close() // and with it the lock
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", dir.Name(), err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp := path + ".new" // of a process that was killed, if it is there
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(temp, path), dir.Sync())
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
		return nil, f.denied(err)
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

// Packages lists the folders in problems/ that can be packages, by name.
func (f Folder) Packages() ([]judge.ProblemID, error) {
	found, err := os.ReadDir(f.Problems())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []judge.ProblemID
	for _, d := range found {
		info, err := os.Stat(filepath.Join(f.Problems(), d.Name())) // it may be a link
		if isProblemFolder(d.Name()) && err == nil && info.IsDir() {
			ids = append(ids, judge.ProblemID(d.Name()))
		}
	}
	return ids, nil
}

// isProblemFolder says whether a name in problems/ can be a package: editors'
// and version control's own files are not.
func isProblemFolder(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") && !strings.HasSuffix(name, "~")
}
