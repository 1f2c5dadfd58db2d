package storetest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"contest/judge"
)

// measured is an outcome with every field set, of a judging that took so many
// rounds.
func measured(e judge.Entry, rounds int) judge.Outcome {
	j, runs := result(e)
	j.ProgramHash, j.Class, j.Scheduling = programOf(e), "0123456789abcdef", "fifo"
	j.Measured.Real = judge.Measured{
		Total: 12345678901, Ratio: 0.1, Low: 1.0 / 3, High: 0.3000000000000001, HalfWidth: 0.004, Rounds: rounds, Sessions: 2,
		Pairs: 300, Disturbed: 3, AtFloor: 1, Review: 1, Stop: "precise", Surcharge: 7,
	}
	j.Measured.CPU = judge.Measured{Total: 2, Ratio: 2, Low: 1, High: 3, Rounds: rounds, Sessions: 2, Stop: "rounds"}
	test := judge.MeasuredTest{TestCase: "secret/ü", Ratio: 0.1, Low: 0.05, High: 0.2, Pairs: 9, AtFloor: true, Reference: 11}
	return judge.Outcome{
		Judging: j, Runs: runs,
		Sessions: []judge.Session{session(2*rounds + 1), session(2 * rounds)},
		Tests:    judge.MeasuredTests{judge.RealBoard: {test, {TestCase: "b"}}, judge.CPUBoard: {{TestCase: "secret/ü", Pairs: rounds}}},
	}
}

// programOf stands for the hash of the program that the sources compile to.
func programOf(e judge.Entry) string {
	return judge.HashFiles([]judge.File{{Name: "program", Data: []byte(e.Submission.SourceHash)}})
}

// session is one as work returns it: whose it is stands in the judging.
func session(number int) judge.Session {
	start := time.Unix(0, int64(number)).UTC()
	return judge.Session{
		ID: fmt.Sprintf("%032x", number), Scheduling: "fifo", Rounds: 10, Stop: "precise",
		Started: start, Finished: start.Add(time.Hour), Data: []byte("\x00\xff pairs " + fmt.Sprint(number)),
	}
}

// stored is what becomes of the sessions of an outcome, by their start.
func stored(e judge.Entry, o judge.Outcome) (list []judge.Session) {
	for _, s := range o.Sessions {
		s.Judging, s.Problem, s.Language, s.SourceHash = e.Judging.ID, e.Submission.Problem, e.Submission.Language, e.Submission.SourceHash
		s.ProblemVersion, s.ProgramHash, s.Class = o.Judging.ProblemVersion, o.Judging.ProgramHash, o.Judging.Class
		list = append([]judge.Session{s}, list...)
	}
	return list
}

func testMeasured(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	o := measured(e, 10)
	ok(t, f.Finish(ctx, o, f.complete))
	got := f.judging(t, e.Submission.ID)
	o.Judging.State, o.Judging.Finished = judge.Done, got.Finished
	want(t, "judging", got, o.Judging)
	list, err := f.Entries(ctx, "echo")
	ok(t, err)
	want(t, "measured in the list", list[0].Judging.Measured, o.Judging.Measured)
	f.wantTests(t, e, o.Tests)
	sessions, err := f.SessionsOf(ctx, e.Judging.ID)
	ok(t, err)
	wantSame(t, "sessions of the judging", sessions, stored(e, o))
	none := strings.Repeat("0", 64)
	for name, hashes := range map[string][2]string{
		"sources and program": {e.Submission.SourceHash, o.Judging.ProgramHash}, "program": {none, o.Judging.ProgramHash}, "sources": {e.Submission.SourceHash, none},
	} {
		sessions, err = f.Sessions(ctx, "echo", "v1", "g++", hashes[0], hashes[1], o.Judging.Class)
		ok(t, err)
		wantSame(t, "sessions of the same "+name, sessions, stored(e, o))
	}
	sessions, err = f.Sessions(ctx, "echo", "v2", "g++", e.Submission.SourceHash, o.Judging.ProgramHash, o.Judging.Class)
	ok(t, err)
	want(t, "sessions of another version", len(sessions), 0)
	_, err = f.MeasuredTests(ctx, 99)
	wantErr(t, err, judge.ErrNotFound)

	plain := f.claimed(t, "not measured")
	j, runs := result(plain)
	ok(t, f.Finish(ctx, outcome(j, runs), nil))
	f.wantTests(t, plain, nil)
	sessions, err = f.SessionsOf(ctx, plain.Judging.ID)
	ok(t, err)
	want(t, "sessions of one that was not measured", len(sessions), 0)
}

