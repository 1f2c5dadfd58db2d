package timing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
)

// Doubt is something that the times of a problem on a machine are open to, and what to
// do about it, if anything.
type Doubt struct{ Says, Cure string }

func (d Doubt) String() string {
	if d.Cure == "" {
		return d.Says
	}
	return d.Says + "; " + d.Cure
}

// Doubts are those of a problem on this machine: timed tests that are too short for
// what a start varies by, too long for what measuring may cost, and what earlier runs
// leave behind. There are none before it was first measured here.
func (t *Timer) Doubts(ctx context.Context, p judge.Problem, m judge.Measure) ([]Doubt, error) {
	stored, err := t.records.Baseline(ctx, p.ID, p.Version, t.Machine().Class)
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
	out := lengthDoubts(frozen.Baseline, m)
	if frozen.Scrub.Level() == machine.Red {
		out = append(out, Doubt{Says: "what ran before slows a program down: " + frozen.Scrub.Says()})
	}
	return out, nil
}

// beforehandRuns are the runs of the null program that DoubtsBeforehand looks at.
const beforehandRuns = 20

// DoubtsBeforehand times a problem that was never measured, to say how long its timed
// tests are for this machine. It keeps nothing.
func (t *Timer) DoubtsBeforehand(ctx context.Context, p judge.Problem, jury *run.Jury, m judge.Measure) ([]Doubt, error) {
	timed := len(timedTests(p))
	if timed == 0 {
		return nil, nil
	}
	ref, err := t.compiledReference(ctx, p)
	if err != nil {
		return nil, err
	}
	null, err := t.compileNull(ctx, p.Timing)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	at, err := placeFor(p, nil)
	if err != nil {
		return nil, err
	}
	defer t.Quiet()()
	b, err := timeBaseline(ctx, p, jury, at, (beforehandRuns+timed-1)/timed, ref, null)
	if err != nil {
		return nil, err
	}
	return lengthDoubts(b, m), nil
}

// lengthDoubts are those of how long the timed tests are.
func lengthDoubts(b measure.Baseline, m judge.Measure) []Doubt {
	var out []Doubt
	if short := tooShort(b); short != "" {
		out = append(out, Doubt{Says: short, Cure: lengthen(b)})
	}
	if slow := tooSlow(b, m); slow != "" {
		out = append(out, Doubt{Says: slow, Cure: "time fewer or smaller tests, or raise budget of measure in contest.yaml"})
	}
	return out
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
