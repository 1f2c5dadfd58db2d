package timing

import (
	"errors"
	"math"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/measure"
)

// Measurement is what sessions say of a program.
type Measurement struct {
	Class, Scheduling string // empty if nothing was timed
	Boards            map[judge.Board]judge.Measured
	Tests             judge.MeasuredTests
	// Session is the one that was held; nil if there is nothing to keep of it, or if
	// all this was known from others.
	Session *judge.Session
	// Failed is a repetition that was not accepted, if there was one: it takes the place
	// of the run that was, and nothing is said of times.
	Failed *judge.Run
}

// overBudget says that the budget left no time for a result.
func (m Measurement) overBudget() bool {
	real := m.Boards[judge.RealBoard]
	return real.Unmeasured() && real.Stop == judge.OverBudget
}

// ended is what there is to say after the session stopped.
func (s *session) ended(stop measure.Stop) (Measurement, error) {
	kept, err := s.keep(stop, nil)
	if err != nil {
		return Measurement{}, err
	}
	found, err := s.conclude(stop)
	if err != nil {
		return Measurement{}, err
	}
	found.Class, found.Scheduling, found.Session = s.own.Class, s.stand.scheduling(), kept
	return found, nil
}

// stopFailed is how a session ends in which the submission failed. The verdict
// tells of that; its times are kept like all others.
const stopFailed measure.Stop = "failed"

// failed is what there is to say after a repetition was not accepted.
func (s *session) failed(run judge.Run) (Measurement, error) {
	kept, err := s.keep(stopFailed, &run)
	return Measurement{Class: s.own.Class, Scheduling: s.stand.scheduling(), Session: kept, Failed: &run}, err
}

// keep is the session as it is stored, with the run that failed if one did; nil if
// there is nothing to keep.
func (s *session) keep(stop measure.Stop, failed *judge.Run) (*judge.Session, error) {
	if len(s.own.Pairs) == 0 && failed == nil {
		return nil, nil
	}
	data, err := measure.Encode(SessionRecord{s.probes, s.own.Pairs, failed})
	if err != nil {
		return nil, err
	}
	return &judge.Session{
		ID: s.own.ID, Problem: s.Problem.ID, ProblemVersion: s.Problem.Version, Language: s.Language, SourceHash: s.Sources, ProgramHash: s.subject(),
		Class: s.own.Class, Scheduling: s.stand.scheduling(), Rounds: s.rounds, Stop: string(stop), Started: s.started, Finished: time.Now(), Data: data,
	}, nil
}

// conclude says what the sessions come to on every board.
func (s *session) conclude(stop measure.Stop) (Measurement, error) {
	found := Measurement{Boards: map[judge.Board]judge.Measured{}, Tests: judge.MeasuredTests{}}
	for _, board := range judge.TimeBoards {
		result, err := s.score(board)
		if errors.Is(err, measure.ErrNoPairs) {
			return s.withoutResult(stop), nil
		}
		if err != nil {
			return Measurement{}, err
		}
		if len(s.missed) > 0 {
			result.Score = result.With(s.Once.Judging.On(board).Missed.Time(), s.ofReference(board))
		}
		found.Boards[board], found.Tests[board] = s.measured(board, result, stop), s.measuredTests(board, result)
	}
	return found, nil
}

// withoutResult says on every board that there is no result, and why.
func (s *session) withoutResult(stop measure.Stop) Measurement {
	found := Measurement{Boards: map[judge.Board]judge.Measured{}}
	none := s.unmeasured(stop)
	for _, board := range judge.TimeBoards {
		found.Boards[board] = none
	}
	return found
}

// score is what all measurements of the program say on a board.
func (s *session) score(board judge.Board) (measure.Result, error) {
	pool := measure.Pool{Program: s.subject(), Class: s.own.Class}
	names, known := s.names(), map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	for _, of := range s.sessions() {
		of.Pairs = only(of.Pairs, known)
		if err := pool.Add(of); err != nil {
			return measure.Result{}, err
		}
	}
	tests, metric := s.baseline.For(board, names), s.baseline.Metric(board)
	result, err := pool.Evaluate(tests, metric)
	if s.Bench && errors.Is(err, measure.ErrNoPairs) {
		return evaluateSpoilt(pool, tests, metric)
	}
	return result, err
}

// sessions are all that count: the earlier ones and this one, if anything was
// timed in it.
func (s *session) sessions() []measure.Session {
	if len(s.own.Pairs) == 0 {
		return s.earlier
	}
	return append(slices.Clone(s.earlier), s.own)
}

