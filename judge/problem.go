package judge

import (
	"slices"
	"time"
)

// ProblemID is a problem's folder name.
type ProblemID string

// Limits of a problem, for each run unless said otherwise.
type Limits struct {
	Time               time.Duration `json:"time_ns"` // CPU time of one thread's worth; see Problem.CPULimit
	MemoryBytes        int64         `json:"memory_bytes"`
	OutputBytes        int64         `json:"output_bytes"`
	CodeBytes          int64         `json:"code_bytes"` // of all files of a submission together
	CompileTime        time.Duration `json:"compile_time_ns"`
	CompileMemoryBytes int64         `json:"compile_memory_bytes"`
	ValidationTime     time.Duration `json:"validation_time_ns"`
	// The following are of a problem's own output validator, and zero where it has none.
	ValidationMemoryBytes int64 `json:"validation_memory_bytes,omitzero"`
	ValidationOutputBytes int64 `json:"validation_output_bytes,omitzero"` // of all that it writes
}

// Validation is the configuration of the default output validator of the ICPC
// problem package format.
type Validation struct {
	CaseSensitive     bool     `json:"case_sensitive"`
	SpaceSensitive    bool     `json:"space_sensitive"`              // space_change_sensitive
	AbsoluteTolerance *float64 `json:"absolute_tolerance,omitempty"` // nil: tokens are compared as text
	RelativeTolerance *float64 `json:"relative_tolerance,omitempty"`
}

// ProblemType says how a submission is run on a test case.
type ProblemType string

// PassFail is the type of problems whose submissions read their input once and
// print their output.
const PassFail ProblemType = "pass-fail"

// TestCase is one input with its answer file, which are among the files of the problem.
type TestCase struct {
	Name          string   `json:"name"` // such as "sample/1" or "secret/valid-007"
	Args          []string `json:"-"`    // of the submission's command line
	ValidatorArgs []string `json:"-"`    // of the output validator's
	Sample        bool     `json:"sample,omitempty"`
	Timed         bool     `json:"timed,omitempty"`       // its time counts in the totals of the boards
	Description   string   `json:"description,omitempty"` // the organiser's line about it; never shown to contestants
}

// Problem is one loaded, checked version of a problem package.
type Problem struct {
	ID   ProblemID `json:"id"`
	Name string    `json:"name"`
	// Version is a hash of everything that can change a verdict: package
	// files, settings, generated tests.
	Version string `json:"version"`
	// Proof is a hash of everything that a verification of the package looks at, the
	// version and the machine among it; empty if it was not loaded to be verified.
	Proof string `json:"-"`
	Dir   string `json:"-"`
	// Statement is Markdown, in the first language there is; empty if there is none.
	Statement []byte `json:"-"`
	// StatementFile is the statement in another form where there is none in
	// Markdown: the name of a PDF or LaTeX file among StatementFiles.
	StatementFile string `json:"-"`
	// StatementFiles are what belongs to the statement, such as its images, named
	// by their paths relative to it, with "/".
	StatementFiles []File `json:"-"`

	Type       ProblemType `json:"-"` // empty is PassFail
	Limits     Limits      `json:"limits"`
	Validation Validation  `json:"validation"`
	Boards     []Board     `json:"boards"`
	// Scales are those of boards that are not of times.
	Scales map[Board]Scale `json:"scales,omitempty"`
	// Scoring names the rule by which boards compare grades, see score.Rule; empty for
	// the default one.
	Scoring       string   `json:"scoring,omitempty"`
	Threads       int      `json:"threads"`                  // most threads and processes a submission may run at once
	CompilerFlags []string `json:"compiler_flags,omitempty"` // added after the toolchain's own
	// Files are all that a judging reads.
	Files Manifest `json:"-"`
	// StopAfterTimeouts ends a judging early: after so many TLE the remaining
	// test cases are not run. Zero means never.
	StopAfterTimeouts int `json:"stop_after_timeouts,omitempty"`
	// Timing is what of a run is timed.
	Timing Timing `json:"timing"`
	// Feedback is what is told of secret test cases while the contest runs.
	Feedback Feedback `json:"feedback"`
	// FreshFinal says that a final is held on tests that are made for it.
	FreshFinal bool `json:"fresh_final,omitempty"`
	// Tests in judging order: samples first, then secret, each by name.
	Tests    []TestCase `json:"tests,omitempty"`
	Examples []Example  `json:"examples,omitempty"`
}

// Example is an example submission of the package, with the verdict it must get.
type Example struct {
	Name  string   `json:"name"` // such as "accepted/reference.cpp"
	Files []string `json:"-"`
	// Want are the verdicts that fit; empty means anything but AC.
	Want []Verdict `json:"want"`
}

// CPULimit is the CPU time after which a run is stopped: the time limit for
// each thread that the problem allows.
func (p Problem) CPULimit() time.Duration { return p.Limits.Time * time.Duration(max(p.Threads, 1)) }

// TimeLimit is the most that a test case which is passed takes on a board.
func (p Problem) TimeLimit(b Board) time.Duration {
	if b == CPUBoard {
		return p.CPULimit()
	}
	return p.Limits.Time
}

// Processes is the most threads and processes at once: the problem's threads, and
// one that only waits for them where there may be several.
func (p Problem) Processes() int {
	if p.Threads <= 1 {
		return 1
	}
	return p.Threads + 1
}

// OnReal says that the problem is ranked by real time.
func (p Problem) OnReal() bool { return slices.Contains(p.Boards, RealBoard) }

// WallLimit is the real time after which a run is stopped, without what it waits
// for a CPU that others use. Where real time is ranked it is the time limit, in a
// window from the release of the input on. Else it is a safety net for programs
// that wait, which no program hits that uses up its CPU time, one thread after
// the other.
func (p Problem) WallLimit() time.Duration {
	if p.OnReal() {
		return p.Limits.Time
	}
	return p.CPULimit() + p.Limits.Time + time.Second
}
