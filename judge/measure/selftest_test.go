package measure

import (
	"strings"
	"testing"
)

func TestSelfTest(t *testing.T) {
	tests := someTests(10)
	quiet := newMachine(1)
	quiet.jitter, quiet.outliers = 0.002, 0
	st, err := DefaultSelfTest(30).SelfTest(tests, quiet.pairsOf(tests, 10, constant(1)), cpu)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("quiet: %v, gaps %.4f and %.4f, autocorrelation %.2f, first test %+v", st.Score.Interval, st.BoardGap, st.FinalGap, st.Autocorrelation, st.Noise[0])
	if st.Light != Green || len(st.Reasons) != 0 {
		t.Errorf("a quiet machine is %s: %v", st.Light, st.Reasons)
	}
	if st.Autocorrelation < 0.7 {
		t.Errorf("autocorrelation %.2f of noise in regimes, want at least 0.7", st.Autocorrelation)
	}
	if st.FinalGap > st.BoardGap || st.FinalGap < DefaultFloor || st.BoardGap > 0.01 {
		t.Errorf("gaps: final %v, board %v; want floor <= final <= board <= 1 %%", st.FinalGap, st.BoardGap)
	}
}

func BenchmarkSelfTest(b *testing.B) {
	tests := someTests(10)
	pairs := newMachine(1).pairsOf(tests, 10, constant(1))
	for b.Loop() {
		if _, err := DefaultSelfTest(300).SelfTest(tests, pairs, cpu); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSelfTestIsRed(t *testing.T) {
	tests := someTests(10)
	quiet := func(seed uint64) *machine { return &machine{rng: newMachine(seed).rng, jitter: 0.002} }
	disturbed := quiet(3).pairsOf(tests, 10, constant(1))
	for i := range disturbed[:30] {
		disturbed[i].ReferenceDisturbed = []Disturbance{Steal}
	}
	loud := &machine{rng: newMachine(4).rng, jitter: 0.05, outliers: 0.3}
	for _, tc := range []struct {
		name  string
		pairs []Pair
		want  string
	}{
		{"loud", loud.pairsOf(tests, 10, constant(1)), "is known to"},
		{"unequal sides", quiet(2).pairsOf(tests, 10, constant(1.02)), "differs from itself by 2.0"},
		{"disturbed", disturbed, "30 of 100 pairs were disturbed"},
	} {
		st, err := DefaultSelfTest(30).SelfTest(tests, tc.pairs, cpu)
		if err != nil {
			t.Fatal(err)
		}
		if st.Light != Red || !strings.Contains(strings.Join(st.Reasons, "; "), tc.want) {
			t.Errorf("%s: %s, %v; want red, %q", tc.name, st.Light, st.Reasons, tc.want)
		}
	}
	st, err := DefaultSelfTest(30).SelfTest(tests, quiet(5).pairsOf(tests, 10, constant(1.004)), cpu)
	if err != nil || st.Light != Yellow || !strings.Contains(st.Reasons[0], "below the resolution floor") {
		t.Errorf("0.4 %% between the sides: %s, %v, %v; want yellow", st.Light, st.Reasons, err)
	}
}

// The foretold gap is separated in about 95 % of cases, on the noise from
// which it was foretold.
func TestForetoldGapIsSeparated(t *testing.T) {
	tests, trials, apart := someTests(30), trialsFor(40), 0
	rule, gaps := DefaultSelfTest(30), []float64(nil)
	for seed := range trials {
		st, err := rule.SelfTest(tests, newMachine(uint64(9000+seed)).pairsOf(tests, 20, constant(1)), cpu)
		if err != nil {
			t.Fatal(err)
		}
		a, b := twoScores(t, uint64(700+seed), st.BoardGap, 20)
		gaps = append(gaps, st.BoardGap)
		if p := DefaultRule().Rank([]Rival{rivalOf(a), rivalOf(b)}); p[1].Rank == 2 {
			apart++
		}
	}
	t.Logf("%d of %d separated, at gaps around %.4f", apart, trials, medianOf(gaps))
	if apart < trials*90/100 {
		t.Errorf("the foretold gap is separated in %d of %d cases, want about 95 %%", apart, trials)
	}
}
