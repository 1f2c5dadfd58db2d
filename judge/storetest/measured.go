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
	real := judge.Measured{
		Total: 12345678901, Ratio: 0.1, Low: 1.0 / 3, High: 0.3000000000000001, HalfWidth: 0.004, Rounds: rounds, Sessions: 2,
		Pairs: 300, Disturbed: 3, AtFloor: 1, Review: 1, Stop: "precise", Surcharge: 7,
	}
	cpu := judge.Measured{Total: 2, Ratio: 2, Low: 1, High: 3, Rounds: rounds, Sessions: 2, Stop: "rounds"}
	j.Values[0].Measured, j.Values[1].Measured = real, cpu
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
	wantSame(t, "judging", got, o.Judging)
	list, err := f.Entries(ctx, "echo")
	ok(t, err)
	wantSame(t, "measured in the list", list[0].Judging.Values, o.Judging.Values)
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
		"not a number":       {func(o *judge.Outcome) { o.Judging.Values[1].Measured.Ratio = math.NaN() }, judge.ErrInvalid},
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

// claimedOf submits what somebody handed in for a problem and claims its judging.
func (f *fixture) claimedOf(t *testing.T, who judge.Contestant, problem judge.ProblemID, language judge.LanguageID, text string) judge.Entry {
	t.Helper()
	ok(t, f.EnsureContestant(t.Context(), organiser, who))
	s := Submission(who, text)
	s.Problem, s.Language = problem, language
	e, _, err := f.Submit(t.Context(), s, nil)
	ok(t, err)
	e = f.claim(t, e.Judging.ID, 1)
	return e
}

// copied is claimedOf the usual problem and language.
func (f *fixture) copied(t *testing.T, who judge.Contestant, text string) judge.Entry {
	t.Helper()
	return f.claimedOf(t, who, "echo", "g++", text)
}

// finished ends a judging as measured in so many rounds, but for some changes.
func (f *fixture) finished(t *testing.T, e judge.Entry, rounds int, changes ...func(*judge.Outcome)) {
	t.Helper()
	o := measured(e, rounds)
	for _, change := range changes {
		change(&o)
	}
	ok(t, f.Finish(t.Context(), o, nil))
}

// rounds are those that a submission's CPU time was measured in.
func (f *fixture) rounds(t *testing.T, e judge.Entry) int {
	t.Helper()
	return f.judging(t, e.Submission.ID).On(judge.CPUBoard).Measured.Rounds
}

// programmed has the program of another one.
func programmed(other judge.Entry) func(*judge.Outcome) {
	return func(o *judge.Outcome) { o.Judging.ProgramHash = programOf(other) }
}

// without leaves measured without a result, as said.
func without(m judge.Measured) func(*judge.Outcome) {
	return func(o *judge.Outcome) {
		o.Judging.Values[0].Measured, o.Judging.Values[1].Measured, o.Tests = m, m, nil
	}
}