// names of the tests that are timed.
func (s *session) names() []string {
	out := make([]string, len(s.tests))
	for i, t := range s.tests {
		out[i] = t.Name
	}
	return out
}

// evaluateSpoilt scores all pairs, for where the machine disturbed every one
// of a test.
func evaluateSpoilt(pool measure.Pool, tests []measure.Test, metric measure.Metric) (measure.Result, error) {
	tally := measure.Count(pool.Pairs())
	for i := range pool.Sessions {
		pairs := slices.Clone(pool.Sessions[i].Pairs)
		for k := range pairs {
			pairs[k].ReferenceDisturbed, pairs[k].CandidateDisturbed = nil, nil
		}
		pool.Sessions[i].Pairs = pairs
	}
	result, err := pool.Evaluate(tests, metric)
	result.Tally = tally
	return result, err
}

func only(pairs []measure.Pair, tests map[string]bool) []measure.Pair {
	var out []measure.Pair
	for _, p := range pairs {
		if tests[p.Test] {
			out = append(out, p)
		}
	}
	return out
}

// ofReference is what the timed test cases that were missed take the reference.
func (s *session) ofReference(board judge.Board) time.Duration {
	var total time.Duration
	for _, t := range s.baseline.For(board, s.missed) {
		total += t.Reference
	}
	return total
}

// maxSessions is how many sessions a program gets before an unstable result
// stays as it is, however often it is handed in.
const maxSessions = 4

// again says whether there will be another session.
func (s *session) again(stop measure.Stop) bool {
	return stop == measure.Unstable && s.tried+1 < maxSessions
}

// unmeasured is what can be said where a test has too few undisturbed pairs: the
// budget left no time for as many as it takes, or else the machine disturbed them.
func (s *session) unmeasured(stop measure.Stop) judge.Measured {
	if stop != measure.Budget || s.rounds >= measure.LeastPairs {
		stop = measure.Unstable
	}
	var pairs []measure.Pair
	sessions := s.sessions()
	for _, of := range sessions {
		pairs = append(pairs, of.Pairs...)
	}
	tally := measure.Count(pairs)
	return judge.Measured{Sessions: len(sessions), Pairs: tally.Pairs, Disturbed: tally.Disturbed, Stop: string(stop), Again: s.again(stop)}
}

// measured puts a result into the words of the contest.
func (s *session) measured(board judge.Board, r measure.Result, stop measure.Stop) judge.Measured {
	freedom := r.Drawn.Freedom
	if math.IsInf(freedom, 1) {
		freedom = 0
	}
	return judge.Measured{
		Freedom: freedom, Total: judge.Amount(r.Total), Ratio: r.Ratio, Low: r.Interval.Low, High: r.Interval.High, HalfWidth: r.HalfWidth,
		Rounds: r.Rounds, Sessions: r.Sessions, Pairs: r.Tally.Pairs, Disturbed: r.Tally.Disturbed,
		AtFloor: r.AtFloor, Review: len(r.Review), Stop: string(stop), Again: s.again(stop), Surcharge: s.surcharge(s.baseline.Metric(board), r.Total),
	}
}

// measuredTests is what a result says of each test.
func (s *session) measuredTests(board judge.Board, r measure.Result) []judge.MeasuredTest {
	metric, tests := s.baseline.Metric(board), make([]judge.MeasuredTest, len(r.Tests))
	for i, t := range r.Tests {
		frozen, _ := s.baseline.Find(t.Name)
		tests[i] = judge.MeasuredTest{
			TestCase: t.Name, Ratio: t.Ratio, Low: t.Interval.Low, High: t.Interval.High, Pairs: t.Pairs, AtFloor: t.AtFloor,
			Reference: metric.Time(frozen.Reference),
		}
	}
	return tests
}

// surcharge is the price of the work before READY in a round of all tests, beyond
// what the reference pays for its start: of each test the mean over its pairs. What
// is too little of the total to decide anything is none.
func (s *session) surcharge(metric measure.Metric, total time.Duration) time.Duration {
	sum, pairs := map[string]time.Duration{}, map[string]time.Duration{}
	for _, p := range s.own.Pairs {
		sum[p.Test] += metric.Surcharge(p.Candidate) - metric.Surcharge(p.Reference)
		pairs[p.Test]++
	}
	var round time.Duration
	for test := range sum {
		round += sum[test] / pairs[test]
	}
	if float64(round) < measure.DefaultFloor*float64(total) {
		return 0
	}
	return round
}