func (f *fixture) wantTests(t *testing.T, e judge.Entry, wanted judge.MeasuredTests) {
	t.Helper()
	tests, err := f.MeasuredTests(t.Context(), e.Judging.ID)
	ok(t, err)
	wantSame(t, "measured test cases", tests, wanted)
}

// testMeasuredImpossible has the whole outcome refused for a part that cannot
// be stored, for good.
func testMeasuredImpossible(t *testing.T, f *fixture) {
	ctx := t.Context()
	first := f.claimed(t, "first")
	ok(t, f.Finish(ctx, measured(first, 10), nil))
	e := f.claimed(t, "x")
	for name, test := range map[string]struct {
		spoil func(*judge.Outcome)
		err   error
	}{
		"not a number":       {func(o *judge.Outcome) { o.Judging.Measured.CPU.Ratio = math.NaN() }, judge.ErrInvalid},
		"infinite test case": {func(o *judge.Outcome) { o.Tests[judge.CPUBoard][0].High = math.Inf(1) }, judge.ErrInvalid},
		"no class":           {func(o *judge.Outcome) { o.Judging.Class = "" }, judge.ErrInvalid},
		"a session's id":     {func(o *judge.Outcome) { o.Sessions[1].ID = "short" }, judge.ErrInvalid},
		"a session's start":  {func(o *judge.Outcome) { o.Sessions[1].Started = time.Time{} }, judge.ErrInvalid},
		"a session again":    {func(o *judge.Outcome) { o.Sessions[1] = session(20) }, judge.ErrConflict},
	} {
		o := measured(e, 20)
		test.spoil(&o)
		if err := f.Finish(ctx, o, f.complete); err == nil {
			t.Errorf("%s was stored", name)
		} else {
			wantErr(t, err, test.err)
		}
	}
	want(t, "state", f.judging(t, e.Submission.ID).State, judge.Compiling)
	want(t, "job ends", f.jobs.count(t, 999, 0), 0)
	sessions, err := f.SessionsOf(ctx, e.Judging.ID)
	ok(t, err)
	want(t, "sessions", len(sessions), 0)
	stale := measured(e, 20)
	stale.Judging.Epoch++
	wantErr(t, f.Finish(ctx, stale, nil), judge.ErrStale)
	ok(t, f.Finish(ctx, measured(e, 20), nil))
}

