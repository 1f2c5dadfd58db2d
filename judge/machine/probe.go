package machine

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"contest/judge"
	"contest/sandbox"
)

//go:embed probe/*.cpp
var sources embed.FS

// Kind is what a probe is bound by. A change of the machine seldom slows both
// by the same.
type Kind string

// The probes.
const (
	Compute Kind = "compute"
	Memory  Kind = "memory"
)

// kinds are all probes, in the order in which they are shown.
var kinds = []Kind{Compute, Memory}

// Place is where and how programs are timed.
type Place struct {
	CPUs   []int
	Policy sandbox.Policy
	// Scrub is how many bytes to sweep from the caches before a timed run, see
	// Probes.Scrub; zero sweeps little.
	Scrub int
}

// Probes are the two programs that tell whether a machine is what it was.
type Probes struct {
	programs map[Kind]*os.File
}

// Build makes the probes with compile, which turns one source file into a
// program for sandbox.Command. They should be compiled as submissions are.
func Build(compile func(judge.File) (*os.File, error)) (*Probes, error) {
	p := &Probes{programs: map[Kind]*os.File{}}
	for _, kind := range slices.Concat(kinds, []Kind{pollute}) {
		name := string(kind) + ".cpp"
		source, err := sources.ReadFile("probe/" + name)
		if err != nil {
			return nil, errors.Join(err, p.Close())
		}
		program, err := compile(judge.File{Name: name, Data: source})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("compile the %s probe: %w", kind, err), p.Close())
		}
		p.programs[kind] = program
	}
	return p, nil
}

// Close lets the programs go.
func (p *Probes) Close() error {
	var err error
	for _, program := range p.programs {
		err = errors.Join(err, program.Close())
	}
	return err
}

// Spread is what several runs of one probe took: the middle and the quartiles.
type Spread struct {
	Low    time.Duration `json:"low_ns"`
	Middle time.Duration `json:"middle_ns"`
	High   time.Duration `json:"high_ns"`
}

func spread(times []time.Duration) Spread {
	slices.Sort(times)
	n := len(times)
	return Spread{Low: times[n/4], Middle: times[n/2], High: times[n-1-n/4]}
}

// apart is how far the middle half of now lies beyond that of s, relative to
// the nearer quartile: negative if it is faster, 0 if they overlap.
func (s Spread) apart(now Spread) float64 {
	switch {
	case now.Low > s.High:
		return float64(now.Low)/float64(s.High) - 1
	case now.High < s.Low:
		return float64(now.High)/float64(s.Low) - 1
	}
	return 0
}

// Vector is how fast a machine was at some time: the CPU time in the window
// of both probes. It is kept with a session, and with the baseline of a class.
type Vector struct {
	Compute Spread `json:"compute"`
	Memory  Spread `json:"memory"`
}

// Of is what one probe took.
func (v Vector) Of(k Kind) Spread {
	if k == Memory {
		return v.Memory
	}
	return v.Compute
}

// DriftLimit is how far apart the middle halves of a probe's runs may be, then
// and now, for measurements to be merged (docs/figures.md). On a
// quiet machine a half is some 0.2 % wide. On a shared one the memory probe
// takes between 8 and 14 ms from one second to the next; a limit on one figure
// would never let anything be merged there (docs/decisions).
const DriftLimit = 0.02

// Drifted says whether the machine is too far from what it was then to merge
// what was measured then and now. A probe without times says nothing.
func Drifted(then, now Vector) bool {
	return slices.ContainsFunc(kinds, func(k Kind) bool {
		before, after := then.Of(k), now.Of(k)
		return before.Low > 0 && after.Low > 0 && math.Abs(before.apart(after)) > DriftLimit
	})
}

// How much work a probe does: some 10 ms of either kind on a CPU of 2.6 GHz.
// A change needs a new Protocol, as the times of classes would not compare.
var probeWork = map[Kind]int{Compute: 2_600_000, Memory: 500_000}

// probeRuns is how often each probe runs.
const probeRuns = 15

// Probe times the probes, which takes about half a second.
func (p *Probes) Probe(ctx context.Context, at Place) (Vector, error) {
	r, err := p.runner(ctx, at)
	if err != nil {
		return Vector{}, err
	}
	defer r.Close()
	times := map[Kind][]time.Duration{}
	for range probeRuns {
		for _, kind := range kinds {
			facts, err := r.run(ctx, kind, probeWork[kind], r.scrub)
			if err != nil {
				return Vector{}, err
			}
			times[kind] = append(times[kind], facts.Window.CPU)
		}
	}
	return Vector{Compute: spread(times[Compute]), Memory: spread(times[Memory])}, nil
}

// runner runs probes in one container.
type runner struct {
	*Probes
	box     *sandbox.Container
	restore func() // lets the judge's threads use the CPUs again, and gives scrub back
	scrub   []byte
	sums    map[string]string // what a probe must print
}

func (p *Probes) runner(ctx context.Context, at Place) (*runner, error) {
	scrub, giveBack, err := at.Memory()
	if err != nil {
		return nil, err
	}
	allow := KeepOff(at.CPUs)
	r := &runner{Probes: p, restore: func() { allow(); giveBack() }, scrub: scrub, sums: map[string]string{}}
	if r.box, err = sandbox.New(ctx, sandbox.Config{CPUs: at.CPUs, Policy: at.Policy}); err != nil {
		r.restore()
		return nil, fmt.Errorf("prepare the container of the probes: %w", err)
	}
	return r, nil
}

func (r *runner) Close() error {
	err := r.box.Close()
	r.restore()
	return err
}

// restlessTries is how often a probe is started again that was not seen to be
// still: on a machine without real-time scheduling it may have to wait for
// its CPU.
const restlessTries = 5

// run runs a probe once in a window.
func (r *runner) run(ctx context.Context, kind Kind, work int, scrub []byte) (sandbox.Facts, error) {
	for try := 1; ; try++ {
		facts, err := r.box.Run(ctx, sandbox.Command{
			Program: r.programs[kind], Args: []string{string(kind)},
			Window: &sandbox.Window{Input: []byte(strconv.Itoa(work))}, Scrub: scrub,
		})
		if err != nil {
			return facts, fmt.Errorf("run the %s probe: %w", kind, err)
		}
		if facts.Window.Restless && try < restlessTries {
			continue
		}
		return facts, r.check(kind, work, facts)
	}
}

// check makes sure that the probe did its work: the same work, the same sum.
func (r *runner) check(kind Kind, work int, f sandbox.Facts) error {
	if !f.Window.Closed {
		return fmt.Errorf("the %s probe gave no answer: %s", kind, outcome(f))
	}
	sum, job := strings.TrimSpace(string(f.Stdout)), fmt.Sprint(kind, work)
	if want, seen := r.sums[job]; sum == "" || seen && sum != want {
		return fmt.Errorf("the %s probe computed %q, before it was %q: this machine miscalculates; look at its memory", kind, sum, want)
	}
	r.sums[job] = sum
	return nil
}

func outcome(f sandbox.Facts) string {
	switch {
	case f.Window.Restless:
		return "it was never still; the machine is too busy, stop other work"
	case f.Hit != sandbox.NoLimit:
		return "it ran into the limit of " + string(f.Hit)
	case f.Exited:
		return fmt.Sprintf("it exited with status %d: %s", f.ExitStatus, f.Stderr)
	}
	return fmt.Sprintf("it was ended by signal %d", f.Signal)
}
