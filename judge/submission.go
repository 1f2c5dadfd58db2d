package judge

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SubmissionID numbers submissions from 1 in the order of their receipt.
type SubmissionID int64

// JudgingID numbers judgings.
type JudgingID int64

// Contestant is a contestant's handle.
type Contestant string

// Account is a contestant as the organiser sees one.
type Account struct {
	Handle   Contestant `json:"contestant"`
	Created  time.Time  `json:"created"`
	HasToken bool       `json:"has_token"`          // without one, only the organiser submits in this name
	Disabled bool       `json:"disabled,omitempty"` // its token is refused, and what it has waiting is held
	// Submissions are all that were handed in, SourceBytes their sources,
	// Waiting those that wait to be judged.
	Submissions int   `json:"submissions"`
	SourceBytes int64 `json:"source_bytes"`
	Waiting     int   `json:"waiting"`
}

var contestantPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,38}$`)

// Validate checks the form of a handle.
func (c Contestant) Validate() error {
	if contestantPattern.MatchString(string(c)) {
		return nil
	}
	return &Invalid{
		Message: fmt.Sprintf("%q cannot be a contestant's name", string(c)),
		Hint:    "use 1 to 39 letters, digits, '_', '.' or '-', beginning with a letter or digit",
	}
}

// LanguageID names a language with its compiler, such as "g++" or "clang++".
type LanguageID string

// File is one source file of a submission.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// Submission is what a contestant handed in; it never changes.
type Submission struct {
	ID         SubmissionID `json:"id"`
	Problem    ProblemID    `json:"problem"`
	Contestant Contestant   `json:"contestant"`
	Language   LanguageID   `json:"language"`
	Files      []File       `json:"files,omitempty"` // nil where only the facts are needed
	SourceHash string       `json:"source_hash"`     // see HashFiles
	Bytes      int64        `json:"bytes"`           // of all files together
	// Receipt is the server's clock when the whole body was committed to disk.
	Receipt time.Time `json:"receipt"`
	// Ticket is when the upload was announced with this source hash; zero
	// without an announcement.
	Ticket time.Time `json:"ticket,omitzero"`
}

// HashFiles is the identity of a submission's sources: SHA-256 over names and
// contents, independent of the files' order. The same files submitted again
// by the same contestant for the same problem are the same submission.
func HashFiles(files []File) string {
	sorted := append([]File(nil), files...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	h := sha256.New()
	for _, f := range sorted {
		sum := sha256.Sum256(f.Data)
		fmt.Fprintf(h, "%d:%s", len(f.Name), f.Name)
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// maxFileName is the longest name that file systems take, in bytes.
const maxFileName = 255

// validFileName says whether a name can stand in the folder of a submission, alone
// and as an argument of the compiler. It may have blanks and letters of all
// alphabets, as a browser writes "main (1).cpp".
func validFileName(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return name != "" && len(name) <= maxFileName && utf8.ValidString(name) && name == strings.TrimSpace(name) &&
		(unicode.IsLetter(first) || unicode.IsDigit(first) || strings.ContainsRune("_([", first)) &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || !unicode.IsPrint(r) })
}

// MaxFiles is the most files a submission may have.
const MaxFiles = 64

// ValidateFiles checks the files of a submission against the problem's code
// limit; what a rule refuses comes back as *Refusal.
func ValidateFiles(files []File, codeBytes int64) error {
	if len(files) == 0 {
		return &Refusal{Code: "empty", Message: "the submission has no files", Hint: "name at least one source file"}
	}
	if len(files) > MaxFiles {
		return &Refusal{Code: "size", Message: fmt.Sprintf("%d files are too many; at most %d are allowed", len(files), MaxFiles),
			Hint: "submit only the sources that the problem needs"}
	}
	seen := map[string]bool{}
	var total int64
	for _, f := range files {
		if err := validateFile(f); err != nil {
			return err
		}
		if seen[f.Name] {
			return &Refusal{Code: "duplicate", Message: fmt.Sprintf("two files are named %q", f.Name),
				Hint: "all files of a submission land in one folder: rename one of them"}
		}
		seen[f.Name] = true
		total += int64(len(f.Data))
	}
	if total > codeBytes {
		return &Refusal{Code: "size", Message: fmt.Sprintf("the submission has %d bytes; this problem allows %d", total, codeBytes),
			Hint: "shorten the sources; large tables can be computed at the start"}
	}
	return nil
}

func validateFile(f File) error {
	switch {
	case !validFileName(f.Name):
		return &Refusal{Code: "name", Message: fmt.Sprintf("%q cannot be the name of a source file", f.Name),
			Hint: "begin it with a letter, a digit or '_', and use no slashes, no control characters and at most 255 bytes"}
	case len(strings.TrimSpace(string(f.Data))) == 0:
		return &Refusal{Code: "empty", Message: fmt.Sprintf("%s is empty", f.Name), Hint: "check that the file was saved"}
	}
	return readable(f)
}

// JudgingState says where a judging stands.
type JudgingState string

// A judging's states.
const (
	Queued    JudgingState = "queued"
	Compiling JudgingState = "compiling"
	Running   JudgingState = "running"
	Measuring JudgingState = "measuring" // in events only; stored as Running
	Done      JudgingState = "done"
	Cancelled JudgingState = "cancelled" // withdrawn before it was done: not judged, never ranked
)

// Over says that nothing more comes of a judging by itself.
func (s JudgingState) Over() bool { return s == Done || s == Cancelled }

// Judging is one full evaluation of a submission.
type Judging struct {
	ID             JudgingID    `json:"id"`
	Submission     SubmissionID `json:"submission"`
	ProblemVersion string       `json:"problem_version,omitempty"`
	State          JudgingState `json:"state"`
	Reason         string       `json:"reason,omitempty"` // why it waits, was cancelled, or ended as IE
	Epoch          int          `json:"epoch"`            // counts attempts; a result is kept only of the newest
	Grade
	// Values are what it comes to on each board.
	Values      Values `json:"-"`                     // see judgingJSON
	MemoryBytes int64  `json:"memory_bytes,omitzero"` // largest peak of its runs
	// ProgramHash is the SHA-256 of the compiled program, by which measurements
	// are pooled; empty where nothing was compiled.
	ProgramHash string `json:"program_hash,omitempty"`
	// Toolchain is what it was compiled with: version and command.
	Toolchain string `json:"toolchain,omitempty"`
	// Class is the machine class it was measured on, Scheduling how.
	Class      string `json:"class,omitempty"`
	Scheduling string `json:"scheduling,omitempty"`
	// Proposed says that it is a rejudging's and does not count until that is
	// applied.
	Proposed       bool          `json:"proposed,omitempty"`
	Compile        time.Duration `json:"compile_ns"`
	CompilerOutput string        `json:"compiler_output,omitempty"` // capped
	Queued         time.Time     `json:"queued,omitzero"`
	Started        time.Time     `json:"started,omitzero"`
	Finished       time.Time     `json:"finished,omitzero"`
}

// OtherClass says whether it was measured on another machine class than the
// given one, so that its times do not compare with those of that class. What
// was not measured is of no class.
func (j Judging) OtherClass(class string) bool {
	return class != "" && j.Class != "" && j.Class != class && j.measured()
}

// OtherToolchain says whether it was compiled with something else than the given
// toolchain. A toolchain that is not known is no other.
func (j Judging) OtherToolchain(now string) bool {
	return now != "" && j.Toolchain != "" && j.Toolchain != now
}

// measured says whether it was measured, or tried to.
func (j Judging) measured() bool {
	m := j.Values.Measuring()
	return m.Is() || m.Unmeasured()
}

// On is the value on a board, zero where there is none.
func (j Judging) On(b Board) Value { return j.Values.On(b) }

// Basis is what the judgings rest on that are made now.
type Basis struct {
	Version    string                // of the problem
	Class      string                // of the machine; empty if nothing is measured
	Toolchains map[LanguageID]string // the installed ones, as Judging.Toolchain
}

// Outdates says whether a judging has a result that rests on something else:
// another version of the problem, another compiler, or times of another machine
// class. What failed on our side has none, and is not rejudged but retried.
func (b Basis) Outdates(lang LanguageID, j Judging) bool {
	if j.State != Done || j.Verdict == Internal {
		return false
	}
	return j.ProblemVersion != b.Version || b.OtherToolchain(lang, j) || j.OtherClass(b.Class)
}

// OtherToolchain says whether it was compiled with something else than its
// language is now. A compiler that is not known, or not there any more, is no other.
func (b Basis) OtherToolchain(lang LanguageID, j Judging) bool {
	return j.OtherToolchain(b.Toolchains[lang])
}

// Run is one test case of a judging: raw facts and what was derived from them.
type Run struct {
	Ordinal     int           `json:"ordinal"` // from 1
	TestCase    string        `json:"test_case"`
	Timed       bool          `json:"timed"`
	Verdict     Verdict       `json:"verdict"`
	Real        time.Duration `json:"real_ns,omitzero"`
	CPU         time.Duration `json:"cpu_ns,omitzero"`
	MemoryBytes int64         `json:"memory_bytes,omitzero"`
	ExitStatus  int           `json:"exit_status,omitzero"`
	Signal      int           `json:"signal,omitempty"` // that ended it, unless the judge did
	Limit       string        `json:"limit,omitempty"`  // the limit that ended it: "cpu", "wall", "ready", "memory", "output"
	// RunDelay is how much of Real it waited for a CPU that others used, as far as
	// that was looked at: where a limit of real time was used up.
	RunDelay time.Duration `json:"run_delay_ns,omitzero"`
	// Message is for whoever may see the test case: why the run or its output was not
	// accepted.
	Message string `json:"message,omitempty"`
	// TeamMessage is what the problem's own output validator has to say to the
	// contestant.
	TeamMessage string `json:"team_message,omitempty"`
	// JudgeMessage is what it has to say to the organiser alone.
	JudgeMessage string `json:"judge_message,omitempty"`
	// Hidden says that who looks may not see all of it: facts that are zero are
	// not known then. See Sight.
	Hidden bool `json:"hidden,omitempty"`
}

// Entry is a submission with its current judging: what pages and rankings read.
type Entry struct {
	Submission Submission `json:"submission"`
	Judging    Judging    `json:"judging"`
	// ChosenBy is who chose it for the final, its contestant or "the organiser";
	// empty if it is not chosen. Whether the choice holds is for score to say.
	ChosenBy string `json:"chosen_by,omitempty"`
}

// Rejudged is a submission in a rejudging: the judging that counts and the one
// that is to take its place.
type Rejudged struct {
	Submission Submission `json:"submission"`
	Old        Judging    `json:"old"`
	New        Judging    `json:"new"`
}

// Changes says whether the new judging, once done, found something else than
// the old one. Times are never quite the same and do not count.
func (r Rejudged) Changes() bool {
	return r.New.State == Done && (r.New.Verdict != r.Old.Verdict || r.New.Passed != r.Old.Passed || r.New.Points != r.Old.Points)
}

// Rejudging is what is proposed for a problem, or what was until it was
// applied or cancelled.
type Rejudging struct {
	Problem ProblemID `json:"problem"`
	Version string    `json:"version"`         // of the problem now
	Class   string    `json:"class,omitempty"` // of the machine that judges now
	// Toolchains are what languages are compiled with now.
	Toolchains map[LanguageID]string `json:"toolchains,omitempty"`
	// Count is how many judgings the request proposed, applied or dropped.
	Count int `json:"count"`
	// A submission is in one of these, or done with the same result.
	Waiting int `json:"waiting"` // or running
	Failed  int `json:"failed"`  // on our side
	Changed int `json:"changed"` // to another verdict or number of passed tests
	// Outdated are done by another version than Version, compiled with another of
	// Toolchains, or measured on another machine class than Class; also those that ended so after the others were
	// proposed, and are not among Submissions.
	Outdated int `json:"outdated"`

	Submissions []Rejudged `json:"submissions"`
}

// Progress is one step of a judging as it happens; it is told to whoever watches, and not stored.
type Progress struct {
	Submission SubmissionID `json:"submission"`
	State      JudgingState `json:"state"`
	Ahead      int          `json:"ahead"`             // judgings before it in the queue, while queued
	Held       Hold         `json:"held,omitzero"`     // what keeps it from starting, while queued
	Total      int          `json:"total"`             // test cases, once known
	Run        *Run         `json:"run,omitempty"`     // a run that just ended
	Look       *Look        `json:"look,omitempty"`    // with State Measuring
	Judging    *Judging     `json:"judging,omitempty"` // the result, with State Done
	// Stalled says that it waits, and that nothing comes of it by itself: the judge
	// failed, and the organiser has to mend the cause.
	Stalled bool `json:"stalled,omitempty"`
}

// Last says that nothing comes after this one.
func (p Progress) Last() bool { return p.State.Over() || p.Stalled }

// QueueStats is the state of the queue.
type QueueStats struct {
	Waiting int       `json:"waiting"`
	Running int       `json:"running"`
	Oldest  time.Time `json:"oldest,omitzero"` // when the longest waiting judging was queued, of those that may start
	// Held is what keeps judgings from starting.
	Held Hold `json:"held,omitzero"`
}

// Hold says that something else, such as a final, has the machine for itself, so
// that no judging starts.
type Hold struct {
	What     string    `json:"what"` // a noun for sentences: the final "final" of sum
	Progress string    `json:"progress,omitempty"`
	Since    time.Time `json:"since"`
	Ends     time.Time `json:"ends,omitzero"` // probably; zero while that is not known
}

// Is says that there is one.
func (h Hold) Is() bool { return h.What != "" }

// String is a clause for sentences.
func (h Hold) String() string { return h.What + " has the machine for itself" }
