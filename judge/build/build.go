// Package build turns sources into a program: toolchains, and compiling with
// them inside the sandbox. A program that does not compile is data, not an
// error.
package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"contest/judge"
	"contest/sandbox"
)

const (
	// outputCap bounds what is kept of a compiler's diagnostics, in bytes.
	outputCap = 64 << 10
	// workBytes bounds everything a compile writes: its temporary files and
	// the program.
	workBytes  = 512 << 20
	workInodes = 4096
	// programBytes bounds the program itself.
	programBytes = 64 << 20
	programName  = "program.out"
)

// Source is what is compiled into one program.
type Source struct {
	Files []judge.File
	// Includes are files of the problem that are laid over the submission's
	// own and compiled with it, as the ICPC package format says.
	Includes []judge.File
	Flags    []string // after the toolchain's own
}

// Limits bound one compile, however often the compiler runs in it.
type Limits struct {
	// Time is the CPU time; the wall time, without what is waited for a CPU that
	// others use, is a quarter more, for what is read from a disk.
	Time        time.Duration
	MemoryBytes int64
}

// wall is the wall time that goes with Time.
func (l Limits) wall() time.Duration { return l.Time + l.Time/4 }

// after are the limits of what is left after the compiler ran once: its second
// run gets no time of its own.
func (l Limits) after(first sandbox.Facts) Limits {
	l.Time = max(l.Time-first.CPU, time.Millisecond)
	return l
}

// JuryLimits are for the organiser's own programs.
var JuryLimits = Limits{Time: 2 * time.Minute, MemoryBytes: 2 << 30}

// Result is the outcome of a compile.
type Result struct {
	// Program is nil if it did not compile. The caller closes it.
	Program *Artifact
	// Hash is the SHA-256 of the program in hexadecimal digits: the same for
	// the same sources, see language/languages.yaml.
	Hash string
	// Output is what the compiler said, capped, free of control characters.
	Output string
	Took   time.Duration
	// Toolchain is the identity of what made it.
	Toolchain string
}

// Compile builds src with t. An error is our failure; Result.Program is nil
// when the sources do not compile.
func Compile(ctx context.Context, t Toolchain, src Source, lim Limits) (Result, error) {
	res, err := t.compile(ctx, src, lim)
	res.Toolchain = t.Identity
	return res, err
}

// compile is Compile, without what made it.
func (t Toolchain) compile(ctx context.Context, src Source, lim Limits) (Result, error) {
	pre := t.headers.find(ctx, t, src)
	if pre == nil {
		res, facts, err := attempt(ctx, t, src, lim, nil)
		return res.explained(src, facts, lim), err
	}
	first, facts, err := attempt(ctx, t, src, lim, pre)
	// Without the header what ran out of time would take longer still.
	if err == nil && (silent(facts) || outOfTime(facts)) {
		return first.explained(src, facts, lim), nil
	}
	second, facts, err := attempt(ctx, t, src, lim.after(facts), nil)
	return first.or(second, src, facts, lim), err
}

// or is the result where the compiler had something to say at its first run: what
// the second came to, with its facts. That may have had no time left for a program
// that the first has made in time.
func (first Result) or(second Result, src Source, facts sandbox.Facts, lim Limits) Result {
	second.Took += first.Took
	if first.Program == nil {
		return second.explained(src, facts, lim)
	}
	if outOfTime(facts) {
		first.Took, first.Output = second.Took, replaced(src)+"note: the compiler gave warnings; there was no time left to show them\n"
		return first
	}
	first.Program.Close()
	return second.explained(src, facts, lim)
}

// outOfTime says that a limit of time ended a compiler.
func outOfTime(f sandbox.Facts) bool {
	return f.Hit == sandbox.CPULimit || f.Hit == sandbox.WallLimit
}

// explained is the result with what the contestant is told, unless that is known
// already.
func (r Result) explained(src Source, f sandbox.Facts, lim Limits) Result {
	if r.Output == "" {
		r.Output = replaced(src) + diagnostics(f, lim)
	}
	return r
}

// silent says that a compiler succeeded and had nothing to say.
func silent(f sandbox.Facts) bool {
	return f.Exited && f.ExitStatus == 0 && f.Hit == sandbox.NoLimit && len(f.Stdout)+len(f.Stderr) == 0
}

// compilerEnv is all of the environment that a compiler sees.
var compilerEnv = []string{"PATH=/usr/bin:/bin", "TMPDIR=/work", "LC_ALL=C.UTF-8", "HOME=/work"}

func compilerLimits(lim Limits) sandbox.Limits {
	return sandbox.Limits{
		CPU: lim.Time, Wall: lim.wall(), MemoryBytes: lim.MemoryBytes, OutputBytes: outputCap,
		ErrorBytes: outputCap, FileBytes: programBytes, Processes: 64, OpenFiles: 256, StackBytes: 256 << 20,
	}
}

