package storetest

import (
	"math"
	"strings"
	"testing"
	"time"

	"contest/judge"
)

// aFinal is one with every field set that is stored when it begins.
func aFinal(problem judge.ProblemID, name string) judge.Final {
	return judge.Final{
		Problem: problem, ProblemVersion: "v1", Board: judge.CPUBoard, Name: name, Seed: strings.Repeat("a", 32), Practice: true,
		Prizes: 2, MaxRounds: 40, Tests: []string{"secret/1", "secret/ü"}, Class: "c", Scheduling: "fifo",
		Fresh:   &judge.FreshTests{Seed: 1<<63 - 1, Commitment: "d", Version: "v2", Checked: []string{"fresh/ü-001"}},
		Started: time.Unix(0, 5).UTC(),
		Finalists: []judge.Finalist{
			{Contestant: "alice", Submission: 1, Language: "g++", SourceHash: "h", Missed: 1, Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 2, Tied: true}, Ratio: 0.1, Low: 1.0 / 3, High: 2},
			{Contestant: "bob", Submission: 2, Language: "clang++", SourceHash: "i"},
		},
	}
}

func aRound(number int) judge.FinalRound {
	start := time.Unix(int64(number), 0).UTC()
	return judge.FinalRound{Number: number, Started: start, Finished: start.Add(1), Data: []byte("\x00\xff round")}
}

func testFinal(t *testing.T, f *fixture) {
	ctx := t.Context()
	changed, cancel := f.Subscribe()
	defer cancel()
	wanted := aFinal("echo", "prizes")
	begun, err := f.BeginFinal(ctx, organiser, wanted)
	ok(t, err)
	<-changed
	wanted.ID = begun.ID
	wantSame(t, "a final that began", begun, wanted)
	_, err = f.BeginFinal(ctx, organiser, aFinal("echo", "other"))
	ok(t, err)
	ok(t, f.DegradeFinal(ctx, begun.ID, "one CPU"))
	ok(t, f.DegradeFinal(ctx, begun.ID, "no clock"))
	wanted.Degraded = "one CPU"
	_, err = f.BeginFinal(ctx, organiser, aFinal("other", "prizes"))
	ok(t, err)

	ok(t, f.AddFinalRound(ctx, begun.ID, aRound(1)))
	ok(t, f.AddFinalRound(ctx, begun.ID, aRound(2)))
	wantErr(t, f.AddFinalRound(ctx, begun.ID, aRound(2)), judge.ErrConflict)
	wantErr(t, f.AddFinalRound(ctx, begun.ID, aRound(4)), judge.ErrConflict)
	wantErr(t, f.AddFinalRound(ctx, 99, aRound(1)), judge.ErrNotFound)
	rounds, err := f.FinalRounds(ctx, begun.ID)
	ok(t, err)
	wantSame(t, "rounds", rounds, []judge.FinalRound{aRound(1), aRound(2)})
	again := aFinal("echo", "prizes")
	again.Prizes, again.Finalists = 3, nil
	begun, err = f.BeginFinal(ctx, organiser, again) // after a crash
	ok(t, err)
	wanted.Rounds = 2
	wantSame(t, "a final that goes on", begun, wanted)

	wanted.Standing = judge.FinalStanding{
		Stop: "decided", Pairs: 8, Disturbed: 1,
		Rows: []judge.FinalRow{
			{Submission: 1, Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}, Measured: judge.Measured{Total: 12345678901, Ratio: 0.1, Low: 1.0 / 3, High: 2, Rounds: 2}},
			{Submission: 2, Out: "WA on secret/ü", Lost: true},
		},
		Matches: []judge.FinalMatch{{A: 1, B: 2, Ratio: 0.1, Low: 0.05, High: 0.3000000000000001, Outcome: "separated", Rounds: 2}},
	}
	for len(changed) > 0 {
		<-changed
	}
	ok(t, f.EndFinal(ctx, organiser, begun.ID, wanted.Standing))
	<-changed
	wantErr(t, f.EndFinal(ctx, organiser, begun.ID, judge.FinalStanding{}), judge.ErrStale)
	wantErr(t, f.AddFinalRound(ctx, begun.ID, aRound(3)), judge.ErrStale)
	finals, err := f.Finals(ctx, "echo")
	ok(t, err)
	want(t, "finals of the problem", len(finals), 2)
	want(t, "finished", finals[0].Done() && !finals[1].Done(), true)
	wanted.Finished = finals[0].Finished
	wantSame(t, "a finished final", finals[0], wanted)
	finals, err = f.Finals(ctx, "")
	ok(t, err)
	want(t, "all finals", len(finals), 3)
}

// testFinalImpossible has parts refused that cannot be stored, for good.
func testFinalImpossible(t *testing.T, f *fixture) {
	ctx := t.Context()
	for name, spoil := range map[string]func(*judge.Final){
		"no name":    func(f *judge.Final) { f.Name = "" },
		"no board":   func(f *judge.Final) { f.Board = "" },
		"short seed": func(f *judge.Final) { f.Seed = "s" },
		"no prizes":  func(f *judge.Final) { f.Prizes = 0 },
		"no class":   func(f *judge.Final) { f.Class = "" },
	} {
		bad := aFinal("echo", "prizes")
		spoil(&bad)
		if _, err := f.BeginFinal(ctx, organiser, bad); err == nil {
			t.Errorf("%s was stored", name)
		} else {
			wantErr(t, err, judge.ErrInvalid)
		}
	}
	good, err := f.BeginFinal(ctx, organiser, aFinal("echo", "prizes"))
	ok(t, err)
	wantErr(t, f.AddFinalRound(ctx, good.ID, judge.FinalRound{Number: 1, Data: []byte("x")}), judge.ErrInvalid) // no time
	bad := judge.FinalStanding{Matches: []judge.FinalMatch{{Ratio: math.NaN()}}}
	wantErr(t, f.EndFinal(ctx, organiser, good.ID, bad), judge.ErrInvalid)
}
