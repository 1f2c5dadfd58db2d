package pipeline

import (
	"errors"
	"math"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/measure"
	"contest/judge/run"
)

// score is what all measurements of the program say on a board.
func (m *measurement) score(board judge.Board) (measure.Result, error) {
	pool := measure.Pool{Program: m.subject, Class: m.session.Class}
	names, known := m.names(), map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	for _, s := range m.sessions() {
		s.Pairs = only(s.Pairs, known)
		if err := pool.Add(s); err != nil {
			return measure.Result{}, err
		}
	}
	tests, metric := m.baseline.For(board, names), m.baseline.Metric(board)
	result, err := pool.Evaluate(tests, metric)
	if m.bench && errors.Is(err, measure.ErrNoPairs) {
		return evaluateSpoilt(pool, tests, metric)
	}
	return result, err
}

// sessions are all that count: the earlier ones and this one, if anything was
// timed in it.
func (m *measurement) sessions() []measure.Session {
	if len(m.session.Pairs) == 0 {
		return m.earlier
	}
	return append(slices.Clone(m.earlier), m.session)
}

// names of the tests that are timed.
func (m *measurement) names() []string {
	out := make([]string, len(m.tests))
	for i, t := range m.tests {
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

// stopFailed is how a session ends in which the submission failed. The verdict
// tells of that; its times are kept like all others.
const stopFailed measure.Stop = "failed"

// keep adds the session to the outcome, with the run that failed if one did, unless
// there is nothing to keep.
func (m *measurement) keep(pl *Pipeline, t Task, stop measure.Stop, failed *judge.Run, out *judge.Outcome) error {
	j := &out.Judging
	j.Class, j.Scheduling = m.session.Class, m.stand.scheduling()
	if len(m.session.Pairs) == 0 && failed == nil {
		return nil
	}
	data, err := measure.Encode(SessionRecord{m.probes, m.session.Pairs, failed})
	if err != nil {
		return err
	}
	out.Sessions = append(out.Sessions, judge.Session{
		ID: m.session.ID, Problem: t.Problem.ID, ProblemVersion: t.Problem.Version, Language: t.Language, SourceHash: m.sources, ProgramHash: m.subject,
		Class: j.Class, Scheduling: j.Scheduling, Rounds: m.rounds, Stop: string(stop), Started: m.started, Finished: pl.Now(), Data: data,
	})
	return nil
}

// conclude completes the outcome with what the sessions say.
func (m *measurement) conclude(stop measure.Stop, out *judge.Outcome) error {
	j := &out.Judging
	out.Tests = judge.MeasuredTests{}
	for _, board := range judge.TimeBoards {
		result, err := m.score(board)
		if errors.Is(err, measure.ErrNoPairs) {
			m.withoutResult(stop, out)
			return nil
		}
		if err != nil {
			return err
		}
		v := j.Values.At(board)
		if j.Missed.Tests > 0 {
			result.Score = result.With(v.Missed.Time(), m.ofReference(board))
		}
		v.Measured, out.Tests[board] = m.tell(board, result, stop)
	}
	return nil
}

// withoutResult says on every board that there is no result, and why.
func (m *measurement) withoutResult(stop measure.Stop, out *judge.Outcome) {
	none := m.unmeasured(stop)
	for _, board := range judge.TimeBoards {
		out.Judging.Values.At(board).Measured = none
	}
	out.Tests = nil
}

// ofReference is what the timed test cases that were missed take the reference.
func (m *measurement) ofReference(board judge.Board) time.Duration {
	var total time.Duration
	for _, t := range m.baseline.For(board, m.missed) {
		total += t.Reference
	}
	return total
}

// maxSessions is how many sessions a program gets before an unstable result
// stays as it is, however often it is handed in.
const maxSessions = 4

// again says whether there will be another session.
func (m *measurement) again(stop measure.Stop) bool {
	return stop == measure.Unstable && m.tried+1 < maxSessions
}

// unmeasured is what can be said where a test has too few undisturbed pairs: the
// budget left no time for as many as it takes, or else the machine disturbed them.
func (m *measurement) unmeasured(stop measure.Stop) judge.Measured {
	if stop != measure.Budget || m.rounds >= measure.LeastPairs {
		stop = measure.Unstable
	}
	var pairs []measure.Pair
	sessions := m.sessions()
	for _, s := range sessions {
		pairs = append(pairs, s.Pairs...)
	}
	tally := measure.Count(pairs)
	return judge.Measured{Sessions: len(sessions), Pairs: tally.Pairs, Disturbed: tally.Disturbed, Stop: string(stop), Again: m.again(stop)}
}

// tell puts a result into the words of the contest.
func (m *measurement) tell(board judge.Board, r measure.Result, stop measure.Stop) (judge.Measured, []judge.MeasuredTest) {
	metric := m.baseline.Metric(board)
	tests := make([]judge.MeasuredTest, len(r.Tests))
	for i, t := range r.Tests {
		frozen, _ := m.baseline.Find(t.Name)
		tests[i] = judge.MeasuredTest{
			TestCase: t.Name, Ratio: t.Ratio, Low: t.Interval.Low, High: t.Interval.High, Pairs: t.Pairs, AtFloor: t.AtFloor,
			Reference: metric.Time(frozen.Reference),
		}
	}
	freedom := r.Drawn.Freedom
	if math.IsInf(freedom, 1) {
		freedom = 0
	}
	return judge.Measured{
		Freedom: freedom, Total: judge.Amount(r.Total), Ratio: r.Ratio, Low: r.Interval.Low, High: r.Interval.High, HalfWidth: r.HalfWidth,
		Rounds: r.Rounds, Sessions: r.Sessions, Pairs: r.Tally.Pairs, Disturbed: r.Tally.Disturbed,
		AtFloor: r.AtFloor, Review: len(r.Review), Stop: string(stop), Again: m.again(stop), Surcharge: m.surcharge(metric, r.Total),
	}, tests
}

// surcharge is the price of the work before READY in a round of all tests, beyond
// what the reference pays for its start: of each test the mean over its pairs. What
// is too little of the total to decide anything is none.
func (m *measurement) surcharge(metric measure.Metric, total time.Duration) time.Duration {
	sum, pairs := map[string]time.Duration{}, map[string]time.Duration{}
	for _, p := range m.session.Pairs {
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

// tell makes a failed repetition the verdict of its test case, and returns that.
func (f *failedRun) tell(p judge.Problem, out *judge.Outcome) *judge.Run {
	r := judge.Run{TestCase: f.test.Name, Verdict: f.Verdict, Message: "in a repetition: " + f.Message, TeamMessage: f.Team, JudgeMessage: f.Judge}
	run.Note(&r, f.facts)
	refute(p, r, out)
	return &r
}

// refute has a run that failed take the place of the one that passed. What was
// measured is of no program that does its job.
func refute(p judge.Problem, failed judge.Run, out *judge.Outcome) {
	for i, r := range out.Runs {
		if r.TestCase == failed.TestCase {
			failed.Ordinal, failed.Timed = r.Ordinal, r.Timed
			out.Runs[i] = failed
		}
	}
	sum(p, &out.Judging, out.Runs, fixedOf(out.Judging.Values))
}
