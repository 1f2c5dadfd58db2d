package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/judge/machine"
	"contest/judge/problem"
	"contest/judge/run"
	"contest/judge/score"
	"contest/sandbox"
)

// LoadOptions say how a package is made ready.
type LoadOptions struct {
	TestSet string // "full" or "demo"
	// Secret is the contest's; the zero one for trials outside of one.
	Secret judge.Secret
	// Cache is the folder in which generated test cases are kept.
	Cache string
	// Generate makes the test cases that are missing; without it a problem
	// that misses some comes back without its generated ones.
	Generate bool
	// Warned is called with what is to be said of a package, one that cannot be
	// judged included; may be nil.
	Warned func(problem string, warnings problem.Errors)
	// Progress is called as test cases are made; may be nil.
	Progress func(problem string, done, total int)
}

func (opt LoadOptions) reading() problem.Options {
	return problem.Options{TestSet: opt.TestSet, Secret: opt.Secret, MemoryBytes: machine.TotalMemory(), Types: run.Types(), Rules: score.RuleNames()}
}

// Load reads a package and makes it ready to be judged.
func (pl *Pipeline) Load(ctx context.Context, dir string, opt LoadOptions) (judge.Problem, error) {
	pkg, err := problem.Load(dir, opt.reading())
	if opt.Warned != nil && pkg != nil {
		opt.Warned(string(pkg.ID), pkg.Warnings)
	}
	if err != nil {
		return judge.Problem{}, err
	}
	// Judgings read a copy: an edit in the organiser's folder must not change
	// those that are under way.
	if pkg, err = pkg.Keep(kept(opt.Cache)); err != nil {
		return judge.Problem{}, err
	}
	p, err := pl.prepare(ctx, pkg, opt)
	if err != nil {
		return judge.Problem{}, err
	}
	p.Proof, err = pkg.Proof(p.Version, pl.Timer.Machine().Class)
	return p, err
}

// LoadFresh reads a package that is of this version and makes it ready with other
// test cases: those that its generator makes from seed for a final.
func (pl *Pipeline) LoadFresh(ctx context.Context, dir, version string, seed uint64, opt LoadOptions) (judge.Problem, error) {
	opt.Generate = true
	if now, err := pl.Load(ctx, dir, opt); err != nil || now.Version != version {
		return judge.Problem{}, cmp.Or(err, problem.ErrChanged)
	}
	pkg, err := problem.Load(dir, opt.reading())
	if err != nil {
		return judge.Problem{}, err
	}
	if pkg, err = pkg.Fresh(seed); err != nil {
		return judge.Problem{}, err
	}
	if pkg, err = pkg.Keep(kept(opt.Cache)); err != nil {
		return judge.Problem{}, err
	}
	return pl.prepare(ctx, pkg, opt)
}

// kept is the folder of the copies that judgings read.
func kept(cache string) string { return filepath.Join(cache, "packages") }

// Prune removes the copies of package versions that none of problems is. No
// judging may run meanwhile.
func Prune(cache string, problems []judge.Problem) error {
	used := map[string]bool{}
	for _, p := range problems {
		for _, f := range p.Files {
			if rel, err := filepath.Rel(kept(cache), f.Path); err == nil {
				version, _, _ := strings.Cut(rel, string(filepath.Separator))
				used[version] = true
			}
		}
	}
	found, err := os.ReadDir(kept(cache))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, d := range found {
		if !used[d.Name()] {
			err = errors.Join(err, os.RemoveAll(filepath.Join(kept(cache), d.Name())))
		}
	}
	return err
}

func (pl *Pipeline) prepare(ctx context.Context, pkg *problem.Package, opt LoadOptions) (judge.Problem, error) {
	if pkg.Generator == nil {
		return pkg.Problem, nil
	}
	cache := filepath.Join(opt.Cache, "tests", pkg.Generator.Key())
	missing := missingCases(pkg.Generator, cache)
	if len(missing) > 0 && !opt.Generate {
		return pkg.Problem, nil
	}
	if len(missing) > 0 {
		if err := pl.generate(ctx, pkg, missing, cache, opt.Progress); err != nil {
			return judge.Problem{}, err
		}
	}
	return pkg.WithGenerated(cache)
}

func missingCases(g *problem.Generator, dir string) []problem.GeneratedCase {
	return slices.DeleteFunc(slices.Clone(g.Cases), func(c problem.GeneratedCase) bool {
		for _, path := range []string{c.InputPath(dir), c.AnswerPath(dir)} {
			if _, err := os.Stat(path); err != nil {
				return false
			}
		}
		return true
	})
}

const (
	// generatorWork bounds what a generator writes for one test case, in bytes.
	generatorWork = 1 << 30
	// descriptionBytes bounds test.desc.
	descriptionBytes = 4 << 10
)

// generatorLimits bound the making of one test case.
var generatorLimits = sandbox.Limits{
	CPU: time.Minute, Wall: 2 * time.Minute, MemoryBytes: 4 << 30, OutputBytes: 64 << 10, ErrorBytes: 64 << 10,
	FileBytes: generatorWork, StackBytes: 1 << 30, Processes: 16,
}

