package measure

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"contest/judge"
)

// FinalRule says how a final round is decided: all finalists and the reference
// in the same rounds, every two of them compared directly.
type FinalRule struct {
	// Looks are the numbers of rounds at which the final may end, ascending;
	// the last is its end.
	Looks []int
	Floor float64 // relative difference up to which two finalists may be declared tied
	// Alpha is the chance of telling any two equal finalists apart, over all
	// comparisons and all looks.
	Alpha float64
	// Least is how many common pairs, of the test that has fewest, it takes to
	// tell two finalists apart: a standard error from fewer is too small.
	Least int
	// MaxDisturbed is the share of disturbed pairs above which nothing is decided.
	MaxDisturbed float64
}

// DefaultFinal ends after 40 rounds at the latest.
func DefaultFinal() FinalRule {
	return FinalRule{Looks: []int{10, 20, 30, 40}, Floor: DefaultFloor, Alpha: 0.05, Least: AllotEvery, MaxDisturbed: DefaultProtocol().MaxDisturbed}
}

// Outcome is what a final says of two finalists.
type Outcome string

// Outcomes. Tied is a finding, that any difference is below the floor;
// undecided finalists are not told apart for want of evidence. Who passed more tests
// is above, whatever the times.
const (
	Separated  Outcome = "separated"
	Tied       Outcome = "tied"
	Undecided  Outcome = "undecided"
	PassedMore Outcome = "passed more"
)

// Match is one comparison of a final: A was estimated to be faster than B, or
// passed more.
type Match struct {
	A        string   `json:"a"` // program
	B        string   `json:"b"`
	Ratio    float64  `json:"ratio"`    // Ta/Tb
	Interval Interval `json:"interval"` // of Ratio, at the corrected level
	Level    float64  `json:"level"`    // chance of error left to this match, two-sided
	Outcome  Outcome  `json:"outcome"`
	Rounds   int      `json:"rounds"` // common ones
}

// Standing is a final after so many rounds.
type Standing struct {
	Rounds int `json:"rounds"`
	// Order lists the finalists by tests passed and their estimates; who is
	// separated and faster is above all the same. Inside a rank that is no order.
	// Scores go with Order.
	Order   []string `json:"order"`
	Scores  []Score  `json:"scores"`
	Matches []Match  `json:"matches"`
	// Undecided counts the matches that a rank depends on which are neither
	// separated nor tied: those of finalists who share one.
	Undecided int `json:"undecided"`
	// Done: no rank depends on an undecided match, or the last look has been taken.
	Done bool `json:"done"`
	// Unstable: the machine disturbed too much for anything to be decided.
	Unstable bool `json:"unstable,omitempty"`
	Next     int  `json:"next,omitempty"` // rounds at the next look; 0 after the last
}

// Judge decides after so many rounds of all finalists. It may be asked between
// looks, for the page; Done is then false.
//
// A final stops on significance, which a board never does, so the chance of
// error is spent over the looks as O'Brien and Fleming do it (little early,
// nearly all at the end; function of Lan and DeMets 1983, the increments used
// as they are, which errs on the safe side) and within a look over the matches
// by Holm's step-down method. The corrected intervals are Gap +- t SE with the
// bootstrap's SE and Student's t for its degrees of freedom: 1,000 draws do not
// reach into such tails.
func (r FinalRule) Judge(tests []Test, finalists []Contender, m Metric, rounds int) (Standing, error) {
	if len(finalists) < 2 || len(r.Looks) == 0 {
		return Standing{}, errors.New("a final needs at least two finalists and one look: invite more, or set its rounds")
	}
	s := Standing{Rounds: rounds}
	ordered, err := s.order(tests, finalists, m)
	if err != nil {
		return Standing{}, err
	}
	duels, err := allDuels(tests, ordered, m)
	if err != nil {
		return Standing{}, err
	}
	s.Unstable = len(duels) > 0 && r.unstable(finalists) // where tests decide everything, times may be what they are
	s.Matches = r.correct(duels, s.Order, r.alpha(rounds))
	for i := range s.Matches {
		if s.Unstable {
			s.Matches[i].Outcome = Undecided
		}
	}
	for a, one := range ordered {
		for _, other := range ordered[a+1:] {
			if one.compareKey(other) < 0 {
				s.Matches = append(s.Matches, Match{A: one.Program, B: other.Program, Outcome: PassedMore})
			}
		}
	}
	s.lineUp()
	s.Undecided = s.undecided()
	s.Next = r.next(rounds)
	s.Done = slices.Contains(r.Looks, rounds) && s.Undecided == 0 || s.Next == 0
	return s, nil
}

