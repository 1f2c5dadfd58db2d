package timing

import (
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/measure"
)

// The log says what is too short, and how long it should be.
func TestDoubts(t *testing.T) {
	timer := &Timer{records: &Scratch{}, machine: func() judge.Machine { return judge.Machine{Class: "c"} }}
	p := judge.Problem{ID: "p", Version: "v1"}
	if got, err := timer.Doubts(t.Context(), p, judge.Measure{Budget: time.Minute}); err != nil || len(got) > 0 {
		t.Fatalf("before anything was measured: %q, %v", got, err)
	}
	test := func(name string, takes time.Duration) measure.Frozen {
		return measure.Frozen{
			Name: name, Reference: measure.Sample{Real: takes, CPU: takes},
			Null: measure.Sample{Startup: 140 * time.Microsecond}, LeastStartup: 100 * time.Microsecond,
		}
	}
	frozen := FrozenBaseline{
		Baseline: measure.Baseline{Tests: []measure.Frozen{test("secret/long", 5*time.Millisecond), test("secret/short", 3*time.Millisecond)}},
		Scrub:    machine.Scrub{Bytes: 64 << 20, After: measure.Interval{Low: 1.2, High: 1.4}},
	}
	data, err := measure.Encode(frozen)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := timer.records.Freeze(t.Context(), judge.Baseline{Problem: p.ID, ProblemVersion: p.Version, Class: "c", Data: data}); err != nil {
		t.Fatal(err)
	}
	got, err := timer.Doubts(t.Context(), p, judge.Measure{Budget: time.Minute})
	if err != nil || len(got) != 2 {
		t.Fatalf("got %q, %v", got, err)
	}
	for i, wants := range [][]string{{"1 of 2 timed tests", "secret/short", "at least 4", "ms of work"}, {"64 MiB", "1.200 to 1.400"}} {
		for _, want := range wants {
			if !strings.Contains(got[i].String(), want) {
				t.Errorf("%q is not in %q", want, got[i])
			}
		}
	}
}

// TestTooSlow: measuring has to have room for the first pass and three rounds of a
// program as fast as the reference.
func TestTooSlow(t *testing.T) {
	b := measure.Baseline{Tests: []measure.Frozen{{Reference: measure.Sample{Real: 5 * time.Second}}, {Reference: measure.Sample{Real: 4 * time.Second}}}}
	for budget, want := range map[time.Duration]bool{62 * time.Second: true, 63 * time.Second: false, 0: false} {
		if got := tooSlow(b, judge.Measure{Budget: budget}); (got != "") != want {
			t.Errorf("with a budget of %v: %q", budget, got)
		}
	}
}
