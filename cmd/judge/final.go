package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/contest"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/pipeline"
	"contest/judge/problem"
	"contest/judge/score"
	"contest/judge/timing"
)

// finalActor is who begins and ends a final: the organiser, who runs the command.
var finalActor = judge.Actor{Role: judge.AsOrganiser, Through: "judge final"}

type finalOptions struct {
	Problem        string
	Board          string
	Name           string
	Top            int
	Rounds         int
	Resume         bool
	BeforeDeadline bool
	Degraded       bool
	Show           bool
}

func newFinal(c *cli) *cobra.Command {
	var opt finalOptions
	cmd := &cobra.Command{
		Use:   "final --top K",
		Short: "Decide the prizes: time all who may win one against each other",
		Long: `Final times everybody whose rank on a board may be one of the first K once more,
all in the same rounds, together with the reference, and compares every two of
them directly. A contestant takes part with the submission that stands on the
board, or with the one chosen with judge choose. It ends when all neighbours are
told apart or found to be equal, or after its last round; what it cannot tell
apart is tied. Ranks before and after stand side by side.

Every complete round is stored. A final that was interrupted, however, goes on
where it stopped when the same command is run again. A finalist that does
something wrong in any repetition is out, with the reason.

It may run beside judge serve, which goes on to serve, lets what it judges end and
judges nothing new until the final ends; pages and judge status say so. It begins
after the deadline, once everything is judged; with --before-deadline it is practice,
marked as such, and decides nothing. --show prints what was decided.` + "\n" + exitHelp,
		Example: "  judge final --top 3 -p block-validation --board cpu\n  judge final --top 3 --before-deadline --rounds 10\n  judge final --show",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runFinal(cmd.Context(), c, opt)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.Problem, "problem", "p", "", "the problem (default: the only one)")
	_ = cmd.RegisterFlagCompletionFunc("problem", c.completeProblems)
	f.StringVar(&opt.Board, "board", "", "real or cpu (default: the problem's first)")
	f.StringVar(&opt.Name, "name", "", `tells finals of one board apart (default "final", or "practice")`)
	f.IntVar(&opt.Top, "top", 0, "the number of prizes: ranks 1 to K are to be decided")
	f.IntVar(&opt.Rounds, "rounds", 40, "the last round; it ends earlier if all is decided")
	f.BoolVar(&opt.Resume, "resume", false, "only go on with a final that was interrupted")
	f.BoolVar(&opt.BeforeDeadline, "before-deadline", false, "practise: the deadline has not passed, or not everything is judged")
	f.BoolVar(&opt.Degraded, "degraded", false, "decide although this machine lacks protections or cannot rank by time; the final says so for ever")
	f.BoolVar(&opt.Show, "show", false, "print the finals that there were, and time nothing")
	return cmd
}

func (opt finalOptions) check() error {
	switch {
	case opt.Top < 0 || opt.Top == 0 && !opt.Show && !opt.Resume:
		return usage("write --top 3 for three prizes", "how many prizes are there?")
	case opt.Rounds < measure.LeastPairs || opt.Rounds > maxRounds:
		return usage("write --rounds 40 for forty", "--rounds %d is not possible: from %d to %d", opt.Rounds, measure.LeastPairs, maxRounds)
	case !opt.BeforeDeadline && opt.Rounds < measure.DefaultFinal().Least:
		return usage("--before-deadline practises with fewer", "--rounds %d decides nothing: it takes %d to tell anybody apart", opt.Rounds, measure.DefaultFinal().Least)
	case opt.Board != "" && opt.Board != string(judge.RealBoard) && opt.Board != string(judge.CPUBoard):
		return usage("write --board real or --board cpu", "--board: %q is neither", opt.Board)
	}
	return nil
}

func runFinal(ctx context.Context, c *cli, opt finalOptions) error {
	if err := opt.check(); err != nil {
		return err
	}
	if c.server != "" {
		return usage("run it in the contest's folder, on the machine that measures", "a final cannot be held over the network")
	}
	folder, err := c.folder()
	if err != nil {
		return err
	}
	if err := folder.Prepare(); err != nil {
		return err
	}
	if opt.Show {
		return c.showFinals(ctx, folder, opt)
	}
	lacking, err := c.fit(opt.lenient())
	if err != nil {
		return err
	}
	if err := aloneOrServed(ctx, folder); err != nil {
		return err
	}
	return c.opened(ctx, folder, true, func(in *instance) error {
		p, err := in.finalProblem(&opt)
		if err != nil {
			return err
		}
		return c.holding(ctx, in.db, "the final of "+string(p.ID), func(ctx context.Context, h *hold) error {
			return c.final(ctx, in, p, opt, lacking, h)
		})
	})
}