// testPool has one program handed in by several, and in several ways: they share
// all measurements and what these say.
func testPool(t *testing.T, f *fixture) {
	ctx := t.Context()
	alice := f.copied(t, "alice", "x")
	f.finished(t, alice, 10)
	blank, before := f.copied(t, "alice", "x "), f.copied(t, "ann", "x")
	f.finished(t, blank, 300, programmed(alice))
	f.finished(t, before, 400, func(o *judge.Outcome) { o.Judging.ProgramHash = "" }) // as in a contest that was begun before programs were kept
	want(t, "rounds of the first after a blank more", f.rounds(t, alice), 300)
	waiting := f.copied(t, "carol", "x")
	changed, cancel := f.Subscribe()
	defer cancel()
	bob := f.copied(t, "bob", "x")
	<-changed
	f.finished(t, bob, 20, func(o *judge.Outcome) { o.Judging.Scheduling = "normal" })
	<-changed
	got := f.judging(t, alice.Submission.ID)
	want(t, "rounds of the first", got.On(judge.CPUBoard).Measured.Rounds, 20)
	for _, e := range []judge.Entry{bob, blank, before} {
		wantSame(t, "measured of a copy", f.judging(t, e.Submission.ID).Values, got.Values)
	}
	want(t, "scheduling of the first", got.Scheduling, "normal")
	f.wantTests(t, alice, measured(bob, 20).Tests)
	sessions, err := f.Sessions(ctx, "echo", "v1", "g++", strings.Repeat("0", 64), got.ProgramHash, got.Class)
	ok(t, err)
	wantSame(t, "the pool's first and last", []judge.JudgingID{sessions[0].Judging, sessions[2].Judging, sessions[len(sessions)-1].Judging},
		[]judge.JudgingID{alice.Judging.ID, bob.Judging.ID, blank.Judging.ID})

	known := f.copied(t, "bert", "x  ") // took what was known, and maybe not the newest
	f.finished(t, known, 15, programmed(alice), func(o *judge.Outcome) { o.Sessions = nil })
	want(t, "rounds of the first after one that was not measured", f.rounds(t, alice), 20)
	wantSame(t, "measured of one that runs", f.judging(t, waiting.Submission.ID).Values, judge.Values(nil))
}

// testPoolOfOthers shares nothing with what was judged otherwise.
func testPoolOfOthers(t *testing.T, f *fixture) {
	alice := f.copied(t, "alice", "x")
	f.finished(t, alice, 10)
	same := func(*judge.Outcome) {}
	var others []judge.Entry
	for i, other := range []struct {
		name     string
		problem  judge.ProblemID
		language judge.LanguageID
		text     string
		change   func(*judge.Outcome)
	}{
		{"problem", "other", "g++", "x", same},
		{"language", "echo", "clang++", "x", same},
		{"program", "echo", "g++", "y", same},
		{"program-of-the-same-source", "echo", "g++", "x", func(o *judge.Outcome) { o.Judging.ProgramHash = strings.Repeat("0", 64) }},
		{"version", "echo", "g++", "x", func(o *judge.Outcome) { o.Judging.ProblemVersion = "v2" }},
		{"class", "echo", "g++", "x", func(o *judge.Outcome) { o.Judging.Class = "other" }},
		{"passed", "echo", "g++", "x", func(o *judge.Outcome) { o.Judging.Passed = 1 }},
		{"missed", "echo", "g++", "x", func(o *judge.Outcome) { o.Judging.Missed.Set = "4567" }},
		{"timed", "echo", "g++", "x", func(o *judge.Outcome) { o.Judging.TimedPassed = 2 }},
	} {
		e := f.claimedOf(t, judge.Contestant("other-"+other.name), other.problem, other.language, other.text)
		f.finished(t, e, 100+10*i, other.change)
		want(t, "rounds of the first after another "+other.name, f.rounds(t, alice), 10)
		others = append(others, e)
	}
	unknown := f.claimedOf(t, "unknown", "echo", "g++", "z")
	f.finished(t, unknown, 30, func(o *judge.Outcome) { o.Judging.ProgramHash = "" })
	f.finished(t, f.claimedOf(t, "unknown-too", "echo", "g++", "zz"), 40, func(o *judge.Outcome) { o.Judging.ProgramHash = "" })
	want(t, "rounds of a program that is not known, after another such", f.rounds(t, unknown), 30)
	f.finished(t, f.copied(t, "bob", "x"), 20)
	want(t, "rounds of the first", f.rounds(t, alice), 20)
	for i, e := range others {
		want(t, "rounds of "+string(e.Submission.Contestant), f.rounds(t, e), 100+10*i)
	}
}

