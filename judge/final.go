package judge

import (
	"cmp"
	"fmt"
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
	// Tests are the timed test cases that all finalists passed or, if they are
	// fresh, those of the kinds that all passed.
	Tests []string `json:"tests"`
	// Fresh is where fresh tests come from; nil for those of the problem.
	Fresh      *FreshTests   `json:"fresh,omitempty"`
	Class      string        `json:"class"` // of the machine, see Machine
	Scheduling string        `json:"scheduling"`
	Started    time.Time     `json:"started"`
	Finished   time.Time     `json:"finished,omitzero"` // zero while it goes on
	Rounds     int           `json:"rounds"`            // complete ones that are stored
	Standing   FinalStanding `json:"standing,omitzero"` // once it is finished
}

// FreshTests are tests that were made for a final: nobody who handed something
// in can have known them.
type FreshTests struct {
	// Seed is what the generator makes them from; it follows from the contest's
	// secret, which was committed to, the problem and the final's name.
	Seed       uint64 `json:"seed,string"`
	Commitment string `json:"commitment"` // see Secret.Commitment
	Version    string `json:"version"`    // of the problem with these tests
	// Checked are those that are not timed: every finalist runs them once.
	Checked []string `json:"checked,omitempty"`
}

// Finalist is an entry of a final with its place on the board before.
type Finalist struct {
	Contestant Contestant   `json:"contestant"`
	Submission SubmissionID `json:"submission"`
	Language   LanguageID   `json:"language"`
	SourceHash string       `json:"source_hash"`
	// ProgramHash is that of what was compiled of them for the board; empty in finals
	// that were begun before it was kept.
	ProgramHash string `json:"program_hash,omitempty"`
	// InsteadOf is the entry that stood on the board, if the contestant chose this one
	// in its place; else zero.
	InsteadOf SubmissionID `json:"instead_of,omitempty"`
	// Passed are the test cases that it passed on the board, Missed the timed ones
	// that it did not.
	Passed int `json:"passed"`
	Missed int `json:"missed,omitempty"`
	// Key is what the board compares before times; zero where that is Passed.
	Key float64 `json:"key,omitempty"`
	// Ranking is the contestant's on the board, which had no rank if the entry that
	// stood there was measured on another machine class.
	Ranking
	// Ratio to the reference on the board, with its 95 % interval; zero where it
	// was not measured on this machine class, or not on all timed test cases.
	Ratio float64 `json:"ratio,omitempty"`
	Low   float64 `json:"low,omitempty"`
	High  float64 `json:"high,omitempty"`
}

// Program names what a finalist runs: equal programs of one language are timed
// once. Where the program's hash is not known, equal sources are one.
func (f Finalist) Program() string {
	return cmp.Or(f.ProgramHash, f.SourceHash) + " " + string(f.Language)
}

// FirstKey is what the board compares before times: more is better.
func (f Finalist) FirstKey() float64 { return cmp.Or(f.Key, float64(f.Passed)) }

// ChosenText says in words which entry the contestant chose; empty for the one that
// stood.
func (f Finalist) ChosenText() string {
	if f.InsteadOf == 0 {
		return ""
	}
	return fmt.Sprintf("chosen in place of submission %d", f.InsteadOf)
}

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
	Rows      []FinalRow   `json:"places"`  // best first; those out are the last
	Matches   []FinalMatch `json:"matches"` // every two that are not out
	Pairs     int          `json:"pairs"`   // of reference and finalist
	Disturbed int          `json:"disturbed"`
}

// FinalRow is where a finalist ended.
type FinalRow struct {
	Submission SubmissionID `json:"submission"`
	Ranking                 // without a rank for who is out, and if nothing was measured
	Measured   Measured     `json:"measured,omitzero"` // in the rounds of the final alone
	// Out says why a finalist is out: what it did wrong in a repetition.
	Out string `json:"out,omitempty"`
	// Lost says that it was faster on the first tests than on fresh ones, beyond
	// doubt: see Final.Lost.
	Lost bool `json:"lost,omitempty"`
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
	// "undecided", "same" for equal programs, or "passed more", which A did (or
	// missed fewer timed ones), whatever the times; they are not compared.
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

// Lost says whether a finalist was faster on the tests of the board than on the
// fresh ones of the final, beyond doubt: the intervals of its ratios to the
// reference do not overlap.
func (f Final) Lost(p FinalRow) bool {
	one, _ := f.Finalist(p.Submission)
	return f.Fresh != nil && one.High > 0 && p.Measured.Is() && p.Measured.Low > one.High
}

// LostText says in words what a place lost on fresh tests; empty for nothing.
func (f Final) LostText(p FinalRow) string {
	if !p.Lost {
		return ""
	}
	one, _ := f.Finalist(p.Submission)
	return fmt.Sprintf("faster on the first tests than on fresh ones: %.3f [%.3f, %.3f] before, %.3f [%.3f, %.3f] here",
		one.Ratio, one.Low, one.High, p.Measured.Ratio, p.Measured.Low, p.Measured.High)
}
