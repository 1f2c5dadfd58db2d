package build

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A header is kept as KEY/manifest.json and KEY/header/NAME. Only the folder
// "header" is ever mounted.
const (
	headerFolder = "header"
	manifestName = "manifest.json"
	lockName     = "lock"
	// format is part of the key: another one means other files.
	format = 1
)

// manifest says what a header is and from what it was made.
type manifest struct {
	Key      string          `json:"key"`
	File     string          `json:"file"` // its random name
	SHA256   string          `json:"sha256"`
	Inputs   []fileState     `json:"inputs"` // files read, and the folders they are in
	Included map[string]bool `json:"included"`
}

// fileState tells whether a file or folder is still what it was. The change time
// cannot be set by anybody but the kernel.
type fileState struct {
	Path     string `json:"path"`
	Size     int64  `json:"size"`
	Inode    uint64 `json:"inode"`
	Modified int64  `json:"modified_ns"`
	Changed  int64  `json:"changed_ns"`
}

func stateOf(path string) (fileState, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return fileState{}, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	return fileState{path, st.Size, st.Ino, st.Mtim.Nano(), st.Ctim.Nano()}, nil
}

func (s fileState) unchanged() bool {
	now, err := stateOf(s.Path)
	return err == nil && now == s
}

// unchanged says whether a header that was checked before still holds.
func (f *header) unchanged() bool {
	return f.file.unchanged() && !slices.ContainsFunc(f.Inputs, func(s fileState) bool { return !s.unchanged() })
}

// key names the header for a compiler and its flags.
func (h *headers) key(ctx context.Context, t Toolchain, flags []string) (string, error) {
	driver, err := stateOf(t.Path)
	if err != nil {
		return "", err
	}
	h.mu.Lock()
	proper, ok := h.cc1[driver]
	h.mu.Unlock()
	if !ok {
		out, err := exec.CommandContext(ctx, t.Path, "-print-prog-name=cc1plus").Output()
		if err != nil {
			return "", fmt.Errorf("ask %s for its parts: %w", t.Path, err)
		}
		proper = strings.TrimSpace(string(out))
		h.mu.Lock()
		h.cc1[driver] = proper
		h.mu.Unlock()
	}
	compiler, err := stateOf(proper)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal([]any{format, driver, compiler, t.Version, h.cpu, flags})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// processor describes the CPU as the compiler sees it for -march=native.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	first, _, _ := strings.Cut(string(text), "\n\n")
	lines := strings.Split(first, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		return !strings.HasPrefix(line, "model") && !strings.HasPrefix(line, "flags") && !strings.HasPrefix(line, "Features") && !strings.HasPrefix(line, "CPU ")
	}), "\n")
}

// owned checks that a file or folder is the judge's and that nobody else may
// write to it.
func owned(path string, kind uint32) (unix.Stat_t, error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return st, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	switch {
	case st.Mode&unix.S_IFMT != kind:
		return st, fmt.Errorf("%s is of another kind than the judge made it", path)
	case int(st.Uid) != os.Geteuid():
		return st, fmt.Errorf("%s belongs to user %d, not to the judge's", path, st.Uid)
	case st.Mode&0o022 != 0:
		return st, fmt.Errorf("%s can be written to by others", path)
	case kind == unix.S_IFREG && st.Nlink != 1:
		return st, fmt.Errorf("%s has a second name", path)
	}
	return st, nil
}

// load takes a header from the cache if everything about it is right.
func (h *headers) load(key string) (*header, error) {
	f := &header{path: filepath.Join(h.dir, key), used: time.Now()}
	for _, dir := range []string{h.dir, f.path, filepath.Join(f.path, headerFolder)} {
		if _, err := owned(dir, unix.S_IFDIR); err != nil {
			return nil, err
		}
	}
	about := filepath.Join(f.path, manifestName)
	if _, err := owned(about, unix.S_IFREG); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(about)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &f.manifest); err != nil || f.Key != key || filepath.Base(f.File) != f.File {
		return nil, fmt.Errorf("%s is damaged", about)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return f, os.Chtimes(about, time.Time{}, f.used)
}

