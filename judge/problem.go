package judge

import "time"

// ProblemID is a problem's folder name.
type ProblemID string

// Board is one ranking of a problem.
type Board string

// The boards of a timed problem.
const (
	RealBoard Board = "real" // wall time inside the measuring window
	CPUBoard  Board = "cpu"  // user plus system time of every thread and process
)

// Limits of a problem, for each run unless said otherwise.
type Limits struct {
	Time               time.Duration // CPU time of one thread's worth; see Problem.CPULimit
	MemoryBytes        int64
	OutputBytes        int64
	CodeBytes          int64 // of all files of a submission together
	CompileTime        time.Duration
	CompileMemoryBytes int64
	ValidationTime     time.Duration
}

// Validation is the configuration of the default output validator of the ICPC
// problem package format.
type Validation struct {
	CaseSensitive     bool
	SpaceSensitive    bool     // space_change_sensitive
	AbsoluteTolerance *float64 // nil: tokens are compared as text
	RelativeTolerance *float64
}

// TestCase is one input with its answer file.
type TestCase struct {
	Name        string // such as "sample/1" or "secret/valid-007"
	Input       string // path of the input file
	Answer      string // path of the answer file
	Sample      bool
	Timed       bool   // its time counts in the totals of the boards
	Description string // the organiser's line about it; never shown to contestants
}

// Problem is one loaded, checked version of a problem package.
type Problem struct {
	ID   ProblemID
	Name string
	// Version is a hash of everything that can change a verdict: package
	// files, settings, generated tests.
	Version string
	Dir     string
	// Statement is Markdown, in the first language there is.
	Statement     []byte
	Limits        Limits
	Validation    Validation
	Boards        []Board
	Threads       int      // most threads and processes a submission may run at once
	CompilerFlags []string // added after the toolchain's own
	// Includes are the files of include/cpp, compiled with every submission.
	Includes []string
	// StopAfterTimeouts ends a judging early: after so many TLE the remaining
	// test cases are not run. Zero means never.
	StopAfterTimeouts int
	// Tests in judging order: samples first, then secret, each by name.
	Tests    []TestCase
	Examples []Example
}

// Example is an example submission of the package, with the verdict it must get.
type Example struct {
	Name  string // such as "accepted/reference.cpp"
	Files []string
	// Want are the verdicts that fit; empty means anything but AC.
	Want []Verdict
}

// CPULimit is the CPU time after which a run is stopped: the time limit for
// each thread that the problem allows.
func (p Problem) CPULimit() time.Duration { return p.Limits.Time * time.Duration(max(p.Threads, 1)) }

// WallLimit is the real time after which a run is stopped. A run on the real
// board is out of time when its real time is over the limit; the rest is a
// safety net for programs that wait.
func (p Problem) WallLimit() time.Duration { return 2*p.Limits.Time + time.Second }
