package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/judge/problem"
	"contest/sandbox"
)

// Verification is what a package was found to be.
type Verification struct {
	Problem  judge.Problem  `json:"problem"`
	Warnings problem.Errors `json:"warnings"`
	// Inputs is how many inputs every input validator accepted.
	Inputs   int             `json:"inputs"`
	Examples []ExampleResult `json:"examples"`
	// NotJudged are example submissions whose verdict this machine cannot
	// tell, for the reason in Warnings.
	NotJudged []judge.Example `json:"not_judged,omitempty"`
	// Errors are everything that must be mended; a package without them is good.
	Errors problem.Errors `json:"errors"`
}

// ExampleResult is an example submission as it was judged.
type ExampleResult struct {
	Example judge.Example `json:"example"`
	Judging judge.Judging `json:"judging"`
	Fits    bool          `json:"fits"`

	runs []judge.Run
}

// VerifyOptions say how thorough a verification is.
type VerifyOptions struct {
	LoadOptions
	// Turn does each piece of the work; nil does it at once. With it times are not
	// looked at.
	Turn Turn
	// Measure is what measuring may cost in the contest.
	Measure judge.Measure
	// Step is told what is being done; may be nil.
	Step func(text string)
	// Report is called as example submissions are judged; may be nil.
	Report Report
	// Judged is called after each example submission; may be nil.
	Judged func(ExampleResult)
}

// acceptInput is the exit status with which an input validator accepts.
const acceptInput = 42

// Verify checks a package: its files, every input by every input validator,
// and every example submission against the verdict of its folder. What is wrong
// with the package stands in the result, all of it; an error is our own.
func (pl *Pipeline) Verify(ctx context.Context, dir string, opt VerifyOptions) (Verification, error) {
	if opt.Step == nil {
		opt.Step = func(string) {}
	}
	if opt.Report == nil {
		opt.Report = func(judge.Progress) {}
	}
	v := Verification{Problem: judge.Problem{ID: judge.ProblemID(filepath.Base(dir))}}
	pkg, err := problem.Load(dir, opt.reading())
	if pkg != nil {
		v.Problem, v.Warnings = pkg.Problem, pkg.Warnings
	}
	if err != nil {
		return v, v.note(err)
	}
	opt.Generate = true
	p, err := pl.prepare(ctx, pkg, opt.LoadOptions)
	if err = v.note(err); err != nil {
		return v, err
	}
	if len(v.Errors) == 0 {
		v.Problem = p
	}
	complete := len(v.Errors) == 0
	if err := pl.validate(ctx, &v, pkg, opt); err != nil {
		return v, err
	}
	if !complete { // without the generated test cases no verdict says anything
		return v, nil
	}
	if err := pl.judgeExamples(ctx, &v, opt); err != nil {
		return v, err
	}
	if v.Problem.Proof, err = pkg.Proof(p.Version, pl.Timer.Machine().Class); err != nil {
		return v, err
	}
	if err := v.record(opt.Cache); err != nil {
		return v, err
	}
	if p.HasReference() && len(v.Errors) == 0 && opt.Turn == nil {
		opt.Step("how long the timed tests are")
		return v, pl.warnTimes(ctx, &v, opt.Measure)
	}
	return v, nil
}

// proofPath is where what a verification found is kept.
func proofPath(cache, proof string) string {
	return filepath.Join(cache, "verified", proof+".json")
}

// record keeps what was found, for whoever loads the same package again.
func (v *Verification) record(cache string) error {
	path := proofPath(cache, v.Problem.Proof)
	text, err := json.Marshal(v.Errors)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = writeWhole(path, text)
	}
	if err != nil {
		return fmt.Errorf("keep what the verification found: %w", err)
	}
	return nil
}

// Verified is what an earlier verification of a problem found that was kept in the
// cache; known is false if there was none.
func Verified(cache, proof string) (faults problem.Errors, known bool) {
	if proof == "" {
		return nil, false
	}
	text, err := os.ReadFile(proofPath(cache, proof))
	if err != nil {
		return nil, false
	}
	return faults, json.Unmarshal(text, &faults) == nil
}

// note keeps what is wrong with the package and returns what is not its fault.
func (v *Verification) note(err error) error {
	var faults problem.Errors
	if errors.As(err, &faults) {
		v.Errors = append(v.Errors, faults...)
		return nil
	}
	return err
}

