package pipeline

import (
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/measure"
	"contest/sandbox"
)

// sleepy sleeps in every window.
const sleepy = "#include <unistd.h>\nlong solve(long n) { usleep(300000); return n * 2; }\n"

// A budget that the judging of a right program uses up takes no verdict from it,
// nor the times that it has; and once it is used up no further run begins. Runs
// sleep for 300 ms, so that a machine can only ever finish fewer than are wanted
// here.
func TestBudget(t *testing.T) {
	p, pl := measuredProblem(t), measuringPipeline(t)
	for _, tc := range []struct {
		name   string
		budget time.Duration
		most   int // pairs
	}{
		{"used up in the first pass", 500 * time.Millisecond, 0},
		{"used up before there can be a time", 2 * time.Second, 4},
	} {
		job := task(p, sleepy)
		job.Measure = &judge.Measure{Rounds: 7, Budget: tc.budget}
		out, err := pl.Judge(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		j, pairs := out.Judging, 0
		for _, s := range out.Sessions {
			record, err := measure.Decode[SessionRecord](s.Data)
			if err != nil {
				t.Fatal(err)
			}
			pairs += len(record.Pairs)
		}
		if j.Verdict != judge.Accepted || j.Passed != len(p.Tests) || j.On(judge.RealBoard).Once == 0 {
			t.Errorf("%s: %s, passed %d, real time %v: a budget changes no verdict", tc.name, j.Verdict, j.Passed, j.On(judge.RealBoard).Once.Time())
		}
		m := j.On(judge.RealBoard).Measured
		if !m.Unmeasured() || m.Stop != judge.OverBudget || m.Again || m != j.On(judge.CPUBoard).Measured || len(out.Tests) > 0 {
			t.Errorf("%s: measured %+v, want only that the budget was used up", tc.name, m)
		}
		if pairs > tc.most || m.Pairs != pairs || (pairs > 0) != (len(out.Sessions) > 0) {
			t.Errorf("%s: %d pairs in %d sessions, of which %d are told; want at most %d", tc.name, pairs, len(out.Sessions), m.Pairs, tc.most)
		}
	}
}

// What a submission takes before READY in all runs together ends the measuring
// too, but not that of somebody who only wants to know.
func TestStartsUseUpTheBudget(t *testing.T) {
	m := &measurement{protocol: measure.DefaultProtocol(), now: time.Now, started: time.Now(), null: time.Millisecond}
	slow := sandbox.Facts{Window: &sandbox.WindowFacts{Ready: 101 * time.Millisecond}}
	for range 99 {
		m.spent.start(slow, m.null)
	}
	if got := m.protocol.Next(measure.Progress{Used: m.used()}); got.Stop != measure.Continue {
		t.Errorf("99 runs with 100 ms each before READY: %+v", got)
	}
	m.spent.start(slow, m.null)
	if got := m.protocol.Next(measure.Progress{Used: m.used()}); got.Stop != measure.Budget {
		t.Errorf("100 runs with 100 ms each before READY: %+v", got)
	}
	m.bench = true
	if got := m.protocol.Next(measure.Progress{Used: m.used()}); got.Stop != measure.Continue {
		t.Errorf("the same in a bench: %+v", got)
	}
}

// Who is not ready in time fails, with a limit of its own and a message that
// says so; the time limit of two seconds would have let it sleep.
func TestNotReadyInTime(t *testing.T) {
	p := measuredProblem(t)
	const text = "#include <unistd.h>\n__attribute__((constructor)) static void early() { usleep(1500000); }\nlong solve(long n) { return n * 2; }\n"
	out, err := newPipeline().Judge(t.Context(), task(p, text))
	if err != nil {
		t.Fatal(err)
	}
	r := out.Runs[0]
	if r.Verdict != judge.TimeOut || r.Limit != string(sandbox.ReadyLimit) || !strings.Contains(r.Message, "not ready") {
		t.Errorf("got %s at limit %q: %s", r.Verdict, r.Limit, r.Message)
	}
}

func TestReadyWithin(t *testing.T) {
	for null, want := range map[time.Duration]time.Duration{0: leastReady, time.Millisecond: leastReady, 50 * time.Millisecond: time.Second} {
		if got := readyWithin(null); got != want {
			t.Errorf("a start of %v gives %v, want %v", null, got, want)
		}
	}
}
