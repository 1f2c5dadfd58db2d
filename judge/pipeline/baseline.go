package pipeline

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"sync"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
)

// freezeRounds is how many rounds a baseline is made of.
const freezeRounds = 5

// The programs that do nothing with their input. What one takes is the least that
// any program can take.
//
//go:embed null/null.cpp null/start.cpp
var nullSources embed.FS

// compileNull compiles the program that does nothing: where windows are timed the
// cheapest there can be, which starts without the C library.
func (pl *Pipeline) compileNull(ctx context.Context, timing judge.Timing) (*build.Artifact, error) {
	name, flags := "null.cpp", []string(nil)
	if timing == judge.Window {
		name, flags = "start.cpp", []string{"-nostdlib"}
	}
	source, err := nullSources.ReadFile("null/" + name)
	if err != nil {
		return nil, err
	}
	return pl.compileOwn(ctx, judge.File{Name: name, Data: source}, flags...)
}

// programCache keeps one program of the problem version that was judged last.
type programCache struct {
	mu      sync.Mutex
	version string
	program *build.Artifact
}

// get is the program of a version, which make makes if it is not there. It belongs
// to the cache.
func (c *programCache) get(version string, make func() (*build.Artifact, error)) (*build.Artifact, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.program != nil && c.version == version {
		return c.program, nil
	}
	program, err := make()
	if err != nil {
		return nil, err
	}
	if c.program != nil {
		_ = c.program.Close()
	}
	c.version, c.program = version, program
	return program, nil
}

// compiledReference is the reference, compiled as a submission in the default
// language. The file belongs to the pipeline.
func (pl *Pipeline) compiledReference(ctx context.Context, p judge.Problem) (*build.Artifact, error) {
	return pl.reference.get(p.Version, func() (*build.Artifact, error) {
		files, err := build.ReadFiles(p.Files.Of(judge.ReferenceRole).Paths())
		if err != nil {
			return nil, fmt.Errorf("read the reference: %w", err)
		}
		res, err := pl.compile(ctx, p, "", files)
		if err != nil {
			return nil, fmt.Errorf("compile the reference: %w", err)
		}
		if res.Program == nil {
			return nil, fmt.Errorf("the reference does not compile:\n%s", judge.Quote(res.Output))
		}
		return res.Program, nil
	})
}

// FrozenBaseline is what is kept of a baseline.
type FrozenBaseline struct {
	measure.Baseline
	// Probes are how fast the machine was then.
	Probes machine.Vector `json:"probes"`
	// Scrub is how much is swept from the caches before every timed run.
	Scrub machine.Scrub `json:"scrub"`
}

// baseline is what totals of this problem on this machine class are made of.
// It is measured once and then frozen, lest totals change their meaning.
func (pl *Pipeline) baseline(ctx context.Context, p judge.Problem, settings judge.Measure, ref *build.Artifact) (FrozenBaseline, error) {
	stored, err := pl.Records.Baseline(ctx, p.ID, p.Version, pl.Machine.Class)
	if errors.Is(err, judge.ErrNotFound) {
		stored, err = pl.freeze(ctx, p, settings, ref)
	}
	if err != nil {
		return FrozenBaseline{}, err
	}
	return measure.Decode[FrozenBaseline](stored.Data)
}

// probe says how fast the machine is just now where a problem is measured.
func (pl *Pipeline) probe(ctx context.Context, at machine.Place) (v machine.Vector, err error) {
	err = pl.withProbes(ctx, at, func(p *machine.Probes) error {
		v, err = p.Probe(ctx, at)
		return err
	})
	return v, err
}

// scrubAt finds how much to sweep from the caches before runs at a place. It is
// measured once in the life of a process.
func (pl *Pipeline) scrubAt(ctx context.Context, at machine.Place) (s machine.Scrub, err error) {
	key := fmt.Sprint(at.CPUs, at.Policy)
	err = pl.withProbes(ctx, at, func(p *machine.Probes) error {
		if found, ok := pl.probes.scrubs[key]; ok {
			s = found
			return nil
		}
		if s, err = p.Scrub(ctx, at); err != nil {
			return err
		}
		if pl.probes.scrubs == nil {
			pl.probes.scrubs = map[string]machine.Scrub{}
		}
		pl.probes.scrubs[key] = s
		return nil
	})
	return s, err
}