// attempt runs the compiler once, with a precompiled header if there is one. What
// it said is in the facts.
func attempt(ctx context.Context, t Toolchain, src Source, lim Limits, pre *header) (Result, sandbox.Facts, error) {
	cfg := sandbox.Config{Mounts: toolchainMounts(), Devices: true, WorkBytes: workBytes, WorkInodes: workInodes}
	var folders []string
	if pre != nil {
		mount, include := pre.mount()
		cfg.Mounts, folders = append(cfg.Mounts, mount), []string{"-I" + include}
	}
	box, err := sandbox.New(ctx, cfg)
	if err != nil {
		return Result{}, sandbox.Facts{}, fmt.Errorf("prepare the compile container: %w", err)
	}
	defer box.Close()
	units, err := t.layOut(box, src)
	if err != nil {
		return Result{}, sandbox.Facts{}, err
	}
	if len(units) == 0 {
		return Result{Output: fmt.Sprintf("no file that %s compiles: name it with one of %s", t.Name, strings.Join(t.Sources, " "))}, sandbox.Facts{}, nil
	}
	facts, err := box.Run(ctx, sandbox.Command{
		Args: t.command(src.Flags, folders, units...), Env: compilerEnv, KeepWork: true, Limits: compilerLimits(lim),
	})
	if err != nil {
		return Result{}, facts, fmt.Errorf("run the compiler: %w", err)
	}
	res := Result{Took: facts.Real}
	if !facts.Exited || facts.ExitStatus != 0 || facts.Hit != sandbox.NoLimit {
		return res, facts, nil
	}
	if res.Program, res.Hash, err = t.collect(box, units); err != nil {
		return Result{}, facts, fmt.Errorf("collect the program: %w", err)
	}
	return res, facts, nil
}

// merged are the files as the compiler sees them: a file of the problem
// replaces one of the submission that has its name.
func (src Source) merged() map[string][]byte {
	all := map[string][]byte{}
	for _, f := range slices.Concat(src.Files, src.Includes) {
		all[f.Name] = f.Data
	}
	return all
}

// layOut writes the sources into the container and returns the names of the
// translation units.
func (t Toolchain) layOut(box *sandbox.Container, src Source) ([]string, error) {
	var units []string
	for name, data := range src.merged() {
		if err := box.WriteFile(name, data, 0o644); err != nil {
			return nil, fmt.Errorf("lay out %s: %w", name, err)
		}
		if t.IsSource(name) {
			units = append(units, name)
		}
	}
	slices.Sort(units)
	return units, nil
}

// replaced tells the contestant which files gave way to the problem's own.
func replaced(src Source) string {
	var b strings.Builder
	for _, f := range src.Files {
		if slices.ContainsFunc(src.Includes, func(own judge.File) bool { return own.Name == f.Name }) {
			fmt.Fprintf(&b, "note: %s is a file of the problem, which replaced yours; give yours another name\n", f.Name)
		}
	}
	return b.String()
}

// diagnostics is what the contestant is told: the compiler's words, and ours
// when a limit ended it.
func diagnostics(f sandbox.Facts, lim Limits) string {
	var b strings.Builder
	switch f.Hit {
	case sandbox.CPULimit:
		fmt.Fprintf(&b, "compiling was stopped after %v of CPU time\n", lim.Time)
	case sandbox.WallLimit:
		fmt.Fprintf(&b, "compiling was stopped after %v of real time\n", lim.wall())
	case sandbox.MemoryLimit:
		fmt.Fprintf(&b, "compiling was stopped at %d MiB of memory\n", lim.MemoryBytes>>20)
	case sandbox.OutputLimit:
		b.WriteString("compiling was stopped: the compiler printed too much\n")
	}
	if bytes.Contains(f.Stderr, []byte("File size limit exceeded")) {
		fmt.Fprintf(&b, "compiling was stopped: a file would be larger than %d MiB\n", programBytes>>20)
	}
	b.WriteString(judge.Printable(string(f.Stdout)))
	b.WriteString(judge.Printable(string(f.Stderr)))
	if f.StderrTruncated {
		fmt.Fprintf(&b, "\n[cut after %d KiB]\n", outputCap>>10)
	}
	if b.Len() == 0 && (!f.Exited || f.ExitStatus != 0) {
		fmt.Fprintf(&b, "the compiler ended with status %d and said nothing\n", f.ExitStatus)
	}
	return b.String()
}

// ReadFiles loads files of a package as sources, named by their base names.
func ReadFiles(paths []string) ([]judge.File, error) {
	files := make([]judge.File, 0, len(paths))
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s has vanished: %w", p, err)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, judge.File{Name: filepath.Base(p), Data: data})
	}
	return files, nil
}
