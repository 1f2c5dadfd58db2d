package rule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/storetest"
)

// class is that of the machine on which the tests' submissions are measured.
const class = "0123456789abcdef"

// finals are held on the problem of a contest whose deadline has passed, with as many
// contestants as are named; the first is the fastest.
func (w *world) finals(t *testing.T, contestants ...judge.Contestant) Finals {
	t.Helper()
	w.problem.Tests = []judge.TestCase{{Name: "sample/1", Sample: true}, {Name: "secret/1", Timed: true}, {Name: "secret/2", Timed: true}}
	for i, who := range contestants {
		w.judged(t, w.handedIn(t, who, "x"), 900+100*i, false, "sample/1", "secret/1", "secret/2")
	}
	w.clock.Add(cutoff.Sub(w.clock.Now()) + w.settings.Deadline.Grace)
	return Finals{Contest: w.Contest, Store: w.db, Secret: "secret", Class: class}
}

func (w *world) handedIn(t *testing.T, who judge.Contestant, text string) judge.Entry {
	t.Helper()
	if err := w.db.EnsureContestant(t.Context(), organiser, who); err != nil {
		t.Fatal(err)
	}
	e, _, err := w.db.Submit(t.Context(), storetest.Submission(who, string(who)+text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// judged has an entry pass test cases, with a measured total.
func (w *world) judged(t *testing.T, e judge.Entry, total int, again bool, passed ...string) {
	t.Helper()
	a, err := w.db.Claim(t.Context(), e.Judging.ID, e.Judging.Epoch, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	o := judge.Outcome{Judging: storetest.Claimed(a).Judging}
	o.Judging.ProblemVersion, o.Judging.Verdict, o.Judging.Class, o.Judging.Total = w.problem.Version, judge.Accepted, class, len(passed)
	o.Judging.Passed, o.Judging.TimedPassed = len(passed), len(passed)-1
	o.Judging.ProgramHash = fmt.Sprintf("%064x", a.Judging) // else their measurements are pooled
	r := float64(total) / 1000
	for _, b := range judge.TimeBoards {
		o.Judging.Values.At(b).Once = judge.Amount(total)
		o.Judging.Values.At(b).Measured = judge.Measured{Total: judge.Amount(total), Ratio: r, Low: r - .01, High: r + .01, HalfWidth: .01, Rounds: 5, Sessions: 1, Pairs: 10, Stop: "precise", Again: again}
	}
	for i, name := range passed {
		o.Runs = append(o.Runs, judge.Run{Ordinal: i + 1, TestCase: name, Timed: !judge.IsSample(name), Verdict: judge.Accepted})
	}
	o.Sessions = []judge.Session{{ID: fmt.Sprintf("%032x", a.Judging), Started: cutoff, Finished: cutoff, Scheduling: "fifo", Rounds: 5, Stop: "precise", Data: []byte("pairs")}}
	if err := w.db.Finish(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
}

// measuredAgain has one in time whose times the machine disturbed.
func measuredAgain(t *testing.T, w *world, _ Finals) {
	w.clock.Add(-time.Hour)
	w.judged(t, w.handedIn(t, "dora", "x"), 500, true, "sample/1", "secret/1", "secret/2")
	w.clock.Add(time.Hour)
}

// A final is of those who may win a prize, on the timed tests that all of them passed.
func TestBeginFinal(t *testing.T) {
	w := newWorld(t)
	f := w.finals(t, "alice", "bob", "carol")
	ask := FinalRequest{Prizes: 2, Rounds: 40}
	final, err := f.Begin(t.Context(), organiser, ask, nil)
	if err != nil {
		t.Fatal(err)
	}
	var who []judge.Contestant
	for _, one := range final.Finalists {
		who = append(who, one.Contestant)
	}
	if !slices.Equal(who, []judge.Contestant{"alice", "bob"}) || !slices.Equal(final.Tests, []string{"secret/1", "secret/2"}) || final.Fresh != nil {
		t.Errorf("%q meet on %q, fresh %v", who, final.Tests, final.Fresh)
	}
	if one := final.Finalists[0]; one.Ratio != .9 || one.Submission != 1 || one.Rank != 1 || one.Passed != 3 {
		t.Errorf("alice takes part as %+v", one)
	}
	if final.Name != "final" || final.Board != judge.RealBoard || final.ProblemVersion != "v1" || final.Class != class || final.Practice || len(final.Seed) != 32 {
		t.Errorf("got %+v", final)
	}
	again, err := f.Begin(t.Context(), organiser, ask, []string{"governor (powersave)", "cheats"})
	if err != nil || again.ID != final.ID || again.Seed != final.Seed {
		t.Errorf("the same command goes on with %d, %v", again.ID, err)
	}
	if all, err := w.db.Finals(t.Context(), "echo"); err != nil || len(all) != 1 || all[0].Degraded != "governor (powersave), cheats" {
		t.Errorf("stored: %+v, %v", all, err)
	}
}

// Fresh tests are those of the kinds that all finalists passed, and stay the same.
func TestBeginFreshFinal(t *testing.T) {
	w := newWorld(t)
	w.problem.FreshFinal = true
	w.judged(t, w.handedIn(t, "alice", "x"), 900, false, "sample/1", "secret/a-1", "secret/a-2", "secret/b-1")
	f := w.finals(t)
	f.Generate = func(_ context.Context, p judge.Problem, seed uint64) (judge.Problem, error) {
		if seed != f.Secret.Seed("final", "echo", "final") {
			t.Errorf("fresh tests are made from %d", seed)
		}
		p.Version += "-fresh"
		p.Tests = []judge.TestCase{{Name: "fresh/a-1", Timed: true}, {Name: "fresh/a-2", Timed: true}, {Name: "fresh/b-1"}, {Name: "fresh/c-1", Timed: true}}
		return p, nil
	}
	final, err := f.Begin(t.Context(), organiser, FinalRequest{Prizes: 1, Rounds: 40}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fresh := final.Fresh; fresh == nil || fresh.Version != "v1-fresh" || fresh.Commitment != f.Secret.Commitment() || !slices.Equal(fresh.Checked, []string{"fresh/b-1"}) {
		t.Fatalf("got %+v", fresh)
	}
	if !slices.Equal(final.Tests, []string{"fresh/a-1", "fresh/a-2"}) {
		t.Errorf("timed on %q", final.Tests)
	}
	if _, err := f.Fresh(t.Context(), w.problem, *final.Fresh); err != nil {
		t.Errorf("made again: %v", err)
	}
	w.problem.Version = "v2"
	if _, err := f.Fresh(t.Context(), w.problem, *final.Fresh); text(err) != "changed" {
		t.Errorf("made otherwise: got %v", err)
	}
}

func TestBeginFinalRefused(t *testing.T) {
	ask := FinalRequest{Prizes: 1, Rounds: 40}
	with := func(change func(*FinalRequest)) FinalRequest { r := ask; change(&r); return r }
	practice := with(func(r *FinalRequest) { r.Practice = true })
	begun := func(r FinalRequest) func(*testing.T, *world, Finals) {
		return func(t *testing.T, _ *world, f Finals) {
			if _, err := f.Begin(t.Context(), organiser, r, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	late := func(t *testing.T, w *world, f Finals) { w.handedIn(t, "dora", "late") }
	for name, c := range map[string]struct {
		before  func(*testing.T, *world, Finals)
		actor   judge.Actor
		request FinalRequest
		want    string
	}{
		"by a stranger":      {nil, stranger, ask, "this needs a token"},
		"by a contestant":    {nil, alice, ask, "only the organiser holds finals: forbidden"},
		"without prizes":     {nil, organiser, with(func(r *FinalRequest) { r.Prizes = 0 }), "how many prizes are there?"},
		"too few rounds":     {nil, organiser, with(func(r *FinalRequest) { r.Rounds = 3 }), "--rounds 3 decides nothing"},
		"too many rounds":    {nil, organiser, with(func(r *FinalRequest) { r.Rounds = 1001 }), "--rounds 1001 is not possible"},
		"other problem":      {nil, organiser, with(func(r *FinalRequest) { r.Problem = "ecco" }), `no problem "ecco"`},
		"no such board":      {func(_ *testing.T, w *world, _ Finals) { w.problem.Boards = judge.TimeBoards[:1] }, organiser, with(func(r *FinalRequest) { r.Board = "cpu" }), `no board "cpu"`},
		"no reference":       {func(_ *testing.T, w *world, _ Finals) { w.problem.Files = nil }, organiser, ask, "problem echo has no reference"},
		"without a deadline": {func(_ *testing.T, w *world, _ Finals) { w.settings.Deadline.Cutoff = time.Time{} }, organiser, ask, "early"},
		"in the grace":       {func(_ *testing.T, w *world, _ Finals) { w.clock.Add(-time.Second) }, organiser, ask, "early"},
		"practice, early":    {func(_ *testing.T, w *world, _ Finals) { w.clock.Add(-time.Hour) }, organiser, practice, ""},
		"one waits": {func(t *testing.T, w *world, _ Finals) {
			w.clock.Add(-time.Hour)
			w.handedIn(t, "dora", "x")
			w.clock.Add(time.Hour)
		}, organiser, ask, "not-judged"},
		"one waits that is late":   {late, organiser, ask, ""},
		"to be measured again":     {measuredAgain, organiser, ask, "not-judged"},
		"measured again, degraded": {measuredAgain, organiser, with(func(r *FinalRequest) { r.Degraded = true }), ""},
		"outdated":                 {func(_ *testing.T, w *world, _ Finals) { w.problem.Version = "v2" }, organiser, ask, "outdated"},
		"nobody":                   {func(_ *testing.T, w *world, _ Finals) { w.settings.Deadline.Cutoff = cutoff.Add(-24 * time.Hour) }, organiser, ask, "empty"},
		"no common test":           {func(_ *testing.T, w *world, _ Finals) { w.problem.Tests = w.problem.Tests[:1] }, organiser, ask, "no-tests"},
		"nothing to resume":        {nil, organiser, with(func(r *FinalRequest) { r.Resume = true }), `no final "final"`},
		"other version":            {func(t *testing.T, w *world, f Finals) { begun(ask)(t, w, f); w.problem.Version = "v2" }, organiser, ask, "changed"},
		"begun as practice":        {begun(with(func(r *FinalRequest) { r.Practice, r.Name = true, "final" })), organiser, ask, "changed"},
		"begun for other prizes":   {begun(ask), organiser, with(func(r *FinalRequest) { r.Prizes = 2 }), "changed"},
		"resumed as it was begun":  {begun(ask), organiser, FinalRequest{Rounds: 40, Resume: true}, ""},
		"other finalists": {func(t *testing.T, w *world, f Finals) {
			begun(ask)(t, w, f)
			w.clock.Add(-time.Hour)
			w.judged(t, w.handedIn(t, "dora", "x"), 500, false, "sample/1", "secret/1", "secret/2")
			w.clock.Add(time.Hour)
		}, organiser, ask, "changed"},
		"over": {func(t *testing.T, w *world, f Finals) {
			final, err := f.Begin(t.Context(), organiser, ask, nil)
			if err == nil {
				err = w.db.EndFinal(t.Context(), organiser, final.ID, judge.FinalStanding{Stop: "alone", Rows: []judge.FinalRow{}, Matches: []judge.FinalMatch{}})
			}
			if err != nil {
				t.Fatal(err)
			}
		}, organiser, ask, "done"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			f := w.finals(t, "alice", "bob")
			if c.before != nil {
				c.before(t, w, f)
			}
			_, err := f.Begin(t.Context(), c.actor, c.request, nil)
			if got := text(err); !strings.HasPrefix(got, c.want) || c.want == "" && err != nil {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && errors.Is(err, judge.ErrConflict) {
				t.Errorf("the store refused: %v", err)
			}
		})
	}
}
