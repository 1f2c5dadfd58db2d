package machine

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"contest/judge/measure"
)

func TestSelfTest(t *testing.T) {
	small := plan{rounds: 3, tests: 2, empty: 20}
	p, at := probes(t), here(t)
	last, all := 0, 0
	s, err := p.selfTest(t.Context(), at, small, func(done, planned int) { last, all = done, planned })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v %v in %v; empty %+v", s.Light, s.Reasons, s.Took, s.Empty)
	for _, b := range []BoardResult{s.Real, s.CPU} {
		t.Logf("ratio %.4f %+v tally %+v compute %+v memory %+v", b.Score.Ratio, b.Score.Interval, b.Tally, b.Compute, b.Memory)
		if b.Score.Rounds == 0 || b.Tally.Pairs < small.rounds*s.Tests {
			t.Errorf("the result is not complete: %+v", b)
		}
		for k, r := range map[Kind]KindResult{Compute: b.Compute, Memory: b.Memory} {
			if len(r.Gaps) != len(gapRounds) || r.Ratio <= 0 || r.CoV <= 0 {
				t.Errorf("the result of %s is not complete: %+v", k, r)
			}
		}
	}
	if s.Runs < small.runs() || last != all || all != small.runs() {
		t.Errorf("%d runs, progress to %d of %d, planned %d", s.Runs, last, all, small.runs())
	}
	if (s.Light == measure.Green) != (len(s.Reasons) == 0) {
		t.Errorf("%s because of %q", s.Light, s.Reasons)
	}
	if _, err := json.Marshal(s); err != nil {
		t.Error(err)
	}
}

// made is a self-test that took what times says, of test, round and side.
func made(times func(test, round, side int) time.Duration, disturbed bool) *exercise {
	s := &exercise{plan: plan{rounds: 10, tests: 2}, windows: []time.Duration{9 * time.Microsecond, 10 * time.Microsecond}}
	for round := range s.rounds {
		for i, j := range s.jobs() {
			sample := func(side int) measure.Sample {
				d := times(i, round, side)
				return measure.Sample{Real: d, CPU: d}
			}
			p := measure.Pair{Round: round + 1, Test: j.name, Reference: sample(0), Candidate: sample(1)}
			if disturbed {
				p.CandidateDisturbed = []measure.Disturbance{measure.Wall}
				p.ReferenceDisturbed = p.CandidateDisturbed
			}
			s.pairs = append(s.pairs, p)
		}
	}
	return s
}

func TestLights(t *testing.T) {
	// A little noise that repeats, so that intervals are not empty.
	steady := func(test, round, side int) time.Duration {
		return 10*time.Millisecond + time.Duration((test*7+round*3+side*5)%11)*time.Microsecond
	}
	for _, tc := range []struct {
		name   string
		of     *exercise
		light  measure.Light
		reason string
	}{
		{"steady", made(steady, false), measure.Green, ""},
		{"disturbed", made(steady, true), measure.Red, "too few undisturbed pairs"},
		{"one side slower", made(func(test, round, side int) time.Duration {
			return steady(test, round, side) + time.Duration(side)*100*time.Microsecond
		}, false), measure.Red, "differs from itself by 1.0"},
		{"noisy", made(func(test, round, side int) time.Duration {
			return time.Duration(10+(test*5+round*7+side*3)%13) * time.Millisecond
		}, false), measure.Red, "is known to "},
		{"noisy memory", made(func(test, round, side int) time.Duration {
			d := steady(test, round, side)
			if test >= 2 { // the second kind
				d += time.Duration((round*7+side*3)%13) * 100 * time.Microsecond
			}
			return d
		}, false), measure.Red, "real time: boards of memory-bound programs can separate gaps from 3."},
	} {
		got, err := tc.of.evaluate()
		if err != nil {
			t.Fatal(err)
		}
		if reasons := strings.Join(got.Reasons, "\n"); got.Light != tc.light || !strings.Contains(reasons, tc.reason) || (reasons == "") != (tc.reason == "") {
			t.Errorf("%s: %s because %q, want %s because %q", tc.name, got.Light, reasons, tc.light, tc.reason)
		}
		if tc.name == "disturbed" && got.Real.Tally.Disturbed != len(tc.of.pairs) {
			t.Errorf("%d of %d pairs are counted as disturbed", got.Real.Tally.Disturbed, len(tc.of.pairs))
		}
	}
}
