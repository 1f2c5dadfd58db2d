// Package api is the HTTP API for submissions and status, and its client. The
// public pages and boards are the leaderboard's; what needs a name or belongs
// to one contestant is here.
package api

import (
	"time"

	"contest/judge"
	"contest/judge/wire"
)

// Paths of the API.
const (
	pathStatus      = "/api/v1/status"
	pathProblems    = "/api/v1/problems"
	pathTickets     = "/api/v1/tickets"
	pathSubmissions = "/api/v1/submissions"
	pathUsers       = "/api/v1/users"
	pathEvents      = "/api/v1/events"
	pathQueue       = "/api/v1/queue"
	pathBoards      = "/api/v1/boards"
)

// Events is a page of the changes of the contest; see docs/events.md. The next one
// comes after the last event of this one, until that is Head.
type Events struct {
	Head   int64         `json:"head"` // the number of the last event
	Events []judge.Event `json:"events"`
}

// Status is the contest as `judge status` prints it.
type Status struct {
	Contest string `json:"contest"`
	// Commitment is the SHA-256 of the secret that secret tests are made from.
	Commitment string    `json:"commitment,omitempty"`
	Version    string    `json:"version"` // of the judge
	Now        time.Time `json:"now"`     // the server's clock
	wire.State
	Problems int      `json:"problems"`
	Broken   []string `json:"broken,omitempty"` // for the organiser: packages that could not be loaded
	// Packages are, for the organiser, what is known of the packages that were loaded.
	Packages []judge.Verification `json:"packages,omitempty"`
	// Outdated counts, for the organiser, judgings by an older version of their
	// problem, another compiler or another machine: boards mix them with newer
	// ones, and cannot rank two machines.
	Outdated int `json:"outdated,omitempty"`
	// Failed are, for the organiser, the submissions on which the judge failed.
	Failed []judge.SubmissionID `json:"failed,omitempty"`
	// Trouble is, for the organiser, what the machine lacks so that judging is
	// held up; empty if it is not.
	Trouble string           `json:"trouble,omitempty"`
	Queue   judge.QueueStats `json:"queue"`
	Paused  bool             `json:"paused"` // nothing new is judged until the organiser resumes
	// Disk is, for the organiser, the room where the contest keeps its data.
	Disk *judge.Disk `json:"disk,omitempty"`
	// Contestant is whose token the request carried; empty without one.
	Contestant judge.Contestant `json:"contestant,omitempty"`
	Languages  []Language       `json:"languages"`
}

// Stamp prints an instant in the contest's zone and in UTC.
func (s Status) Stamp(t time.Time) string {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		zone = time.UTC // a zone that this binary's tables do not know yet
	}
	return judge.Stamp(t, zone)
}

// Language is one that submissions may be written in.
type Language struct {
	ID         judge.LanguageID `json:"id"`
	Name       string           `json:"name"`
	Aliases    []string         `json:"aliases,omitempty"`
	Extensions []string         `json:"extensions"`
	Version    string           `json:"version"`
	Command    string           `json:"command"` // as it is called, problem flags aside
}

// Kit is what a contestant needs to work on a problem.
type Kit struct {
	// Problem is with its rules: see wire.Problem.
	Problem wire.Problem `json:"problem"`
	// Statement is Markdown; empty where the statement is a file of another form,
	// which is the one named StatementFile among StatementFiles.
	Statement     []byte `json:"statement"`
	StatementFile string `json:"statement_file,omitempty"`
	// StatementFiles belong beside the statement, such as its images; names may
	// have folders.
	StatementFiles []judge.File `json:"statement_files,omitempty"`
	Includes       []judge.File `json:"includes"`
	Samples        []Sample     `json:"samples"`
	// Command compiles a solution in the folder of the kit as the judge does, with
	// the default compiler; empty where none is installed.
	Command string `json:"command,omitempty"`
}

// Sample is one sample test case.
type Sample struct {
	Name   string `json:"name"`
	Input  []byte `json:"input"`
	Answer []byte `json:"answer"`
	// Args are arguments of the submission, and Files are in its work folder, by their
	// names there, which may have folders.
	Args  []string     `json:"args,omitempty"`
	Files []judge.File `json:"files,omitempty"`
}

// Ticket announces an upload; see judge.Deadline.
type Ticket struct {
	Contestant judge.Contestant `json:"contestant,omitempty"`
	Problem    judge.ProblemID  `json:"problem"`
	SourceHash string           `json:"source_hash"`
	Opened     time.Time        `json:"opened,omitzero"`
}

