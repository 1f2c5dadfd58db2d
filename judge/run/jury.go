package run

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"contest/judge"
	"contest/judge/check"
	"contest/sandbox"
)

// Result is what a run means.
type Result struct {
	Verdict judge.Verdict
	Message string // for whoever may see the test case: why it is not accepted
	Team    string // for the contestant, from the output validator
	Judge   string // for the organiser alone, from the output validator
}

// Jury judges runs of one problem. It is made for one judging, final or baseline,
// and may be used by several goroutines.
type Jury struct {
	problem   judge.Problem
	validator check.Validator

	mu       sync.Mutex
	accepted map[string][sha256.Size]byte // the last output of each test case that was accepted
}

// NewJury is a jury that asks a validator, which stays the caller's.
func NewJury(p judge.Problem, v check.Validator) *Jury {
	return &Jury{problem: p, validator: v, accepted: map[string][sha256.Size]byte{}}
}

// Judge says what the facts of a run mean. An error is our failure.
func (j *Jury) Judge(ctx context.Context, t judge.TestCase, facts sandbox.Facts) (Result, error) {
	r, pending := j.Glance(t, facts)
	if !pending {
		return r, nil
	}
	return j.Look(ctx, t, facts)
}

// Glance says what can be said without the output validator: what the facts mean, and
// whether the output is one that was accepted on this test case before. Pending says
// that Look must decide. It takes no time to speak of, whatever the validator is, so
// that it may be asked while the CPUs that measure are held.
func (j *Jury) Glance(t judge.TestCase, facts sandbox.Facts) (r Result, pending bool) {
	v := check.Verdict(j.problem, facts)
	if v != judge.Accepted {
		return Result{Verdict: v, Message: check.Fault(j.problem, facts)}, false
	}
	hash := sha256.Sum256(facts.Stdout)
	j.mu.Lock()
	defer j.mu.Unlock()
	known, ok := j.accepted[t.Name]
	return Result{Verdict: judge.Accepted}, !ok || known != hash
}

// Look has the output validator decide.
func (j *Jury) Look(ctx context.Context, t judge.TestCase, facts sandbox.Facts) (Result, error) {
	f, err := j.validator.Validate(ctx, check.Output{Input: j.problem.InputPath(t), Answer: j.problem.AnswerPath(t), Args: t.ValidatorArgs, Data: facts.Stdout})
	if err != nil {
		return Result{}, fmt.Errorf("output validator on %s: %w", t.Name, err)
	}
	r := Result{Verdict: judge.Wrong, Message: f.Difference, Team: f.TeamMessage, Judge: f.JudgeMessage}
	switch {
	case f.Accepted:
		r.Verdict, r.Message = judge.Accepted, ""
		j.mu.Lock()
		j.accepted[t.Name] = sha256.Sum256(facts.Stdout)
		j.mu.Unlock()
	case facts.Exited && facts.ExitStatus != 0: // in a window that alone is no failure
		r.Verdict = judge.Crash
	}
	return r, nil
}