// opened does something with the contest in this process.
func (c *cli) opened(ctx context.Context, folder contest.Folder, generate bool, do func(*instance) error) error {
	level := slog.LevelError
	if c.verbose {
		level = slog.LevelInfo
	}
	in, err := openInstance(ctx, folder, instanceOptions{Logger: c.logger(level), Database: c.database, Generate: generate, Progress: c.generating()})
	if err != nil {
		return err
	}
	return errors.Join(do(in), in.close())
}

// lenient: what is lacking of the machine is said, and refuses nothing.
func (opt finalOptions) lenient() bool { return opt.Degraded || opt.BeforeDeadline }

// final begins a final or goes on with one, on a machine that lacks something or
// nothing, and on which nothing else is judged from here on.
func (c *cli) final(ctx context.Context, in *instance, p judge.Problem, opt finalOptions, lacking []string, h *hold) error {
	unfit, err := c.fitToRank(ctx, in, opt.lenient())
	if err != nil {
		return err
	}
	f, err := in.takeUpFinal(ctx, p, opt)
	if err != nil {
		return err
	}
	if lacking = append(lacking, unfit...); len(lacking) > 0 {
		if err := in.db.DegradeFinal(ctx, f.ID, strings.Join(lacking, ", ")); err != nil {
			return err
		}
	}
	c.begins(f)
	show := c.finalProgress(h)
	task, err := in.finalTask(ctx, p, f)
	if err != nil {
		return err
	}
	done := f.Rounds
	task.Store = func(ctx context.Context, r judge.FinalRound) error {
		done = r.Number
		return in.db.AddFinalRound(ctx, f.ID, r)
	}
	task.Report = show.look
	err = awaitIdle(ctx, in.db, func(n int) {
		show.look(timing.FinalLook{Doing: fmt.Sprintf("waiting until what is being judged (%d) ends", n)})
	})
	var standing judge.FinalStanding
	if err == nil {
		standing, err = in.pipe.Final(ctx, task)
	}
	show.close()
	kept := fmt.Sprintf("%s of the final kept", plural(done, "round"))
	switch {
	case errors.Is(context.Cause(ctx), errHoldLost):
		return &exitError{Status: exitJudge, Err: fmt.Errorf("%w; %s", errHoldLost, kept), Hint: "the same command goes on with it"}
	case ctx.Err() != nil:
		return &exitError{Status: exitInterrupted, Err: errors.New("interrupted; " + kept), Hint: "the same command goes on with it"}
	case err != nil:
		return err
	}
	if err := in.db.EndFinal(ctx, finalActor, f.ID, standing); err != nil {
		return err
	}
	return c.finalResult(ctx, in, f)
}

// finalTask is a final with what it needs: fresh tests, the rounds that are stored, and
// the sources.
func (in *instance) finalTask(ctx context.Context, p judge.Problem, f judge.Final) (timing.FinalTask, error) {
	var err error
	if f.Fresh != nil {
		if p, err = in.freshProblem(ctx, p, *f.Fresh); err != nil {
			return timing.FinalTask{}, err
		}
	}
	task := timing.FinalTask{Problem: p, Final: f, CPUs: in.catalog.Contest().Measure.CPUs, Sources: map[string][]judge.File{}}
	if task.Rounds, err = in.db.FinalRounds(ctx, f.ID); err != nil {
		return task, err
	}
	for _, one := range f.Finalists {
		if task.Sources[one.Program()] != nil {
			continue // other sources of the same program
		}
		if task.Sources[one.Program()], err = in.db.Sources(ctx, one.Submission); err != nil {
			return task, err
		}
	}
	return task, nil
}

// finalResult prints what is stored of a final that has just ended.
func (c *cli) finalResult(ctx context.Context, in *instance, f judge.Final) error {
	finals, err := in.db.Finals(ctx, f.Problem)
	if err != nil {
		return err
	}
	f = finals[slices.IndexFunc(finals, func(one judge.Final) bool { return one.ID == f.ID })]
	if c.json {
		if err := c.printJSON(f); err != nil {
			return err
		}
	} else {
		c.finalStanding(f)
	}
	if f.Standing.Stop == timing.FinalUnstable {
		return c.said(&exitError{Status: exitJudge, Err: errors.New("the machine disturbed too many runs: nothing is decided"),
			Hint: "let the machine become quiet (judge doctor says what disturbs it) and hold a final with another --name"})
	}
	return nil
}

