package pipeline

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/build"
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
}

// VerifyOptions say how thorough a verification is.
type VerifyOptions struct {
	LoadOptions
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
// and every example submission against the verdict of its folder.
func (pl *Pipeline) Verify(ctx context.Context, dir string, opt VerifyOptions) (Verification, error) {
	step := opt.Step
	if step == nil {
		step = func(string) {}
	}
	if opt.Report == nil {
		opt.Report = func(judge.Event) {}
	}
	pkg, err := problem.Load(dir, opt.reading())
	if err != nil {
		return Verification{}, err
	}
	opt.Generate = true
	p, err := pl.prepare(ctx, pkg, opt.LoadOptions)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Problem: p, Warnings: pkg.Warnings}
	refused := map[string]bool{}
	for _, validator := range pkg.InputValidators {
		step("input validator " + validator.Name)
		if err := pl.validateInputs(ctx, &v, validator, refused); err != nil {
			return v, err
		}
	}
	if len(pkg.InputValidators) > 0 {
		v.Inputs = len(p.Tests) - len(refused)
	}
	memory := sandbox.Check().LimitsMemory()
	for _, ex := range p.Examples {
		if slices.Contains(ex.Want, judge.Memory) && !memory {
			v.NotJudged = append(v.NotJudged, ex)
			v.Warnings = append(v.Warnings, problem.Error{File: "submissions/" + ex.Name,
				Message: "not judged: without a control group for memory this machine cannot tell MLE", Hint: "verify it where judge doctor finds one, for example as root"})
			continue
		}
		step("example submission " + ex.Name)
		res, err := pl.judgeExample(ctx, p, ex, opt.Report)
		if err != nil {
			return v, fmt.Errorf("judge %s: %w", ex.Name, err)
		}
		v.Examples = append(v.Examples, res)
		if !res.Fits {
			v.Errors = append(v.Errors, mismatch(res))
		}
		if opt.Judged != nil {
			opt.Judged(res)
		}
	}
	if len(p.Reference) > 0 && len(v.Errors) == 0 {
		step("how long the timed tests are")
		return v, pl.warnShort(ctx, &v)
	}
	return v, nil
}

// warnShort says if tests are too short to be timed here. It is a matter of the
// machine, so it is no error of the package.
func (pl *Pipeline) warnShort(ctx context.Context, v *Verification) error {
	b, err := pl.startsBeside(ctx, v.Problem)
	if err != nil {
		return fmt.Errorf("time the reference: %w", err)
	}
	if short := tooShort(b); short != "" {
		v.Warnings = append(v.Warnings, problem.Error{File: "judge.yaml", Message: short, Hint: lengthen(b)})
	}
	return nil
}

func (pl *Pipeline) validateInputs(ctx context.Context, v *Verification, validator problem.Program, refused map[string]bool) error {
	program, err := pl.jury(ctx, validator)
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
		bad, err := validateInput(ctx, box, program, v.Problem, t)
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
func validateInput(ctx context.Context, box *sandbox.Container, program *os.File, p judge.Problem, t judge.TestCase) (string, error) {
	input, err := os.Open(t.Input)
	if err != nil {
		return "", err
	}
	defer input.Close()
	facts, err := box.Run(ctx, sandbox.Command{Program: program, Args: []string{"validate"}, Stdin: input, Limits: sandbox.Limits{
		CPU: p.Limits.ValidationTime, Wall: 2*p.Limits.ValidationTime + time.Second, MemoryBytes: 2 << 30, OutputBytes: 1 << 20, ErrorBytes: 64 << 10,
	}})
	if err != nil {
		return "", fmt.Errorf("validate %s: %w", t.Name, err)
	}
	if facts.Exited && facts.ExitStatus == acceptInput && facts.Hit == sandbox.NoLimit {
		return "", nil
	}
	return ending(facts) + ", " + firstLines(slices.Concat(facts.Stderr, facts.Stdout)), nil
}

func (pl *Pipeline) judgeExample(ctx context.Context, p judge.Problem, ex judge.Example, report Report) (ExampleResult, error) {
	files, err := build.ReadFiles(ex.Files)
	if err != nil {
		return ExampleResult{}, err
	}
	if err := judge.ValidateFiles(files, p.Limits.CodeBytes); err != nil {
		return ExampleResult{Example: ex}, err
	}
	out, err := pl.Judge(ctx, Task{Problem: p, Files: files, Report: report})
	if err != nil {
		return ExampleResult{}, err
	}
	j := out.Judging
	fits := slices.Contains(ex.Want, j.Verdict) || len(ex.Want) == 0 && j.Verdict != judge.Accepted
	return ExampleResult{Example: ex, Judging: j, Fits: fits}, nil
}

func mismatch(res ExampleResult) problem.Error {
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
	}
	return problem.Error{File: "submissions/" + res.Example.Name, Message: message, Hint: "mend it, move it to another folder, or change the limits"}
}
