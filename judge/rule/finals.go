package rule

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"contest/judge"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/problem"
	"contest/judge/score"
)

// Finals is holding finals: when one may be held, who takes part, on which test cases.
type Finals struct {
	Contest
	Store interface {
		Finals(ctx context.Context, p judge.ProblemID) ([]judge.Final, error)
		Entries(ctx context.Context, p judge.ProblemID) ([]judge.Entry, error)
		Runs(ctx context.Context, id judge.JudgingID) ([]judge.Run, error)
		BeginFinal(ctx context.Context, by judge.Actor, f judge.Final) (judge.Final, error)
		DegradeFinal(ctx context.Context, id judge.FinalID, why string) error
	}
	Secret judge.Secret
	// Generate is a problem with test cases that are made from a seed, in place of its own.
	Generate func(ctx context.Context, p judge.Problem, seed uint64) (judge.Problem, error)
	// Class is that of the machine that times the final.
	Class string
}

// FinalRequest is what is asked of a final.
type FinalRequest struct {
	Problem  string // empty for the only one
	Board    string // empty for the first of the problem
	Name     string // empty for the next that is free, or for the one to resume
	Prizes   int    // places 1 to Prizes are to be decided
	Rounds   int    // at most
	Resume   bool   // only go on with one that was interrupted, as it was begun
	Practice bool   // it decides nothing, and may be held before the deadline
	Degraded bool   // on a machine that is not fit, or before all is measured again
}

// Lenient says that what is lacking is told of, and refuses nothing.
func (r FinalRequest) Lenient() bool { return r.Degraded || r.Practice }

// Validate refuses what can be no final of any problem: *judge.Invalid.
func (r FinalRequest) Validate() error {
	least := measure.DefaultFinal().Least
	switch {
	case r.Prizes < 0 || r.Prizes == 0 && !r.Resume:
		return &judge.Invalid{Message: "how many prizes are there?", Hint: "write --top 3 for three prizes"}
	case r.Rounds < measure.LeastPairs || r.Rounds > judge.MostRounds:
		return &judge.Invalid{Message: fmt.Sprintf("--rounds %d is not possible: from %d to %d", r.Rounds, measure.LeastPairs, judge.MostRounds), Hint: "write --rounds 40 for forty"}
	case !r.Practice && r.Rounds < least:
		return &judge.Invalid{Message: fmt.Sprintf("--rounds %d decides nothing: it takes %d to tell anybody apart", r.Rounds, least), Hint: "--before-deadline practises with fewer"}
	case r.Board != "" && !slices.Contains(judge.TimeBoards, judge.Board(r.Board)):
		return &judge.Invalid{Message: fmt.Sprintf("--board: %q is neither", r.Board), Hint: "write --board real or --board cpu"}
	}
	return nil
}

// Subject is the problem and the board that a final is asked for.
func (f Finals) Subject(r FinalRequest) (judge.Problem, judge.Board, error) {
	var ids []judge.ProblemID
	for _, p := range f.Problems() {
		ids = append(ids, p.ID)
	}
	id, err := judge.WhichProblem(ids, r.Problem, "")
	if err != nil {
		return judge.Problem{}, "", err
	}
	p, err := f.Problem(id)
	if err != nil {
		return p, "", err
	}
	if !p.HasReference() {
		return p, "", &judge.Invalid{Message: fmt.Sprintf("problem %s has no reference, so its times are those of single runs: there is nothing that a final could decide", p.ID), Hint: "docs/measuring.md says what a reference is"}
	}
	if r.Board == "" {
		return p, p.Boards[0], nil
	}
	board := judge.Board(r.Board)
	if !slices.Contains(p.Boards, board) {
		var names []string
		for _, b := range p.Boards {
			names = append(names, string(b))
		}
		return p, "", &judge.NotFound{Kind: "board", Name: r.Board, Hint: fmt.Sprintf("%s has %s", p.ID, strings.Join(names, ", "))}
	}
	return p, board, nil
}

