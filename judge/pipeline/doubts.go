package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/measure"
)

// Doubts are what the times of a problem on this machine are open to, a sentence
// each: timed tests that are too short for what a start varies by, too long for what
// measuring may cost, and what earlier runs leave behind. There are none before it was
// first measured here.
func (pl *Pipeline) Doubts(ctx context.Context, p judge.Problem, m judge.Measure) ([]string, error) {
	stored, err := pl.Records.Baseline(ctx, p.ID, p.Version, pl.Machine.Class)
	if errors.Is(err, judge.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	frozen, err := measure.Decode[FrozenBaseline](stored.Data)
	if err != nil {
		return nil, err
	}
	var out []string
	if short := tooShort(frozen.Baseline); short != "" {
		out = append(out, short+"; "+lengthen(frozen.Baseline))
	}
	if slow := tooSlow(frozen.Baseline, m); slow != "" {
		out = append(out, slow)
	}
	if frozen.Scrub.Level() == machine.Red {
		out = append(out, "what ran before slows a program down: "+frozen.Scrub.Says())
	}
	return out, nil
}

// tooShort says which timed tests are too short on this machine, and how long they
// should be; "" if none is.
func tooShort(b measure.Baseline) string {
	short := b.Short()
	if len(short) == 0 {
		return ""
	}
	least, name := time.Duration(0), ""
	for _, t := range short {
		if took := min(t.Reference.Real, t.Reference.CPU); name == "" || took < least {
			least, name = took, t.Name
		}
	}
	scatter := b.Scatter()
	return fmt.Sprintf("%d of %d timed tests are too short for this machine: on %s the reference takes %s ms, and starting a process varies by %s ms, which is more than 1 %% of it",
		len(short), len(b.Tests), name, judge.RoughMilliseconds(least), judge.RoughMilliseconds(scatter))
}

// lengthen is what to do about tests that are too short.
func lengthen(b measure.Baseline) string {
	return fmt.Sprintf("give the reference at least %s ms of work in every timed test, or leave the short ones out of the timed ones",
		judge.RoughMilliseconds(measure.LeastTimes*b.Scatter()))
}

// tooSlow says that a program as fast as the reference would be measured too seldom
// to be told apart; "" if it would not. A judging's first pass counts, and every round
// runs both.
func tooSlow(b measure.Baseline, m judge.Measure) string {
	var once time.Duration
	for _, t := range b.Tests {
		once += t.Reference.Real
	}
	need := (1 + 2*measure.LeastPairs) * once
	if m.Budget == 0 || need <= m.Budget {
		return ""
	}
	return fmt.Sprintf("measuring may take %v, and a program as fast as the reference needs %v to be told apart from others: %d rounds beside it, %v for each run of all timed tests",
		m.Budget, need.Round(time.Second), measure.LeastPairs, once.Round(time.Millisecond))
}

// verifyRuns are the runs of the null program that a verification looks at.
const verifyRuns = 20

// startsBeside times how starts vary beside the tests of a package that is verified.
func (pl *Pipeline) startsBeside(ctx context.Context, p judge.Problem) (measure.Baseline, error) {
	ref, err := pl.compiledReference(ctx, p)
	if err != nil {
		return measure.Baseline{}, err
	}
	null, err := pl.compileNull(ctx, p.Timing)
	if err != nil {
		return measure.Baseline{}, err
	}
	defer null.Close()
	at, err := placeFor(p, nil)
	if err != nil {
		return measure.Baseline{}, err
	}
	timed := 0
	for _, t := range p.Tests {
		if t.Timed {
			timed++
		}
	}
	if timed == 0 {
		return measure.Baseline{}, nil
	}
	pl.quiet.RLock()
	defer pl.quiet.RUnlock()
	return pl.timeBaseline(ctx, p, at, (verifyRuns+timed-1)/timed, ref, null)
}
