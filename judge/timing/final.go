package timing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/run"
)

// FinalTask is a final round that begins or goes on.
type FinalTask struct {
	Problem judge.Problem
	Final   judge.Final
	Rounds  []judge.FinalRound      // that are complete
	Sources map[string][]judge.File // by judge.Finalist.Program
	CPUs    []int                   // to measure on; empty: the judge chooses
	Jury    *run.Jury               // of the problem
	// Store keeps a round that is complete; the final goes on from there if it
	// is interrupted.
	Store func(context.Context, judge.FinalRound) error
	// Report is called with everything that is begun, and with every step of a round; it
	// must not block.
	Report func(FinalLook)
}

// FinalRecord is what is kept of a round of a final.
type FinalRecord struct {
	// Probes are how fast the machine was when this stretch of rounds began.
	Probes machine.Vector            `json:"probes"`
	Pairs  map[string][]measure.Pair `json:"pairs"`         // by program
	Out    map[string]string         `json:"out,omitempty"` // programs that failed in this round, and how
}

// The reasons for which a final ends.
const (
	FinalDecided  = "decided"
	FinalRounds   = "rounds"
	FinalAlone    = "alone"
	FinalUnstable = "unstable"
)

// final is one that is being played. Its programs are those of the stand
// after the reference.
type final struct {
	FinalTask
	rule     measure.FinalRule
	keys     []string
	tests    []judge.TestCase
	checked  []judge.TestCase // that are run once and not timed
	baseline measure.Baseline
	probes   machine.Vector
	stand    *stand

	rounds    int
	pairs     map[string][]measure.Pair
	out       map[string]string  // who failed, and how
	outIn     map[string]int     // in which round
	allotted  *measure.Allotment // of rounds to come; nil for every test case once
	undecided int
	pace      pace
}

// Final times all finalists and the reference in the same rounds until no rank
// depends on two who are neither told apart nor found to be equal. An error leaves the
// rounds that are stored; with them the same task goes on.
func (t *Timer) Final(ctx context.Context, task FinalTask) (judge.FinalStanding, error) {
	f, err := t.beginFinal(ctx, task)
	if err != nil {
		return judge.FinalStanding{}, err
	}
	defer f.close()
	defer t.Quiet()()
	return f.play(ctx)
}

// beginFinal takes up the stored rounds and prepares the place for the others.
func (t *Timer) beginFinal(ctx context.Context, task FinalTask) (*final, error) {
	if class := t.Machine().Class; task.Final.Class != class {
		return nil, &judge.Invalid{
			Message: fmt.Sprintf("the final %q was begun on a machine of class %s; this one is of class %s", task.Final.Name, task.Final.Class, class),
			Hint:    "go on with it on that machine, or begin one with another name here",
		}
	}
	f := &final{
		FinalTask: task, rule: finalRule(task.Final.MaxRounds), undecided: -1,
		pairs: map[string][]measure.Pair{}, out: map[string]string{}, outIn: map[string]int{},
	}
	for _, one := range task.Final.Finalists {
		if key := one.Program(); !slices.Contains(f.keys, key) {
			f.keys = append(f.keys, key)
		}
	}
	if err := f.takeUp(); err != nil {
		return nil, err
	}
	return f, t.prepareFinal(ctx, f)
}

// finalRule looks as often as the default does, up to a number of rounds.
func finalRule(rounds int) measure.FinalRule {
	r := measure.DefaultFinal()
	step, looks := r.Looks[0], []int(nil)
	for l := step; l < rounds; l += step {
		looks = append(looks, l)
	}
	r.Looks = append(looks, rounds)
	return r
}

// takeUp reads the rounds that are stored.
func (f *final) takeUp() error {
	named := f.Final.Tests
	if fresh := f.Final.Fresh; fresh != nil {
		named = slices.Concat(named, fresh.Checked)
	}
	for _, name := range named {
		i := slices.IndexFunc(f.Problem.Tests, func(t judge.TestCase) bool { return t.Name == name })
		if i < 0 {
			return &judge.Invalid{Message: fmt.Sprintf("problem %s has no test case %s, which the final %q was begun with", f.Problem.ID, name, f.Final.Name),
				Hint: "put the version of the package back, or begin a final with another name"}
		}
		f.tests = append(f.tests, f.Problem.Tests[i])
	}
	f.tests, f.checked = f.tests[:len(f.Final.Tests)], f.tests[len(f.Final.Tests):]
	for _, r := range f.Rounds {
		record, err := measure.Decode[FinalRecord](r.Data)
		if err != nil {
			return fmt.Errorf("round %d of the final: %w", r.Number, err)
		}
		f.rounds = r.Number
		f.add(record)
	}
	f.pace.stored(f.Rounds)
	return nil
}

