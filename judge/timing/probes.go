package timing

import (
	"context"
	"fmt"
	"os"
	"sync"

	"contest/judge"
	"contest/judge/machine"
)

// probeCache keeps the compiled probes, and what they found once and for all.
type probeCache struct {
	mu     sync.Mutex
	built  *machine.Probes
	scrubs map[string]machine.Scrub // by place
}

// probe says how fast the machine is just now where a problem is measured.
func (t *Timer) probe(ctx context.Context, at machine.Place) (v machine.Vector, err error) {
	err = t.withProbes(ctx, at, func(p *machine.Probes) error {
		v, err = p.Probe(ctx, at)
		return err
	})
	return v, err
}

// scrubAt finds how much to sweep from the caches before runs at a place. It is
// measured once in the life of a process.
func (t *Timer) scrubAt(ctx context.Context, at machine.Place) (s machine.Scrub, err error) {
	key := fmt.Sprint(at.CPUs, at.Policy)
	err = t.withProbes(ctx, at, func(p *machine.Probes) error {
		if found, ok := t.probes.scrubs[key]; ok {
			s = found
			return nil
		}
		if s, err = p.Scrub(ctx, at); err != nil {
			return err
		}
		if t.probes.scrubs == nil {
			t.probes.scrubs = map[string]machine.Scrub{}
		}
		t.probes.scrubs[key] = s
		return nil
	})
	return s, err
}

// withProbes does something with the probes where nobody else times anything.
func (t *Timer) withProbes(ctx context.Context, at machine.Place, do func(*machine.Probes) error) error {
	t.probes.mu.Lock()
	defer t.probes.mu.Unlock()
	if t.probes.built == nil {
		built, err := machine.Build(func(f judge.File) (*os.File, error) {
			probe, err := t.compileOwn(ctx, f)
			if err != nil {
				return nil, err
			}
			return probe.Program, nil
		})
		if err != nil {
			return err
		}
		t.probes.built = built
	}
	release, err := machine.Occupy(ctx, at.CPUs)
	if err != nil {
		return err
	}
	defer release()
	return do(t.probes.built)
}
