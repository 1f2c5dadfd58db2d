package score

import (
	"cmp"
	"fmt"
	"slices"

	"contest/judge"
	"contest/judge/measure"
)

// Challenge is how a later entry of a contestant fared against the one that stood
// when it came.
type Challenge struct {
	Submission judge.SubmissionID
	Standing   judge.SubmissionID // the one that stood
	Outcome    Outcome
	// CopyOf is the earlier submission that is the same program; zero without one.
	CopyOf judge.SubmissionID
	// Trial is the comparison of their times; nil where none was made.
	Trial *measure.Trial

	Less string // what a worse key reads like, see Rule
}

// Outcome is what came of a challenge, and why.
type Outcome string

// The outcomes. With the first three the later entry stands from then on.
const (
	BetterKey    Outcome = "better key" // it passed more, or can be compared with others and the standing one cannot
	Faster       Outcome = "faster"     // beyond doubt
	LessTime     Outcome = "less time"  // where nothing is measured
	WorseKey     Outcome = "passed less"
	NotMeasured  Outcome = "not measured"    // as the standing one is
	OtherMachine Outcome = "another machine" // than the standing one's measured it
	Copy         Outcome = "same program"    // as an earlier entry
	InDoubt      Outcome = "not faster"      // beyond doubt
	NotLess      Outcome = "not less time"   // where nothing is measured
)

// Took says that the later entry took the standing one's place.
func (o Outcome) Took() bool { return o == BetterKey || o == Faster || o == LessTime }

// stand replays a contestant's eligible entries in the order of their receipt, each
// with what is known of it now, and returns the one that stands. A later entry takes
// the place of the standing one if its first key is better or if it is faster beyond
// doubt, which is asked for more strictly with every try: so the luck of many
// entries buys nothing. Another entry of the same program is no try.
//
// It is a pure function of the entries: what a rejudging, a new session or a
// disqualification changes is as if it had always been so.
func stand(entries []candidate) (candidate, []Challenge) {
	slices.SortFunc(entries, byReceipt)
	standing, tries := entries[0], 0
	challenges := make([]Challenge, 0, len(entries)-1)
	for i, later := range entries[1:] {
		c := Challenge{Submission: later.Submission.ID, Standing: standing.Submission.ID, Less: later.rule.Less}
		switch {
		case beforeTimes(later, standing) < 0:
			c.Outcome = BetterKey
		case beforeTimes(later, standing) > 0:
			c.Outcome = lacking(later, standing)
		case later.measured && later.Judging.Class != standing.Judging.Class: // neither is of the board's
			c.Outcome = OtherMachine
		case copied(&c, later, entries[:i+1]):
			c.Outcome = Copy
		case later.measured:
			tries++
			trial := measure.Try(tries, later.estimate(), standing.estimate())
			c.Outcome, c.Trial = InDoubt, &trial
			if measure.DefaultRule().Faster(trial) {
				c.Outcome = Faster
			}
		case later.scale.Compare(later.total, standing.total) < 0:
			c.Outcome = LessTime
		default:
			c.Outcome = NotLess
		}
		if c.Outcome.Took() {
			standing = later
		}
		challenges = append(challenges, c)
	}
	return standing, challenges
}

func byReceipt(a, b candidate) int {
	return cmp.Or(a.Submission.Receipt.Compare(b.Submission.Receipt), cmp.Compare(a.Submission.ID, b.Submission.ID))
}

// beforeTimes compares what comes before times, better first: what cannot be
// ranked with others is worse than what can, and what was run once than what was
// measured.
func beforeTimes(a, b candidate) int {
	return cmp.Or(
		judge.FalseFirst(a.foreign, b.foreign),
		cmp.Compare(b.key, a.key),
		judge.FalseFirst(b.measured, a.measured),
	)
}

// lacking is why an entry is worse before times are compared.
func lacking(c, standing candidate) Outcome {
	switch {
	case c.foreign != standing.foreign:
		return OtherMachine
	case c.key != standing.key:
		return WorseKey
	}
	return NotMeasured
}

// copied finds the first earlier entry, with no worse first key, that is the same
// program.
func copied(c *Challenge, later candidate, earlier []candidate) bool {
	i := slices.IndexFunc(earlier, func(e candidate) bool {
		return e.Judging.ProgramHash == later.Judging.ProgramHash && e.Submission.Language == later.Submission.Language && beforeTimes(e, later) <= 0
	})
	if later.Judging.ProgramHash == "" || i < 0 {
		return false
	}
	c.CopyOf = earlier[i].Submission.ID
	return true
}

// estimate is what is asked of a measured total when another is tried against it.
func (c candidate) estimate() measure.Estimate {
	r, m := c.rival(), c.value.Measured
	e := measure.Estimate{Total: float64(r.Total), Freedom: m.Freedom, Interval: measure.Interval{Low: float64(r.Low), High: float64(r.High)}}
	if e.Freedom == 0 { // not known: that of a single test
		e.Freedom = float64(m.Rounds - 1)
	}
	return e
}

// Why says in words what came of it; standing is the one that stands now.
func (c Challenge) Why(standing judge.SubmissionID) string {
	which := fmt.Sprintf("submission %d, which stood then", c.Standing)
	if c.Standing == standing {
		which = fmt.Sprintf("submission %d, which stands", c.Standing)
	}
	switch c.Outcome {
	case WorseKey:
		return c.Less + " than " + which
	case NotMeasured:
		return "not measured yet, as is " + which
	case OtherMachine:
		return "measured on another machine than " + which
	case Copy:
		if c.CopyOf == c.Standing {
			return "the same program as " + which
		}
		return fmt.Sprintf("the same program as submission %d, which was not better than %s", c.CopyOf, which)
	case InDoubt:
		i := c.Trial.Interval()
		return fmt.Sprintf("not faster beyond doubt than %s (ratio %.3f [%.3f, %.3f], at the level of try %d)", which, c.Trial.Ratio, i.Low, i.High, c.Trial.Number)
	case NotLess:
		return "no less time than " + which
	}
	return ""
}
