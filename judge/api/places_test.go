package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/rule"
	"contest/judge/score"
)

// entries is a store of submissions that are judged.
type entries struct {
	Reads
	list []judge.Entry
}

func (s entries) Entries(context.Context, judge.ProblemID) ([]judge.Entry, error) { return s.list, nil }
func (s entries) Entry(_ context.Context, id judge.SubmissionID) (judge.Entry, error) {
	if id < 1 || int(id) > len(s.list) {
		return judge.Entry{}, judge.ErrNotFound
	}
	return s.list[id-1], nil
}
func (entries) Runs(context.Context, judge.JudgingID) ([]judge.Run, error)     { return nil, nil }
func (entries) Finals(context.Context, judge.ProblemID) ([]judge.Final, error) { return nil, nil }
func (entries) Machines(context.Context) ([]judge.Machine, error)              { return nil, nil }
func (entries) Degraded(context.Context) (string, error)                       { return "", nil }
func (entries) Head(context.Context) (int64, error)                            { return 1, nil }
func (entries) Subscribe() (<-chan struct{}, func())                           { return nil, func() {} }
func (entries) ContestantByToken(context.Context, string) (judge.Contestant, error) {
	return "", errors.New("not asked for")
}

// A place is the submission's own, or says whose it is; one that cannot be ranked
// has none. What came of it beside the one that stood is told.
func TestStandings(t *testing.T) {
	cutoff := time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)
	s := entries{}
	add := func(who judge.Contestant, receipt time.Duration, v judge.Verdict, passed int, real time.Duration) {
		id := judge.SubmissionID(len(s.list) + 1)
		s.list = append(s.list, judge.Entry{
			Submission: judge.Submission{ID: id, Problem: "echo", Contestant: who, Receipt: cutoff.Add(receipt)},
			Judging: judge.Judging{
				State: judge.Done, Grade: judge.Grade{Verdict: v, Passed: passed, TimedPassed: passed, Total: 2},
				Values: judge.Values{{Board: judge.RealBoard, Once: judge.Amount(real)}},
			},
		})
	}
	add("anna", -9*time.Minute, judge.Wrong, 1, 50*time.Millisecond)     // 1
	add("anna", -8*time.Minute, judge.Accepted, 2, 40*time.Millisecond)  // 2 passed more
	add("anna", -7*time.Minute, judge.Accepted, 2, 50*time.Millisecond)  // 3 takes more time
	add("anna", -6*time.Minute, judge.Accepted, 2, 30*time.Millisecond)  // 4 stands
	add("anna", -5*time.Minute, judge.Compile, 0, 0)                     // 5
	add("anna", -4*time.Minute, judge.Wrong, 0, 0)                       // 6
	add("anna", time.Minute, judge.Accepted, 2, 10*time.Millisecond)     // 7 late
	add("anna", -3*time.Minute, judge.Internal, 0, 0)                    // 8
	add("boris", -3*time.Minute, judge.Accepted, 2, 35*time.Millisecond) // 9
	problem := judge.Problem{ID: "echo", Version: "v1", Boards: []judge.Board{judge.RealBoard}}
	server := httptest.NewServer((&Server{
		Contest: rule.Contest{
			Settings: func() judge.Contest {
				return judge.Contest{Zone: time.UTC, Deadline: judge.Deadline{Zone: time.UTC, Cutoff: cutoff}}
			},
			Problems: (&oneProblem{problem}).Problems, Now: func() time.Time { return cutoff },
		},
		Store: s, Hub: NewHub(), OwnerToken: "owner",
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}).Handler())
	defer server.Close()
	c := &Client{URL: server.URL, HTTP: http.DefaultClient}
	for id, want := range map[judge.SubmissionID]*Standing{
		1: {Stands: 4},
		2: {Stands: 4, Stood: 1, PassedMore: 1},
		3: {Stands: 4, Stood: 2, TimesStood: 1.25, Why: "no less time than submission 2, which stood then"},
		4: {Stands: 4, Counts: true, Stood: 2, TimesStood: .75},
		5: nil, 6: nil, 7: nil, 8: nil,
		9: {Stands: 9, Counts: true},
	} {
		d, err := c.Submission(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			if len(d.Standings) > 0 {
				t.Errorf("submission %d cannot be ranked and has %+v", id, d.Standings)
			}
			continue
		}
		want.Board, want.Of = judge.RealBoard, 2
		want.Ranking = judge.Ranking{Rank: 1, Best: 1, Worst: 1}
		if id == 9 {
			want.Ranking = judge.Ranking{Rank: 2, Best: 2, Worst: 2}
		}
		if len(d.Standings) != 1 || d.Standings[0] != *want {
			t.Errorf("submission %d: got %+v, want %+v", id, d.Standings, *want)
		}
	}
	// What is not on a board because it was measured elsewhere is not compared.
	p := Standing{Board: judge.RealBoard}
	p.compare(s.list[3].Judging, s.list, score.Challenge{Standing: 2, Outcome: score.OtherMachine})
	if p.Stood != 2 || p.TimesStood != 0 {
		t.Errorf("compared with another machine: %+v", p)
	}
}