// finalProblem finds the problem of a final and fills in its board.
func (in *instance) finalProblem(opt *finalOptions) (judge.Problem, error) {
	problems := in.catalog.Problems()
	var ids []judge.ProblemID
	for _, p := range problems {
		ids = append(ids, p.ID)
	}
	id, err := choosePackage(ids, opt.Problem, "")
	if err != nil {
		return judge.Problem{}, err
	}
	p := problems[slices.Index(ids, id)]
	if !p.HasReference() {
		return p, usage("docs/measuring.md says what a reference is", "problem %s has no reference, so its times are those of single runs: there is nothing that a final could decide", p.ID)
	}
	if opt.Board == "" {
		opt.Board = string(p.Boards[0])
	}
	if !slices.Contains(p.Boards, judge.Board(opt.Board)) {
		return p, &judge.NotFound{Kind: "board", Name: opt.Board, Hint: fmt.Sprintf("%s has %s", p.ID, boardList(p.Boards, ", "))}
	}
	return p, nil
}

// takeUpFinal is the final to go on with, or a new one.
func (in *instance) takeUpFinal(ctx context.Context, p judge.Problem, opt finalOptions) (judge.Final, error) {
	finals, err := in.db.Finals(ctx, p.ID)
	if err != nil {
		return judge.Final{}, err
	}
	finals = slices.DeleteFunc(finals, func(f judge.Final) bool { return f.Board != judge.Board(opt.Board) })
	name := finalName(finals, opt)
	i := slices.IndexFunc(finals, func(f judge.Final) bool { return f.Name == name })
	switch {
	case i >= 0 && finals[i].Done():
		return judge.Final{}, &judge.Refusal{Code: "done", Message: fmt.Sprintf("the final %q of %s is over", name, p.ID),
			Hint: "judge final --show prints it; another one needs another --name"}
	case i < 0 && opt.Resume:
		return judge.Final{}, &judge.NotFound{Kind: "final", Name: name, Hint: "nothing was interrupted; --top K begins one"}
	}
	wanted, err := in.newFinal(ctx, p, name, opt)
	switch {
	case i < 0 && err != nil:
		return judge.Final{}, err
	case i < 0:
		return in.db.BeginFinal(ctx, finalActor, wanted)
	}
	f := finals[i]
	if f.ProblemVersion != p.Version {
		return f, &judge.Refusal{Code: "changed", Message: fmt.Sprintf("problem %s has changed since the final %q began", p.ID, name),
			Hint: "put that version of the package back, or begin a final with another --name"}
	}
	if !opt.Resume && f.Practice != opt.BeforeDeadline {
		return f, &judge.Refusal{Code: "changed", Message: fmt.Sprintf("the final %q was begun %s", name, practiceText(f.Practice)),
			Hint: "--resume goes on with it as it was begun; another one needs another --name"}
	}
	if !opt.Resume && opt.Top != f.Prizes {
		return f, &judge.Refusal{Code: "changed", Message: fmt.Sprintf("the final %q was begun for %s, not for %d", name, plural(f.Prizes, "prize"), opt.Top),
			Hint: "--resume goes on with it as it was begun; another one needs another --name"}
	}
	if !opt.Resume && err == nil && !sameFinalists(wanted, f) {
		return f, &judge.Refusal{Code: "changed", Message: fmt.Sprintf("those who may win a prize are others than when the final %q began", name),
			Hint: "--resume goes on with those who were; a final with another --name takes those who are now"}
	}
	return f, nil
}

func practiceText(practice bool) string {
	if practice {
		return "as practice, which decides nothing"
	}
	return "to decide prizes, not as practice"
}

// finalName is the name that was given, that of the final to resume, or the
// next that nobody used.
func finalName(finals []judge.Final, opt finalOptions) string {
	switch {
	case opt.Name != "":
		return opt.Name
	case opt.Resume:
		for _, f := range slices.Backward(finals) {
			if !f.Done() {
				return f.Name
			}
		}
		return "final"
	case !opt.BeforeDeadline:
		return "final"
	}
	name := "practice"
	for n := 2; slices.ContainsFunc(finals, func(f judge.Final) bool { return f.Name == name && f.Done() }); n++ {
		name = fmt.Sprintf("practice-%d", n)
	}
	return name
}