// Begin is the final to go on with, or a new one, which is stored; so is what the machine
// lacks that times it from here on.
func (f Finals) Begin(ctx context.Context, a judge.Actor, r FinalRequest, lacking []string) (judge.Final, error) {
	final, err := f.begin(ctx, a, r)
	if err == nil && len(lacking) > 0 {
		err = f.Store.DegradeFinal(ctx, final.ID, strings.Join(lacking, ", "))
	}
	return final, err
}

func (f Finals) begin(ctx context.Context, a judge.Actor, r FinalRequest) (judge.Final, error) {
	if err := May(a, HoldFinal); err != nil {
		return judge.Final{}, err
	}
	if err := r.Validate(); err != nil {
		return judge.Final{}, err
	}
	p, board, err := f.Subject(r)
	if err != nil {
		return judge.Final{}, err
	}
	finals, err := f.Store.Finals(ctx, p.ID)
	if err != nil {
		return judge.Final{}, err
	}
	finals = slices.DeleteFunc(finals, func(one judge.Final) bool { return one.Board != board })
	name := r.name(finals)
	i := slices.IndexFunc(finals, func(one judge.Final) bool { return one.Name == name })
	switch {
	case i >= 0 && finals[i].Done():
		return judge.Final{}, &judge.Refusal{Code: "done", Message: fmt.Sprintf("the final %q of %s is over", name, p.ID),
			Hint: "judge final --show prints it; another one needs another --name"}
	case i < 0 && r.Resume:
		return judge.Final{}, &judge.NotFound{Kind: "final", Name: name, Hint: "nothing was interrupted; --top K begins one"}
	}
	wanted, err := f.wanted(ctx, p, board, name, r)
	switch {
	case i < 0 && err != nil:
		return judge.Final{}, err
	case i < 0:
		return f.Store.BeginFinal(ctx, a, wanted)
	}
	var finalists []judge.Finalist
	if err == nil { // else nobody knows who would take part now
		finalists = wanted.Finalists
	}
	return finals[i], r.goesOn(finals[i], p, finalists)
}

// name is the one that was given, that of the final to resume, or the next that nobody
// used.
func (r FinalRequest) name(finals []judge.Final) string {
	switch {
	case r.Name != "":
		return r.Name
	case r.Resume:
		for _, f := range slices.Backward(finals) {
			if !f.Done() {
				return f.Name
			}
		}
		return "final"
	case !r.Practice:
		return "final"
	}
	name := "practice"
	for n := 2; slices.ContainsFunc(finals, func(f judge.Final) bool { return f.Name == name && f.Done() }); n++ {
		name = fmt.Sprintf("practice-%d", n)
	}
	return name
}

// goesOn refuses to go on with a final that was begun otherwise than is asked for;
// nil finalists are not compared.
func (r FinalRequest) goesOn(f judge.Final, p judge.Problem, finalists []judge.Finalist) error {
	changed := func(hint, format string, args ...any) error {
		return &judge.Refusal{Code: "changed", Message: fmt.Sprintf(format, args...), Hint: hint}
	}
	const asBegun = "--resume goes on with it as it was begun; another one needs another --name"
	switch {
	case f.ProblemVersion != p.Version:
		return changed("put that version of the package back, or begin a final with another --name", "problem %s has changed since the final %q began", p.ID, f.Name)
	case r.Resume:
		return nil
	case f.Practice && !r.Practice:
		return changed(asBegun, "the final %q was begun as practice, which decides nothing", f.Name)
	case !f.Practice && r.Practice:
		return changed(asBegun, "the final %q was begun to decide prizes, not as practice", f.Name)
	case r.Prizes != f.Prizes:
		return changed(asBegun, "the final %q was begun for %s, not for %d", f.Name, judge.Plural(f.Prizes, "prize"), r.Prizes)
	case finalists != nil && !sameFinalists(finalists, f.Finalists):
		return changed("--resume goes on with those who were; a final with another --name takes those who are now", "those who may win a prize are others than when the final %q began", f.Name)
	}
	return nil
}

