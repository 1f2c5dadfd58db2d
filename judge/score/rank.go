package score

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"contest/judge"
	"contest/judge/measure"
)

// candidate is an eligible entry with what a board compares: its key, and the total
// of its value.
type candidate struct {
	*judge.Entry
	rule     Rule
	scale    judge.Scale
	key      float64
	value    judge.Value  // on the board
	total    judge.Amount // of value
	measured bool         // the total has an interval
	foreign  bool         // measured on another machine class than the board's
}

// ranked is a candidate with its standing.
type ranked struct {
	candidate
	judge.Ranking
	group int // as in Row
}

func newCandidate(rule Rule, board judge.Board, scale judge.Scale, e *judge.Entry) candidate {
	v := e.Judging.On(board)
	m := v.Measured
	return candidate{
		Entry: e, rule: rule, scale: scale, key: rule.Key(e.Judging.Grade), value: v, total: v.Total(),
		measured: !scale.Exact && m.Is() && m.Total > 0 && m.Low > 0 && m.Low <= m.Ratio && m.Ratio <= m.High,
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

// history is how a contestant's later entries fared, and the choice for the final.
type history struct {
	challenges []Challenge
	choice     *Choice
}

// best picks each contestant's entry that stands, in order, and says what came of the
// others.
func best(all []candidate, chosen map[judge.Contestant]judge.SubmissionID) ([]candidate, map[judge.Contestant]history) {
	of := map[judge.Contestant][]candidate{}
	for _, c := range all {
		of[c.Submission.Contestant] = append(of[c.Submission.Contestant], c)
	}
	out, histories := make([]candidate, 0, len(of)), make(map[judge.Contestant]history, len(of))
	for who, entries := range of {
		standing, challenges := stand(entries)
		h := history{challenges: challenges}
		if id := chosen[who]; id != 0 {
			h.choice = choose(id, entries, standing)
		}
		histories[who] = h
		out = append(out, standing)
	}
	slices.SortFunc(out, order)
	return out, histories
}

// order is how rows of one rank are listed, by what is known of them, better
// first. It is total, so that a board does not depend on the order of its input.
// It is no verdict: only ranking knows what is in doubt.
func order(a, b candidate) int {
	return cmp.Or(
		beforeTimes(a, b),
		a.scale.Compare(a.total, b.total),
		byReceipt(a, b),
	)
}

// standings gives candidates that are in order their groups and places. It is the
// one function that does. Stretches of one first key are ranked one below the
// other; in each first what is measured, then what is not.
func standings(chosen []candidate) []ranked {
	groups := groupsOf(chosen)
	out := make([]ranked, 0, len(chosen))
	for rest := chosen; len(rest) > 0; {
		n := 1
		for n < len(rest) && beforeTimes(rest[0], rest[n]) == 0 {
			n++
		}
		for i, p := range ranks(rest[:n]) {
			if p.Rank > 0 {
				above := len(chosen) - len(rest)
				p.Rank, p.Best, p.Worst = above+p.Rank, above+p.Best, above+p.Worst
			}
			out = append(out, ranked{rest[i], p, groups[rest[i].key]})
		}
		rest = rest[n:]
	}
	// Of equal totals one may have missed other tests than the other, and so share a rank more.
	slices.SortStableFunc(out, func(a, b ranked) int {
		return cmp.Or(judge.FalseFirst(a.foreign, b.foreign), cmp.Compare(a.Rank, b.Rank))
	})
	return out
}

// groupsOf numbers the keys, the best one first.
func groupsOf(all []candidate) map[float64]int {
	groups := map[float64]int{}
	for _, c := range all {
		groups[c.key] = 0
	}
	for i, key := range slices.Sorted(maps.Keys(groups)) {
		groups[key] = len(groups) - i
	}
	return groups
}

// ranks are the places of candidates, in order, whose values decide, among themselves.
// Totals are compared, not ratios. What was run once has no interval, and is ranked to
// the last unit.
func ranks(members []candidate) []judge.Ranking {
	switch {
	case members[0].foreign:
		return make([]judge.Ranking, len(members))
	case members[0].scale.Exact:
		return measure.ExactRanks(len(members), func(i, j int) bool { return members[i].total == members[j].total })
	}
	rule := measure.ExactRule()
	if members[0].measured {
		rule = measure.DefaultRule()
	}
	rivals := make([]measure.Rival, len(members))
	for i, c := range members {
		rivals[i] = c.rival()
	}
	return rule.Rank(rivals)
}

// rival is what measuring compares, of which less is better.
func (c candidate) rival() measure.Rival {
	r := measure.Rival{Total: c.total, Low: c.total, High: c.total, Missed: c.value.Missed, Set: c.Judging.Missed.Set}
	if c.measured {
		r.Low, r.High = c.value.Measured.Interval()
	}
	if c.scale.More {
		r.Total, r.Low, r.High = inverse(r.Total), inverse(r.High), inverse(r.Low)
	}
	return r
}

// inverse turns an amount of which more is better into one of which less is.
func inverse(a judge.Amount) judge.Amount { return math.MaxInt64 / max(a, 1) }

func (c candidate) row() Row {
	j := &c.Judging
	row := Row{
		Contestant: c.Submission.Contestant, Submission: c.Submission.ID, Language: c.Submission.Language,
		Grade: j.Grade, Value: c.total, Values: j.Values, OtherClass: c.foreign, Receipt: c.Submission.Receipt, Scale: c.scale,
	}
	row.FirstFailed, row.Groups = "", nil
	if c.measured || c.value.Measured.Unmeasured() {
		row.Measured = c.value.Measured
	}
	if c.measured {
		row.Low, row.High = row.Measured.Interval()
		row.Class, row.Scheduling = j.Class, j.Scheduling
	}
	return row
}