func sameFinalists(a, b judge.Final) bool {
	ids := func(f judge.Final) (ids []judge.SubmissionID) {
		for _, one := range f.Finalists {
			ids = append(ids, one.Submission)
		}
		slices.Sort(ids)
		return ids
	}
	return slices.Equal(ids(a), ids(b))
}

// newFinal is one of those who may win a prize now.
func (in *instance) newFinal(ctx context.Context, p judge.Problem, name string, opt finalOptions) (judge.Final, error) {
	rules := in.catalog.Contest()
	if end := rules.Deadline; !opt.BeforeDeadline && (end.Cutoff.IsZero() || time.Now().Before(end.Cutoff.Add(end.Grace))) {
		return judge.Final{}, &judge.Refusal{Code: "early", Message: "the contest goes on: deadline " + end.String() + ", and uploads have " + judge.Span(end.Grace) + " more",
			Hint: "hold the final after that, or practise with --before-deadline"}
	}
	entries, err := in.db.Entries(ctx, p.ID)
	if err != nil {
		return judge.Final{}, err
	}
	if err := allJudged(rules, p, entries); err != nil && !opt.BeforeDeadline {
		return judge.Final{}, err
	}
	if n := toBeMeasured(rules, p, entries); n > 0 && !opt.lenient() {
		return judge.Final{}, &judge.Refusal{Code: "not-judged",
			Message: fmt.Sprintf("%s in time will be measured again, because the machine disturbed their times: who may win a prize may change", plural(n, "submission")),
			Hint:    "let judge serve measure them first, some ten minutes after the last time; --degraded decides with what is known now"}
	}
	policy, _ := machine.Policy(p.Threads)
	f := judge.Final{
		Problem: p.ID, ProblemVersion: p.Version, Board: judge.Board(opt.Board), Name: name, Seed: newSeed(), Practice: opt.BeforeDeadline,
		Prizes: opt.Top, MaxRounds: opt.Rounds, Class: in.pipe.Timer.Machine().Class, Scheduling: machine.Scheduling(policy),
	}
	byID := map[judge.SubmissionID]judge.Entry{}
	for _, e := range entries {
		byID[e.Submission.ID] = e
	}
	for _, r := range score.Rank(rules, p, f.Board, entries).Finalists(opt.Top) {
		e := byID[r.Finalist()]
		if e.Judging.ProblemVersion != p.Version {
			return f, &judge.Refusal{Code: "outdated", Message: fmt.Sprintf("submission %d of %s was judged by an older version of %s", e.Submission.ID, r.Contestant, p.ID),
				Hint: fmt.Sprintf("judge rejudge -p %s judges again what is outdated (judge status counts it)", p.ID)}
		}
		one := judge.Finalist{
			Contestant: r.Contestant, Submission: e.Submission.ID, Language: e.Submission.Language, SourceHash: e.Submission.SourceHash,
			ProgramHash: e.Judging.ProgramHash, Passed: e.Judging.Passed, Missed: e.Judging.Missed.Tests, Place: r.Place,
		}
		if key := score.RuleOf(p).Key(e.Judging.Grade); key != float64(one.Passed) {
			one.Key = key
		}
		if one.Submission != r.Submission {
			one.InsteadOf = r.Submission
		}
		if m := e.Judging.On(f.Board).Measured; e.Judging.Class == f.Class && m.Is() && one.Missed == 0 { // with a test at the limit it compares with nothing
			one.Ratio, one.Low, one.High = m.Ratio, m.Low, m.High
		}
		f.Finalists = append(f.Finalists, one)
	}
	if len(f.Finalists) == 0 {
		return f, &judge.Refusal{Code: "empty", Message: fmt.Sprintf("nobody is ranked on %s yet", p.ID), Hint: "a final needs submissions that were received in time and passed"}
	}
	passed, err := in.passedByAll(ctx, f, byID)
	if err != nil {
		return f, err
	}
	if p.FreshFinal {
		err = in.takeFreshTests(ctx, p, &f, passed)
	} else {
		f.Tests = commonTests(p, passed)
	}
	if err == nil && len(f.Tests) == 0 {
		err = &judge.Refusal{Code: "no-tests", Message: "no timed test case was passed by all finalists", Hint: "there is nothing in which they could be compared"}
	}
	return f, err
}

