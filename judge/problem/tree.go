package problem

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"contest/judge/yamlfile"
)

const (
	maxEntries = 50_000 // files and folders of one package
	maxDepth   = 16
)

// namePattern is what the package formats allow as the name of a file or
// folder.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$`)

// timeLimitFile is the one file with a hidden name that means something:
// archives of the legacy format keep the time limit there.
const timeLimitFile = ".timelimit"

// fileState is what changes when a file is saved.
type fileState struct {
	size     int64
	modified time.Time
	mode     fs.FileMode
}

// tree is the package's folder as one walk found it. Every file is read
// through root, which no symbolic link and no ".." leads out of.
type tree struct {
	root    *os.Root
	dir     string
	entries map[string]fileState // by path in the package, with "/"
	below   map[string][]string  // names in each folder, sorted
}

// scan walks the package. Files that are nobody's, such as hidden ones and
// backups of editors, are left out, as the formats say.
func scan(root *os.Root, dir string, found *findings) (*tree, error) {
	t := &tree{root: root, dir: dir, entries: map[string]fileState{}, below: map[string][]string{}}
	if err := t.walk(".", 0, found); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *tree) walk(folder string, depth int, found *findings) error {
	list, err := fs.ReadDir(t.root.FS(), folder)
	if err != nil {
		return vanished(err)
	}
	for _, d := range list {
		p := path.Join(folder, d.Name())
		if nobodys(p) {
			continue
		}
		info, ok, err := t.usable(p, d, depth, found)
		if err != nil {
			return vanished(err)
		}
		if !ok {
			continue
		}
		t.entries[p] = fileState{size: info.Size(), modified: info.ModTime(), mode: info.Mode()}
		t.below[folder] = append(t.below[folder], d.Name())
		if len(t.entries) > maxEntries {
			found.Fail(folder, "let a generator make the test data", "the package has more than %d files", maxEntries)
			return nil
		}
		if info.IsDir() {
			if err := t.walk(p, depth+1, found); err != nil {
				return err
			}
		}
	}
	return nil
}

// usable says whether an entry can be part of a package, and notes why not.
func (t *tree) usable(p string, d fs.DirEntry, depth int, found *findings) (info fs.FileInfo, ok bool, err error) {
	if !namePattern.MatchString(d.Name()) && p != timeLimitFile {
		const hint, message = "use letters, digits, '_', '.' and '-', not beginning with '.' or '-'", "the name does not fit the package format"
		if IsNote(d.Name()) && !d.IsDir() {
			found.Warn(yamlfile.Printable(p), hint, message+": the file is passed over")
		} else {
			found.Fail(yamlfile.Printable(p), hint, message)
		}
		return nil, false, nil
	}
	link := d.Type()&fs.ModeSymlink != 0
	if link {
		if info, err = t.root.Stat(p); err != nil {
			found.Fail(p, "put the file itself into the package", "the symbolic link leads out of the package or nowhere")
			return nil, false, nil
		}
	} else if info, err = d.Info(); err != nil {
		return nil, false, err
	}
	switch {
	case link && info.IsDir():
		found.Fail(p, "put the files themselves there", "symbolic links to folders: not supported yet")
	case !info.IsDir() && !info.Mode().IsRegular():
		found.Fail(p, "remove it", "it is neither a file nor a folder")
	case info.IsDir() && depth >= maxDepth:
		found.Fail(p, "flatten the folders", "folders are nested more than %d deep", maxDepth)
	default:
		return info, true, nil
	}
	return nil, false, nil
}

// nobodys names what is left out: hidden files, and what editors leave behind.
func nobodys(p string) bool {
	name := path.Base(p)
	return strings.HasPrefix(name, ".") && p != timeLimitFile ||
		strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#")
}

// vanished turns "no such file" for a file that was just listed into
// ErrChanged.
func vanished(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return err
}

// unchanged walks once more and compares. Sizes, times and modes are what can
// be known without reading everything twice.
func (t *tree) unchanged() error {
	again, err := scan(t.root, t.dir, new(findings))
	if err != nil {
		return err
	}
	for p, s := range t.entries {
		if s.mode.IsDir() {
			continue // its time changes with every backup file of an editor
		}
		now, ok := again.entries[p]
		if !ok || now.size != s.size || !now.modified.Equal(s.modified) || now.mode != s.mode {
			return fmt.Errorf("%w: %s", ErrChanged, p)
		}
	}
	if len(again.entries) != len(t.entries) {
		return fmt.Errorf("%w: files were added", ErrChanged)
	}
	return nil
}

func (t *tree) isFile(p string) bool {
	s, ok := t.entries[p]
	return ok && !s.mode.IsDir()
}

func (t *tree) isDir(p string) bool { return t.entries[p].mode.IsDir() }

// names lists what is directly in a folder, sorted.
func (t *tree) names(folder string) []string { return t.below[folder] }

// files lists every file below a folder, sorted by path.
func (t *tree) files(folder string) []string {
	var out []string
	for _, name := range t.below[folder] {
		if p := path.Join(folder, name); t.isDir(p) {
			out = append(out, t.files(p)...)
		} else {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// abs is the path on the host.
func (t *tree) abs(p string) string { return filepath.Join(t.dir, filepath.FromSlash(p)) }

// rel is the path in the package of a path on the host that abs made.
func (t *tree) rel(abs string) string {
	p, err := filepath.Rel(t.dir, abs)
	if err != nil {
		return abs // abs did not make it
	}
	return filepath.ToSlash(p)
}

// read reads a whole file of at most limit bytes; a longer one is noted.
func (t *tree) read(p string, limit int64, found *findings) ([]byte, bool, error) {
	if size := t.entries[p].size; size > limit {
		found.Fail(p, "", "the file has %d bytes; at most %d are allowed", size, limit)
		return nil, false, nil
	}
	f, err := t.open(p)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, false, err
	}
	if int64(len(data)) != t.entries[p].size {
		return nil, false, fmt.Errorf("%w: %s", ErrChanged, p)
	}
	return data, true, nil
}

func (t *tree) open(p string) (*os.File, error) {
	f, err := t.root.OpenFile(p, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, vanished(err)
	}
	return f, nil
}