// withProbes does something with the probes where nobody else times anything.
func (pl *Pipeline) withProbes(ctx context.Context, at machine.Place, do func(*machine.Probes) error) error {
	pl.probes.mu.Lock()
	defer pl.probes.mu.Unlock()
	if pl.probes.built == nil {
		built, err := machine.Build(func(f judge.File) (*os.File, error) {
			probe, err := pl.compileOwn(ctx, f)
			if err != nil {
				return nil, err
			}
			return probe.Program, nil
		})
		if err != nil {
			return err
		}
		pl.probes.built = built
	}
	release, err := machine.Occupy(ctx, at.CPUs)
	if err != nil {
		return err
	}
	defer release()
	return do(pl.probes.built)
}

// probeCache keeps the compiled probes, and what they found once and for all.
type probeCache struct {
	mu     sync.Mutex
	built  *machine.Probes
	scrubs map[string]machine.Scrub // by place
}

// ownLanguage is what the programs of the judge and of organisers are written in.
const ownLanguage = "cpp"

// compileOwn compiles a program of the judge's.
func (pl *Pipeline) compileOwn(ctx context.Context, f judge.File, flags ...string) (*build.Artifact, error) {
	tool, err := pl.Toolchains.Find(ownLanguage)
	if err != nil {
		return nil, err
	}
	res, err := build.Compile(ctx, tool, build.Source{Files: []judge.File{f}, Flags: flags}, build.JuryLimits)
	if err != nil {
		return nil, err
	}
	if res.Program == nil {
		return nil, fmt.Errorf("%s does not compile:\n%s", f.Name, judge.Quote(res.Output))
	}
	return res.Program, nil
}

func (pl *Pipeline) freeze(ctx context.Context, p judge.Problem, settings judge.Measure, ref *build.Artifact) (judge.Baseline, error) {
	null, err := pl.compileNull(ctx, p.Timing)
	if err != nil {
		return judge.Baseline{}, err
	}
	defer null.Close()
	at, err := placeFor(p, settings.CPUs)
	if err != nil {
		return judge.Baseline{}, err
	}
	swept, err := pl.scrubAt(ctx, at)
	if err != nil {
		return judge.Baseline{}, err
	}
	at.Scrub = swept.Bytes
	times, err := pl.timeBaseline(ctx, p, at, freezeRounds, ref, null)
	if err != nil {
		return judge.Baseline{}, err
	}
	probes, err := pl.probe(ctx, at)
	if err != nil {
		return judge.Baseline{}, err
	}
	data, err := measure.Encode(FrozenBaseline{times, probes, swept})
	if err != nil {
		return judge.Baseline{}, err
	}
	return pl.Records.Freeze(ctx, judge.Baseline{Problem: p.ID, ProblemVersion: p.Version, Class: pl.Machine.Class, Frozen: pl.Now(), Data: data})
}

// timeBaseline times the reference and the null program on every timed test case.
func (pl *Pipeline) timeBaseline(ctx context.Context, p judge.Problem, at machine.Place, rounds int, ref, null *build.Artifact) (measure.Baseline, error) {
	validator, err := pl.outputValidator(ctx, p)
	if err != nil {
		return measure.Baseline{}, err
	}
	s, err := newStand(ctx, run.NewJury(p, validator), p, at, ref, null)
	if err != nil {
		return measure.Baseline{}, err
	}
	defer s.close()
	var tests []judge.TestCase
	for _, t := range p.Tests {
		if t.Timed {
			tests = append(tests, t)
		}
	}
	seen := make([][2][]measure.Observation, len(tests))
	for round := range rounds {
		if err := s.freezeRound(ctx, round, tests, seen); err != nil {
			return measure.Baseline{}, err
		}
	}
	var b measure.Baseline
	for i, t := range tests {
		f, err := measure.Freeze(t.Name, seen[i][reference], seen[i][1])
		if err != nil {
			return b, err
		}
		b.Tests = append(b.Tests, f)
	}
	return b, nil
}

func (s *stand) freezeRound(ctx context.Context, round int, tests []judge.TestCase, seen [][2][]measure.Observation) error {
	refused, err := s.round(ctx, func() error {
		for _, step := range measure.Order("baseline", s.problem.Version, round, measure.Each(len(tests)), 2) {
			for _, program := range step.Programs {
				r, err := s.freezeRun(ctx, program, tests[step.Test])
				if err != nil {
					return err
				}
				seen[step.Test][program] = append(seen[step.Test][program], r.seen)
			}
		}
		return nil
	})
	if len(refused) > 0 {
		return refused[0].referenceError()
	}
	return err
}

// freezeRun is one run for a baseline. What the null program prints does not matter.
func (s *stand) freezeRun(ctx context.Context, program int, t judge.TestCase) (timed, error) {
	if program != reference {
		r, _, err := s.time(ctx, program, t)
		return r, err
	}
	r, err := s.run(ctx, program, t)
	if err == nil && r.Verdict != judge.Accepted {
		err = r.referenceError()
	}
	return r, err
}
