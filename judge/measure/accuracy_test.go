package measure

import (
	"fmt"
	"strings"
	"testing"
)

func TestAccuracy(t *testing.T) {
	tests := someTests(20)
	gaps := []float64{0, 0, 0.02, 0.05}
	variants := make([]Variant, len(gaps))
	for i, g := range gaps {
		variants[i] = Variant{Name: fmt.Sprint("P", i), Gap: g}
	}
	machine := newMachine(21)
	for s := range 6 {
		common := machine.session(fmt.Sprint("f", s), tests, 10, constant(1), constant(1), constant(1.02), constant(1.05))
		for i := range variants {
			variants[i].Common = append(variants[i].Common, common[i])
			own := machine.session(fmt.Sprint("s", s, i), tests, 10, constant(1+gaps[i]))
			variants[i].Sessions = append(variants[i].Sessions, own[0])
		}
	}
	rows, err := Accuracy(tests, variants, cpu, []int{5, 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 10 {
		t.Fatalf("%d rows, want 5 estimators at 2 numbers of rounds", len(rows))
	}
	byName := map[string]AccuracyRow{}
	for _, r := range rows[5:] {
		byName[r.Estimator] = r
		t.Logf("%-28s k=%-3d %.2f %%  %+v", r.Estimator, r.Rounds, 100*r.Repeatability, r.Gaps)
	}
	for name, cases := range map[string]int{SumOfMeans: 36, PairedScore: 36, CommonRounds: 6} {
		if got := byName[name].Gaps[1].Cases; got != cases {
			t.Errorf("%s: %d cases, want %d", name, got, cases)
		}
	}
	ours, means := byName[PairedScore], byName[SumOfMeans]
	if ours.Repeatability > 0.006 || means.Repeatability < 3*ours.Repeatability {
		t.Errorf("repeatability: score %v, sum of means %v", ours.Repeatability, means.Repeatability)
	}
	if g := ours.Gaps[1]; g.Right < 0.95 || g.Wrong != 0 {
		t.Errorf("score at a gap of 2 %%: %+v", g)
	}
	if g := byName[CommonRounds].Gaps; g[0].Separated != 0 || g[2].Separated < 0.95 || g[2].Right != 1 {
		t.Errorf("common rounds: %+v", g)
	}
}

func TestNaiveSums(t *testing.T) {
	pairs := []Pair{pair("a", 1, 1, 2), pair("a", 2, 1, 3), pair("a", 3, 1, 10), pair("b", 1, 1, 1)}
	for name, want := range map[string]float64{SumOfMeans: 6e6, SumOfMedians: 4e6, SumOfMinima: 3e6} {
		if got := sumOver(name, pairs, cpu); !near(got, want, 1e-3) {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
}

func TestAccuracyNeedsTwoSessions(t *testing.T) {
	tests := someTests(2)
	v := Variant{Name: "P0", Sessions: newMachine(1).session("s", tests, 9, constant(1))}
	if _, err := Accuracy(tests, []Variant{v}, cpu, []int{5}); err == nil || !strings.Contains(err.Error(), "measure at least 2") {
		t.Errorf("one session: %v", err)
	}
}

func TestGapResultKnowsBothDirections(t *testing.T) {
	g := GapResult{Gap: -0.02}
	g.add(comparison{gap: 0.02, slower: true})
	g.add(comparison{gap: -0.02, faster: true})
	if g = g.shares(); g.Right != 0.5 || g.Separated != 0.5 || g.Wrong != 0.5 {
		t.Errorf("a faster variant: %+v, want halves", g)
	}
}
