package cheats

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge/build"
	"contest/judge/language"
	"contest/judge/measure"
)

// TestFailureIsTold judges a cheat that does not end as its file says: the row,
// the counts and the failure must tell it, and what protects against it.
func TestFailureIsTold(t *testing.T) {
	s := newSuite(t)
	var wrong, right Cheat
	for c, text := range map[*Cheat]string{
		&wrong: "// tries: nothing\n// attacks: caches\n// expect: RTE\n#include \"cheat.h\"\nstd::uint64_t solve(Input) { return 1; }\n",
		&right: "// tries: nothing\n// attacks: quiet\n// expect: CE\n",
	} {
		var err error
		*c, err = parseCheat("made-up", text)
		must(t, err)
	}
	var seen []Result
	results, err := s.Run(t.Context(), []Cheat{wrong, right}, func(r Result) { seen = append(seen, r) })
	must(t, err)
	if len(seen) != 2 || len(results) != 2 || seen[0].Row() != results[0].Row() {
		t.Fatalf("reported %d and returned %d results, want 2 and 2", len(seen), len(results))
	}
	if n := Count(results); n.OK != 1 || n.Failed != 1 || n.All() != 2 {
		t.Errorf("got %v, want one ok and one failed", n)
	}
	failed := Failures(results)
	if len(failed) != 1 || failed[0].Cheat != "made-up" || failed[0].Protection != protections["caches"] || failed[0].Why != "WA instead of RTE" {
		t.Errorf("got failures %+v", failed)
	}
	if !strings.HasSuffix(results[0].Row(), "  FAILED") || !strings.HasSuffix(results[1].Row(), "  ok") {
		t.Errorf("got rows\n%s\n%s", results[0].Row(), results[1].Row())
	}
	if foot := Footer(results, time.Second); foot != "1 ok, 1 failed, 0 unsure (try again on a quieter machine), 0 skipped in 1s\n" {
		t.Errorf("got footer %q", foot)
	}
}

// TestJudgeFails: a judge that fails on a cheat goes on with the others.
func TestJudgeFails(t *testing.T) {
	s, err := New(build.Toolchains{{Installed: language.Installed{Language: language.Default()}, Path: "/nonexistent"}}, nil)
	must(t, err)
	defer s.Close()
	cheats, err := Read(regexp.MustCompile("^(guesses|second-main)$"))
	must(t, err)
	results, err := s.Run(t.Context(), cheats, func(Result) {})
	must(t, err)
	if n := Count(results); n.Failed != 2 || results[0].Got != "IE" || !strings.Contains(results[0].Why, "the judge failed: ") {
		t.Errorf("got %v, first %+v", n, results[0])
	}
}

// TestWeigh: what was measured says whether a cheat gains, and what it does to
// the reference, in words that an organiser understands.
func TestWeigh(t *testing.T) {
	for _, test := range []struct {
		want        string
		ratio, harm float64 // of the cheat to its twin, of the reference after it to after itself
		state       State
		why         string
	}{
		{gainsNothing, 1, 1, OK, ""},
		{gainsNothing, 2, 1, OK, ""},
		{gainsNothing, 0.827, 1, Failed, "0.827 of its twin's real time"},
		{harmsNobody, 7, 1, OK, ""},
		{harmsNobody, 7, 1.21, Failed, "the reference 1.21 to 1.21 times slower after it"},
	} {
		base := measure.Baseline{}
		session := measure.Session{ID: "s", Class: "c"}
		for i := range timedCases {
			name := fmt.Sprintf("secret/%d", i)
			twin := measure.Sample{Real: 10 * time.Millisecond, CPU: 10 * time.Millisecond}
			base.Tests = append(base.Tests, measure.Frozen{Name: name, Reference: twin, Null: measure.Sample{Real: time.Microsecond, CPU: time.Microsecond}})
			for round := range 10 {
				p := measure.Pair{Session: "s", Round: round + 1, Test: name, CandidateFirst: round%2 == 0, Candidate: scaled(twin, test.ratio), Reference: twin}
				if p.CandidateFirst {
					p.Reference = scaled(twin, test.harm)
				}
				session.Pairs = append(session.Pairs, p)
			}
		}
		c := Cheat{Name: "made-up", attacks: "caches", expect: []string{test.want}, work: "compute"}
		e := &evidence{Suite: &Suite{}, cheat: c}
		must(t, e.pool.Add(session))
		r, _ := e.weigh(ended{}, test.want, base, true)
		got := c.result(r, "")
		if got.State != test.state || got.Why != test.why || got.Protection != protections["caches"] || got.Real == nil {
			t.Errorf("%s, ratio %.3f, harm %.2f: got %s, %q (%+v); want %s, %q", test.want, test.ratio, test.harm, got.State, got.Why, got, test.state, test.why)
		}
	}
}

func scaled(s measure.Sample, by float64) measure.Sample {
	s.Real, s.CPU = time.Duration(float64(s.Real)*by), time.Duration(float64(s.CPU)*by)
	return s
}

// TestProtections: every protection is attacked by some cheat.
func TestProtections(t *testing.T) {
	cheats, err := Read(regexp.MustCompile(""))
	must(t, err)
	for name := range protections {
		if !slices.ContainsFunc(cheats, func(c Cheat) bool { return c.attacks == name }) {
			t.Errorf("no cheat attacks %q", name)
		}
	}
}
