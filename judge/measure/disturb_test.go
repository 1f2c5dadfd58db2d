package measure

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestDisturbances(t *testing.T) {
	calm := Calm{Idle: 100 * time.Microsecond, Voluntary: 2}
	quiet := Observation{Real: 10*ms + 100*time.Microsecond, CPU: 10 * ms, Voluntary: 2, Involuntary: 5}
	for _, tc := range []struct {
		name   string
		change func(*Observation, *Thresholds)
		want   []Disturbance
	}{
		{"quiet", func(o *Observation, _ *Thresholds) {}, nil},
		{"steal", func(o *Observation, _ *Thresholds) { o.StealTicks = 1 }, []Disturbance{Steal}},
		{"2 % of waiting", func(o *Observation, _ *Thresholds) { o.Real += 230 * time.Microsecond }, nil},
		{"above 2 % of waiting", func(o *Observation, _ *Thresholds) { o.Real += 231 * time.Microsecond }, []Disturbance{Wall}},
		{"waits of its own", func(o *Observation, _ *Thresholds) { o.Real += 5 * ms; o.Voluntary = 3 }, nil},
		{"several threads", func(o *Observation, r *Thresholds) { o.Real += 5 * ms; r.Threads = 2 }, nil},
		// 10.1 ms: 3.03 expected and 2 more.
		{"preempted", func(o *Observation, _ *Thresholds) { o.Involuntary = 6 }, []Disturbance{Switches}},
		{"ticks at 1000 Hz", func(o *Observation, r *Thresholds) { o.Involuntary = 14; r.TickHz = 1000 }, nil},
		{"more than ticks at 1000 Hz", func(o *Observation, r *Thresholds) { o.Involuntary = 15; r.TickHz = 1000 }, []Disturbance{Switches}},
		{"hot", func(o *Observation, _ *Thresholds) { o.Throttles = 1 }, []Disturbance{Throttle}},
		{"nothing known", func(o *Observation, _ *Thresholds) { *o = Observation{} }, nil},
	} {
		o, rules := quiet, DefaultThresholds()
		tc.change(&o, &rules)
		if got := rules.Disturbances(o, calm); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

func flagged(reference, candidate bool) Pair {
	p := pair("a", 1, 1, 1)
	if reference {
		p.ReferenceDisturbed = []Disturbance{Steal}
	}
	if candidate {
		p.CandidateDisturbed = []Disturbance{Switches, Steal}
	}
	return p
}

// Samples are kept for ever: their names and units must not change.
func TestPairIsKeptRaw(t *testing.T) {
	p := Pair{
		Session: "s", Round: 2, Test: "secret/1", Attempt: 1, CandidateFirst: true,
		Reference: Sample{Real: 11, CPU: 10}, Candidate: Sample{Real: 21, CPU: 20, Startup: 3}, CandidateDisturbed: []Disturbance{Wall},
	}
	kept, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"session":"s","round":2,"test":"secret/1","attempt":1,"candidate_first":true,` +
		`"reference":{"real_ns":11,"cpu_ns":10},"candidate":{"real_ns":21,"cpu_ns":20,"startup_ns":3},"candidate_disturbed":["wall"]}`
	if string(kept) != want {
		t.Errorf("kept as %s\n   want %s", kept, want)
	}
	var again Pair
	if err := json.Unmarshal(kept, &again); err != nil || !again.Disturbed() || again.Candidate != p.Candidate {
		t.Errorf("read again: %+v, %v", again, err)
	}
}

func TestCount(t *testing.T) {
	pairs := []Pair{flagged(false, false), flagged(true, false), flagged(false, true), flagged(true, true), flagged(false, false)}
	kept, got := Clean(pairs)
	if got.Pairs != 5 || got.Disturbed != 3 || got.ReferenceOnly != 1 || got.CandidateOnly != 1 || got.Reasons[Steal] != 4 || got.Reasons[Switches] != 2 {
		t.Errorf("tally = %+v", got)
	}
	if len(kept) != 2 || got.OneSided() || !got.Unstable(0.2) || got.Unstable(0.6) {
		t.Errorf("kept %d, one-sided %t, unstable at 0.2 %t, at 0.6 %t; want 2, false, true, false",
			len(kept), got.OneSided(), got.Unstable(0.2), got.Unstable(0.6))
	}
	if (Tally{}).Unstable(0) {
		t.Error("no pairs are unstable")
	}
}

func TestOneSided(t *testing.T) {
	for _, tc := range []struct {
		reference, candidate int
		want                 bool
	}{
		{0, 9, false}, {0, 10, true}, // 1/512, 1/1024
		{20, 20, false}, {20, 30, false}, {10, 40, true}, {40, 10, false}, {0, 0, false},
	} {
		tally := Tally{ReferenceOnly: tc.reference, CandidateOnly: tc.candidate}
		if got := tally.OneSided(); got != tc.want {
			t.Errorf("%d disturbed references against %d candidates: one-sided = %t, want %t", tc.reference, tc.candidate, got, tc.want)
		}
	}
}

// A submission that writes in small pieces whenever it notices that it is slow
// has those runs flagged. If they were dropped, it would gain.
func TestDisturbingItselfGainsNothing(t *testing.T) {
	tests := someTests(20)
	pairs := newMachine(3).pairsOf(tests, 10, constant(1))
	honest, err := (&Pool{Program: "x", Sessions: []Session{{ID: "s", Pairs: pairs}}}).Evaluate(tests, cpu)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pairs {
		if p.Candidate.CPU > p.Reference.CPU {
			pairs[i].CandidateDisturbed = []Disturbance{Switches}
		}
	}
	cheat, err := (&Pool{Program: "x", Sessions: []Session{{ID: "s", Pairs: pairs}}}).Evaluate(tests, cpu)
	if err != nil {
		t.Fatal(err)
	}
	if cheat.Ratio != honest.Ratio || !cheat.OneSided || cheat.Tally.Unstable(0.2) {
		t.Errorf("ratio %v, one-sided %t, unstable %t; want %v as without flags, true, false",
			cheat.Ratio, cheat.OneSided, cheat.Tally.Unstable(0.2), honest.Ratio)
	}
}

// Disturbances of the machine, which hit both sides alike, are dropped without
// bending the score.
func TestDroppingDisturbedPairsDoesNotBend(t *testing.T) {
	tests := someTests(30)
	rng := rand.New(rand.NewPCG(5, 5))
	pairs := newMachine(5).pairsOf(tests, 14, constant(1))
	for i := range pairs {
		p := &pairs[i]
		if rng.Float64() < 0.08 {
			p.Reference.CPU *= 3
			p.ReferenceDisturbed = []Disturbance{Steal}
		}
		if rng.Float64() < 0.08 {
			p.Candidate.CPU *= 3
			p.CandidateDisturbed = []Disturbance{Steal}
		}
	}
	kept, tally := Clean(pairs)
	s, err := Evaluate(tests, kept, cpu, "x")
	if err != nil {
		t.Fatal(err)
	}
	if tally.OneSided() || tally.Unstable(0.2) || !near(s.Ratio, 1, 0.005) {
		t.Errorf("ratio %v, tally %+v; want 1 and no complaint", s.Ratio, tally)
	}
}
