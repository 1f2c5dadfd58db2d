package timing

import (
	"testing"
	"time"

	"contest/judge"
	"contest/judge/measure"
	"contest/sandbox"
)

// What a submission takes before READY in all runs together ends the measuring
// too, but not that of somebody who only wants to know.
func TestStartsUseUpTheBudget(t *testing.T) {
	s := newSession(SessionTask{}, Start(time.Millisecond))
	slow := s.null.Beyond(sandbox.Facts{Window: &sandbox.WindowFacts{Ready: 101 * time.Millisecond}})
	s.Spent.Starts = 99 * slow
	if got := s.protocol.Next(measure.Progress{Used: s.used()}); got.Stop != measure.Continue {
		t.Errorf("99 runs with 100 ms each before READY: %+v", got)
	}
	s.Spent.Starts += slow
	if got := s.protocol.Next(measure.Progress{Used: s.used()}); got.Stop != measure.Budget {
		t.Errorf("100 runs with 100 ms each before READY: %+v", got)
	}
	s.Bench = true
	if got := s.protocol.Next(measure.Progress{Used: s.used()}); got.Stop != measure.Continue {
		t.Errorf("the same in a bench: %+v", got)
	}
	if got := s.null.Beyond(sandbox.Facts{Window: &sandbox.WindowFacts{Ready: 1}}) + s.null.Beyond(sandbox.Facts{}); got != 0 {
		t.Errorf("who is ready sooner, and who has no window, take %v above a start", got)
	}
}

func TestStartLimit(t *testing.T) {
	for null, want := range map[time.Duration]time.Duration{0: leastReady, time.Millisecond: leastReady, 50 * time.Millisecond: time.Second} {
		if got := Start(null).Limit(); got != want {
			t.Errorf("a start of %v gives %v, want %v", null, got, want)
		}
	}
}

// TestFixedCost: what a process that does nothing costs is part of every time
// of a whole process, and of none in a window, nor where nothing is ranked.
func TestFixedCost(t *testing.T) {
	p, timer := twice(t), newTimer()
	p.Timing = judge.WholeProcess
	cost, err := timer.FixedCost(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if cost.Real <= 0 || cost.CPU <= 0 || cost.Real > time.Minute {
		t.Errorf("%+v", cost)
	}
	if again, err := timer.FixedCost(t.Context(), p); err != nil || again != cost {
		t.Errorf("once more: %+v, %v; want what was measured", again, err)
	}
	if cost, err := New(timer.tools, nil).FixedCost(t.Context(), p); err != nil || cost != (FixedCost{}) {
		t.Errorf("without records: %+v, %v", cost, err)
	}
	p.Timing = judge.Window
	if cost, err := timer.FixedCost(t.Context(), p); err != nil || cost != (FixedCost{}) {
		t.Errorf("in a window: %+v, %v", cost, err)
	}
}