// check compares the file with its digest, and its inputs with their states.
func (f *header) check() error {
	path := filepath.Join(f.path, headerFolder, f.File)
	if _, err := owned(path, unix.S_IFREG); err != nil {
		return err
	}
	// The compiler tries whatever lies beside it as well.
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		return errors.Join(err, fmt.Errorf("%s holds more than one header", filepath.Dir(path)))
	}
	var err error
	if f.file, err = stateOf(path); err != nil {
		return err
	}
	sum, err := digest(path)
	if err != nil {
		return err
	}
	if sum != f.SHA256 {
		return fmt.Errorf("%s is damaged: its digest is another", path)
	}
	for _, s := range append(f.Inputs, f.file) {
		if !s.unchanged() {
			return fmt.Errorf("%s has changed", s.Path)
		}
	}
	return nil
}

func digest(path string) (string, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// touch notes that a header is in use, lest it give way to another.
func (h *headers) touch(f *header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := time.Now(); now.Sub(f.used) > time.Minute {
		f.used = now
		_ = os.Chtimes(filepath.Join(f.path, manifestName), time.Time{}, now)
	}
}

// lock keeps other judges from making headers in the same folder; it is
// errNotNow if one does. The lock goes with the process.
func (h *headers) lock() (unlock func(), err error) {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return nil, err
	}
	if _, err := owned(h.dir, unix.S_IFDIR); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(h.dir, lockName), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("another judge makes a header: %w", errNotNow)
		}
		return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	return func() { file.Close() }, nil
}

const newPrefix = "new-"

var keyPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// makeRoom removes what a killed judge left half made, what stands where key
// goes, and the headers unused for longest. The caller holds the lock.
func (h *headers) makeRoom(key string) error {
	list, err := os.ReadDir(h.dir)
	if err != nil {
		return err
	}
	type kept struct {
		path string
		used time.Time
	}
	var others []kept
	for _, d := range list {
		path := filepath.Join(h.dir, d.Name())
		if d.Name() == key || strings.HasPrefix(d.Name(), newPrefix) {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			continue
		}
		if keyPattern.MatchString(d.Name()) {
			var used time.Time // without a manifest: of no use
			if info, err := os.Lstat(filepath.Join(path, manifestName)); err == nil {
				used = info.ModTime()
			}
			others = append(others, kept{path, used})
		}
	}
	slices.SortFunc(others, func(a, b kept) int { return cmp.Compare(a.used.UnixNano(), b.used.UnixNano()) })
	for ; len(others) >= keptHeaders; others = others[1:] {
		if time.Since(others[0].used) < idleBefore {
			return fmt.Errorf("%d sets of compiler flags have precompiled headers already and are in use", keptHeaders)
		}
		if err := os.RemoveAll(others[0].path); err != nil {
			return err
		}
	}
	return nil
}

// store puts a header into the cache, whole or not at all. It need not be
// synced: what a crash tears has another digest.
func (h *headers) store(key string, made madeHeader, start time.Time) error {
	m := manifest{Key: key, File: rand.Text()}
	sum := sha256.Sum256(made.data)
	m.SHA256 = hex.EncodeToString(sum[:])
	var err error
	if m.Included, err = includedNames(made.files); err != nil {
		return err
	}
	if m.Inputs, err = inputs(made.files, start); err != nil {
		return err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(h.dir, newPrefix)
	if err != nil {
		return err
	}
	if err := fill(dir, m.File, made.data, text); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return os.Rename(dir, filepath.Join(h.dir, key))
}

// fill writes what is kept of a header. The compiler's user is a stranger to
// these files and must be able to read them where they are mounted.
func fill(dir, name string, data, about []byte) error {
	inner := filepath.Join(dir, headerFolder)
	if err := os.Mkdir(inner, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(inner, 0o755); err != nil { // whatever the umask
		return err
	}
	if err := writeFile(filepath.Join(inner, name), data, 0o444); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, manifestName), about, 0o400)
}

func writeFile(path string, data []byte, mode os.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, bytes.NewReader(data))
	return errors.Join(err, file.Chmod(mode), file.Close())
}

// inputs are the states of all files read and of their folders: a new file in
// a folder may be found before the one that was read. What changed since a
// second before start may have been read in either state.
func inputs(files []string, start time.Time) ([]fileState, error) {
	paths := slices.Clone(files)
	for _, file := range files {
		paths = append(paths, filepath.Dir(file))
	}
	slices.Sort(paths)
	var states []fileState
	for _, path := range slices.Compact(paths) {
		s, err := stateOf(path)
		if err != nil {
			return nil, err
		}
		if s.Changed > start.Add(-time.Second).UnixNano() {
			return nil, fmt.Errorf("%s changed while it was read", path)
		}
		states = append(states, s)
	}
	return states, nil
}
