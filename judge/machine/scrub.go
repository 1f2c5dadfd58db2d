package machine

import (
	"context"
	"fmt"
	"math"
	"slices"

	"contest/judge/measure"

	"golang.org/x/sys/unix"
)

// Scrub says how much memory to touch and flush before a timed run on this machine,
// and what then is still left of what ran before.
type Scrub struct {
	Bytes int `json:"bytes"`
	// After is by what factor a program that waits for memory takes longer after one
	// that fills the caches and takes many pages than after itself: a 95 % interval.
	After measure.Interval `json:"after"`
}

// LeftBehind is how much slower a run may be for what ran before: known to be beyond
// it, a machine is not fit to rank by time. A program that leaves so much pays
// several times as much for it.
const LeftBehind = 0.10

// Level is red where a program is known to be slowed down by what ran before it.
func (s Scrub) Level() Level {
	switch {
	case s.After.Low > 1+LeftBehind:
		return Red
	case s.After.High > 1+LeftBehind:
		return Yellow
	}
	return Good
}

// Says is what Level rests on, in a sentence.
func (s Scrub) Says() string {
	return fmt.Sprintf("after %d MiB are swept from the caches, a program takes %.3f to %.3f times as long as it does after itself, whatever ran before",
		s.Bytes>>20, s.After.Low, s.After.High)
}

const (
	// scrubPairs are the comparisons for one size: so many at a time, until it is
	// known whether that size does, but no more than mostScrubPairs. With 20 for
	// every size a noisy machine chose by luck.
	scrubPairs, mostScrubPairs = 12, 60
	// enough is how little slower a run has to be known to be after anything, for a
	// size of the scrub to do.
	enough = 0.05
)

// scrubSizes are tried in turn, ascending, in bytes.
var scrubSizes = []int{4 << 20, 16 << 20, 64 << 20, 256 << 20}

// Scrub finds the least scrub after which it does not show what ran before, which
// takes some seconds. Where no size does, it is the one that leaves least: what a
// machine shows of its caches says little of what it has, and some of what is left
// behind is in no cache.
func (p *Probes) Scrub(ctx context.Context, at Place) (Scrub, error) {
	var best Scrub
	for _, size := range scrubSizes {
		tried, err := p.tryScrub(ctx, at, size)
		if err != nil {
			return Scrub{}, fmt.Errorf("measure how much to scrub: %w", err)
		}
		if best.Bytes == 0 || tried.After.High < best.After.High {
			best = tried
		}
		if best.After.High <= 1+enough {
			break
		}
	}
	return best, nil
}

// tryScrub compares the memory probe after the polluter with the same after itself.
func (p *Probes) tryScrub(ctx context.Context, at Place, size int) (Scrub, error) {
	at.Scrub = size
	r, err := p.runner(ctx, at)
	if err != nil {
		return Scrub{}, err
	}
	defer r.Close()
	var logs []float64
	tried := Scrub{Bytes: size}
	for len(logs) < mostScrubPairs && !tried.decided() {
		for i := range scrubPairs {
			pair, err := r.scrubPair(ctx, i%2 == 1)
			if err != nil {
				return Scrub{}, err
			}
			logs = append(logs, pair)
		}
		slices.Sort(logs)
		test := []measure.Test{{Name: "scrub", Reference: 1}}
		tried.After = measure.Bootstrap(test, [][]float64{logs}, fmt.Sprint(size), measure.Draws).Interval(0.95).Exp()
	}
	return tried, nil
}

// decided says whether it is known that this size does, or that it does not.
func (s Scrub) decided() bool {
	return s.After.High > 0 && (s.After.High <= 1+enough || s.After.Low > 1+enough)
}

// scrubPair is the logarithm of the memory probe's time after the polluter over the
// same after itself.
func (r *runner) scrubPair(ctx context.Context, polluterFirst bool) (float64, error) {
	before := []Kind{Memory, pollute}
	if polluterFirst {
		slices.Reverse(before)
	}
	took := map[Kind]float64{}
	for _, kind := range before {
		if _, err := r.run(ctx, kind, scrubWork[kind], r.scrub); err != nil {
			return 0, err
		}
		facts, err := r.run(ctx, Memory, probeWork[Memory], r.scrub)
		if err != nil {
			return 0, err
		}
		took[kind] = float64(facts.Window.CPU)
	}
	return math.Log(took[pollute] / took[Memory]), nil
}

// scrubWork is what runs before the run that is looked at.
var scrubWork = map[Kind]int{Memory: probeWork[Memory], pollute: 1}

// pollute is a program that leaves as much behind as it can; it is timed by nobody.
const pollute Kind = "pollute"

// Memory is what is touched and swept from the caches before a run at this place, until
// it is given back. The kernel gives it, not Go: of buffers of up to 256 MiB Go would
// keep several before it looked for garbage.
func (p Place) Memory() (memory []byte, giveBack func(), err error) {
	size := p.Scrub
	if size <= 0 {
		size = leastScrub
	}
	memory, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, nil, fmt.Errorf("get %d MiB to sweep the caches with: %w", size>>20, err)
	}
	return memory, func() { _ = unix.Munmap(memory) }, nil // it fails for what is no mapping alone
}

// leastScrub is swept where nothing was measured.
const leastScrub = 4 << 20