// validate has every input validator look at every input.
func (pl *Pipeline) validate(ctx context.Context, v *Verification, pkg *problem.Package, opt VerifyOptions) error {
	refused, ran := map[string]bool{}, false
	for _, validator := range pkg.InputValidators {
		opt.Step("input validator " + validator.Name)
		before := len(v.Errors)
		err := pl.validateInputs(ctx, v, pkg, validator, refused, opt.Turn)
		if err = v.note(err); err != nil {
			return err
		}
		ran = ran || len(v.Errors) == before || len(refused) > 0
	}
	if ran {
		v.Inputs = len(v.Problem.Tests) - len(refused)
	}
	return nil
}

// judgeExamples judges every example submission whose verdict can be told here.
func (pl *Pipeline) judgeExamples(ctx context.Context, v *Verification, opt VerifyOptions) error {
	before := len(v.Errors)
	err := opt.Turn.do(ctx, func(ctx context.Context) error {
		_, err := pl.outputValidator(ctx, v.Problem)
		return err
	})
	if err = v.note(err); err != nil || len(v.Errors) > before { // nobody can judge them
		return err
	}
	memory := sandbox.Check().LimitsMemory()
	for _, ex := range v.Problem.Examples {
		if slices.Contains(ex.Want, judge.Memory) && !memory {
			v.NotJudged = append(v.NotJudged, ex)
			v.Warnings = append(v.Warnings, problem.Error{File: "submissions/" + ex.Name,
				Message: "not judged: without a control group for memory this machine cannot tell MLE", Hint: "verify it where judge doctor finds one, for example as root"})
			continue
		}
		opt.Step("example submission " + ex.Name)
		res, err := pl.judgeExample(ctx, v.Problem, ex, opt)
		if failure, ok := errors.AsType[*check.Failure](err); ok {
			v.Errors = append(v.Errors, problem.Error{File: problem.OutputValidator(v.Problem).Name,
				Message: fmt.Sprintf("on what %s prints %v", ex.Name, failure), Hint: "mend the output validator"})
			continue
		}
		if err != nil {
			return fmt.Errorf("judge %s: %w", ex.Name, err)
		}
		v.Examples = append(v.Examples, res)
		if !res.Fits {
			v.Errors = append(v.Errors, mismatch(v.Problem, res))
		}
		if opt.Judged != nil {
			opt.Judged(res)
		}
	}
	return nil
}

// warnTimes says if tests are too short to be timed here, or the reference too slow
// for what measuring may cost. Both are matters of the machine and of the contest, so
// they are no errors of the package.
func (pl *Pipeline) warnTimes(ctx context.Context, v *Verification, m judge.Measure) error {
	jury, err := pl.openJury(ctx, v.Problem, nil)
	if err != nil {
		return err
	}
	doubts, err := pl.Timer.DoubtsBeforehand(ctx, v.Problem, jury, m)
	if err != nil {
		return fmt.Errorf("time the reference: %w", err)
	}
	for _, d := range doubts {
		v.Warnings = append(v.Warnings, problem.Error{File: "judge.yaml", Message: d.Says, Hint: d.Cure})
	}
	return nil
}

func (pl *Pipeline) validateInputs(ctx context.Context, v *Verification, pkg *problem.Package, validator problem.Program, refused map[string]bool, turn Turn) error {
	var program *build.Artifact
	err := turn.do(ctx, func(ctx context.Context) (err error) {
		program, err = pl.compileJury(ctx, validator, "validate")
		return err
	})
	if err != nil {
		return err
	}
	defer program.Close()
	box, err := sandbox.New(ctx, sandbox.Config{Devices: true})
	if err != nil {
		return fmt.Errorf("prepare the input validator's container: %w", err)
	}
	defer box.Close()
	for _, t := range v.Problem.Tests {
		var bad string
		err := turn.do(ctx, func(ctx context.Context) (err error) {
			bad, err = validateInput(ctx, box, program, v.Problem, t, pkg.InputArgs(validator, t))
			return err
		})
		if err != nil {
			return err
		}
		if bad == "" {
			continue
		}
		refused[t.Name] = true
		v.Errors = append(v.Errors, problem.Error{File: "data/" + t.Name + ".in",
			Message: fmt.Sprintf("%s does not accept it: %s", validator.Name, bad), Hint: "mend the input or the validator (exit status 42 accepts)"})
	}
	return nil
}

