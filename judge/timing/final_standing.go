package timing

import (
	"errors"
	"slices"

	"contest/judge"
	"contest/judge/measure"
)

// look says whether the final is over, and then what it came to.
func (f *final) look() (judge.FinalStanding, bool, error) {
	var left []measure.Contender
	for _, key := range f.keys {
		if f.out[key] == "" {
			left = append(left, f.contender(key, f.pairs[key]))
		}
	}
	last := f.rounds >= f.Final.MaxRounds
	switch {
	case len(left) == 0:
		return f.standing(measure.Standing{}, FinalAlone), true, nil
	case len(left) == 1:
		// There is nobody to compare with; a few rounds give a time to show.
		s, err := f.alone(left[0])
		return f.standing(s, FinalAlone), f.rounds > 0 && (err == nil || last), nil
	case !slices.Contains(f.rule.Looks, f.rounds):
		return judge.FinalStanding{}, false, nil
	}
	s, err := f.rule.Judge(f.scored(), left, f.baseline.Metric(f.Final.Board), f.rounds)
	switch {
	case errors.Is(err, measure.ErrNoPairs) || errors.Is(err, measure.ErrNoCommonRounds):
		return f.standing(measure.Standing{}, FinalUnstable), last, nil
	case err != nil:
		return judge.FinalStanding{}, false, err
	}
	f.undecided = s.Undecided
	stop := FinalDecided
	switch {
	case s.Unstable:
		stop = FinalUnstable
	case f.undecided > 0:
		stop = FinalRounds
	}
	return f.standing(s, stop), s.Done, nil
}

// contender is a program with what its finalist passed on the board, of several
// the best one.
func (f *final) contender(key string, pairs []measure.Pair) measure.Contender {
	c := measure.Contender{Program: key, Pairs: pairs}
	for _, one := range f.Final.Finalists {
		if one.Program() == key && one.FirstKey() > c.Key {
			c.Key, c.Missed = one.FirstKey(), one.Missed
		}
	}
	return c
}

// scored are the test cases as the board scores them.
func (f *final) scored() []measure.Test { return f.baseline.For(f.Final.Board, f.Final.Tests) }

// alone is the standing of the only one left.
func (f *final) alone(c measure.Contender) (measure.Standing, error) {
	clean, _ := measure.Clean(c.Pairs)
	score, err := measure.Evaluate(f.scored(), clean, f.baseline.Metric(f.Final.Board), c.Program)
	return measure.Standing{Order: []string{c.Program}, Scores: []measure.Score{score}}, err
}

// standing puts what was measured of programs into the words of the contest,
// where a finalist may share a program with another.
func (f *final) standing(s measure.Standing, stop string) judge.FinalStanding {
	out := judge.FinalStanding{Stop: stop, Rows: []judge.FinalRow{}, Matches: []judge.FinalMatch{}}
	for _, pairs := range f.pairs {
		tally := measure.Count(pairs)
		out.Pairs, out.Disturbed = out.Pairs+tally.Pairs, out.Disturbed+tally.Disturbed
	}
	of := map[string][]judge.SubmissionID{} // by program
	for _, one := range f.Final.Finalists {
		of[one.Program()] = append(of[one.Program()], one.Submission)
	}
	ranks := s.Ranks(func(program string) int { return len(of[program]) })
	for i, key := range s.Order {
		for _, id := range of[key] {
			out.Rows = append(out.Rows, judge.FinalRow{Submission: id, Ranking: ranks[len(out.Rows)], Measured: f.measured(key, s.Scores[i], stop)})
		}
	}
	out.Matches = matches(s, of)
	for _, one := range f.Final.Finalists {
		if !slices.Contains(s.Order, one.Program()) {
			out.Rows = append(out.Rows, judge.FinalRow{Submission: one.Submission, Out: f.out[one.Program()]})
		}
	}
	for i, p := range out.Rows {
		out.Rows[i].Lost = f.Final.Lost(p)
	}
	return out
}

func (f *final) measured(key string, s measure.Score, stop string) judge.Measured {
	tally := measure.Count(f.pairs[key])
	return judge.Measured{
		Total: judge.Amount(s.Total), Ratio: s.Ratio, Low: s.Interval.Low, High: s.Interval.High, HalfWidth: s.HalfWidth,
		Rounds: s.Rounds, Sessions: 1, Pairs: tally.Pairs, Disturbed: tally.Disturbed,
		AtFloor: s.AtFloor, Review: len(s.Review), Stop: stop,
	}
}

// matches are those of programs for everybody who handed one in.
func matches(s measure.Standing, of map[string][]judge.SubmissionID) []judge.FinalMatch {
	out := []judge.FinalMatch{}
	for _, m := range s.Matches {
		for _, a := range of[m.A] {
			for _, b := range of[m.B] {
				out = append(out, judge.FinalMatch{
					A: a, B: b, Ratio: m.Ratio, Low: m.Interval.Low, High: m.Interval.High, Outcome: string(m.Outcome), Rounds: m.Rounds,
				})
			}
		}
	}
	for _, key := range s.Order {
		for i, a := range of[key] {
			for _, b := range of[key][i+1:] {
				out = append(out, judge.FinalMatch{A: a, B: b, Ratio: 1, Low: 1, High: 1, Outcome: "same"})
			}
		}
	}
	return out
}
