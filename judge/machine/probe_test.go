package machine

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/language"
	"contest/judge/measure"
)

// built are the probes of all tests, by the real compiler.
var built = sync.OnceValues(func() (*Probes, error) {
	chain, err := build.Detect().Find("")
	if err != nil {
		return nil, err
	}
	return Build(func(f judge.File) (*os.File, error) {
		res, err := build.Compile(context.Background(), chain, build.Source{Files: []judge.File{f}}, build.JuryLimits)
		if err == nil && res.Program == nil {
			err = errors.New(res.Output)
		}
		if err != nil {
			return nil, err
		}
		return res.Program.Program, nil
	})
})

func probes(t *testing.T) *Probes {
	t.Helper()
	p, err := built()
	if errors.Is(err, language.ErrNoCompiler) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// here is where this machine measures.
func here(t *testing.T) Place {
	t.Helper()
	cpus, err := MeasuringCPUs(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	policy, why := Policy(1)
	if why != "" {
		t.Log(why)
	}
	return Place{CPUs: cpus, Policy: policy}
}

func TestProbe(t *testing.T) {
	p, at := probes(t), here(t)
	v, err := p.Probe(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", v)
	for _, k := range kinds {
		if v.Of(k).Low < time.Millisecond {
			t.Errorf("the %s probe took %v, want some work", k, v.Of(k).Low)
		}
	}
}

func TestProbeSaysWhatItComputed(t *testing.T) {
	r, err := probes(t).runner(t.Context(), here(t))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.run(t.Context(), Compute, 1000, nil); err != nil {
		t.Error(err)
	}
	r.sums["compute1000"] = "another"
	if _, err := r.run(t.Context(), Compute, 1000, nil); err == nil || !strings.Contains(err.Error(), "miscalculates") {
		t.Errorf("a wrong sum gives %v", err)
	}
}

func TestBuildFails(t *testing.T) {
	_, err := Build(func(judge.File) (*os.File, error) { return nil, errors.New("no compiler") })
	if err == nil || err.Error() != "compile the compute probe: no compiler" {
		t.Errorf("got %v", err)
	}
}

func TestDrifted(t *testing.T) {
	ms := func(low, middle, high float64) Spread {
		of := func(x float64) time.Duration { return time.Duration(x * float64(time.Millisecond)) }
		return Spread{of(low), of(middle), of(high)}
	}
	quiet, noisy := ms(9.99, 10, 10.01), ms(9, 12, 14)
	for _, tc := range []struct {
		name      string
		then, now Vector
		want      bool
	}{
		{"same", Vector{quiet, noisy}, Vector{quiet, noisy}, false},
		{"within", Vector{quiet, quiet}, Vector{quiet, ms(10.18, 10.2, 10.21)}, false},
		{"slower memory", Vector{quiet, quiet}, Vector{quiet, ms(10.28, 10.3, 10.32)}, true},
		{"faster compute", Vector{quiet, noisy}, Vector{ms(9, 9, 9), noisy}, true},
		{"noise", Vector{quiet, noisy}, Vector{quiet, ms(13, 15, 18)}, false},
		{"beyond the noise", Vector{quiet, noisy}, Vector{quiet, ms(15, 18, 20)}, true},
		{"nothing then", Vector{}, Vector{quiet, quiet}, false},
		{"one probe then", Vector{Memory: quiet}, Vector{noisy, ms(20, 20, 20)}, true},
	} {
		if got := Drifted(tc.then, tc.now); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestSpread(t *testing.T) {
	if got, want := spread([]time.Duration{7, 1, 6, 2, 5, 3, 4}), (Spread{2, 4, 6}); got != want {
		t.Errorf("spread of 1 to 7 is %v, want %v", got, want)
	}
	if got, want := spread([]time.Duration{3}), (Spread{3, 3, 3}); got != want {
		t.Errorf("spread of one is %v, want %v", got, want)
	}
}

// Some size of the scrub is found, with what is left after it, and the smallest that
// does.
func TestScrubIsMeasured(t *testing.T) {
	p, at := probes(t), here(t)
	got, err := p.Scrub(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(scrubSizes, got.Bytes) || got.After.Low <= 0 || got.After.Low > got.After.High {
		t.Errorf("got %+v", got)
	}
	t.Log(got.Says())
}

func TestScrubLevels(t *testing.T) {
	for want, after := range map[Level]measure.Interval{
		Good: {Low: .99, High: 1.08}, Yellow: {Low: 1.02, High: 1.12}, Red: {Low: 1.12, High: 1.33},
	} {
		if got := (Scrub{Bytes: 64 << 20, After: after}).Level(); got != want {
			t.Errorf("%v: %v, want %v", after, got, want)
		}
	}
}
