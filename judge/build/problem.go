package build

import (
	"context"
	"fmt"
	"sync"

	"contest/judge"
)

// Submission compiles sources for a problem: with the files that the problem adds to
// them, with its flags and within its limits.
func (ts Toolchains) Submission(ctx context.Context, p judge.Problem, lang judge.LanguageID, files []judge.File) (Result, error) {
	tool, err := ts.For(lang, files)
	if err != nil {
		return Result{}, err
	}
	includes, err := ReadFiles(p.Includes(tool.Family).Paths())
	if err != nil {
		return Result{}, fmt.Errorf("read the files of include/%s: %w", tool.Family, err)
	}
	src := Source{Files: files, Includes: includes, Flags: p.CompilerFlags}
	return Compile(ctx, tool, src, Limits{Time: p.Limits.CompileTime, MemoryBytes: p.Limits.CompileMemoryBytes})
}

// ownLanguage is what the programs of the judge and of organisers are written in.
const ownLanguage = "cpp"

// Own compiles a program of the judge or of an organiser.
func (ts Toolchains) Own(ctx context.Context, files []judge.File, flags ...string) (Result, error) {
	tool, err := ts.Find(ownLanguage)
	if err != nil {
		return Result{}, err
	}
	return Compile(ctx, tool, Source{Files: files, Flags: flags}, JuryLimits)
}

// Latest keeps one program: that of the problem version which was asked for last. The
// zero value is ready.
type Latest struct {
	mu      sync.Mutex
	version string
	program *Artifact
}

// Get is the program of a version, which compile makes if it is not there. It belongs
// to l, and is closed when another version is asked for.
func (l *Latest) Get(version string, compile func() (*Artifact, error)) (*Artifact, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.program != nil && l.version == version {
		return l.program, nil
	}
	program, err := compile()
	if err != nil {
		return nil, err
	}
	if l.program != nil {
		_ = l.program.Close()
	}
	l.version, l.program = version, program
	return program, nil
}