func sameFinalists(a, b []judge.Finalist) bool {
	ids := func(all []judge.Finalist) (ids []judge.SubmissionID) {
		for _, one := range all {
			ids = append(ids, one.Submission)
		}
		slices.Sort(ids)
		return ids
	}
	return slices.Equal(ids(a), ids(b))
}

// wanted is a final of those who may win a prize now.
func (f Finals) wanted(ctx context.Context, p judge.Problem, board judge.Board, name string, r FinalRequest) (judge.Final, error) {
	settings := f.Settings()
	if end := settings.Deadline; !r.Practice && (end.Cutoff.IsZero() || f.Now().Before(end.Cutoff.Add(end.Grace))) {
		return judge.Final{}, &judge.Refusal{Code: "early", Message: "the contest goes on: deadline " + end.String() + ", and uploads have " + judge.Span(end.Grace) + " more",
			Hint: "hold the final after that, or practise with --before-deadline"}
	}
	entries, err := f.Store.Entries(ctx, p.ID)
	if err != nil {
		return judge.Final{}, err
	}
	if err := settled(settings.Unsettled(entries), r); err != nil {
		return judge.Final{}, err
	}
	policy, _ := machine.Policy(p.Threads)
	final := judge.Final{
		Problem: p.ID, ProblemVersion: p.Version, Board: board, Name: name, Seed: newSeed(), Practice: r.Practice,
		Prizes: r.Prizes, MaxRounds: r.Rounds, Class: f.Class, Scheduling: machine.Scheduling(policy),
	}
	byID := map[judge.SubmissionID]judge.Entry{}
	for _, e := range entries {
		byID[e.Submission.ID] = e
	}
	for _, row := range score.Rank(settings, p, board, entries).Finalists(r.Prizes) {
		e := byID[row.Finalist()]
		if e.Judging.ProblemVersion != p.Version {
			return final, &judge.Refusal{Code: "outdated", Message: fmt.Sprintf("submission %d of %s was judged by an older version of %s", e.Submission.ID, row.Contestant, p.ID),
				Hint: fmt.Sprintf("judge rejudge -p %s judges again what is outdated (judge status counts it)", p.ID)}
		}
		final.Finalists = append(final.Finalists, finalist(p, final, row, e))
	}
	if len(final.Finalists) == 0 {
		return final, &judge.Refusal{Code: "empty", Message: fmt.Sprintf("nobody is ranked on %s yet", p.ID), Hint: "a final needs submissions that were received in time and passed"}
	}
	return f.withTests(ctx, p, final, byID)
}

// settled refuses a final while places may still change.
func settled(open judge.Unsettled, r FinalRequest) error {
	switch {
	case open.Pending() > 0 && !r.Practice:
		return &judge.Refusal{Code: "not-judged", Message: fmt.Sprintf("of the submissions in time %d wait to be judged, and on %d the judge failed", open.Waiting, open.Failed),
			Hint: "let judge serve judge them first, or withdraw them with judge cancel; judge queue and judge submissions show the reasons"}
	case open.Again > 0 && !r.Lenient():
		return &judge.Refusal{Code: "not-judged",
			Message: fmt.Sprintf("%s in time will be measured again, because the machine disturbed their times: who may win a prize may change", judge.Plural(open.Again, "submission")),
			Hint:    "let judge serve measure them first, some ten minutes after the last time; --degraded decides with what is known now"}
	}
	return nil
}