// testPool has one program handed in by several, and in several ways: they share
// all measurements and what these say, unless they were judged otherwise.
func testPool(t *testing.T, f *fixture) {
	ctx := t.Context()
	claim := func(who judge.Contestant, problem judge.ProblemID, language judge.LanguageID, text string) judge.Entry {
		ok(t, f.EnsureContestant(ctx, who))
		s := Submission(who, text)
		s.Problem, s.Language = problem, language
		e, _, err := f.Submit(ctx, s, nil)
		ok(t, err)
		e, err = f.Claim(ctx, e.Judging.ID, 1, time.Minute)
		ok(t, err)
		return e
	}
	finish := func(e judge.Entry, rounds int, change func(*judge.Judging), more ...func(*judge.Outcome)) {
		o := measured(e, rounds)
		change(&o.Judging)
		for _, m := range more {
			m(&o)
		}
		ok(t, f.Finish(ctx, o, nil))
	}
	noSessions := func(o *judge.Outcome) { o.Sessions = nil }
	same := func(*judge.Judging) {}
	alice := claim("alice", "echo", "g++", "x")
	finish(alice, 10, same)
	others := map[string]judge.Entry{}
	for i, other := range []struct {
		name     string
		problem  judge.ProblemID
		language judge.LanguageID
		text     string
		change   func(*judge.Judging)
	}{
		{"problem", "other", "g++", "x", same},
		{"language", "echo", "clang++", "x", same},
		{"program", "echo", "g++", "y", same},
		{"program of the same source", "echo", "g++", "x", func(j *judge.Judging) { j.ProgramHash = strings.Repeat("0", 64) }},
		{"version", "echo", "g++", "x", func(j *judge.Judging) { j.ProblemVersion = "v2" }},
		{"class", "echo", "g++", "x", func(j *judge.Judging) { j.Class = "other" }},
		{"passed", "echo", "g++", "x", func(j *judge.Judging) { j.Passed = 1 }},
		{"timed", "echo", "g++", "x", func(j *judge.Judging) { j.TimedPassed = 2 }},
	} {
		e := claim(judge.Contestant("other-"+strings.ReplaceAll(other.name, " ", "-")), other.problem, other.language, other.text)
		finish(e, 100+10*i, other.change)
		others[other.name] = e
	}
	blank, before := claim("alice", "echo", "g++", "x "), claim("ann", "echo", "g++", "x")
	finish(blank, 300, func(j *judge.Judging) { j.ProgramHash = programOf(alice) })
	finish(before, 400, func(j *judge.Judging) { j.ProgramHash = "" }) // as in a contest that was begun before programs were kept
	want(t, "rounds of the first after a blank more", f.judging(t, alice.Submission.ID).Measured.CPU.Rounds, 300)
	waiting := claim("carol", "echo", "g++", "x")
	changed, cancel := f.Subscribe()
	defer cancel()
	bob := claim("bob", "echo", "g++", "x")
	<-changed
	finish(bob, 20, func(j *judge.Judging) { j.Scheduling = "normal" })
	<-changed
	got := f.judging(t, alice.Submission.ID)
	want(t, "measured of the first", got.Measured, f.judging(t, bob.Submission.ID).Measured)
	want(t, "rounds of the first", got.Measured.CPU.Rounds, 20)
	want(t, "measured of the one with a blank more", f.judging(t, blank.Submission.ID).Measured, got.Measured)
	want(t, "measured of the same sources from before", f.judging(t, before.Submission.ID).Measured, got.Measured)
	want(t, "scheduling of the first", got.Scheduling, "normal")
	f.wantTests(t, alice, measured(bob, 20).Tests)
	sessions, err := f.Sessions(ctx, "echo", "v1", "g++", strings.Repeat("0", 64), got.ProgramHash, got.Class)
	ok(t, err)
	wantSame(t, "the pool's first and last", []judge.JudgingID{sessions[0].Judging, sessions[2].Judging, sessions[len(sessions)-1].Judging},
		[]judge.JudgingID{alice.Judging.ID, bob.Judging.ID, blank.Judging.ID})

	known := claim("bert", "echo", "g++", "x  ") // took what was known, and maybe not the newest
	finish(known, 15, func(j *judge.Judging) { j.ProgramHash = programOf(alice) }, noSessions)
	want(t, "rounds of the first after one that was not measured", f.judging(t, alice.Submission.ID).Measured.CPU.Rounds, 20)
	for name, e := range others {
		if got := f.judging(t, e.Submission.ID).Measured.CPU.Rounds; got < 100 {
			t.Errorf("another %s: got the %d rounds of a judging that it has nothing to do with", name, got)
		}
	}
	want(t, "measured of one that runs", f.judging(t, waiting.Submission.ID).Measured, judge.ByBoard{})

	unstable := claim("dave", "echo", "g++", "x") // measured nothing: what others know stays
	o := measured(unstable, 30)
	spoilt := judge.Measured{Sessions: 1, Pairs: 9, Disturbed: 9, Stop: judge.Unstable, Again: true}
	o.Judging.Measured, o.Tests = judge.ByBoard{Real: spoilt, CPU: spoilt}, nil
	ok(t, f.Finish(ctx, o, nil))
	want(t, "rounds after one without a result", f.judging(t, alice.Submission.ID).Measured.CPU.Rounds, 20)
	want(t, "measured of one without a result", f.judging(t, unstable.Submission.ID).Measured.Real, spoilt)

	over := claim("gus", "echo", "g++", "x") // it had no time to be measured: likewise
	o = measured(over, 40)
	used := judge.Measured{Sessions: 1, Pairs: 2, Stop: judge.OverBudget}
	o.Judging.Measured, o.Tests = judge.ByBoard{Real: used, CPU: used}, nil
	ok(t, f.Finish(ctx, o, nil))
	want(t, "rounds after one over its budget", f.judging(t, alice.Submission.ID).Measured.CPU.Rounds, 20)
	want(t, "measured of one over its budget", f.judging(t, over.Submission.ID).Measured.Real, used)

	first, last := claim("erin", "echo", "g++", "spoilt"), claim("fay", "echo", "g++", "spoilt")
	for i, e := range []judge.Entry{first, last} {
		o := measured(e, 50+i)
		spoilt.Again = i == 0
		o.Judging.Measured, o.Tests = judge.ByBoard{Real: spoilt, CPU: spoilt}, nil
		ok(t, f.Finish(ctx, o, nil))
	}
	want(t, "what the first of two spoilt judgings promises after the second", f.judging(t, first.Submission.ID).Measured.Real, spoilt)
}

