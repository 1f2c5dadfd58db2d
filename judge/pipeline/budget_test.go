package pipeline

import (
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/measure"
	"contest/judge/timing"
	"contest/sandbox"
)

// sleepy sleeps in every window.
const sleepy = "#include <unistd.h>\nlong solve(long n) { usleep(300000); return n * 2; }\n"

// A budget that the judging of a right program uses up takes no verdict from it,
// nor the times that it has; and once it is used up no further run begins. Runs
// sleep for 300 ms, so that a machine can only ever finish fewer than are wanted
// here.
func TestBudget(t *testing.T) {
	p, pl := measuredProblem(t), newPipeline(someRecords(t))
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
			record, err := measure.Decode[timing.SessionRecord](s.Data)
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

// Who is not ready in time fails, with a limit of its own and a message that
// says so; the time limit of two seconds would have let it sleep.
func TestNotReadyInTime(t *testing.T) {
	p := measuredProblem(t)
	const text = "#include <unistd.h>\n__attribute__((constructor)) static void early() { usleep(1500000); }\nlong solve(long n) { return n * 2; }\n"
	out, err := newPipeline(nil).Judge(t.Context(), task(p, text))
	if err != nil {
		t.Fatal(err)
	}
	r := out.Runs[0]
	if r.Verdict != judge.TimeOut || r.Limit != string(sandbox.ReadyLimit) || !strings.Contains(r.Message, "not ready") {
		t.Errorf("got %s at limit %q: %s", r.Verdict, r.Limit, r.Message)
	}
}