// testPoolWithoutResult leaves what copies know when one is measured in vain.
func testPoolWithoutResult(t *testing.T, f *fixture) {
	alice := f.copied(t, "alice", "x")
	f.finished(t, alice, 10)
	for i, m := range []judge.Measured{
		{Sessions: 1, Pairs: 9, Disturbed: 9, Stop: judge.Unstable, Again: true},
		{Sessions: 1, Pairs: 2, Stop: judge.OverBudget}, // it had no time to be measured
	} {
		e := f.copied(t, judge.Contestant(fmt.Sprint("copy-", i)), "x")
		f.finished(t, e, 30+10*i, without(m))
		want(t, "rounds after one without a result", f.rounds(t, alice), 10)
		want(t, "measured of one without a result", f.judging(t, e.Submission.ID).On(judge.RealBoard).Measured, m)
	}
}

// testPoolPromises has copies of a program of which the machine spoilt the times: what
// becomes of measuring it again is told to all of them.
func testPoolPromises(t *testing.T, f *fixture) {
	ctx := t.Context()
	spoilt := judge.Measured{Sessions: 1, Pairs: 9, Disturbed: 9, Stop: judge.Unstable, Again: true}
	last := spoilt
	last.Again = false
	pair := func(text string) [2]judge.Entry {
		return [2]judge.Entry{f.copied(t, "erin", text), f.copied(t, "fay", text)}
	}
	wantBoth := func(what string, both [2]judge.Entry, wanted judge.Measured) {
		t.Helper()
		for i, e := range both {
			want(t, fmt.Sprintf("%s: copy %d", what, i+1), f.judging(t, e.Submission.ID).On(judge.RealBoard).Measured, wanted)
		}
	}
	rounds := 1000
	again := func(both [2]judge.Entry) judge.Entry {
		t.Helper()
		for i, e := range both {
			rounds += 10
			f.finished(t, e, rounds, without(spoilt), func(o *judge.Outcome) { o.Again = i == 0 })
		}
		return Claimed(f.claimNext(t))
	}

	both := pair("spoilt twice")
	f.finished(t, both[0], 10, without(spoilt))
	f.finished(t, both[1], 20, without(last))
	wantBoth("spoilt for the last time", both, last)

	both = pair("it crashes then")
	e := again(both)
	wantBoth("before it is measured again", both, spoilt)
	f.finished(t, e, 30, without(judge.Measured{}), programmed(both[0]), func(o *judge.Outcome) {
		o.Sessions, o.Judging.Verdict, o.Judging.Passed, o.Judging.TimedPassed = nil, judge.Crash, 1, 0
	})
	wantBoth("it failed", both, last)

	both = pair("the judge fails")
	e = again(both)
	for epoch := 1; epoch <= 3; epoch++ {
		ended, err := f.Requeue(ctx, e.Judging.ID, epoch, "no disk", func(n int) (time.Duration, bool) { return 0, n < 3 }, nil)
		ok(t, err)
		if !ended {
			wantBoth("not for the last time", both, spoilt)
			f.claim(t, e.Judging.ID, epoch+1)
		}
	}
	wantBoth("the judge failed", both, last)
}

// testPoolAtOnce has judgings of one source end at the same time.
func testPoolAtOnce(t *testing.T, f *fixture) {
	ctx := t.Context()
	var entries []judge.Entry
	for i := range 4 {
		who := judge.Contestant(fmt.Sprintf("team-%d", i))
		ok(t, f.EnsureContestant(ctx, organiser, who))
		e, _, err := f.Submit(ctx, Submission(who, "x"), nil)
		ok(t, err)
		e = f.claim(t, e.Judging.ID, 1)
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
		wantSame(t, "measured of a pool", f.judging(t, e.Submission.ID).Values, first.Values)
	}
}

func testRetryKeepsSessions(t *testing.T, f *fixture) {
	ctx := t.Context()
	e := f.claimed(t, "x")
	o := measured(e, 10)
	o.Judging.Verdict = judge.Internal
	ok(t, f.Finish(ctx, o, nil))
	f.retried(t, 1)
	j := f.judging(t, e.Submission.ID)
	wantSame(t, "judging", j, judge.Judging{ID: j.ID, Submission: j.Submission, State: judge.Queued, Epoch: 2, Queued: j.Queued})
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