// NewSubmission is the body of a submit.
type NewSubmission struct {
	// Contestant may differ from the token's only for the organiser.
	Contestant judge.Contestant `json:"contestant,omitempty"`
	Problem    judge.ProblemID  `json:"problem"`
	Language   judge.LanguageID `json:"language,omitempty"`
	Files      []judge.File     `json:"files"`
}

// Submitted is the receipt of a submit.
type Submitted struct {
	judge.Entry
	// Known says that these very sources were submitted before: the receipt is
	// the first one's.
	Known bool `json:"again"`
	Reception
}

// Reception is the receipt in words, and how late it was.
type Reception struct {
	// Received is the receipt in the contest's zone and in UTC, as every
	// surface prints it.
	Received string        `json:"received"`
	LateBy   time.Duration `json:"late_by_ns"`
}

// Detail is a submission with its runs and where it stands.
type Detail struct {
	judge.Entry
	Reception
	Runs []judge.Run `json:"runs"`
	// Note says when more will be shown of runs that are hidden.
	Note string `json:"note,omitempty"`
	// Ahead counts those that are judged before this one, while it waits.
	Ahead int `json:"ahead,omitempty"`
	// Held is what keeps it from starting, while it waits.
	Held judge.Hold `json:"held,omitzero"`
	// Stalled says that it waits for the organiser; see judge.Progress.
	Stalled bool `json:"stalled,omitempty"`
	// Standings are where the contestant stands on the problem's boards, if the
	// submission is eligible for one.
	Standings []Standing `json:"places,omitempty"`
	// Degraded is why ranks are for practice; see wire.Scoreboard.
	Degraded string `json:"degraded,omitempty"`
	// Machine is what the submission was measured on, if it was.
	Machine *judge.Machine `json:"machine,omitempty"`
}

// Standing is where the contestant of an eligible submission stands on one board, with
// this submission or, as Counts says, with another one.
type Standing struct {
	Board judge.Board `json:"board"`
	judge.Ranking
	Of int `json:"of"` // contestants with a rank
	// OtherClass says why there is no rank: the time is from another machine.
	OtherClass bool `json:"other_class,omitempty"`
	// Counts says that this very submission is the one on the board, which is
	// number Stands.
	Counts bool               `json:"counts"`
	Stands judge.SubmissionID `json:"stands"`
	// Why says why it did not take the place of the one that stood when it came;
	// empty where it did, or was the first.
	Why string `json:"why,omitempty"`
	// Stood is the contestant's submission that stood when this one came, zero where
	// it was the first. PassedMore is how many test cases more this one passed, and
	// where that is none and times compare, TimesStood its total by that one's.
	Stood      judge.SubmissionID `json:"stood,omitempty"`
	PassedMore int                `json:"passed_more,omitempty"`
	TimesStood float64            `json:"times_stood,omitempty"`
	// Chosen is the submission that the contestant chose for the final, zero without
	// one; Ignored says why the final does not take it, and is empty if it does.
	Chosen  judge.SubmissionID `json:"chosen,omitempty"`
	Ignored string             `json:"ignored,omitempty"`
}

// ChoiceChange chooses a submission for the final.
type ChoiceChange struct {
	Clear bool `json:"clear,omitempty"` // take the choice back
}

// NewRejudging asks for something to be done with the rejudging of a problem.
type NewRejudging struct {
	Action RejudgingAction `json:"action"`
}

// RejudgingAction is what can be done with a rejudging.
type RejudgingAction string

// The actions.
const (
	Propose RejudgingAction = "propose" // judge again what another version of the problem judged, another compiler compiled, or another machine measured
	Apply   RejudgingAction = "apply"   // make all that is proposed count
	Cancel  RejudgingAction = "cancel"  // drop it
)

// NewUser asks for a contestant's account.
type NewUser struct {
	Contestant judge.Contestant `json:"contestant"`
	Reset      bool             `json:"reset,omitempty"` // replace the token of an existing account
}

// User is an account with its token, shown once.
type User struct {
	Contestant judge.Contestant `json:"contestant"`
	Token      string           `json:"token"`
}

// UserChange changes an account; what is missing stays as it is.
type UserChange struct {
	Disabled *bool `json:"disabled,omitempty"`
}

// QueueChange asks for something to be done with the queue.
type QueueChange struct {
	Action QueueAction `json:"action"`
}

// QueueAction is what can be done with the queue.
type QueueAction string

// The actions.
const (
	Pause  QueueAction = "pause"  // let what runs end and start no more
	Resume QueueAction = "resume" // end a pause
)