// add takes in the last round.
func (f *final) add(r FinalRecord) {
	for key, pairs := range r.Pairs {
		f.pairs[key] = append(f.pairs[key], pairs...)
	}
	for key, how := range r.Out {
		f.out[key], f.outIn[key] = how, f.rounds
	}
}

// prepareFinal compiles everybody and makes the place where they are timed.
func (t *Timer) prepareFinal(ctx context.Context, f *final) (err error) {
	f.doing("compiling the reference")
	ref, err := t.compiledReference(ctx, f.Problem)
	if err != nil {
		return err
	}
	if err := t.records.SaveMachine(ctx, t.Machine()); err != nil {
		return err
	}
	f.doing("timing the reference")
	frozen, err := t.baseline(ctx, f.Problem, f.Jury, f.CPUs, ref)
	if err != nil {
		return err
	}
	f.baseline = frozen.Baseline
	f.pace.expected = f.expectedRound()
	null, err := t.NullStart(ctx, f.Problem)
	if err != nil {
		return err
	}
	programs := []*build.Artifact{ref}
	defer func() {
		if f.stand == nil { // else close does it
			for _, p := range programs[1:] {
				_ = p.Close()
			}
		}
	}()
	for _, one := range f.Final.Finalists {
		if len(programs) > len(f.keys) || one.Program() != f.keys[len(programs)-1] {
			continue // equal to one before
		}
		f.doing("compiling program %d of %d", len(programs), len(f.keys))
		res, err := t.tools.Submission(ctx, f.Problem, one.Language, f.Sources[one.Program()])
		if err != nil {
			return fmt.Errorf("compile submission %d: %w", one.Submission, err)
		}
		if res.Program == nil {
			return fmt.Errorf("submission %d compiled before, but does not now:\n%s", one.Submission, judge.Quote(res.Output))
		}
		programs = append(programs, res.Program)
	}
	at, err := placeFor(f.Problem, f.CPUs)
	if err != nil {
		return err
	}
	at.Scrub = frozen.Scrub.Bytes
	if f.stand, err = newStand(ctx, f.Jury, f.Problem, at, programs...); err != nil {
		return err
	}
	f.stand.ready = null.Limit()
	f.doing("looking how fast the machine is")
	if f.probes, err = t.probe(ctx, at); err != nil {
		f.close()
		return err
	}
	f.allot()
	return nil
}

func (f *final) close() {
	f.stand.close()
	for _, p := range f.stand.programs[1:] {
		_ = p.Close() // the first is the timer's
	}
}

// play measures rounds until the rule says stop.
func (f *final) play(ctx context.Context) (judge.FinalStanding, error) {
	for {
		s, done, err := f.look()
		if err != nil || done {
			return s, err
		}
		if err := f.playRound(ctx); err != nil {
			return judge.FinalStanding{}, err
		}
	}
}

// playRound plays the next round and has it stored.
func (f *final) playRound(ctx context.Context) error {
	started := time.Now()
	record, err := f.round(ctx, f.rounds+1)
	if err != nil {
		return err
	}
	data, err := measure.Encode(record)
	if err != nil {
		return err
	}
	if err := f.Store(ctx, judge.FinalRound{Number: f.rounds + 1, Started: started, Finished: time.Now(), Data: data}); err != nil {
		return err
	}
	f.pace.rounds, f.pace.took = f.pace.rounds+1, f.pace.took+time.Since(started)
	f.rounds++
	f.add(record)
	if f.rounds%measure.AllotEvery == 0 {
		f.allot()
	}
	return nil
}

// allot plans the rounds to come, as after the last round that AllotEvery
// divides: a final that goes on after an interruption does so as planned.
func (f *final) allot() {
	f.allotted = nil
	seen := f.rounds - f.rounds%measure.AllotEvery
	var left []measure.Contender
	var pairs [][]measure.Pair
	for _, key := range f.keys {
		if in, out := f.outIn[key]; out && in <= seen {
			continue
		}
		mine := slices.DeleteFunc(slices.Clone(f.pairs[key]), func(p measure.Pair) bool { return p.Round > seen })
		left, pairs = append(left, f.contender(key, mine)), append(pairs, mine)
	}
	doubts, err := measure.Doubts(f.scored(), left, f.baseline.Metric(f.Final.Board))
	if err != nil || len(doubts) == 0 {
		return // too few undisturbed pairs yet, or nothing to decide
	}
	f.allotted = measure.Allot(measure.Costs(f.scored(), pairs...), doubts...)
	for range f.rounds - seen {
		f.allotted.Round()
	}
}

