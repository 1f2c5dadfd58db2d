package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/timing"
)

// sum derives from its runs all that a judging says of them: grade, values and
// memory, whatever stood there before.
func sum(p judge.Problem, j *judge.Judging, runs []judge.Run, fixed timing.FixedCost) {
	j.Grade = gradeOf(runs)
	j.Values = valuesOf(p, j.Grade, runs, fixed)
	j.MemoryBytes = 0
	for _, r := range runs {
		j.MemoryBytes = max(j.MemoryBytes, r.MemoryBytes)
	}
}

// complete adds what was measured. A repetition that was not accepted takes the place of
// the run that was: what was measured then is of no program that does its job.
func complete(p judge.Problem, out *judge.Outcome, found timing.Measurement, fixed timing.FixedCost) {
	j := &out.Judging
	j.Class, j.Scheduling = found.Class, found.Scheduling
	if found.Session != nil {
		out.Sessions = append(out.Sessions, *found.Session)
	}
	if found.Failed != nil {
		replace(out.Runs, *found.Failed)
		sum(p, j, out.Runs, fixed)
		return
	}
	out.Tests = found.Tests
	for board, measured := range found.Boards {
		j.Values.At(board).Measured = measured
	}
}

// replace puts a run in the place of the one on the same test case.
func replace(runs []judge.Run, by judge.Run) {
	for i, r := range runs {
		if r.TestCase == by.TestCase {
			by.Ordinal, by.Timed = r.Ordinal, r.Timed
			runs[i] = by
		}
	}
}

// gradeOf is the grade of runs. The first test case that is not AC decides the verdict.
func gradeOf(runs []judge.Run) judge.Grade {
	g := judge.Grade{Verdict: judge.Accepted, Total: len(runs), Missed: missed(runs), Groups: groupsOf(runs)}
	for _, r := range runs {
		switch {
		case r.Verdict != judge.Accepted:
			if g.FirstFailed == "" {
				g.Verdict, g.FirstFailed = r.Verdict, r.TestCase
			}
			continue
		case r.Timed:
			g.TimedPassed++
		}
		g.Passed++
	}
	return g
}

// missed are the timed test cases that were not passed, also those that were not
// run.
func missed(runs []judge.Run) judge.Missed {
	var m judge.Missed
	names := sha256.New()
	for _, r := range runs {
		if r.Timed && r.Verdict != judge.Accepted {
			m.Tests++
			fmt.Fprintln(names, r.TestCase)
		}
	}
	if m.Tests > 0 {
		m.Set = hex.EncodeToString(names.Sum(nil)[:8])
	}
	return m
}

// groupsOf are the test groups, which are folders below those of all samples and of
// all secret test cases, in judging order.
func groupsOf(runs []judge.Run) []judge.GroupGrade {
	var out []judge.GroupGrade
	for _, r := range runs {
		name := path.Dir(r.TestCase)
		if path.Dir(name) == "." {
			continue
		}
		i := slices.IndexFunc(out, func(g judge.GroupGrade) bool { return g.Name == name })
		if i < 0 {
			i, out = len(out), append(out, judge.GroupGrade{Name: name})
		}
		out[i].Total++
		if r.Verdict == judge.Accepted {
			out[i].Passed++
		}
	}
	return out
}

// valuesOf are the totals over all timed test cases: one that was not passed counts
// at the time limit, whatever it took.
func valuesOf(p judge.Problem, g judge.Grade, runs []judge.Run, fixed timing.FixedCost) judge.Values {
	out := make(judge.Values, len(judge.TimeBoards))
	for i, b := range judge.TimeBoards {
		v := judge.Value{Board: b, Missed: judge.Amount(g.Missed.Tests) * judge.Amount(p.TimeLimit(b)), Fixed: judge.Amount(fixed.On(b))}
		v.Once = v.Missed
		for _, r := range runs {
			if r.Timed && r.Verdict == judge.Accepted {
				v.Once += judge.Amount(ranked(p, r, b))
			}
		}
		out[i] = v
	}
	return out
}

// ranked is what a run that passed adds to a total. Where real time is ranked that is no
// more than the time limit: beyond it, the run waited for a CPU.
func ranked(p judge.Problem, r judge.Run, b judge.Board) time.Duration {
	switch {
	case b == judge.CPUBoard:
		return r.CPU
	case p.OnReal():
		return min(r.Real, p.TimeLimit(b))
	}
	return r.Real
}