// validateInput returns why an input is not accepted, or nothing.
func validateInput(ctx context.Context, box *sandbox.Container, program *build.Artifact, p judge.Problem, t judge.TestCase, args []string) (string, error) {
	input, err := os.Open(p.InputPath(t))
	if err != nil {
		return "", err
	}
	defer input.Close()
	facts, err := program.Run(ctx, box, sandbox.Command{Args: args, Stdin: input, Limits: sandbox.Limits{
		CPU: p.Limits.ValidationTime, Wall: 2*p.Limits.ValidationTime + time.Second, MemoryBytes: 2 << 30, OutputBytes: 1 << 20, ErrorBytes: 64 << 10,
	}})
	if err != nil {
		return "", fmt.Errorf("validate %s: %w", t.Name, err)
	}
	if facts.Exited && facts.ExitStatus == acceptInput && facts.Hit == sandbox.NoLimit {
		return "", nil
	}
	return check.Ending(facts) + ", " + check.Said(slices.Concat(facts.Stderr, facts.Stdout)), nil
}

// judgeExample judges an example until its verdict is known.
func (pl *Pipeline) judgeExample(ctx context.Context, p judge.Problem, ex judge.Example, opt VerifyOptions) (ExampleResult, error) {
	files, err := build.ReadFiles(ex.Files)
	if err != nil {
		return ExampleResult{}, err
	}
	if err := judge.ValidateFiles(files, p.Limits.CodeBytes); err != nil {
		return ExampleResult{Example: ex}, err
	}
	out, err := pl.Judge(ctx, Task{Problem: p, Files: files, Trial: true, Turn: opt.Turn, Report: opt.Report})
	if err != nil {
		return ExampleResult{}, err
	}
	j := out.Judging
	fits := slices.Contains(ex.Want, j.Verdict) || len(ex.Want) == 0 && j.Verdict != judge.Accepted
	return ExampleResult{Example: ex, Judging: j, Fits: fits, runs: out.Runs}, nil
}

func mismatch(p judge.Problem, res ExampleResult) problem.Error {
	want := "anything but AC"
	if len(res.Example.Want) > 0 {
		var words []string
		for _, v := range res.Example.Want {
			words = append(words, string(v))
		}
		want = strings.Join(words, " or ")
	}
	got := string(res.Judging.Verdict)
	if res.Judging.FirstFailed != "" {
		got += " on " + res.Judging.FirstFailed
	}
	message := fmt.Sprintf("it got %s, its folder wants %s", got, want)
	if res.Judging.Verdict == judge.Compile {
		message += "\n" + judge.Quote(res.Judging.CompilerOutput)
	} else {
		message += used(p, res.runs)
	}
	return problem.Error{File: "submissions/" + res.Example.Name, Message: message, Hint: "mend it, move it to another folder, or change the limits"}
}

// used says why the last run failed, if one did, and what the runs took at most of
// what they may.
func used(p judge.Problem, runs []judge.Run) string {
	var text string
	var slow judge.Run
	var real time.Duration
	var memory int64
	for _, r := range runs {
		if r.Verdict == judge.NotRun {
			continue
		}
		if slow.TestCase == "" || r.CPU > slow.CPU {
			slow = r
		}
		real, memory = max(real, r.Real), max(memory, r.MemoryBytes)
		if said := why(r); said != "" {
			text = ": " + said
		}
	}
	if slow.TestCase == "" {
		return text
	}
	realLimit := p.WallLimit()
	if slices.Contains(p.Boards, judge.RealBoard) {
		realLimit = p.TimeLimit(judge.RealBoard)
	}
	return fmt.Sprintf("%s; at most %s of CPU time, on %s, %s of real time, %s of memory", text,
		part(slow.CPU.Round(time.Millisecond), p.CPULimit(), slow.CPU.Seconds()/p.CPULimit().Seconds()), slow.TestCase,
		part(real.Round(time.Millisecond), realLimit, real.Seconds()/realLimit.Seconds()),
		part(judge.BelowMemory(memory), fmt.Sprintf("%d MiB", p.Limits.MemoryBytes>>20), float64(memory)/float64(p.Limits.MemoryBytes)))
}

// why says why a run did not pass: what differs first in the output, which limit was
// passed, how the program ended.
func why(r judge.Run) string {
	switch {
	case r.Verdict == judge.Accepted:
		return ""
	case r.Message != "":
		return r.Message
	case r.JudgeMessage != "" || r.TeamMessage != "":
		return cmp.Or(r.JudgeMessage, r.TeamMessage)
	case r.Signal != 0:
		return "signal " + syscall.Signal(r.Signal).String()
	case r.ExitStatus != 0:
		return fmt.Sprintf("exit status %d", r.ExitStatus)
	}
	return ""
}

// part says how much of a limit something is.
func part(used, limit any, share float64) string {
	return fmt.Sprintf("%v of %v (%.0f %%)", used, limit, 100*share)
}
