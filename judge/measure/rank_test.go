package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
)

// rival with a total in milliseconds and a relative half-width.
func rival(total, half float64) Rival {
	of := func(x float64) judge.Amount { return judge.Amount(math.Round(x * 1e6)) }
	return Rival{Total: of(total), Low: of(total / (1 + half)), High: of(total * (1 + half))}
}

// missing makes a rival one that missed tests of that name, which count for so many
// milliseconds.
func missing(set string, ms, total, half float64) Rival {
	r := rival(total, half)
	missed := judge.Amount(ms * 1e6)
	return Rival{Total: r.Total + missed, Low: r.Low + missed, High: r.High + missed, Missed: missed, Set: set}
}

// rivalOf is what a score says, as totals beside a reference of a second.
func rivalOf(s Score) Rival {
	of := func(ratio float64) judge.Amount { return judge.Amount(ratio * 1e9) }
	return Rival{Total: of(s.Ratio), Low: of(s.Interval.Low), High: of(s.Interval.High)}
}

// lines prints places as "rank best-worst", "=" for a shared rank.
func lines(places []judge.Ranking) []string {
	out := []string{}
	for _, p := range places {
		tie := ""
		if p.Tied {
			tie = "="
		}
		out = append(out, fmt.Sprintf("%d%s %d-%d", p.Rank, tie, p.Best, p.Worst))
	}
	return out
}

