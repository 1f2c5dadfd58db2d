package problem

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"contest/judge"
)

// Keep copies the files that a judging reads into a folder below dir that is
// named after the version, and returns the package with its paths there. An
// organiser can then save, break or remove the original while judgings of this
// version go on. What is kept already is not copied again; removing old versions
// is left to the owner of dir.
func (p *Package) Keep(dir string) (*Package, error) {
	place := filepath.Join(dir, p.inputs)
	kept := *p
	kept.Files = movedTo(place, p.Files)
	if intact(kept.Files) == nil {
		return &kept, nil
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
	if err := p.copyTo(temporary); err != nil {
		return nil, fmt.Errorf("keep the problem package: %w", err)
	}
	if err := os.Rename(temporary, place); err != nil {
		if _, other := os.Stat(place); other != nil { // else another process was first with the same content
			return nil, fmt.Errorf("keep the problem package: %w", err)
		}
	}
	return &kept, nil
}

// movedTo are the files with their paths below place.
func movedTo(place string, files judge.Manifest) judge.Manifest {
	moved := slices.Clone(files)
	for i, f := range moved {
		moved[i].Path = filepath.Join(place, string(f.Role), filepath.FromSlash(f.Name))
	}
	return moved
}

// copyTo makes the copies and checks that they are what the version was computed
// from.
func (p *Package) copyTo(dir string) error {
	copies := movedTo(dir, p.Files)
	for i, f := range copies {
		if err := copyFile(f.Path, p.Files[i].Path); err != nil {
			return vanished(err)
		}
	}
	return intact(copies)
}

// intact is nil if all files are there with the content that the manifest says.
func intact(files judge.Manifest) error {
	for _, f := range files {
		sum, err := hashFile(os.Open, f.Path)
		if err != nil {
			return err
		}
		if sum != f.SHA256 {
			return ErrChanged
		}
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