// batch is how many test cases are made before a judging that waits gets its
// turn.
const batch = 16

// generate makes test cases, as many at a time as there are processors, and
// never while a submission is being timed. Each is moved into place whole, its
// input last, so that what is there is right.
func (pl *Pipeline) generate(ctx context.Context, pkg *problem.Package, cases []problem.GeneratedCase, dir string, progress func(string, int, int)) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	progress(string(pkg.ID), 0, len(cases))
	program, err := pl.generator(ctx, pkg)
	if err != nil {
		return err
	}
	defer program.Close()
	if err := os.MkdirAll(filepath.Dir(cases[0].InputPath(dir)), 0o700); err != nil {
		return fmt.Errorf("keep generated test cases: %w", err)
	}
	done := 0
	for some := range slices.Chunk(cases, batch) {
		if err := pl.generateSome(ctx, program, pkg.Generator, some, dir); err != nil {
			return err
		}
		done += len(some)
		progress(string(pkg.ID), done, len(cases))
	}
	return nil
}

// generator compiles a package's generator. The sources are read after the
// key was computed from them; if they were saved in between, the test cases
// would be kept under the wrong key.
func (pl *Pipeline) generator(ctx context.Context, pkg *problem.Package) (*build.Artifact, error) {
	program, err := pl.compileJury(ctx, pkg.Generator.Program, "generate")
	if err != nil {
		return nil, err
	}
	again, err := pkg.Reload()
	if err == nil && (again.Generator == nil || again.Generator.Key() != pkg.Generator.Key()) {
		err = problem.ErrChanged
	}
	if err != nil {
		return nil, errors.Join(err, program.Close())
	}
	return program, nil
}

func (pl *Pipeline) generateSome(ctx context.Context, program *build.Artifact, g *problem.Generator, cases []problem.GeneratedCase, dir string) error {
	defer pl.Timer.Busy()()
	todo := make(chan problem.GeneratedCase, len(cases))
	for _, c := range cases {
		todo <- c
	}
	close(todo)
	group, ctx := errgroup.WithContext(ctx)
	for range min(runtime.NumCPU(), len(cases)) {
		group.Go(func() error {
			box, err := sandbox.New(ctx, sandbox.Config{Devices: true, WorkBytes: generatorWork, WorkInodes: 1024})
			if err != nil {
				return fmt.Errorf("prepare the generator's container: %w", err)
			}
			defer box.Close()
			for c := range todo {
				if err := generateOne(ctx, box, program, g, c, dir); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func generateOne(ctx context.Context, box *sandbox.Container, program *build.Artifact, g *problem.Generator, c problem.GeneratedCase, dir string) error {
	facts, err := program.Run(ctx, box, sandbox.Command{Args: g.Arguments(c), Limits: generatorLimits})
	if err != nil {
		return fmt.Errorf("generate %s: %w", c.Name, err)
	}
	if !facts.Exited || facts.ExitStatus != 0 || facts.Hit != sandbox.NoLimit {
		return generatorError(g, c, fmt.Sprintf("the generator ended with %s: %s", check.Ending(facts), check.Said(facts.Stderr)), "it must write the files and exit with 0")
	}
	for _, file := range []struct {
		name, path string
		max        int64
		optional   bool
	}{
		{problem.GeneratedDescription, c.DescriptionPath(dir), descriptionBytes, true},
		{problem.GeneratedAnswer, c.AnswerPath(dir), generatorWork, false},
		{problem.GeneratedInput, c.InputPath(dir), generatorWork, false},
	} {
		data, err := box.ReadFile(file.name, file.max)
		switch {
		case errors.Is(err, fs.ErrNotExist) && file.optional:
			continue
		case errors.Is(err, fs.ErrNotExist):
			return generatorError(g, c, "the generator did not write "+file.name, "write it into the current folder")
		case err != nil:
			return fmt.Errorf("generate %s: %w", c.Name, err)
		}
		if err := writeWhole(file.path, data); err != nil {
			return fmt.Errorf("keep generated test case %s: %w", c.Name, err)
		}
	}
	return nil
}

func generatorError(g *problem.Generator, c problem.GeneratedCase, message, hint string) error {
	return problem.Errors{{File: g.Program.Name, Message: fmt.Sprintf("generate %s: %s", strings.Join(g.Arguments(c), " "), message), Hint: hint}}
}

// writeWhole writes a file so that it is there whole or not at all.
func writeWhole(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// compileJury compiles a program of the organiser, which is called name when it runs.
func (pl *Pipeline) compileJury(ctx context.Context, p problem.Program, name string) (*build.Artifact, error) {
	files, err := build.ReadFiles(append(slices.Clone(p.Files), p.Headers...))
	if err != nil {
		return nil, err
	}
	defer pl.Timer.Busy()()
	res, err := pl.Toolchains.Own(ctx, files)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", p.Name, err)
	}
	if res.Program == nil {
		return nil, problem.Errors{{File: p.Name, Message: "it does not compile:\n" + judge.Quote(res.Output), Hint: "mend the program"}}
	}
	res.Program.Args = []string{name}
	return res.Program, nil
}
