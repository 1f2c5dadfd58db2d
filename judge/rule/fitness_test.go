package rule

import (
	"errors"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/machine"
	"contest/sandbox"
)

func TestContains(t *testing.T) {
	protections := []sandbox.Protection{
		{Name: "network", Refused: sandbox.RefusesOfficial}, {Name: "pids", Refused: sandbox.RefusesOfficial},
		{Name: "huge pages"}, {Name: "user", Present: true, Refused: sandbox.RefusesPrograms},
	}
	for _, c := range []struct {
		report   sandbox.Report
		degraded bool
		told     string
		err      string
	}{
		{sandbox.Report{Protections: protections[2:]}, false, "", ""},
		{sandbox.Report{Protections: protections, Degraded: true}, false, "", "this machine is not fit for a contest; missing: network, pids"},
		{sandbox.Report{Protections: protections, Degraded: true}, true, "protections are missing", ""},
		{sandbox.Report{Protections: protections, Degraded: true, Unusable: true}, true, "", "no program can be run on this machine; missing: network, pids"},
	} {
		lack, err := Contains(c.report, c.degraded)
		if got := strings.Join(lack.Told, ", "); got != c.told || text(err) != c.err {
			t.Errorf("%+v, degraded %v: got %q, %v", c.report, c.degraded, got, err)
		}
		if lack.Is() && lack.Text != "network, pids" {
			t.Errorf("the organiser reads %q", lack.Text)
		}
	}
}

// What a machine lacks is kept, once; it is taken back only while nothing was judged.
func TestFitness(t *testing.T) {
	w := newWorld(t)
	var red []machine.Finding
	f := Fitness{Contest: w.Contest, Store: w.db, Class: class, Findings: func(judge.Problem, judge.Measure) ([]machine.Finding, error) { return red, nil }}
	kept := func(want string) {
		t.Helper()
		if got, err := w.db.Degraded(t.Context()); err != nil || got != want {
			t.Errorf("the pages say %q, %v; want %q", got, err, want)
		}
	}
	begins := func(lacking []string, practice string) {
		t.Helper()
		if got, err := f.Begin(t.Context(), organiser, lacking); err != nil || got != practice {
			t.Errorf("begins with %q, %v; want %q", got, err, practice)
		}
	}
	ranks := func(degraded bool, want string) {
		t.Helper()
		lack, err := f.ToRank(t.Context(), degraded)
		if err != nil {
			lack.Text = err.Error()
		}
		if lack.Text != want {
			t.Errorf("degraded %v: got %q, want %q", degraded, lack.Text, want)
		}
	}
	for _, a := range []judge.Actor{stranger, alice} {
		if _, err := f.Begin(t.Context(), a, nil); !errors.Is(err, judge.ErrForbidden) && !errors.Is(err, judge.ErrNoToken) {
			t.Errorf("%v begins: %v", a, err)
		}
		if _, err := f.LookAgain(t.Context(), a); !errors.Is(err, judge.ErrForbidden) && !errors.Is(err, judge.ErrNoToken) {
			t.Errorf("%v looks: %v", a, err)
		}
	}
	ranks(false, "")
	begins(nil, "")

	red = []machine.Finding{{Name: "governor", Found: "powersave"}, {Name: "governor", Found: "powersave"}}
	ranks(true, "governor (powersave)")
	ranks(false, "this machine is not fit to rank by time: governor (powersave)")
	for _, want := range []string{"governor (powersave)", ""} { // news once
		if got, err := f.LookAgain(t.Context(), itself); err != nil || got != want {
			t.Errorf("a look finds %q, %v; want %q", got, err, want)
		}
	}
	kept("governor (powersave)")
	begins(nil, "") // mended before anything was judged
	kept("")

	begins([]string{"protections are missing", "steal"}, "")
	kept("protections are missing, steal")
	w.judged(t, w.handedIn(t, "alice", "x"), 900, false, "sample/1")
	begins(nil, "protections are missing, steal")
	kept("protections are missing, steal")

	red = nil
	run := judge.CheatRun{Class: class, Cheats: judge.Cheats{Finished: time.Unix(2, 0), CheatCounts: judge.CheatCounts{OK: 2, Failed: 1}}, Failures: []judge.CheatFailure{}}
	if err := w.db.SaveCheats(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if lack, err := f.ToRank(t.Context(), true); err != nil || !strings.HasPrefix(lack.Text, "cheats (") {
		t.Errorf("where a cheat gained: got %+v, %v", lack, err)
	}
	w.problem.Files = nil // nothing is measured
	ranks(false, "")
}
