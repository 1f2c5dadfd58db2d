package score

import (
	"cmp"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/measure"
)

// candidate is an eligible entry with what a board compares.
type candidate struct {
	*judge.Entry
	total    time.Duration
	on       judge.Measured // the board
	measured bool           // there is a total with an interval
	foreign  bool           // measured on another machine class than the board's
}

// placed is a candidate with its standing.
type placed struct {
	candidate
	measure.Place
}

func newCandidate(board judge.Board, e *judge.Entry) candidate {
	m := e.Judging.Measured.On(board)
	return candidate{
		Entry: e, total: e.Judging.TotalTime(board), on: m,
		measured: m.Is() && m.Total > 0 && m.Low > 0 && m.Low <= m.Ratio && m.Ratio <= m.High,
	}
}

// markForeign finds the machine class of a board and marks the entries of
// others. It is the class that most measured entries are from, among equals
// the one that was measured on last: ratios mean nothing across classes, so
// that one of them has to be the board's.
func markForeign(all []candidate) (class string) {
	type use struct {
		count int
		last  int64
	}
	uses := map[string]use{}
	for _, c := range all {
		if c.measured {
			u := uses[c.Judging.Class]
			uses[c.Judging.Class] = use{u.count + 1, max(u.last, c.Judging.Finished.UnixNano())}
		}
	}
	var top use
	for name, u := range uses {
		if cmp.Or(cmp.Compare(u.count, top.count), cmp.Compare(u.last, top.last), cmp.Compare(name, class)) > 0 {
			class, top = name, u
		}
	}
	for i := range all {
		all[i].foreign = all[i].measured && all[i].Judging.Class != class
	}
	return class
}

// best picks each contestant's entry that stands, in order, and says how all later
// ones fared.
func best(all []candidate) ([]candidate, map[judge.Contestant][]Challenge) {
	of := map[judge.Contestant][]candidate{}
	for _, c := range all {
		of[c.Submission.Contestant] = append(of[c.Submission.Contestant], c)
	}
	chosen, challenges := make([]candidate, 0, len(of)), make(map[judge.Contestant][]Challenge, len(of))
	for who, entries := range of {
		var standing candidate
		standing, challenges[who] = stand(entries)
		chosen = append(chosen, standing)
	}
	slices.SortFunc(chosen, order)
	return chosen, challenges
}

// order is how rows of one rank are listed, by what is known of them, better
// first. It is total, so that a board does not depend on the order of its input.
// It is no verdict: only ranking knows what is in doubt.
func order(a, b candidate) int {
	return cmp.Or(
		beforeTimes(a, b),
		cmp.Compare(a.total, b.total),
		byReceipt(a, b),
	)
}

// compareBool puts false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// standings ranks candidates that are in order, group by group: each has equally
// many tests passed and is measured, or is not.
func standings(rest []candidate) []placed {
	out := make([]placed, 0, len(rest))
	for len(rest) > 0 {
		n := 1
		for n < len(rest) && sameGroup(rest[0], rest[n]) {
			n++
		}
		out = append(out, group(rest[:n], len(out))...)
		rest = rest[n:]
	}
	return out
}

func sameGroup(a, b candidate) bool {
	return a.foreign == b.foreign && a.measured == b.measured && a.Judging.Passed == b.Judging.Passed
}

// group ranks one group, below so many rows.
func group(members []candidate, above int) []placed {
	out := make([]placed, len(members))
	for i, c := range members {
		out[i].candidate = c
	}
	switch {
	case members[0].foreign:
	case members[0].measured:
		dominance(out, above)
	default:
		exact(out, above)
	}
	return out
}

// dominance ranks by who is faster beyond doubt.
func dominance(members []placed, above int) {
	rivals := make([]measure.Entry, len(members))
	for i, c := range members {
		low, high := c.on.Interval()
		// Totals are compared, not ratios: entries that passed different tests
		// have different references.
		rivals[i].Score.Ratio = float64(c.on.Total)
		rivals[i].Score.Interval = measure.Interval{Low: float64(low), High: float64(high)}
	}
	for i, p := range measure.DefaultRule().Rank(rivals) {
		members[i].Place = measure.Place{Rank: above + p.Rank, Worst: above + p.Worst, Tied: p.Tied}
	}
	slices.SortStableFunc(members, func(a, b placed) int { return cmp.Compare(a.Rank, b.Rank) })
}

// exact ranks by plain totals, to the nanosecond: what was run once has no
// interval.
func exact(members []placed, above int) {
	for from := 0; from < len(members); {
		to := from + 1
		for to < len(members) && members[to].total == members[from].total {
			to++
		}
		for i := from; i < to; i++ {
			members[i].Place = measure.Place{Rank: above + from + 1, Worst: above + to, Tied: to-from > 1}
		}
		from = to
	}
}

func (c candidate) row() Row {
	j := &c.Judging
	row := Row{
		Contestant: c.Submission.Contestant, Submission: c.Submission.ID, Language: c.Submission.Language,
		Verdict: j.Verdict, Passed: j.Passed, Total: j.Total,
		Time: c.total, Real: j.TotalTime(judge.RealBoard), CPU: j.TotalTime(judge.CPUBoard),
		OtherClass: c.foreign, Receipt: c.Submission.Receipt,
	}
	m := c.on
	if m.Unmeasured() {
		row.Measurement = Measurement{Sessions: m.Sessions, Pairs: m.Pairs, Disturbed: m.Disturbed, Stop: m.Stop, Again: m.Again}
	}
	if c.measured {
		row.Measurement = Measurement{
			Ratio: m.Ratio, HalfWidth: m.HalfWidth, Rounds: m.Rounds, Sessions: m.Sessions,
			Pairs: m.Pairs, Disturbed: m.Disturbed, Stop: m.Stop, Again: m.Again, Class: j.Class, Scheduling: j.Scheduling,
		}
		row.Low, row.High = m.Interval()
	}
	return row
}
