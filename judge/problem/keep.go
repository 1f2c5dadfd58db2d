package problem

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Keep copies the files that a judging reads, included files and test cases,
// into a folder below dir that is named after the version, and returns the
// package with its paths there. An organiser can then save, break or remove
// the original while judgings of this version go on. What is kept already is
// not copied again; removing old versions is left to the owner of dir.
func (p *Package) Keep(dir string) (*Package, error) {
	place := filepath.Join(dir, p.inputs)
	kept, from := p.movedTo(place)
	if sum, err := kept.hash(os.Open); err == nil && sum == p.inputs {
		return kept, nil
	}
	// It is not there, or a crash of the machine left it damaged.
	if err := errors.Join(os.RemoveAll(place), os.MkdirAll(dir, 0o700)); err != nil {
		return nil, fmt.Errorf("keep the problem package: %w", err)
	}
	temporary, err := os.MkdirTemp(dir, "new-")
	if err != nil {
		return nil, fmt.Errorf("keep the problem package: %w", err)
	}
	defer os.RemoveAll(temporary)
	if err := p.copyTo(temporary, place, from); err != nil {
		return nil, fmt.Errorf("keep the problem package: %w", err)
	}
	if err := os.Rename(temporary, place); err != nil {
		if _, other := os.Stat(place); other != nil { // else another process was first with the same content
			return nil, fmt.Errorf("keep the problem package: %w", err)
		}
	}
	return kept, nil
}

// movedTo is the package with the paths that a judging reads below place, and
// where each of them came from.
func (p *Package) movedTo(place string) (moved *Package, from map[string]string) {
	kept := *p
	from = map[string]string{}
	move := func(folder, name, original string) string {
		to := filepath.Join(place, folder, filepath.FromSlash(name))
		from[to] = original
		return to
	}
	kept.Includes = slices.Clone(p.Includes)
	for i, abs := range p.Includes {
		kept.Includes[i] = move("include", filepath.Base(abs), abs)
	}
	kept.Reference = slices.Clone(p.Reference)
	for i, abs := range p.Reference {
		kept.Reference[i] = move("reference", filepath.Base(abs), abs)
	}
	kept.Tests = slices.Clone(p.Tests)
	for i, t := range p.Tests {
		kept.Tests[i].Input = move("data", t.Name+".in", t.Input)
		kept.Tests[i].Answer = move("data", t.Name+".ans", t.Answer)
	}
	return &kept, from
}

// copyTo makes the copies in a temporary folder and checks that they are what
// the version was computed from.
func (p *Package) copyTo(temporary, place string, from map[string]string) error {
	for to, original := range from {
		rel, err := filepath.Rel(place, to)
		if err != nil {
			return err
		}
		if err := copyFile(filepath.Join(temporary, rel), original); err != nil {
			return vanished(err)
		}
	}
	copied, _ := p.movedTo(temporary)
	sum, err := copied.hash(os.Open)
	if err != nil {
		return err
	}
	if sum != p.inputs {
		return ErrChanged
	}
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
