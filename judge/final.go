package judge

import (
	"slices"
	"time"
)

// FinalID numbers finals.
type FinalID int64

// Final is a final round on one board: all whose rank may touch a prize are
// timed again, in the same rounds, and every two of them are compared directly.
type Final struct {
	ID             FinalID   `json:"id"`
	Problem        ProblemID `json:"problem"`
	ProblemVersion string    `json:"problem_version"`
	Board          Board     `json:"board"`
	// Name tells finals of one board apart; the random order of programs
	// follows from it and from Seed.
	Name string `json:"name"`
	Seed string `json:"seed"` // 32 hexadecimal digits
	// Practice finals were begun before the deadline and decide nothing.
	Practice bool `json:"practice,omitempty"`
	// Degraded says what the machine lacked that times it, or some of it; empty
	// if it is fit.
	Degraded  string `json:"degraded,omitempty"`
	Prizes    int    `json:"prizes"` // places 1 to Prizes are to be decided
	MaxRounds int    `json:"max_rounds"`
	// Finalists are in the order of the board.
	Finalists []Finalist `json:"finalists"`
	// Tests are the timed test cases that all finalists passed.
	Tests      []string      `json:"tests"`
	Class      string        `json:"class"` // of the machine, see Machine
	Scheduling string        `json:"scheduling"`
	Started    time.Time     `json:"started"`
	Finished   time.Time     `json:"finished,omitzero"` // zero while it goes on
	Rounds     int           `json:"rounds"`            // complete ones that are stored
	Standing   FinalStanding `json:"standing,omitzero"` // once it is finished
}

// Finalist is an entry of a final with its place on the board before.
type Finalist struct {
	Contestant Contestant   `json:"contestant"`
	Submission SubmissionID `json:"submission"`
	Language   LanguageID   `json:"language"`
	SourceHash string       `json:"source_hash"`
	// Passed are the test cases that it passed on the board.
	Passed int `json:"passed"`
	// Rank is zero if the board had no rank for it: it was measured on another
	// machine class.
	Rank  int  `json:"rank"`
	Worst int  `json:"worst"`
	Tied  bool `json:"tied,omitempty"`
}

// Program names what a finalist runs: equal sources in one language are one
// program, which is timed once.
func (f Finalist) Program() string { return f.SourceHash + " " + string(f.Language) }

// FinalRound is one complete round of a final. Its raw times are kept for ever.
type FinalRound struct {
	Number   int       `json:"number"` // from 1
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	// Data are the times, as the pipeline writes them.
	Data []byte `json:"-"`
}

// FinalStanding is what a final came to.
type FinalStanding struct {
	// Stop says why it ended: "decided", "rounds", "alone" or "unstable", which
	// decides nothing: the machine disturbed too many runs.
	Stop      string       `json:"stop"`
	Places    []FinalPlace `json:"places"`  // best first; those out are the last
	Matches   []FinalMatch `json:"matches"` // every two that are not out
	Pairs     int          `json:"pairs"`   // of reference and finalist
	Disturbed int          `json:"disturbed"`
}

// FinalPlace is where a finalist ended. Rank counts the finalists that are
// faster beyond doubt; equal ranks are equal.
type FinalPlace struct {
	Submission SubmissionID `json:"submission"`
	Rank       int          `json:"rank"` // zero for who is out, and if nothing was decided
	Worst      int          `json:"worst"`
	Tied       bool         `json:"tied,omitempty"`
	Measured   Measured     `json:"measured,omitzero"` // in the rounds of the final alone
	// Out says why a finalist is out: what it did wrong in a repetition.
	Out string `json:"out,omitempty"`
}

// FinalMatch compares two finalists directly. A passed more tests or was
// estimated to be faster.
type FinalMatch struct {
	A     SubmissionID `json:"a"`
	B     SubmissionID `json:"b"`
	Ratio float64      `json:"ratio"` // of A's time to B's
	Low   float64      `json:"low"`   // interval of Ratio, corrected for all comparisons and looks
	High  float64      `json:"high"`
	// Outcome is "separated", "tied" (any difference is below what counts),
	// "undecided", "same" for equal sources, or "passed more", which A did,
	// whatever the times; they are not compared.
	Outcome string `json:"outcome"`
	Rounds  int    `json:"rounds"` // common ones
}

// Done says whether a final is finished.
func (f Final) Done() bool { return !f.Finished.IsZero() }

// Finalist finds a finalist by its submission.
func (f Final) Finalist(id SubmissionID) (Finalist, bool) {
	i := slices.IndexFunc(f.Finalists, func(one Finalist) bool { return one.Submission == id })
	if i < 0 {
		return Finalist{}, false
	}
	return f.Finalists[i], true
}
