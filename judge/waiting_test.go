package judge

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestNobodyIsDelayedByMoreThanOne lets accounts submit at random, one of them
// all the time: between a submission and its start no other account has more
// than one judging started for each that the submission's own account has.
func TestNobodyIsDelayedByMoreThanOne(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	now := time.Unix(1_000_000, 0)
	accounts := []Contestant{"flood", "a", "b", "c", "d"}
	taken := map[Turn]time.Time{}
	var waiting []Waiting
	started := map[JudgingID]map[Contestant]int{} // since a judging waits, by account
	id := JudgingID(0)
	submit := func(who Contestant) {
		id++
		waiting = append(waiting, Waiting{Judging: id, Contestant: who, Kind: Official, State: Queued, Since: now, Due: now})
		started[id] = map[Contestant]int{}
	}
	for range 2000 {
		now = now.Add(time.Second)
		submit("flood")
		if who := accounts[random.IntN(len(accounts))]; random.IntN(2) == 0 {
			submit(who)
		}
		waiting = InTurn(waiting, taken, now)
		for i, w := range waiting {
			if w.Ahead != i {
				t.Fatalf("judging %d at place %d has %d ahead", w.Judging, i, w.Ahead)
			}
		}
		next := waiting[0]
		waiting = waiting[1:]
		taken[next.Turn(now)] = now
		for _, who := range accounts {
			own := started[next.Judging][next.Contestant]
			if n := started[next.Judging][who]; who != next.Contestant && n > own+1 {
				t.Fatalf("%d judgings of %s started before one of %s that had %d of its own before", n, who, next.Contestant, own)
			}
		}
		for _, w := range waiting {
			started[w.Judging][next.Contestant]++
		}
	}
}

// TestAheadIsWhatComes has each judging start when as many as it was told have.
func TestAheadIsWhatComes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	now := time.Unix(1_000_000, 0)
	for range 200 {
		var waiting []Waiting
		taken := map[Turn]time.Time{}
		for id := range JudgingID(1 + random.IntN(30)) {
			w := Waiting{
				Judging: id + 1, Contestant: Contestant(rune('a' + random.IntN(4))), Kind: Kind(1 + random.IntN(3)), State: Queued,
				Due: now.Add(-time.Duration(random.IntN(7000)) * time.Second), Restarted: random.IntN(5) == 0, Held: random.IntN(9) == 0,
			}
			if random.IntN(6) == 0 {
				w.Due = now.Add(time.Hour)
			}
			if random.IntN(2) == 0 {
				taken[w.Turn(now)] = now.Add(-time.Duration(random.IntN(100)) * time.Second)
			}
			waiting = append(waiting, w)
		}
		told := map[JudgingID]int{}
		for _, w := range InTurn(waiting, taken, now) {
			told[w.Judging] = w.Ahead
		}
		for n := 0; ; n++ {
			waiting = InTurn(waiting, taken, now)
			i := 0
			for i < len(waiting) && !waiting[i].Ready(now) {
				i++
			}
			if i == len(waiting) {
				break
			}
			w := waiting[i]
			if told[w.Judging] != n {
				t.Fatalf("judging %d started after %d others; it was told %d", w.Judging, n, told[w.Judging])
			}
			taken[w.Turn(now)] = now.Add(time.Duration(n) * time.Millisecond)
			waiting = append(waiting[:i:i], waiting[i+1:]...)
		}
	}
}

func TestInTurn(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	at := func(w Waiting, id JudgingID, ago time.Duration) Waiting {
		w.Judging, w.Due = id, now.Add(-ago)
		return w
	}
	a, b := Waiting{Contestant: "a", Kind: Official}, Waiting{Contestant: "b", Kind: Official}
	restarted, held, again, late := a, b, a, b
	restarted.Restarted, held.Held, again.Kind, late.Kind = true, true, Repeated, Practice
	list := []Waiting{
		at(a, 1, 50*time.Second), at(a, 2, 40*time.Second), at(b, 3, 30*time.Second), at(restarted, 4, 5*time.Second),
		at(a, 5, -time.Minute), // later
		at(late, 6, 30*time.Minute), at(again, 7, 20*time.Minute), at(held, 8, time.Hour), at(late, 9, Patience),
	}
	taken := map[Turn]time.Time{{Official, "a"}: now.Add(-time.Minute)}
	wanted := []struct {
		id    JudgingID
		ahead int
	}{{9, 0}, {3, 1}, {4, 2}, {1, 3}, {2, 4}, {5, 5}, {7, 5}, {6, 6}, {8, 8}}
	for i, w := range InTurn(list, taken, now) {
		if w.Judging != wanted[i].id || w.Ahead != wanted[i].ahead {
			t.Errorf("place %d: judging %d with %d ahead, want %d with %d", i, w.Judging, w.Ahead, wanted[i].id, wanted[i].ahead)
		}
	}
}
