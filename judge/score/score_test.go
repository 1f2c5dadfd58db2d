package score

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
)

var end = time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)

var problem = judge.Problem{ID: "p"}

func contest() judge.Contest {
	return judge.Contest{Deadline: judge.Deadline{Cutoff: end, Grace: judge.DefaultGrace}}
}

func entry(id int, who string, v judge.Verdict, passed int, real, cpu time.Duration, receipt time.Time) judge.Entry {
	return judge.Entry{
		Submission: judge.Submission{ID: judge.SubmissionID(id), Problem: "p", Contestant: judge.Contestant(who), Receipt: receipt},
		Judging: judge.Judging{
			State: judge.Done, Grade: judge.Grade{Verdict: v, Passed: passed, Total: 10, TimedPassed: passed},
			Values: judge.Values{{Board: judge.RealBoard, Once: judge.Amount(real)}, {Board: judge.CPUBoard, Once: judge.Amount(cpu)}},
		},
	}
}

// places lists "rank contestant submission" of a board.
func places(b Scoreboard) []string {
	var out []string
	for _, r := range b.Rows {
		out = append(out, string(rune('0'+r.Rank))+" "+string(r.Contestant)+" "+string(rune('0'+r.Submission)))
	}
	return out
}

func TestRank(t *testing.T) {
	early := end.Add(-time.Hour)
	entries := []judge.Entry{
		entry(1, "slow", judge.Accepted, 10, 90, 80, early),
		entry(2, "partly", judge.Wrong, 9, 1, 1, early), // faster, but fewer tests
		entry(3, "fast", judge.Accepted, 10, 50, 100, early),
		entry(4, "fast", judge.Accepted, 10, 60, 70, early),
		entry(5, "broken", judge.Compile, 0, 0, 0, early),
		entry(6, "late", judge.Accepted, 10, 1, 1, end),
		entry(7, "ours", judge.Internal, 10, 1, 1, early),
		entry(8, "nothing", judge.Crash, 0, 0, 0, early),
		entry(9, "tied", judge.Accepted, 10, 50, 120, early.Add(time.Minute)),
	}
	pending := entry(1, "waiting", judge.Pending, 0, 0, 0, early)
	pending.Judging.State = judge.Queued
	entries = append(entries, pending)
	if diff := cmp.Diff([]string{"1 fast 3", "1 tied 9", "3 slow 1", "4 partly 2"}, places(Rank(contest(), problem, judge.RealBoard, entries))); diff != "" {
		t.Errorf("real board (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 fast 4", "2 slow 1", "3 tied 9", "4 partly 2"}, places(Rank(contest(), problem, judge.CPUBoard, entries))); diff != "" {
		t.Errorf("cpu board (-want +got):\n%s", diff)
	}
	if rows := Rank(contest(), judge.Problem{ID: "other"}, judge.CPUBoard, entries).Rows; len(rows) != 0 {
		t.Errorf("a problem without submissions has rows: %v", rows)
	}
}

// Everybody with an eligible submission is listed, nobody without one is, and
// the board does not depend on the order of what it is made of.
func TestRankListsExactlyTheEligible(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	verdicts := []judge.Verdict{judge.Pending, judge.Accepted, judge.Wrong, judge.TimeOut, judge.Compile, judge.Internal}
	for range 200 {
		var entries []judge.Entry
		eligible := map[judge.Contestant]bool{}
		for id := range rng.IntN(30) {
			e := entry(id+1, string(rune('a'+rng.IntN(8))), verdicts[rng.IntN(len(verdicts))], rng.IntN(4),
				time.Duration(rng.IntN(3)), time.Duration(rng.IntN(3)), end.Add(time.Duration(rng.IntN(3)-2)))
			if Eligible(contest(), problem, e) {
				eligible[e.Submission.Contestant] = true
			}
			entries = append(entries, e)
		}
		b := Rank(contest(), problem, judge.RealBoard, entries)
		if len(b.Rows) != len(eligible) {
			t.Fatalf("%d rows for %d contestants with an eligible submission", len(b.Rows), len(eligible))
		}
		for i, r := range b.Rows {
			if !eligible[r.Contestant] {
				t.Fatalf("%s is listed without an eligible submission", r.Contestant)
			}
			if r.Rank > i+1 || i > 0 && r.Rank < b.Rows[i-1].Rank {
				t.Fatalf("row %d has rank %d", i, r.Rank)
			}
		}
		rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		if diff := cmp.Diff(b, Rank(contest(), problem, judge.RealBoard, entries)); diff != "" {
			t.Fatalf("the order of the entries changes the board:\n%s", diff)
		}
		slices.Reverse(entries)
	}
}
