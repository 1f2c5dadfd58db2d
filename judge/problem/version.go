package problem

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"
)

// hasher hashes parts so that no two lists of parts look alike.
type hasher struct{ hash.Hash }

func newHash(parts ...string) hasher {
	h := hasher{sha256.New()}
	h.add(parts...)
	return h
}

func (h hasher) add(parts ...string) {
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s,", len(p), p)
	}
}

func (h hasher) sum() string { return hex.EncodeToString(h.Sum(nil)) }

// version hashes what can change a verdict or a total: limits, flags, included
// files, test cases and what makes them. Statement, examples and validators
// are not part of it, so that correcting them starts no rejudging.
func (l *loader) version() error {
	p := &l.pkg.Problem
	rules, err := json.Marshal(struct {
		Limits, Validation, Threads, Flags, Stop any
	}{p.Limits, p.Validation, p.Threads, p.CompilerFlags, p.StopAfterTimeouts})
	if err != nil {
		return err
	}
	h := newHash("package 1", string(rules))
	if err := l.addFiles(h, p.Includes); err != nil {
		return err
	}
	for _, t := range p.Tests {
		h.add(t.Name, fmt.Sprint(t.Timed))
		if err := l.addFiles(h, []string{t.Input, t.Answer}); err != nil {
			return err
		}
	}
	if err := l.generatorKey(); err != nil {
		return err
	}
	if g := l.pkg.Generator; g != nil {
		h.add("generator", g.key)
	}
	l.pkg.inputs = h.sum()
	p.Version = l.pkg.inputs
	return nil
}

// generatorKey completes the generator with its content key.
func (l *loader) generatorKey() error {
	g := l.pkg.Generator
	if g == nil {
		return nil
	}
	h := newHash("generator 1", fmt.Sprint(g.Seed), fmt.Sprint(len(g.Args)))
	h.add(g.Args...)
	h.add(g.Program.Name)
	for _, files := range [][]string{g.Program.Files, g.Program.Headers} {
		h.add(fmt.Sprint(len(files)))
		if err := l.addFiles(h, files); err != nil {
			return err
		}
	}
	g.key = h.sum()
	return nil
}

// addFiles adds names and contents of files of the package.
func (l *loader) addFiles(h hasher, files []string) error {
	for _, abs := range files {
		rel, err := filepath.Rel(l.tree.dir, abs)
		if err != nil {
			return err
		}
		f, err := l.tree.open(filepath.ToSlash(rel))
		if err != nil {
			return err
		}
		sum, err := hashReader(f)
		f.Close()
		if err != nil {
			return err
		}
		h.add(path.Base(filepath.ToSlash(rel)), sum)
	}
	return nil
}

func hashReader(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// sumsFile keeps the hashes of a cache folder's files.
const sumsFile = "hashes.json"

// sums are the hashes of the files in one cache folder. One is trusted while
// its file has the size and time it had when it was read.
type sums struct {
	dir     string
	known   map[string]sum // by path in dir
	changed bool
}

type sum struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	SHA256   string    `json:"sha256"`
}

// openSums reads what is known of dir. What cannot be read is not known.
func openSums(dir string) *sums {
	s := &sums{dir: dir, known: map[string]sum{}}
	if data, err := os.ReadFile(filepath.Join(dir, sumsFile)); err == nil {
		if json.Unmarshal(data, &s.known) != nil || s.known == nil {
			s.known = map[string]sum{}
		}
	}
	return s
}

func (s *sums) of(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	name, err := filepath.Rel(s.dir, file)
	if err != nil {
		return "", err
	}
	if k, ok := s.known[name]; ok && k.Size == info.Size() && k.Modified.Equal(info.ModTime()) {
		return k.SHA256, nil
	}
	hex, err := hashReader(f)
	if err != nil {
		return "", err
	}
	s.known[name] = sum{info.Size(), info.ModTime(), hex}
	s.changed = true
	return hex, nil
}

// save keeps the hashes for the next time. Where that is not possible they
// are only computed again.
func (s *sums) save() {
	if !s.changed {
		return
	}
	data, err := json.Marshal(s.known)
	if err != nil {
		return
	}
	f, err := os.CreateTemp(s.dir, sumsFile+".*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err != nil || closeErr != nil {
		os.Remove(f.Name())
		return
	}
	if os.Rename(f.Name(), filepath.Join(s.dir, sumsFile)) != nil {
		os.Remove(f.Name())
	}
}
