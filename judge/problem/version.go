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
	"strconv"
	"time"

	"contest/judge"
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

// version completes the package with its hashes.
func (l *loader) version() error {
	open := func(abs string) (*os.File, error) {
		rel, err := filepath.Rel(l.tree.dir, abs)
		if err != nil {
			return nil, err
		}
		return l.tree.open(filepath.ToSlash(rel))
	}
	if g := l.pkg.Generator; g != nil {
		key, err := g.hash(open)
		if err != nil {
			return err
		}
		g.key = key
	}
	for i, f := range l.pkg.Files {
		sum, err := hashFile(open, f.Path)
		if err != nil {
			return err
		}
		l.pkg.Files[i].SHA256 = sum
	}
	sum, err := l.pkg.hash()
	l.pkg.inputs, l.pkg.Version = sum, sum
	return err
}

// opener opens a file by its absolute path.
type opener func(abs string) (*os.File, error)

// hash is over what can change a verdict or a total: limits, flags, included
// files, test cases and what makes them. Statement, examples and validators
// are not part of it, so that correcting them starts no rejudging.
func (p *Package) hash() (string, error) {
	rules, err := json.Marshal(struct {
		Limits, Validation, Threads, Flags, Stop any
	}{p.Limits, p.Validation, p.Threads, p.CompilerFlags, p.StopAfterTimeouts})
	if err != nil {
		return "", err
	}
	h := newHash("package 1", string(rules))
	if p.Type != judge.PassFail {
		h.add("type", string(p.Type))
	}
	h.addManifest(p.Files.Of(judge.IncludeRole)...)
	if p.HasReference() || p.Timing != judge.WholeProcess {
		h.add("measured", string(p.Timing))
		h.addManifest(p.Files.Of(judge.ReferenceRole)...)
	}
	for _, t := range p.Tests {
		h.add(t.Name, strconv.FormatBool(t.Timed))
		input, _ := p.Files.Find(judge.InputRole, t.InputName())
		answer, _ := p.Files.Find(judge.AnswerRole, t.AnswerName())
		h.addManifest(input, answer)
		for _, f := range p.CaseFiles(t) {
			h.add("file", f.Name, f.SHA256)
		}
	}
	if err := p.hashArguments(h); err != nil {
		return "", err
	}
	if p.Generator != nil {
		h.add("generator", p.Generator.key)
	}
	return h.sum(), nil
}

// hashArguments adds the output validator, and what it and submissions are called with.
func (p *Package) hashArguments(h hasher) error {
	if len(p.runArgs) > 0 {
		args, err := json.Marshal(p.runArgs)
		if err != nil {
			return err
		}
		h.add("arguments", string(args))
	}
	if !p.HasValidator() {
		return nil
	}
	args, err := json.Marshal([]any{p.validatorFlags, p.outputArgs})
	if err != nil {
		return err
	}
	h.add("output validator", p.validator, string(args))
	h.addManifest(p.Files.Of(judge.ValidatorRole)...)
	return nil
}

// Proof is a hash of everything that a verification of the package looks at, for the
// version of p, which may have generated test cases, on a machine of this class.
func (p *Package) Proof(version, class string) (string, error) {
	h := newHash("proof 1", version, class)
	args, err := json.Marshal(p.inputArgs)
	if err != nil {
		return "", err
	}
	h.add(string(args))
	for _, v := range p.InputValidators {
		h.add("validator", v.Name)
		for _, files := range [][]string{v.Files, v.Headers} {
			if err := h.addFiles(os.Open, files...); err != nil {
				return "", vanished(err)
			}
		}
	}
	for _, ex := range p.Examples {
		h.add("example", ex.Name)
		if err := h.addFiles(os.Open, ex.Files...); err != nil {
			return "", vanished(err)
		}
	}
	return h.sum(), nil
}

// hash is the generator's key.
func (g *Generator) hash(open opener) (string, error) {
	h := newHash("generator 1", g.Program.Name, strconv.FormatUint(g.Seed, 10), strconv.Itoa(len(g.Args)))
	h.add(g.Args...)
	for _, files := range [][]string{g.Program.Files, g.Program.Headers} {
		if err := h.addFiles(open, files...); err != nil {
			return "", err
		}
	}
	return h.sum(), nil
}

// addFiles adds names and contents.
func (h hasher) addFiles(open opener, files ...string) error {
	h.add(strconv.Itoa(len(files)))
	for _, abs := range files {
		sum, err := hashFile(open, abs)
		if err != nil {
			return err
		}
		h.add(filepath.Base(abs), sum)
	}
	return nil
}

// addManifest adds base names and contents of files of one role, as addFiles would.
func (h hasher) addManifest(files ...judge.ManifestFile) {
	h.add(strconv.Itoa(len(files)))
	for _, f := range files {
		h.add(path.Base(f.Name), f.SHA256)
	}
}

func hashFile(open opener, abs string) (string, error) {
	f, err := open(abs)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return hashReader(f)
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