// apart are the programs that are told apart, the better one first.
func (s Standing) apart() map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, m := range s.Matches {
		switch {
		case m.Outcome == Separated && m.Ratio > 1: // estimated to be faster, found to be slower
			out[[2]string{m.B, m.A}] = true
		case m.Outcome == Separated || m.Outcome == PassedMore:
			out[[2]string{m.A, m.B}] = true
		}
	}
	return out
}

// lineUp moves whoever is separated and faster above those who were estimated to
// be faster, which hardly ever happens: the next in the order is the first to
// whom nobody who is left is separated and faster.
func (s *Standing) lineUp() {
	apart := s.apart()
	names, scores := slices.Clone(s.Order), slices.Clone(s.Scores)
	for i := range s.Order {
		next := max(0, slices.IndexFunc(names, func(one string) bool { // 0: beaten in a circle, as chance might have it
			return !slices.ContainsFunc(names, func(other string) bool { return apart[[2]string{other, one}] })
		}))
		s.Order[i], s.Scores[i] = names[next], scores[next]
		names, scores = slices.Delete(names, next, next+1), slices.Delete(scores, next, next+1)
	}
}

// Ranks ranks the finalists, in their order, as boards rank rows. Copies says how
// many handed each program in, who share its place: all get one, beside each other.
func (s Standing) Ranks(copies func(program string) int) []judge.Ranking {
	var names []string
	for _, name := range s.Order {
		for range copies(name) {
			names = append(names, name)
		}
	}
	apart := s.apart()
	classes, near := everybody(len(names))
	return Ranks(len(names), classes, near, func(i, j int) bool {
		return apart[[2]string{names[i], names[j]}] || apart[[2]string{names[j], names[i]}]
	})
}

// undecided counts the undecided matches of those who share a rank. All others
// may stay so: no rank changes with them.
func (s Standing) undecided() int {
	rank := map[string]int{}
	for i, p := range s.Ranks(func(string) int { return 1 }) {
		rank[s.Order[i]] = p.Rank
	}
	n := 0
	for _, m := range s.Matches {
		if m.Outcome == Undecided && rank[m.A] == rank[m.B] {
			n++
		}
	}
	return n
}

// unstable says whether the machine disturbed too many pairs of all finalists
// to trust the rest.
func (r FinalRule) unstable(finalists []Contender) bool {
	pairs, disturbed := 0, 0
	for _, f := range finalists {
		t := Count(f.Pairs)
		pairs, disturbed = pairs+t.Pairs, disturbed+t.byMachine()
	}
	return float64(disturbed) > r.MaxDisturbed*float64(pairs)
}

// duel compares the finalists at two places of the order.
type duel struct {
	a, b int // a < b
	Direct
}

// allDuels compares everybody with all who have the same first key.
func allDuels(tests []Test, ordered []Contender, m Metric) ([]duel, error) {
	var out []duel
	for a := range ordered {
		for b := a + 1; b < len(ordered) && ordered[b].compareKey(ordered[a]) == 0; b++ {
			d, err := Compare(tests, ordered[a], ordered[b], m)
			if err != nil {
				return nil, err
			}
			out = append(out, duel{a, b, d})
		}
	}
	return out, nil
}

// Doubts are those of every two finalists who stand next to each other, by the
// times so far: they are the hardest to decide, and when they are all others
// mostly are. There are none where tests passed decide everything.
func Doubts(tests []Test, finalists []Contender, m Metric) ([][]Doubt, error) {
	ordered, err := new(Standing).order(tests, finalists, m)
	if err != nil {
		return nil, err
	}
	var out [][]Doubt
	for i := 1; i < len(ordered); i++ {
		a, b := ordered[i-1], ordered[i]
		if a.compareKey(b) != 0 {
			continue
		}
		d, err := Compare(tests, a, b, m)
		if err != nil {
			return nil, err
		}
		out = append(out, d.Doubts)
	}
	return out, nil
}

