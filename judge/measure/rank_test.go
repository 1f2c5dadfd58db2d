package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// entry with a ratio and a relative half-width.
func entry(passed int, ratio, half float64) Entry {
	return Entry{Passed: passed, Score: Score{Ratio: ratio, Interval: Interval{ratio * (1 - half), ratio * (1 + half)}}}
}

func TestRank(t *testing.T) {
	for _, tc := range []struct {
		name    string
		entries []Entry
		want    []Place
	}{
		{"none", nil, []Place{}},
		{"one", []Entry{entry(3, 1, 0.01)}, []Place{{1, 1, false}}},
		{"apart", []Entry{entry(3, 1.05, 0.005), entry(3, 1, 0.005)}, []Place{{2, 2, false}, {1, 1, false}}},
		{"intervals too wide", []Entry{entry(3, 1.01, 0.01), entry(3, 1, 0.01)}, []Place{{1, 2, true}, {1, 2, true}}},
		{"certain, but below the floor", []Entry{entry(3, 1.004, 0), entry(3, 1, 0)}, []Place{{1, 2, true}, {1, 2, true}}},
		{"certain and above the floor", []Entry{entry(3, 1.006, 0), entry(3, 1, 0)}, []Place{{2, 2, false}, {1, 1, false}}},
		// +-0.5 % each: 1.187 times hypot, 0.84 %, is not told apart, 0.86 % is.
		{"half-widths add as squares", []Entry{entry(3, 1, 0.005), entry(3, 1.0083, 0.005)}, []Place{{1, 2, true}, {1, 2, true}}},
		{"half-widths add as squares, apart", []Entry{entry(3, 1, 0.005), entry(3, 1.0086, 0.005)}, []Place{{1, 1, false}, {2, 2, false}}},
		{"more tests passed is above", []Entry{entry(2, 0.1, 0.005), entry(3, 5, 0.005), entry(2, 0.2, 0.005)},
			[]Place{{2, 2, false}, {1, 1, false}, {3, 3, false}}},
		// Overlaps in a chain: only the ends are apart.
		{"chain", []Entry{entry(3, 1, 0.006), entry(3, 1.007, 0.006), entry(3, 1.014, 0.006)},
			[]Place{{1, 2, true}, {1, 3, true}, {2, 3, false}}},
		{"2=, 2=, 4", []Entry{entry(3, 1, 0.001), entry(3, 1.02, 0.001), entry(3, 1.021, 0.001), entry(3, 1.05, 0.001)},
			[]Place{{1, 1, false}, {2, 3, true}, {2, 3, true}, {4, 4, false}}},
	} {
		if diff := cmp.Diff(tc.want, DefaultRule().Rank(tc.entries)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// A slow program whose times are random by intent does not tie with the fast.
func TestNoiseDoesNotBuyARank(t *testing.T) {
	entries := []Entry{entry(3, 1, 0.004), entry(3, 1.02, 0.005), entry(3, 1.03, 0.005), entry(3, 1.10, 0.30)}
	places := DefaultRule().Rank(entries)
	if got := places[3]; got.Rank != 4 {
		t.Errorf("the noisy program has rank %d, want 4", got.Rank)
	}
	// Two entries: the calmer one is the measure.
	if got := DefaultRule().Rank(entries[2:])[1]; got.Rank != 2 {
		t.Errorf("of two the noisy program has rank %d, want 2", got.Rank)
	}
	// A fast one gains nothing by it either, and loses only separation.
	places = DefaultRule().Rank([]Entry{entry(3, 0.9, 0.30), entry(3, 1, 0.005), entry(3, 1.02, 0.005)})
	if places[0].Rank != 1 || places[1].Rank != 1 {
		t.Errorf("places %v, want the noisy first tied with the next", places)
	}
}

// Ranks do not depend on the order of entries; rank and worst rank enclose
// the place among the estimates; nobody overtakes more tests passed.
// Counting those who are far off gives what comparing everybody gives.
func TestStandingIsDominance(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		group := make([]location, 1+rng.IntN(60))
		for i := range group {
			group[i] = location{at: float64(rng.IntN(200)) / 2000, below: rng.Float64() / 100, above: rng.Float64() / 100}
			if rng.IntN(20) == 0 {
				group[i].above *= 10
			}
		}
		r := DefaultRule()
		want := dominance(len(group), func(a, b int) bool { return r.faster(group[a], group[b], r.bound(group)) })
		if got := r.standing(group); !slices.Equal(got, want) {
			t.Fatalf("%v:\ngot  %v\nwant %v", group, got, want)
		}
	}
}

func TestRankProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 200 {
		entries := make([]Entry, 1+rng.IntN(25))
		for i := range entries {
			entries[i] = entry(rng.IntN(3), 1+0.05*rng.Float64(), 0.012*rng.Float64())
		}
		places := DefaultRule().Rank(entries)
		for i, e := range entries {
			above, ahead := 0, 0
			for _, o := range entries {
				if o.Passed > e.Passed {
					above++
				}
				if o.Passed > e.Passed || o.Passed == e.Passed && o.Score.Ratio < e.Score.Ratio {
					ahead++
				}
			}
			p := places[i]
			if p.Rank > ahead+1 || p.Worst < ahead+1 || p.Rank <= above || p.Worst > len(entries) {
				t.Fatalf("entry %d of %v: place %+v, %d are ahead and %d passed more", i, entries, p, ahead, above)
			}
		}
		shuffled := rng.Perm(len(entries))
		other := make([]Entry, len(entries))
		for i, j := range shuffled {
			other[j] = entries[i]
		}
		for i, p := range DefaultRule().Rank(other) {
			if j := slices.Index(shuffled, i); places[j] != p {
				t.Fatalf("the order of the entries changes place %+v to %+v", places[j], p)
			}
		}
	}
}

// Two programs in sessions of their own.
func twoScores(t *testing.T, seed uint64, gap float64, rounds int) (a, b Score) {
	t.Helper()
	tests := someTests(30)
	out := make([]Score, 2)
	for i, work := range []float64{1, 1 + gap} {
		var err error
		out[i], err = Evaluate(tests, newMachine(2*seed+uint64(i)).pairsOf(tests, rounds, constant(work)), cpu, fmt.Sprint(seed, i))
		if err != nil {
			t.Fatal(err)
		}
	}
	return out[0], out[1]
}

// versus is the ratio Ta/Tb of two scores from sessions of their own, with the
// 95 % interval from both bootstraps: draw i of a against draw i+1 of b, which
// are independent even if both had the same seed.
func versus(a, b Score) (ratio float64, i Interval) {
	n := len(a.Drawn.Draws)
	gaps := make([]float64, n)
	for i := range gaps {
		gaps[i] = a.Drawn.Draws[i] - b.Drawn.Draws[(i+1)%n]
	}
	both := Drawn{Estimate: math.Log(a.Ratio / b.Ratio), Draws: gaps, Freedom: a.Drawn.Freedom + b.Drawn.Freedom}
	return a.Ratio / b.Ratio, both.Interval(0.95).Exp()
}

// The interval for ranks and that of the combined draws agree to an
// eighth of their width, on noise as heavy as this.
func TestCombinedDrawsAgreeWithRank(t *testing.T) {
	for seed := range uint64(20) {
		a, b := twoScores(t, 100+seed, 0.02, 10)
		ratio, i := versus(a, b)
		la, lb := locate(a), locate(b)
		gap := la.at - lb.at
		if want := math.Exp(gap); !near(ratio, want, 1e-9) {
			t.Errorf("ratio %v, want %v", ratio, want)
		}
		want := Interval{gap - math.Hypot(la.below, lb.above), gap + math.Hypot(la.above, lb.below)}.Exp()
		tolerance := (want.High - want.Low) / 8
		if !near(i.Low, want.Low, tolerance) || !near(i.High, want.High, tolerance) {
			t.Errorf("seed %d: combined draws %v, from the intervals %v", seed, i, want)
		}
	}
}

func TestBoardTellsEntriesApart(t *testing.T) {
	for _, tc := range []struct {
		gap         float64
		trials      int
		least, most float64 // share ranked apart
	}{{0, 300, 0, 0.02}, {0.02, 100, 0.95, 1}} {
		trials, apart, right := trialsFor(tc.trials), 0, 0
		for seed := range trials {
			a, b := twoScores(t, uint64(seed), tc.gap, 20)
			places := DefaultRule().Rank([]Entry{{1, a}, {1, b}})
			if places[0].Rank != places[1].Rank {
				apart++
			}
			if a.Ratio < b.Ratio {
				right++
			}
		}
		t.Logf("gap %.0f %%: %d of %d ranked apart, %d with the right estimates", 100*tc.gap, apart, trials, right)
		if s := float64(apart) / float64(trials); s < tc.least || s > tc.most {
			t.Errorf("gap %g: %g of the pairs are ranked apart, want %g to %g", tc.gap, s, tc.least, tc.most)
		}
		if tc.gap > 0 && right < trials*95/100 {
			t.Errorf("gap %g: %d of %d estimates are in the right order", tc.gap, right, trials)
		}
	}
}

func BenchmarkRank(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	entries := make([]Entry, 2000)
	for i := range entries {
		entries[i] = entry(300-rng.IntN(2), 1+0.05*rng.Float64(), 0.01*rng.Float64())
	}
	for b.Loop() {
		DefaultRule().Rank(entries)
	}
}
