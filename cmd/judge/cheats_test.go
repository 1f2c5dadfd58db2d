package main

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/pipeline/cheats"
)

// TestCheatsAreRemembered tries two cheats as if they were all, in a contest and
// outside of one.
func TestCheatsAreRemembered(t *testing.T) {
	_, normal := machine.Policy(1)
	found := examine(t.Context())
	if !found.Judges || normal != "" {
		t.Skipf("cheats cannot be tried here: programs are judged: %t; real-time scheduling: %s", found.Judges, orElse(normal, "yes"))
	}
	list, err := cheats.Read(regexp.MustCompile("^(guesses|second-main)$"))
	if err != nil || len(list) != 2 {
		t.Fatalf("got %d cheats, error %v; want 2", len(list), err)
	}
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	for _, contest := range []string{string(sumContest(t)), ""} {
		t.Chdir(t.TempDir()) // which is in no contest
		c, out := quiet()
		c.contestDir = contest
		found := found
		found.Timing = timingCheck{}
		if err := c.tryCheats(t.Context(), &found, list, nil, true); err != nil {
			t.Fatalf("contest %q: %v", contest, err)
		}
		where := "by the contest in " + contest
		if contest == "" {
			where = "by " + state
		}
		for _, want := range []string{"✓ 2 of 2 gained nothing", "Remembered of machine class " + found.Cheats.Class, where} {
			if flat := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(flat, want) {
				t.Errorf("contest %q: no %q in\n%s", contest, want, out)
			}
		}
		again := found
		again.Timing, again.Cheats = timingCheck{}, nil
		c.recallCheats(t.Context(), &again)
		if f := again.Timing.Findings[0]; f.Level != machine.Good || f.Found != "2 of 2 gained nothing, shown on "+found.Cheats.Date() {
			t.Errorf("contest %q: afterwards doctor finds %+v", contest, f)
		}
		if again.Cheats == nil || again.Cheats.Judge != version() || again.Cheats.triedAndFailed() {
			t.Errorf("contest %q: got %+v", contest, again.Cheats)
		}
		if files, err := os.ReadDir(state); contest != "" && (err != nil || len(files) > 0) {
			t.Errorf("what a contest was shown is among the user's: %v, %v", files, err)
		}
	}
}

func TestCheatsFinding(t *testing.T) {
	suite, err := cheats.Version()
	if err != nil {
		t.Fatal(err)
	}
	shown := judge.CheatRun{Class: "c", Cheats: judge.Cheats{Finished: time.Date(2026, 12, 1, 23, 0, 0, 0, time.UTC), Suite: suite, CheatCounts: judge.CheatCounts{OK: 96}}}
	older, unsure, failed := shown, shown, shown
	older.Suite = "another"
	unsure.CheatCounts = judge.CheatCounts{OK: 94, Unsure: 2}
	failed.Suite, failed.CheatCounts = "another", judge.CheatCounts{OK: 95, Failed: 1} // still the last that is known
	failed.Failures = []judge.CheatFailure{{Cheat: "poisons-cache", Protection: "what ran before leaves something in the caches", Why: "1.21 times slower"}}
	for _, test := range []struct {
		run   judge.CheatRun
		err   error
		level machine.Level
		found string
	}{
		{judge.CheatRun{}, judge.ErrNotFound, machine.Yellow, "never shown on this class of machine"},
		{judge.CheatRun{}, errors.New("damaged"), machine.Unknown, "damaged"},
		{shown, nil, machine.Good, "96 of 96 gained nothing, shown on 2026-12-01"},
		{older, nil, machine.Yellow, "96 of 96 gained nothing, shown on 2026-12-01, with other cheats than this judge has"},
		{unsure, nil, machine.Yellow, "94 of 96 gained nothing, 2 unsure, shown on 2026-12-01"},
		{failed, nil, machine.Red, "95 of 96 gained nothing, 1 ended wrongly, shown on 2026-12-01: what ran before leaves something in the caches (poisons-cache: 1.21 times slower)"},
	} {
		f := cheatsFinding(test.run, test.err)
		if f.Level != test.level || f.Found != test.found || (f.Cure == "") != (f.Level == machine.Good || f.Level == machine.Unknown) {
			t.Errorf("got %+v; want %s, %q", f, test.level, test.found)
		}
		found := checkup{Judges: true, Cheats: &cheatsReport{CheatRun: test.run}}
		if red, unfit := f.Level == machine.Red, found.unfitToRank(); (len(unfit) > 0) != red {
			t.Errorf("%s: unfit because of %v", f.Found, unfit)
		}
		found.Cheats = &cheatsReport{CheatRun: test.run, Results: []cheats.Result{{}}}
		status := 0
		if err := found.status(); err != nil {
			status, _ = classify(err)
		}
		if want := map[bool]int{true: exitVerify}[f.Level == machine.Red]; status != want {
			t.Errorf("%s, just tried: status %d, want %d", f.Found, status, want)
		}
	}
}
