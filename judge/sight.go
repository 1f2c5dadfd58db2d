package judge

import (
	"slices"
	"strings"
)

// Feedback is what contestants and the public are told of secret test cases
// while the contest runs.
type Feedback string

// What a problem tells.
const (
	VerdictFeedback Feedback = "verdicts" // of each its verdict, of all together one total for each board
	TimesFeedback   Feedback = "times"    // the times of each as well
)

// Sight is what somebody may see of what a judging found out.
//
// A submission chooses how it ends, how long it takes and how much memory it
// fills, and can choose that by a byte of its answer: whoever reads such a fact
// of one secret test case reads the byte. That holds for its contestant as for
// everybody else, so all surfaces ask here, and only here, what they may show.
type Sight int

// The sights, each with all that the one before has.
const (
	// SeesVerdicts is the verdict of each secret test case, one total for each
	// board, and everything about samples, which are public.
	SeesVerdicts Sight = iota
	// SeesTimes adds the times of each test case.
	SeesTimes
	// SeesAll adds exit status, signal, limit, memory and message of each.
	SeesAll
)

// SightOf is what contestants and the public may see of a problem's
// submissions, when these finals were held.
func (c Contest) SightOf(problem ProblemID, feedback Feedback, finals []Final) Sight {
	if feedback == TimesFeedback || slices.ContainsFunc(finals, func(f Final) bool { return f.Problem == problem && c.opens(f) }) {
		return SeesTimes
	}
	return SeesVerdicts
}

// Sights are what contestants and the public may see of submissions, by their
// problem: those of the contest, and others that a final was held of. None is
// SeesVerdicts.
func (c Contest) Sights(problems []Problem, finals []Final) map[ProblemID]Sight {
	out := map[ProblemID]Sight{}
	for _, f := range finals {
		out[f.Problem] = c.SightOf(f.Problem, "", finals)
	}
	for _, p := range problems {
		out[p.ID] = c.SightOf(p.ID, p.Feedback, finals)
	}
	return out
}

// opens says whether a final ended the contest for its problem: it decided
// something and began after the deadline as it is now, which may have been
// moved since.
func (c Contest) opens(f Final) bool {
	cutoff := c.Deadline.Cutoff
	return f.Done() && !f.Practice && f.Standing.Stop != Unstable && !cutoff.IsZero() && !f.Started.Before(cutoff)
}

// IsSample says whether a test case of that name is public.
func IsSample(testCase string) bool { return strings.HasPrefix(testCase, "sample/") }

// Run is the run without what may not be seen of it; Hidden says so then.
func (s Sight) Run(r Run) Run {
	if s == SeesAll {
		return r
	}
	if r.JudgeMessage = ""; IsSample(r.TestCase) {
		return r
	}
	seen := Run{Ordinal: r.Ordinal, TestCase: r.TestCase, Timed: r.Timed, Verdict: r.Verdict, TeamMessage: r.TeamMessage, Hidden: true}
	if s == SeesTimes {
		seen.Real, seen.CPU = r.Real, r.CPU
	}
	return seen
}

// Runs are the runs without what may not be seen of them.
func (s Sight) Runs(runs []Run) []Run {
	out := make([]Run, len(runs))
	for i, r := range runs {
		out[i] = s.Run(r)
	}
	return out
}

// Judging is the judging without what may not be seen of it: the largest
// memory of its runs, counts of test cases that were fast, and sums of single
// runs where there is a measured total.
func (s Sight) Judging(j Judging) Judging {
	if s == SeesAll {
		return j
	}
	j.MemoryBytes = 0
	if s == SeesTimes {
		return j
	}
	j.Values = j.Values.Each(func(v *Value) {
		if v.Measured.Is() {
			v.Once = 0
		}
		v.Measured = s.measured(v.Measured)
	})
	return j
}

func (s Sight) measured(m Measured) Measured {
	if s == SeesVerdicts {
		m.AtFloor, m.Review = 0, 0
	}
	return m
}

// Tests are the parts of test cases in a total that may be seen.
func (s Sight) Tests(all MeasuredTests) MeasuredTests {
	if s > SeesVerdicts {
		return all
	}
	out := MeasuredTests{}
	for board, tests := range all {
		out[board] = slices.DeleteFunc(slices.Clone(tests), func(t MeasuredTest) bool { return !IsSample(t.TestCase) })
	}
	return out
}

// Progress is a step without what may not be seen of it. How far measuring has
// come are its rounds: what the total is just then would be one total more.
func (s Sight) Progress(p Progress) Progress {
	if p.Run != nil {
		run := s.Run(*p.Run)
		p.Run = &run
	}
	if p.Look != nil && s == SeesVerdicts {
		p.Look = &Look{Rounds: p.Look.Rounds, Next: p.Look.Next}
	}
	if p.Judging != nil {
		j := s.Judging(*p.Judging)
		p.Judging = &j
	}
	return p
}

// Holds says whether a step must wait until all test cases were run: when
// the run of a secret one ends is as good as its time.
func (s Sight) Holds(p Progress) bool {
	return s == SeesVerdicts && p.Run != nil && !IsSample(p.Run.TestCase)
}

// Final is the final without what may not be seen of it: why the output of a
// finalist that is out was not accepted, which may show something of the test
// case, and counts as in Judging.
func (s Sight) Final(f Final) Final {
	if s == SeesAll {
		return f
	}
	f.Standing.Rows = slices.Clone(f.Standing.Rows)
	for i := range f.Standing.Rows {
		p := &f.Standing.Rows[i]
		p.Out, _, _ = strings.Cut(p.Out, ": ")
		p.Measured = s.measured(p.Measured)
	}
	return f
}

// Note says who will see the times of a problem's secret test cases; empty if
// they are shown already.
func (s Sight) Note(p Problem) string {
	switch {
	case s > SeesVerdicts:
		return ""
	case p.ID != "" && !p.HasReference(): // there is no final without one
		return "times of secret tests are shown to the organiser only"
	}
	return "times of secret tests are shown after the final"
}