// testPoolAtOnce has judgings of one source end at the same time.
func testPoolAtOnce(t *testing.T, f *fixture) {
	ctx := t.Context()
	var entries []judge.Entry
	for i := range 4 {
		who := judge.Contestant(fmt.Sprintf("team-%d", i))
		ok(t, f.EnsureContestant(ctx, who))
		e, _, err := f.Submit(ctx, Submission(who, "x"), nil)
		ok(t, err)
		e, err = f.Claim(ctx, e.Judging.ID, 1, time.Minute)
		ok(t, err)
		entries = append(entries, e)
	}
	var wg sync.WaitGroup
	for i, e := range entries {
		wg.Go(func() {
			if err := f.Finish(ctx, measured(e, 10*(i+1)), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	first := f.judging(t, entries[0].Submission.ID)
	for _, e := range entries[1:] {
		want(t, "measured of a pool", f.judging(t, e.Submission.ID).Measured, first.Measured)
	}
}

func testRetryKeepsSessions(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	o := measured(e, 10)
	o.Judging.Verdict = judge.Internal
	ok(t, f.Finish(ctx, o, nil))
	ok(t, f.Retry(ctx, e.Judging.ID))
	j := f.judging(t, e.Submission.ID)
	want(t, "judging", j, judge.Judging{ID: j.ID, Submission: j.Submission, State: judge.Queued, Epoch: 2, Queued: j.Queued})
	f.wantTests(t, e, nil)
	sessions, err := f.SessionsOf(ctx, e.Judging.ID)
	ok(t, err)
	wantSame(t, "sessions", sessions, stored(e, o))
}

func testBaseline(t *testing.T, f *fixture) {
	ctx := t.Context()
	_, err := f.Baseline(ctx, "echo", "v1", "c")
	wantErr(t, err, judge.ErrNotFound)
	first := judge.Baseline{Problem: "echo", ProblemVersion: "v1", Class: "c", Frozen: time.Unix(0, 5).UTC(), Data: []byte{0, 255}}
	kept, err := f.Freeze(ctx, first)
	ok(t, err)
	wantSame(t, "the first", kept, first)
	second := first
	second.Frozen, second.Data = time.Unix(0, 6), []byte("later")
	kept, err = f.Freeze(ctx, second)
	ok(t, err)
	wantSame(t, "what counts", kept, first)
	kept, err = f.Baseline(ctx, "echo", "v1", "c")
	ok(t, err)
	wantSame(t, "what was read", kept, first)
	second.ProblemVersion, second.Frozen = "v2", time.Time{}
	kept, err = f.Freeze(ctx, second)
	ok(t, err)
	want(t, "frozen is stamped", kept.Frozen.IsZero(), false)
	wantSame(t, "another version's", kept.Data, second.Data)
}

func testMachines(t *testing.T, f *fixture) {
	ctx := t.Context()
	list := []judge.Machine{
		{Class: "b", Fingerprint: map[string]string{"cpu": "EPYC", "kernel": "6.1 \"ü\""}},
		{Class: "a", Fingerprint: map[string]string{"cpu": "Xeon"}},
	}
	for range 2 { // each start saves its own again
		for _, m := range list {
			ok(t, f.SaveMachine(ctx, m))
		}
	}
	got, err := f.Machines(ctx)
	ok(t, err)
	wantSame(t, "machines", got, list)
}

// testCheats: the last run on a class counts, and the machine's page says how
// many cheats there were, but not which of them ended wrongly.
func testCheats(t *testing.T, f *fixture) {
	ctx := t.Context()
	ok(t, f.SaveMachine(ctx, judge.Machine{Class: "a"}))
	ok(t, f.SaveMachine(ctx, judge.Machine{Class: "b"}))
	if _, err := f.Cheats(ctx, "a"); !errors.Is(err, judge.ErrNotFound) {
		t.Errorf("of a class without a run: got error %v, want judge.ErrNotFound", err)
	}
	first := judge.CheatRun{Class: "a", Cheats: judge.Cheats{Finished: f.clock.Now(), Judge: "v1", Suite: "s1", CheatCounts: judge.CheatCounts{OK: 95, Failed: 1}},
		Failures: []judge.CheatFailure{{Cheat: "poisons-cache", Protection: "caches", Why: "1.2 times slower"}}}
	second := judge.CheatRun{Class: "a", Cheats: judge.Cheats{Finished: first.Finished.Add(time.Hour), Judge: "v2", Suite: "s2", CheatCounts: judge.CheatCounts{OK: 94, Unsure: 2}}}
	for _, r := range []judge.CheatRun{second, first, first} { // one comes late, one twice
		ok(t, f.SaveCheats(ctx, r))
	}
	got, err := f.Cheats(ctx, "a")
	ok(t, err)
	wantSame(t, "the last run", got, second)
	machines, err := f.Machines(ctx)
	ok(t, err)
	wantSame(t, "machines", machines, []judge.Machine{{Class: "a", Cheats: &second.Cheats}, {Class: "b"}})
}

func wantSame(t testing.TB, what string, got, wanted any) {
	t.Helper()
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("%s:\ngot  %+v\nwant %+v", what, got, wanted)
	}
}
