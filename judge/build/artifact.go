package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"contest/judge"
	"contest/judge/language"
	"contest/sandbox"
)

// Artifact is what sources were built into, and all that it takes to run it.
type Artifact struct {
	// Program is one executable, open for reading and run by its descriptor. It lives
	// in memory only, so that nothing is left behind when the judge dies. With nil,
	// Args[0] is found in the container.
	Program *os.File
	Args    []string
	Files   []judge.File    // laid into the work folder before each run
	Mounts  []sandbox.Mount // what it sees of the machine
}

// Container is a configuration of a container with what the artifact needs beside it.
func (a *Artifact) Container(c sandbox.Config) sandbox.Config {
	c.Mounts = slices.Concat(c.Mounts, a.Mounts)
	if len(a.Files) > 0 {
		c.WorkBytes, c.WorkInodes = c.WorkBytes+workBytes, c.WorkInodes+workInodes
	}
	return c
}

// Run runs it once in a container that Container describes. Arguments of cmd follow
// its own.
func (a *Artifact) Run(ctx context.Context, box *sandbox.Container, cmd sandbox.Command) (sandbox.Facts, error) {
	cmd.Program, cmd.Args = a.Program, slices.Concat(a.Args, cmd.Args)
	if len(a.Files) > 0 {
		if !cmd.KeepWork {
			if err := box.EmptyWork(); err != nil {
				return sandbox.Facts{}, err
			}
		}
		for _, f := range a.Files {
			if err := box.WriteFile(f.Name, f.Data, 0o755); err != nil {
				return sandbox.Facts{}, fmt.Errorf("lay out %s: %w", f.Name, err)
			}
		}
		cmd.KeepWork = true
	}
	return box.Run(ctx, cmd)
}

// Copy is the same program in other pages of memory, where that makes a difference.
func (a *Artifact) Copy() (*Artifact, error) {
	other := *a
	if a.Program != nil {
		var err error
		if other.Program, err = memoryFile(io.NewSectionReader(a.Program, 0, math.MaxInt64)); err != nil {
			return nil, err
		}
	}
	return &other, nil
}

// Close gives back what the artifact holds.
func (a *Artifact) Close() error {
	if a.Program == nil {
		return nil
	}
	return a.Program.Close()
}

// collect takes what a compile has made of sources, with its hash.
func (t Toolchain) collect(box *sandbox.Container, sources []string) (*Artifact, string, error) {
	if !t.Static() {
		return t.collectFiles(box, sources)
	}
	binary, err := box.ReadFile(programName, programBytes)
	if err != nil {
		return nil, "", err
	}
	program, err := memoryFile(bytes.NewReader(binary))
	if err != nil {
		return nil, "", err
	}
	return &Artifact{Program: program, Args: []string{"submission"}}, fmt.Sprintf("%x", sha256.Sum256(binary)), nil
}

// collectFiles takes all that stands in the work folder itself.
func (t Toolchain) collectFiles(box *sandbox.Container, sources []string) (*Artifact, string, error) {
	found, err := box.ReadDir(".")
	if err != nil {
		return nil, "", err
	}
	a := &Artifact{Args: t.RunLine(language.Words{Program: "./" + programName, Sources: sources}), Mounts: mountsOf(t.Sees)}
	left := int64(programBytes)
	hash := sha256.New()
	for _, f := range found {
		if !f.Type().IsRegular() {
			continue
		}
		data, err := box.ReadFile(f.Name(), left)
		if err != nil {
			return nil, "", err
		}
		left -= int64(len(data))
		a.Files = append(a.Files, judge.File{Name: f.Name(), Data: data})
		fmt.Fprintf(hash, "%d:%s,%d:", len(f.Name()), f.Name(), len(data))
		hash.Write(data)
	}
	return a, fmt.Sprintf("%x", hash.Sum(nil)), nil
}

// memoryFile holds an executable without a name in any file system. It is
// opened again for reading only, because the kernel does not run what is open
// for writing.
func memoryFile(program io.Reader) (*os.File, error) {
	fd, err := unix.MemfdCreate("program", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("hold the program in memory: %w", err)
	}
	w := os.NewFile(uintptr(fd), "program")
	defer w.Close()
	if _, err := io.Copy(w, program); err != nil {
		return nil, fmt.Errorf("hold the program in memory: %w", err)
	}
	if err := w.Chmod(0o555); err != nil {
		return nil, fmt.Errorf("hold the program in memory: %w", err)
	}
	return os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
}