// toBeMeasured counts the submissions in time whose times are to be measured
// again.
func toBeMeasured(rules judge.Contest, p judge.Problem, entries []judge.Entry) int {
	n := 0
	for _, e := range entries {
		if e.Submission.Problem == p.ID && rules.InTime(e.Submission) && e.Judging.Values.Measuring().Again {
			n++
		}
	}
	return n
}

// allJudged refuses a final while a place may still change.
func allJudged(rules judge.Contest, p judge.Problem, entries []judge.Entry) error {
	waiting, failed := 0, 0
	for _, e := range entries {
		switch {
		case e.Submission.Problem != p.ID || !rules.InTime(e.Submission) || e.Judging.State == judge.Cancelled:
		case e.Judging.State != judge.Done:
			waiting++
		case e.Judging.Verdict == judge.Internal:
			failed++
		}
	}
	if waiting+failed == 0 {
		return nil
	}
	return &judge.Refusal{Code: "not-judged", Message: fmt.Sprintf("of the submissions in time %d wait to be judged, and on %d the judge failed", waiting, failed),
		Hint: "let judge serve judge them first, or withdraw them with judge cancel; judge queue and judge submissions show the reasons"}
}

// passedByAll are the test cases that all finalists passed.
func (in *instance) passedByAll(ctx context.Context, f judge.Final, entries map[judge.SubmissionID]judge.Entry) (map[string]bool, error) {
	count := map[string]int{}
	for _, one := range f.Finalists {
		runs, err := in.db.Runs(ctx, entries[one.Submission].Judging.ID)
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
		passed[name] = n == len(f.Finalists)
	}
	return passed, nil
}

// commonTests are the timed test cases of the problem that all passed.
func commonTests(p judge.Problem, passed map[string]bool) []string {
	var tests []string
	for _, t := range p.Tests {
		if t.Timed && passed[t.Name] {
			tests = append(tests, t.Name)
		}
	}
	return tests
}

// takeFreshTests makes tests for a final, of which it takes those of the kinds
// that all finalists passed: who fails one of them is out.
func (in *instance) takeFreshTests(ctx context.Context, p judge.Problem, f *judge.Final, passed map[string]bool) error {
	fresh := judge.FreshTests{Seed: in.secret.Seed("final", string(p.ID), f.Name), Commitment: in.secret.Commitment()}
	made, err := in.freshProblem(ctx, p, fresh)
	if err != nil {
		return err
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
			f.Tests = append(f.Tests, t.Name)
		default:
			fresh.Checked = append(fresh.Checked, t.Name)
		}
	}
	fresh.Version = made.Version
	f.Fresh = &fresh
	return nil
}

// freshProblem is the problem with the tests that were made for a final, or are
// now. They must be those that it began with.
func (in *instance) freshProblem(ctx context.Context, p judge.Problem, fresh judge.FreshTests) (judge.Problem, error) {
	made, err := in.pipe.LoadFresh(ctx, filepath.Join(in.folder.Problems(), string(p.ID)), p.Version, fresh.Seed, pipeline.LoadOptions{
		TestSet: in.catalog.Contest().TestSet, Secret: in.secret, Cache: in.folder.State("cache"), Progress: in.progress,
	})
	if err == nil && fresh.Version != "" && made.Version != fresh.Version {
		err = &judge.Refusal{Code: "changed", Message: fmt.Sprintf("the fresh tests of %s are others than when the final began", p.ID),
			Hint: "put the generator back as it was, or begin a final with another --name"}
	}
	return made, err
}

func newSeed() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// showFinals prints finals, the newest last.
func (c *cli) showFinals(ctx context.Context, folder contest.Folder, opt finalOptions) error {
	return c.opened(ctx, folder, false, func(in *instance) error {
		finals, err := in.db.Finals(ctx, judge.ProblemID(opt.Problem))
		if err != nil {
			return err
		}
		finals = slices.DeleteFunc(finals, func(f judge.Final) bool {
			return opt.Board != "" && string(f.Board) != opt.Board || opt.Name != "" && f.Name != opt.Name
		})
		switch {
		case len(finals) == 0:
			return &judge.NotFound{Kind: "final", Name: opt.Name, Hint: "judge final --top K holds one"}
		case c.json:
			return c.printJSON(finals)
		}
		for i, f := range finals {
			if i > 0 {
				c.printf("\n")
			}
			c.finalStanding(f)
		}
		return nil
	})
}
