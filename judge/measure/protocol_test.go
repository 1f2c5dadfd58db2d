package measure

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestProtocolNext(t *testing.T) {
	p := DefaultProtocol()
	calm, wild := Tally{Pairs: 100, Disturbed: 20}, Tally{Pairs: 100, Disturbed: 21, ReferenceOnly: 11, CandidateOnly: 10}
	own := Tally{Pairs: 100, Disturbed: 40, CandidateOnly: 40}
	for _, tc := range []struct {
		name string
		now  Progress
		want Decision
	}{
		{"start", Progress{}, Decision{Next: 5}},
		{"between looks", Progress{Rounds: 3, HalfWidth: 0.001, Tally: wild, Used: time.Minute}, Decision{Next: 5}},
		{"wide", Progress{Rounds: 5, HalfWidth: 0.02, Tally: calm, Used: 20 * time.Second}, Decision{Next: 7}},
		{"precise", Progress{Rounds: 5, HalfWidth: 0.005, Tally: calm}, Decision{Stop: Precise}},
		{"no interval yet", Progress{Rounds: 5}, Decision{Next: 7}},
		{"unstable comes first", Progress{Rounds: 7, HalfWidth: 0.001, Tally: wild}, Decision{Stop: Unstable}},
		{"disturbed by itself", Progress{Rounds: 7, HalfWidth: 0.01, Tally: own}, Decision{Next: 10}},
		{"last look", Progress{Rounds: 20, HalfWidth: 0.02}, Decision{Stop: Rounds}},
		{"beyond the last look", Progress{Rounds: 26, HalfWidth: 0.02}, Decision{Stop: Rounds}},
		{"beyond, but precise", Progress{Rounds: 26, HalfWidth: 0.004}, Decision{Stop: Precise}},
		{"next look does not fit", Progress{Rounds: 10, HalfWidth: 0.02, Used: 90 * time.Second}, Decision{Stop: Budget}},
		{"next look just fits", Progress{Rounds: 10, HalfWidth: 0.02, Used: 85 * time.Second}, Decision{Next: 14}},
		{"slow, but the first look is due", Progress{Rounds: 3, Used: 119 * time.Second}, Decision{Next: 5}},
		{"budget gone", Progress{Rounds: 3, Used: 120 * time.Second}, Decision{Stop: Budget}},
		{"budget gone, unstable", Progress{Rounds: 3, Used: 120 * time.Second, Tally: wild}, Decision{Stop: Unstable}},
		{"budget gone before there can be an interval", Progress{Rounds: 2, Used: 120 * time.Second}, Decision{Stop: Budget}},
		{"budget gone too early to tell that it is unstable", Progress{Rounds: 2, Used: 120 * time.Second, Tally: wild}, Decision{Stop: Budget}},
		{"budget gone before the first round", Progress{Before: 120 * time.Second, Used: 120 * time.Second}, Decision{Stop: Budget}},
		{"what went by before rounds is in none of them", Progress{Rounds: 10, HalfWidth: 0.02, Before: 35 * time.Second, Used: 95 * time.Second}, Decision{Next: 14}},
		{"with what went by before, the next look does not fit", Progress{Rounds: 10, HalfWidth: 0.02, Before: 40 * time.Second, Used: 100 * time.Second}, Decision{Stop: Budget}},
	} {
		if got := p.Next(tc.now); got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
	}
	p.Budget = 0
	if got := p.Next(Progress{Rounds: 14, HalfWidth: 1, Used: time.Hour}); got != (Decision{Next: 20}) {
		t.Errorf("without a budget: %+v, want 20 rounds", got)
	}
}

// Whatever happens, the protocol ends after its last look.
func TestProtocolEnds(t *testing.T) {
	p, rounds := DefaultProtocol(), 0
	var looks []int
	for d := p.Next(Progress{}); d.Stop == Continue; d = p.Next(Progress{Rounds: rounds, HalfWidth: 1}) {
		if d.Next <= rounds {
			t.Fatalf("after %d rounds the next look is at %d", rounds, d.Next)
		}
		rounds = d.Next
		looks = append(looks, rounds)
	}
	if !slices.Equal(looks, p.Looks) {
		t.Errorf("looks at %v, want %v", looks, p.Looks)
	}
}

func TestOrder(t *testing.T) {
	first := Order("hash", "s", 1, Each(300), 2)
	seen, candidateFirst := map[int]bool{}, 0
	for _, step := range first {
		seen[step.Test] = true
		if step.Programs[0] == 1 {
			candidateFirst++
		}
		if len(step.Programs) != 2 || step.Programs[0]+step.Programs[1] != 1 {
			t.Fatalf("test %d runs %v", step.Test, step.Programs)
		}
	}
	if len(seen) != 300 {
		t.Errorf("%d of 300 tests are in the round", len(seen))
	}
	if candidateFirst < 120 || candidateFirst > 180 {
		t.Errorf("the candidate is first in %d of 300 pairs", candidateFirst)
	}
	same := func(o []Step) bool {
		return slices.EqualFunc(first, o, func(a, b Step) bool { return a.Test == b.Test && slices.Equal(a.Programs, b.Programs) })
	}
	if !same(Order("hash", "s", 1, Each(300), 2)) {
		t.Error("the same seed gives another order")
	}
	if same(Order("hash", "s", 2, Each(300), 2)) || same(Order("hash", "t", 1, Each(300), 2)) || same(Order("hush", "s", 1, Each(300), 2)) {
		t.Error("another seed gives the same order")
	}
	// Parts are kept apart: moving a letter from one to the next is another seed.
	if same(Order("hashs", "", 1, Each(300), 2)) {
		t.Error("parts of the seed run together")
	}
}

func TestPool(t *testing.T) {
	tests := []Test{{"a", ms, 0.01}}
	pool := &Pool{Program: "hash"}
	for _, s := range []Session{
		{ID: "s", Class: "vm", Pairs: []Pair{pair("a", 1, 1, 2), pair("a", 2, 1, 4)}},
		{ID: "t", Class: "vm", Pairs: []Pair{{Session: "t", Round: 1, Test: "a", Reference: Sample{CPU: 1}, Candidate: Sample{CPU: 3}}}},
	} {
		if err := pool.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	r, err := pool.Evaluate(tests, cpu)
	if err != nil {
		t.Fatal(err)
	}
	if !near(r.Ratio, 3, 1e-9) || r.Rounds != 3 || r.Sessions != 2 {
		t.Errorf("ratio %v, k %d, sessions %d; want 3, 3, 2", r.Ratio, r.Rounds, r.Sessions)
	}
	for _, tc := range []struct {
		name, want string
		s          Session
	}{
		{"another class", "keep a pool for each class", Session{ID: "u", Class: "metal"}},
		{"same session", "already pooled", Session{ID: "s", Class: "vm"}},
		{"another session's pair", "keep them apart", Session{ID: "u", Class: "vm", Pairs: []Pair{pair("a", 1, 1, 1)}}},
		{"pair twice", "twice in round 1", Session{ID: "u", Class: "vm", Pairs: []Pair{{Session: "u", Round: 1, Test: "a"}, {Session: "u", Round: 1, Test: "a"}}}},
	} {
		if err := pool.Add(tc.s); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	if len(pool.Sessions) != 2 {
		t.Errorf("%d sessions after refused ones, want 2", len(pool.Sessions))
	}
}