func TestRank(t *testing.T) {
	for _, tc := range []struct {
		name   string
		rivals []Rival
		want   []string
	}{
		{"none", nil, []string{}},
		{"one", []Rival{rival(100, 0.01)}, []string{"1 1-1"}},
		{"apart", []Rival{rival(105, 0.005), rival(100, 0.005)}, []string{"2 2-2", "1 1-1"}},
		{"intervals too wide", []Rival{rival(101, 0.01), rival(100, 0.01)}, []string{"1= 1-2", "1= 1-2"}},
		{"certain, but below the floor", []Rival{rival(100.4, 0), rival(100, 0)}, []string{"1= 1-2", "1= 1-2"}},
		{"certain and above the floor", []Rival{rival(100.6, 0), rival(100, 0)}, []string{"2 2-2", "1 1-1"}},
		// +-0.5 % each: 1.187 times hypot, 0.84 %, is not told apart, 0.86 % is.
		{"half-widths add as squares", []Rival{rival(100, 0.005), rival(100.83, 0.005)}, []string{"1= 1-2", "1= 1-2"}},
		{"half-widths add as squares, apart", []Rival{rival(100, 0.005), rival(100.86, 0.005)}, []string{"1 1-1", "2 2-2"}},
		// Overlaps in a chain: only the ends are apart, and the last begins a group.
		{"chain", []Rival{rival(100, 0.006), rival(100.7, 0.006), rival(101.4, 0.006)}, []string{"1= 1-2", "1= 1-3", "3 2-3"}},
		// The third is not told apart from the second alone, the fourth from nobody of its own group.
		{"a long chain", []Rival{rival(100, 0.006), rival(100.7, 0.006), rival(101.4, 0.006), rival(102.1, 0.006)},
			[]string{"1= 1-2", "1= 1-3", "3= 2-4", "3= 3-4"}},
		{"1, 2=, 2=, 4", []Rival{rival(100, 0.001), rival(102, 0.001), rival(102.1, 0.001), rival(105, 0.001)},
			[]string{"1 1-1", "2= 2-3", "2= 2-3", "4 4-4"}},
		// What missing the test counts for is most of both totals; one is twice as fast elsewhere.
		{"the same test missed", []Rival{missing("long", 1000, 100, 0.001), missing("long", 1000, 200, 0.001)}, []string{"1 1-1", "2 2-2"}},
		{"the long test missed, and the short one", []Rival{missing("long", 1000, 10, 0), missing("short", 1000, 500, 0)}, []string{"1= 1-2", "1= 1-2"}},
		{"other tests missed, slower without them too", []Rival{missing("a", 10, 100, 0.001), missing("b", 10, 130, 0.001)}, []string{"1 1-1", "2 2-2"}},
		{"a timed test missed, and one that is not timed", []Rival{missing("a", 1000, 1, 0), rival(900, 0)}, []string{"2 2-2", "1 1-1"}},
		{"all timed tests missed", []Rival{missing("all", 2000, 0, 0), missing("one", 1000, 900, 0)}, []string{"2 2-2", "1 1-1"}},
	} {
		if diff := cmp.Diff(tc.want, lines(DefaultRule().Rank(tc.rivals))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestExactRank(t *testing.T) {
	exact := func(total, missed judge.Amount, set string) Rival {
		return Rival{Total: total, Low: total, High: total, Missed: missed, Set: set}
	}
	for _, tc := range []struct {
		name   string
		rivals []Rival
		want   []string
	}{
		{"a nanosecond decides", []Rival{exact(5e12+1, 0, ""), exact(5e12, 0, ""), exact(5e12, 0, "")}, []string{"3 3-3", "1= 1-2", "1= 1-2"}},
		{"nothing is timed", []Rival{exact(0, 0, ""), exact(0, 0, "")}, []string{"1= 1-2", "1= 1-2"}},
		{"the long test missed, and the short one", []Rival{exact(1.01e9, 1e9, "long"), exact(1.5e9, 1e9, "short")}, []string{"1= 1-2", "1= 1-2"}},
		{"no time at all", []Rival{exact(2e9, 2e9, "both"), exact(1e9+900_000, 1e9, "one")}, []string{"2 2-2", "1 1-1"}},
	} {
		if diff := cmp.Diff(tc.want, lines(ExactRule().Rank(tc.rivals))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// A slow program whose times are random by intent does not tie with the fast.
func TestNoiseDoesNotBuyARank(t *testing.T) {
	rivals := []Rival{rival(100, 0.004), rival(102, 0.005), rival(103, 0.005), rival(110, 0.30)}
	places := DefaultRule().Rank(rivals)
	if got := places[3]; got.Rank != 4 || got.Best != 4 {
		t.Errorf("the noisy program has place %+v, want 4", got)
	}
	// Two entries: the calmer one is the measure.
	if got := DefaultRule().Rank(rivals[2:])[1]; got.Rank != 2 {
		t.Errorf("of two the noisy program has rank %d, want 2", got.Rank)
	}
	// A fast one gains nothing by it either, and loses only separation.
	places = DefaultRule().Rank([]Rival{rival(90, 0.30), rival(100, 0.005), rival(102, 0.005)})
	if diff := cmp.Diff([]string{"1= 1-3", "1= 1-2", "3 2-3"}, lines(places)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// board is one of random size and spread, with calm and noisy rivals and equal
// totals; on some of them tests were missed.
func board(rng *rand.Rand) []Rival {
	spread := math.Exp(-6 * rng.Float64())
	rivals := make([]Rival, 1+rng.IntN(40))
	for i := range rivals {
		total, half := 100*(1+spread*rng.Float64()), 0.012*rng.Float64()
		switch rng.IntN(12) {
		case 0:
			half *= 10
		case 1:
			half = 0
		case 2:
			half = math.Exp(-9 * rng.Float64())
		}
		rivals[i] = rival(total, half)
		switch rng.IntN(6) {
		case 0:
			if i > 0 { // another interval of the same total, now and then the same one
				r := rival(float64(rivals[i-1].Total)/1e6, 0.012*float64(rng.IntN(3)))
				rivals[i] = Rival{Total: rivals[i-1].Total, Low: min(r.Low, rivals[i-1].Total), High: max(r.High, rivals[i-1].Total)}
			}
		case 1:
			rivals[i] = missing([]string{"a", "b", "ab"}[rng.IntN(3)], 1+200*rng.Float64(), total, half)
		}
	}
	return rivals
}

// What holds for every board: ranks read down it.
func TestRankProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for _, rule := range []Rule{DefaultRule(), ExactRule()} {
		for range 2000 {
			rivals := board(rng)
			places := rule.Rank(rivals)
			located := locateAll(rivals)
			bound := rule.bound(located)
			for i, p := range places {
				if p.Best < 1 || p.Best > p.Rank || p.Rank > p.Worst || p.Worst > len(rivals) {
					t.Fatalf("rank %d is not in the range %d to %d of %d rivals\n%v", p.Rank, p.Best, p.Worst, len(rivals), rivals)
				}
				faster, behind, before, same := 0, 0, 0, 0
				for k, q := range places {
					switch {
					case rule.faster(&located[k], &located[i], bound):
						faster++
						if q.Rank >= p.Rank {
							t.Fatalf("rank %d for %v, which is told apart from %v of rank %d", p.Rank, rivals[i], rivals[k], q.Rank)
						}
					case rule.faster(&located[i], &located[k], bound):
						behind++
					}
					if rivals[k].Total < rivals[i].Total && q.Rank > p.Rank {
						t.Fatalf("%v of rank %d is above %v of rank %d, which is faster", rivals[i], p.Rank, rivals[k], q.Rank)
					}
					if q.Rank < p.Rank {
						before++
					} else if q.Rank == p.Rank {
						same++
					}
				}
				if p.Best != faster+1 || p.Worst != len(rivals)-behind || p.Rank != before+1 || p.Tied != (same > 1) {
					t.Fatalf("place %+v; %d are surely faster, %d surely behind, %d have a better rank and %d the same\n%v", p, faster, behind, before, same, rivals)
				}
			}
		}
	}
}

// The order of the input decides nothing.
func TestRankOfShuffled(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 9))
	for range 2000 {
		rivals := board(rng)
		places := DefaultRule().Rank(rivals)
		shuffled, other := rng.Perm(len(rivals)), make([]Rival, len(rivals))
		for i, j := range shuffled {
			other[j] = rivals[i]
		}
		for j, p := range DefaultRule().Rank(other) {
			if i := slices.Index(shuffled, j); places[i] != p {
				t.Fatalf("the order of the rivals changes place %+v to %+v\n%v", places[i], p, rivals)
			}
		}
	}
}

// Noisier never ranks better. A wider interval takes nobody past the rank of who
// is listed before, beyond the bound it changes nothing any more, and of two
// that are equally fast the noisier one has no better rank.
func TestNoisierNeverRanksBetter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	rule, moved := DefaultRule(), 0
	for range 4000 {
		rivals := board(rng)
		i := rng.IntN(len(rivals))
		calm := rule.Rank(rivals)
		wider := slices.Clone(rivals)
		wider[i].Low = judge.Amount(float64(wider[i].Low) * (1 - 0.1*rng.Float64()))
		wider[i].High = judge.Amount(float64(wider[i].High) * (1 + 0.1*rng.Float64()))
		noisy := rule.Rank(wider)
		before := 1 // the rank of who is listed before
		for k, r := range rivals {
			if r.Total < rivals[i].Total {
				before = max(before, noisy[k].Rank)
			}
		}
		if noisy[i].Rank < min(before, calm[i].Rank) {
			t.Fatalf("%v moves from rank %d to %d, past %d, with the interval of %v", rivals[i], calm[i].Rank, noisy[i].Rank, before, wider[i])
		}
		if noisy[i].Rank < calm[i].Rank {
			moved++
		}
		wildest := slices.Clone(wider)
		wildest[i].Low, wildest[i].High = wildest[i].Total/3, wildest[i].Total*3
		wild := rule.Rank(wildest)
		wildest[i].Low, wildest[i].High = wildest[i].Total/9, wildest[i].Total*9
		if again := rule.Rank(wildest); again[i].Rank != wild[i].Rank {
			t.Fatalf("%v has rank %d with a half-width of 200 %%, %d with 800 %%", rivals[i], wild[i].Rank, again[i].Rank)
		}
		twin := append(slices.Clone(rivals), wider[i])
		if both := rule.Rank(twin); both[i].Rank > both[len(rivals)].Rank {
			t.Fatalf("%v has rank %d, the noisier %v rank %d", twin[i], both[i].Rank, wider[i], both[len(rivals)].Rank)
		}
	}
	t.Logf("of 4000 that became noisier %d share the rank of who is listed before and did not", moved)
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
		la, lb := locate(a.Ratio, a.Interval.Low, a.Interval.High), locate(b.Ratio, b.Interval.Low, b.Interval.High)
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
			places := DefaultRule().Rank([]Rival{rivalOf(a), rivalOf(b)})
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

// BenchmarkRank has many rivals who are near each other, as many spread out, and
// among those one near the top with an interval around all of them.
func BenchmarkRank(b *testing.B) {
	for _, n := range []int{2000, 10000} {
		for name, spread := range map[string]float64{"dense": 0.05, "spread": 3, "wide": 3} {
			b.Run(fmt.Sprint(name, n), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 2))
				rivals := make([]Rival, n)
				for i := range rivals {
					rivals[i] = rival(100*(1+spread*rng.Float64()), 0.01*rng.Float64())
				}
				if name == "wide" {
					rivals[0] = rival(100, 10)
				}
				for b.Loop() {
					DefaultRule().Rank(rivals)
				}
			})
		}
	}
}
