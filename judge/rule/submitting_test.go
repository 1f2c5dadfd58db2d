package rule

import (
	"errors"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/language"
	"contest/judge/store"
	"contest/judge/storetest"
)

// cutoff is the deadline of the tests' contest; the store's clock begins a minute before.
var cutoff = time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)

// world is a contest with a problem, in a store.
type world struct {
	Contest
	db       *store.DB
	clock    *storetest.Clock
	settings judge.Contest
	problem  judge.Problem
}

func newWorld(t *testing.T) *world {
	w := &world{clock: storetest.NewClock()}
	w.settings = judge.Contest{Zone: time.UTC, Deadline: judge.Deadline{Zone: time.UTC, Cutoff: cutoff, Grace: time.Minute}}
	w.problem = judge.Problem{ID: "echo", Version: "v1", Boards: judge.TimeBoards, Limits: judge.Limits{CodeBytes: 1 << 10},
		Files: judge.Manifest{{Role: judge.ReferenceRole, Name: "r.cpp"}}}
	w.Contest = Contest{
		Settings: func() judge.Contest { return w.settings },
		Problems: func() []judge.Problem { return []judge.Problem{w.problem} },
		Now:      w.clock.Now,
	}
	w.db = storetest.Engines["sqlite"](t, store.Options{Now: w.clock.Now})
	w.db.SetEnqueuer(storetest.NoJobs{})
	return w
}

// text is what is told of an error: its code if it is a refusal.
func text(err error) string {
	if refused, ok := errors.AsType[*judge.Refusal](err); ok {
		return refused.Code
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestSubmit(t *testing.T) {
	w := newWorld(t)
	s := Submitting{Contest: w.Contest, Languages: language.Set{{Language: language.Default()}}, Store: w.db}
	one := func(name, data string) []judge.File { return []judge.File{{Name: name, Data: []byte(data)}} }
	for _, c := range []struct {
		actor judge.Actor
		in    HandedIn
		want  string
	}{
		{stranger, HandedIn{Problem: "echo", Files: one("a.cpp", "x")}, "this needs a token"},
		{itself, HandedIn{Problem: "echo", Files: one("a.cpp", "x")}, "only the organiser hands in: forbidden"},
		{bob, HandedIn{Contestant: "alice", Problem: "echo", Files: one("a.cpp", "x")}, "the token belongs to bob, not to alice: forbidden"},
		{organiser, HandedIn{Problem: "echo", Files: one("a.cpp", "x")}, "no contestant is named"},
		{organiser, HandedIn{Contestant: "no name", Problem: "echo", Files: one("a.cpp", "x")}, `"no name" cannot be a contestant's name`},
		{organiser, HandedIn{Contestant: "dora", Problem: "ecco", Files: one("a.cpp", "x")}, `no problem "ecco"`},
		{organiser, HandedIn{Contestant: "dora", Problem: "echo", Language: "c", Files: one("a.cpp", "x")}, `no language "c"`},
		{organiser, HandedIn{Contestant: "dora", Problem: "echo"}, "empty"},
		{organiser, HandedIn{Contestant: "dora", Problem: "echo", Files: one("a.cpp", strings.Repeat("x", 1<<10+1))}, "size"},
		{organiser, HandedIn{Contestant: "dora", Problem: "echo", Files: one("a.h", "x")}, "name"},
		{alice, HandedIn{Problem: "echo", Files: one("a.cpp", "x")}, ""},
		{organiser, HandedIn{Contestant: "alice", Problem: "echo", Files: one("a.cpp", "y")}, ""},
	} {
		e, fresh, err := s.Submit(t.Context(), c.actor, c.in)
		if text(err) != c.want {
			t.Errorf("%v hands in %+v: got %v, want %q", c.actor, c.in, err, c.want)
		}
		if err == nil && (!fresh || e.Submission.Contestant != "alice") {
			t.Errorf("%v hands in %+v: got %+v, new %v", c.actor, c.in, e.Submission, fresh)
		}
	}
	if _, err := w.db.Account(t.Context(), "dora"); !errors.Is(err, judge.ErrNotFound) {
		t.Errorf("what was refused made an account: %v", err)
	}
	w.settings.Start = cutoff
	if _, _, err := s.Submit(t.Context(), organiser, HandedIn{Contestant: "alice", Problem: "echo", Files: one("a.cpp", "z")}); text(err) != "not-open" {
		t.Errorf("before the start: got %v", err)
	}
	if err := w.Opened(alice); text(err) != "not-open" {
		t.Errorf("alice reads before the start: %v", err)
	}
	if err := w.Opened(organiser); err != nil {
		t.Errorf("the organiser reads before the start: %v", err)
	}
}

// What is late is taken and judged as practice, unless it was announced in time and
// came within the grace.
func TestSubmitLate(t *testing.T) {
	w := newWorld(t)
	s := Submitting{Contest: w.Contest, Languages: language.Set{{Language: language.Default()}}, Store: w.db}
	hand := func(name string) judge.Entry {
		t.Helper()
		e, _, err := s.Submit(t.Context(), alice, HandedIn{Problem: "echo", Files: []judge.File{{Name: "a.cpp", Data: []byte(name)}}})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	announced := judge.HashFiles([]judge.File{{Name: "a.cpp", Data: []byte("announced")}})
	who, opened, err := s.Announce(t.Context(), alice, Announced{Problem: "echo", SourceHash: announced})
	if err != nil || who != "alice" || !opened.Before(cutoff) {
		t.Fatalf("announced by %q at %v: %v", who, opened, err)
	}
	hand("in time")
	w.clock.Add(time.Minute + time.Second)
	hand("late")
	hand("announced")
	kinds := map[judge.SubmissionID]judge.Kind{}
	q, err := w.db.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range q.Waiting {
		kinds[one.Submission] = one.Kind
	}
	if kinds[1] != judge.Official || kinds[2] != judge.Practice || kinds[3] != judge.Official {
		t.Errorf("judged as %v, want official, practice, official", kinds)
	}
	for _, c := range []struct {
		actor judge.Actor
		up    Announced
		want  string
	}{
		{stranger, Announced{Problem: "echo", SourceHash: announced}, "this needs a token"},
		{bob, Announced{Contestant: "alice", Problem: "echo", SourceHash: announced}, "the token belongs to bob, not to alice: forbidden"},
		{alice, Announced{Problem: "other", SourceHash: announced}, `no problem "other"`},
		{alice, Announced{Problem: "echo", SourceHash: strings.ToUpper(announced)}, "source_hash is not a SHA-256: 64 digits and letters from a to f"},
	} {
		if _, _, err := s.Announce(t.Context(), c.actor, c.up); text(err) != c.want {
			t.Errorf("%v announces %+v: got %v, want %q", c.actor, c.up, err, c.want)
		}
	}
}