// finalist is who takes part for a row of the board, with the entry that it takes part with.
func finalist(p judge.Problem, f judge.Final, row score.Row, e judge.Entry) judge.Finalist {
	one := judge.Finalist{
		Contestant: row.Contestant, Submission: e.Submission.ID, Language: e.Submission.Language, SourceHash: e.Submission.SourceHash,
		ProgramHash: e.Judging.ProgramHash, Passed: e.Judging.Passed, Missed: e.Judging.Missed.Tests, Ranking: row.Ranking,
	}
	if key := score.RuleOf(p).Key(e.Judging.Grade); key != float64(one.Passed) {
		one.Key = key
	}
	if one.Submission != row.Submission {
		one.InsteadOf = row.Submission
	}
	if m := e.Judging.On(f.Board).Measured; e.Judging.Class == f.Class && m.Is() && one.Missed == 0 { // with a test at the limit it compares with nothing
		one.Ratio, one.Low, one.High = m.Ratio, m.Low, m.High
	}
	return one
}

func newSeed() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// withTests is the final with the test cases in which all finalists can be compared:
// those that all of them passed, or fresh ones of their kinds.
func (f Finals) withTests(ctx context.Context, p judge.Problem, final judge.Final, entries map[judge.SubmissionID]judge.Entry) (judge.Final, error) {
	passed, err := f.passedByAll(ctx, final, entries)
	if err != nil {
		return final, err
	}
	if p.FreshFinal {
		if final, err = f.withFreshTests(ctx, p, final, passed); err != nil {
			return final, err
		}
	} else {
		for _, t := range p.Tests {
			if t.Timed && passed[t.Name] {
				final.Tests = append(final.Tests, t.Name)
			}
		}
	}
	if len(final.Tests) == 0 {
		return final, &judge.Refusal{Code: "no-tests", Message: "no timed test case was passed by all finalists", Hint: "there is nothing in which they could be compared"}
	}
	return final, nil
}

// passedByAll are the test cases that all finalists passed.
func (f Finals) passedByAll(ctx context.Context, final judge.Final, entries map[judge.SubmissionID]judge.Entry) (map[string]bool, error) {
	count := map[string]int{}
	for _, one := range final.Finalists {
		runs, err := f.Store.Runs(ctx, entries[one.Submission].Judging.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			if r.Verdict == judge.Accepted {
				count[r.TestCase]++
			}
		}
	}
	passed := map[string]bool{}
	for name, n := range count {
		passed[name] = n == len(final.Finalists)
	}
	return passed, nil
}

// withFreshTests makes test cases for a final, of which it takes those of the kinds
// that all finalists passed: who fails one of them is out.
func (f Finals) withFreshTests(ctx context.Context, p judge.Problem, final judge.Final, passed map[string]bool) (judge.Final, error) {
	fresh := judge.FreshTests{Seed: f.Secret.Seed("final", string(p.ID), final.Name), Commitment: f.Secret.Commitment()}
	made, err := f.Fresh(ctx, p, fresh)
	if err != nil {
		return final, err
	}
	failed := map[string]bool{} // kinds
	for _, t := range made.Tests {
		if kind, own := problem.FreshKind(t.Name); !passed[own] {
			failed[kind] = true
		}
	}
	for _, t := range made.Tests {
		switch kind, _ := problem.FreshKind(t.Name); {
		case failed[kind]:
		case t.Timed:
			final.Tests = append(final.Tests, t.Name)
		default:
			fresh.Checked = append(fresh.Checked, t.Name)
		}
	}
	fresh.Version = made.Version
	final.Fresh = &fresh
	return final, nil
}

// Fresh is a problem with the test cases that were made for a final, or are now. They
// must be those that it began with.
func (f Finals) Fresh(ctx context.Context, p judge.Problem, fresh judge.FreshTests) (judge.Problem, error) {
	made, err := f.Generate(ctx, p, fresh.Seed)
	if err == nil && fresh.Version != "" && made.Version != fresh.Version {
		err = &judge.Refusal{Code: "changed", Message: fmt.Sprintf("the fresh tests of %s are others than when the final began", p.ID),
			Hint: "put the generator back as it was, or begin a final with another --name"}
	}
	return made, err
}
