package timing

import (
	"context"
	"embed"
	"fmt"

	"contest/judge"
	"contest/judge/build"
)

// The programs of a stand, by index.
const (
	reference = 0
	candidate = 1
)

// compiledReference is the reference, compiled as a submission in the default
// language. It belongs to the timer.
func (t *Timer) compiledReference(ctx context.Context, p judge.Problem) (*build.Artifact, error) {
	return t.reference.Get(p.Version, func() (*build.Artifact, error) {
		files, err := build.ReadFiles(p.Files.Of(judge.ReferenceRole).Paths())
		if err != nil {
			return nil, fmt.Errorf("read the reference: %w", err)
		}
		res, err := t.tools.Submission(ctx, p, "", files)
		if err != nil {
			return nil, fmt.Errorf("compile the reference: %w", err)
		}
		if res.Program == nil {
			return nil, fmt.Errorf("the reference does not compile:\n%s", judge.Quote(res.Output))
		}
		return res.Program, nil
	})
}

// The programs that do nothing with their input. What one takes is the least that
// any program can take.
//
//go:embed null/null.cpp null/start.cpp
var nullSources embed.FS

// compileNull compiles the program that does nothing: where windows are timed the
// cheapest there can be, which starts without the C library.
func (t *Timer) compileNull(ctx context.Context, timing judge.Timing) (*build.Artifact, error) {
	name, flags := "null.cpp", []string(nil)
	if timing == judge.Window {
		name, flags = "start.cpp", []string{"-nostdlib"}
	}
	source, err := nullSources.ReadFile("null/" + name)
	if err != nil {
		return nil, err
	}
	return t.compileOwn(ctx, judge.File{Name: name, Data: source}, flags...)
}

// compileOwn compiles a program of the judge.
func (t *Timer) compileOwn(ctx context.Context, f judge.File, flags ...string) (*build.Artifact, error) {
	res, err := t.tools.Own(ctx, []judge.File{f}, flags...)
	if err != nil {
		return nil, err
	}
	if res.Program == nil {
		return nil, fmt.Errorf("%s does not compile:\n%s", f.Name, judge.Quote(res.Output))
	}
	return res.Program, nil
}