// order scores the finalists by their common rounds alone and sorts them.
func (s *Standing) order(tests []Test, finalists []Contender, m Metric) ([]Contender, error) {
	type scored struct {
		Contender
		score Score
	}
	all := make([]scored, len(finalists))
	for i, f := range finalists {
		kept, _ := Clean(f.Pairs)
		score, err := Evaluate(tests, kept, m, f.Program)
		if err != nil {
			return nil, fmt.Errorf("finalist %s: %w", f.Program, err)
		}
		all[i] = scored{f, score}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(a.compareKey(b.Contender), cmp.Compare(a.score.Ratio, b.score.Ratio), cmp.Compare(a.Program, b.Program))
	})
	ordered := make([]Contender, len(all))
	for i, a := range all {
		ordered[i] = a.Contender
		s.Order, s.Scores = append(s.Order, a.Program), append(s.Scores, a.score)
	}
	return ordered, nil
}

// correct gives every match its level, interval and outcome. Holm: the match
// least likely by chance is tested at alpha/m, the next at alpha/(m-1), until
// one fails; the others stay at the level of that one.
func (r FinalRule) correct(duels []duel, names []string, alpha float64) []Match {
	byChance := make([]int, len(duels))
	for i := range byChance {
		byChance[i] = i
	}
	slices.SortStableFunc(byChance, func(i, j int) int { return cmp.Compare(duels[i].chance(), duels[j].chance()) })
	matches := make([]Match, len(duels))
	certain, level := true, 0.0
	for step, i := range byChance {
		d := duels[i]
		if certain {
			level = max(alpha/float64(len(duels)-step), leastLevel)
			certain = d.chance() <= level
		}
		half := studentQuantile(level, d.Freedom) * d.SE
		interval := Interval{d.Gap - half, d.Gap + half}
		matches[i] = Match{
			A: names[d.a], B: names[d.b], Ratio: math.Exp(d.Gap), Interval: interval.Exp(), Level: level,
			Outcome: r.outcome(d.Direct, interval, certain), Rounds: d.Rounds,
		}
	}
	return matches
}

// leastLevel keeps quantiles finite; it is below every sensible level.
const leastLevel = 1e-12

// chance of a gap at least as large between equals.
func (d Direct) chance() float64 {
	if d.Gap == 0 {
		return 1
	}
	return studentTwoSided(d.Gap/d.SE, d.Freedom)
}

// outcome of an interval of ln(Ta/Tb). A difference that is certain, but not
// above the floor, separates nobody.
func (r FinalRule) outcome(d Direct, i Interval, certain bool) Outcome {
	floor := math.Log1p(r.Floor)
	switch {
	case d.Fewest < r.Least:
		return Undecided
	case -floor <= i.Low && i.High <= floor:
		return Tied
	case certain && math.Abs(d.Gap) > floor:
		return Separated
	}
	return Undecided
}

// alpha is the chance of error for a look after so many rounds.
func (r FinalRule) alpha(rounds int) float64 {
	last, before := r.Looks[len(r.Looks)-1], 0
	rounds = min(rounds, last)
	for _, l := range r.Looks {
		if l < rounds {
			before = l
		}
	}
	return r.spent(rounds) - r.spent(before)
}

// spent is the chance of error used up after so many rounds.
func (r FinalRule) spent(rounds int) float64 {
	if rounds <= 0 {
		return 0
	}
	share := float64(rounds) / float64(r.Looks[len(r.Looks)-1])
	return twoSided(normalQuantile(1-r.Alpha/2) / math.Sqrt(share))
}

// next is the next look, 0 after the last.
func (r FinalRule) next(rounds int) int {
	for _, l := range r.Looks {
		if l > rounds {
			return l
		}
	}
	return 0
}
