package wire

import (
	"encoding/json"
	"time"

	"contest/judge"
	"contest/judge/score"
)

// Problem is a problem as everybody may know it.
type Problem struct {
	ID      judge.ProblemID `json:"id"`
	Name    string          `json:"name"`
	Version string          `json:"version"`
	Limits  judge.Limits    `json:"limits"`
	Threads int             `json:"threads"` // most threads and processes at once
	Boards  []judge.Board   `json:"boards"`
	// Scales are those of boards that are not of times, Scoring the rule by which
	// boards compare grades; empty is the default one.
	Scales     map[judge.Board]judge.Scale `json:"scales,omitempty"`
	Scoring    string                      `json:"scoring,omitempty"`
	Tests      int                         `json:"tests"` // test cases
	Feedback   judge.Feedback              `json:"feedback"`
	FreshFinal bool                        `json:"fresh_final,omitempty"`
	// The rest is told once the contest has started, in a kit.
	Timing            judge.Timing      `json:"timing,omitempty"`
	Validation        *judge.Validation `json:"validation,omitempty"` // nil where the problem has an output validator of its own
	CompilerFlags     []string          `json:"compiler_flags,omitempty"`
	StopAfterTimeouts int               `json:"stop_after_timeouts,omitempty"`
}

// NewProblem is what everybody may know of a problem at any time.
func NewProblem(p judge.Problem) Problem {
	return Problem{
		ID: p.ID, Name: p.Name, Version: p.Version, Limits: p.Limits, Threads: max(p.Threads, 1), Boards: append([]judge.Board{}, p.Boards...),
		Scales: p.Scales, Scoring: p.Scoring,
		Tests: len(p.Tests), Feedback: p.Feedback, FreshFinal: p.FreshFinal,
	}
}

// WithRules adds what is told of a problem once the contest has started.
func (p Problem) WithRules(of judge.Problem) Problem {
	p.Timing, p.CompilerFlags, p.StopAfterTimeouts = of.Timing, of.CompilerFlags, of.StopAfterTimeouts
	if !of.HasValidator() {
		p.Validation = &of.Validation
	}
	return p
}

// Trial is the problem as a contestant's own machine judges by it: files and test cases
// are for the caller to add.
func (p Problem) Trial() judge.Problem {
	out := judge.Problem{
		ID: p.ID, Name: p.Name, Version: p.Version, Limits: p.Limits, Threads: p.Threads, Boards: p.Boards, Scales: p.Scales, Scoring: p.Scoring, Feedback: p.Feedback, FreshFinal: p.FreshFinal,
		Timing: p.Timing, CompilerFlags: p.CompilerFlags, StopAfterTimeouts: p.StopAfterTimeouts,
	}
	if p.Validation != nil {
		out.Validation = *p.Validation
	}
	return out
}

// UnmarshalJSON reads limits also from where servers wrote them that did not have
// "limits" in lists.
func (p *Problem) UnmarshalJSON(data []byte) error {
	type plain Problem
	in := struct {
		*plain
		Time   time.Duration `json:"time_limit_ns"`
		Memory int64         `json:"memory_bytes"`
		Code   int64         `json:"code_bytes"`
	}{plain: (*plain)(p)}
	err := json.Unmarshal(data, &in)
	if p.Limits == (judge.Limits{}) {
		p.Limits = judge.Limits{Time: in.Time, MemoryBytes: in.Memory, CodeBytes: in.Code}
	}
	return err
}

// State is where a contest stands, with the instants that it hangs on.
type State struct {
	Phase    judge.Phase   `json:"phase"`
	Zone     string        `json:"zone"` // of the contest, such as "Asia/Dubai"
	Start    time.Time     `json:"start,omitzero"`
	Deadline string        `json:"deadline"`           // in words, as on every surface
	Cutoff   time.Time     `json:"cutoff,omitzero"`    // the first instant that is too late
	Grace    time.Duration `json:"grace_ns,omitempty"` // after the cutoff, for announced uploads
	// PendingInTime counts submissions received in time without a public verdict.
	PendingInTime int `json:"pending_in_time,omitempty"`
}

// NewState is the state of a contest.
func NewState(c judge.Contest, s judge.State) State {
	return State{
		Phase: s.Phase, Zone: c.Zone.String(), Start: c.Start, Deadline: c.Deadline.String(), Cutoff: c.Deadline.Cutoff,
		Grace: c.Deadline.Grace, PendingInTime: s.Pending,
	}
}

// Scoreboard is a problem's ranking by one measure at one moment.
type Scoreboard struct {
	Contest     string    `json:"contest"`
	Zone        string    `json:"zone,omitempty"` // of the contest
	GeneratedAt time.Time `json:"generated_at"`
	Sequence    int64     `json:"sequence"`           // grows with every change
	Degraded    string    `json:"degraded,omitempty"` // why ranks are for practice
	score.Scoreboard
}

// Final is a final that is finished.
type Final struct {
	Zone string `json:"zone"` // of the contest
	judge.Final
}

// Failure is the body of every answer that is not a success.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}
