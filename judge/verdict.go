package judge

// Verdict is the outcome of a judging or of one run; empty is pending.
type Verdict string

// The verdicts. IE is our own failure: it stays pending for the public and
// costs the contestant nothing.
const (
	Pending  Verdict = ""
	Accepted Verdict = "AC"
	Wrong    Verdict = "WA"
	TimeOut  Verdict = "TLE"
	Memory   Verdict = "MLE"
	Crash    Verdict = "RTE"
	Output   Verdict = "OLE"
	Compile  Verdict = "CE"
	Internal Verdict = "IE"
	// NotRun marks a test case that was left out after too many time-outs; it
	// counts as not passed and is never the verdict of a judging.
	NotRun Verdict = "--"
)

var verdictNames = map[Verdict]string{
	Pending:  "pending",
	Accepted: "accepted",
	Wrong:    "wrong answer",
	TimeOut:  "time limit exceeded",
	Memory:   "memory limit exceeded",
	Crash:    "run-time error",
	Output:   "output limit exceeded",
	Compile:  "compile error",
	Internal: "judge error",
	NotRun:   "not run",
}

// Name is the verdict in words, as pages and the terminal print it.
func (v Verdict) Name() string {
	if n, ok := verdictNames[v]; ok {
		return n
	}
	return string(v)
}

// Public is the verdict as spectators and contestants see it: IE is pending.
func (v Verdict) Public() Verdict {
	if v == Internal {
		return Pending
	}
	return v
}