// round times all finalists on the test cases that it is allotted, in random
// order, and then once more where any run was disturbed.
func (f *final) round(ctx context.Context, n int) (FinalRecord, error) {
	record := FinalRecord{Probes: f.probes, Pairs: map[string][]measure.Pair{}, Out: map[string]string{}}
	if n == 1 && len(f.checked) > 0 {
		if err := f.check(ctx, n, record); err != nil {
			return record, err
		}
	}
	tests := measure.Each(len(f.tests))
	if f.allotted != nil {
		tests = f.allotted.Round()
	}
	steps := measure.Order(f.Final.Name, f.Final.Seed, n, tests, 1+len(f.keys))
	done, since := 0, time.Now()
	return record, f.turns(ctx, n, record, steps, func(step measure.Step, attempt int) (disturbed bool, err error) {
		if done == 0 { // others may have had the CPUs
			since = time.Now()
		}
		f.tell(done, len(steps), since)
		done++
		return f.together(ctx, n, attempt, step, record)
	})
}

// check runs the reference and all finalists once on the test cases that are not
// timed, one after the other.
func (f *final) check(ctx context.Context, n int, record FinalRecord) error {
	f.doing("running everybody on the tests that are not timed")
	var steps []measure.Step
	for i := range f.checked {
		steps = append(steps, measure.Step{Test: i, Programs: measure.Each(1 + len(f.keys))})
	}
	return f.turns(ctx, n, record, steps, func(step measure.Step, _ int) (disturbed bool, err error) {
		for _, program := range step.Programs {
			if _, err := f.run(ctx, n, record, program, f.checked[step.Test]); err != nil {
				return false, err
			}
		}
		return false, nil
	})
}

// turns has programs take turns as a round does, and puts out whose output is wrong.
// Of several wrong ones the first is told.
func (f *final) turns(ctx context.Context, n int, record FinalRecord, steps []measure.Step, one func(step measure.Step, attempt int) (disturbed bool, err error)) error {
	refused, err := f.stand.round(ctx, steps, one)
	for _, r := range refused {
		if f.isOut(r.program, record) {
			continue
		}
		if err := f.failed(r, n, record); err != nil {
			return err
		}
	}
	return err
}

// run runs a program in a round; the result is nil if it is out, or is now.
func (f *final) run(ctx context.Context, n int, record FinalRecord, program int, t judge.TestCase) (*timed, error) {
	if f.isOut(program, record) {
		return nil, nil
	}
	r, err := f.stand.run(ctx, program, t)
	if err == nil && r.Verdict != judge.Accepted {
		return nil, f.failed(r, n, record)
	}
	return &r, err
}

// failed puts a finalist out that did wrong on a test case. The reference must
// not.
func (f *final) failed(r timed, round int, record FinalRecord) error {
	if r.program == reference {
		return r.referenceError()
	}
	record.Out[f.keys[r.program-1]] = fmt.Sprintf("%s on %s in round %d: %s", r.Verdict, r.test.Name, round, cmp.Or(r.Message, r.Judge, r.Verdict.Name()))
	return nil
}

// together times everybody who is not out on one test case, one after the
// other.
func (f *final) together(ctx context.Context, n, attempt int, step measure.Step, record FinalRecord) (disturbed bool, err error) {
	t := f.tests[step.Test]
	runs := make([]*timed, 1+len(f.keys))
	for _, program := range step.Programs {
		if runs[program], err = f.run(ctx, n, record, program, t); err != nil {
			return false, err
		}
	}
	frozen, _ := f.baseline.Find(t.Name)
	for i, key := range f.keys {
		program := i + 1
		if runs[program] == nil {
			continue
		}
		pair := measure.Pair{Session: f.Final.Seed, Round: n, Test: t.Name, Attempt: attempt}
		pair = thresholds(f.Problem).Pair(pair, step, program, runs[reference].seen, runs[program].seen, frozen.Calm)
		record.Pairs[key] = append(record.Pairs[key], pair)
		disturbed = disturbed || pair.Disturbed()
	}
	return disturbed, nil
}

// isOut says that a program of the stand takes part no more.
func (f *final) isOut(program int, record FinalRecord) bool {
	if program == reference {
		return false
	}
	key := f.keys[program-1]
	return f.out[key] != "" || record.Out[key] != ""
}
