package judge

import (
	"fmt"
	"time"
)

// Quota is what a contest lends to each contestant, and what it keeps for
// itself. A zero field is no limit.
type Quota struct {
	Waiting     int   // judgings of one contestant that wait at a time
	SourceBytes int64 // of all that one contestant handed in
	// ReserveBytes of the disk are kept free for judging and the database;
	// zero is a gibibyte, or a twentieth of a smaller disk.
	ReserveBytes int64
}

// DefaultQuota lets nobody fill queue or disk, and no honest contestant notice.
var DefaultQuota = Quota{Waiting: 5, SourceBytes: 64 << 20}

// Intake says what is asked of a submission when it is stored; nil asks nothing.
type Intake struct {
	// Practice says, once receipt and ticket are known, whether it is late; may
	// be nil.
	Practice func(Submission) bool
	Quota    Quota
	// Actor is who hands it in; the zero Actor is its contestant.
	Actor Actor
	// Toolchain is what its language is compiled with now, as in Judging.Toolchain;
	// empty if that is not known.
	Toolchain string
}

// Late says whether a submission is practice.
func (in *Intake) Late(s Submission) bool { return in != nil && in.Practice != nil && in.Practice(s) }

// By is who hands a submission in.
func (in *Intake) By(s Submission) Actor {
	if in == nil || in.Actor == (Actor{}) {
		return Actor{Name: string(s.Contestant), Role: AsContestant}
	}
	return in.Actor
}

// Recompiles says whether a judging is a CE of another toolchain: with this one the
// same sources may compile.
func (in *Intake) Recompiles(j Judging) bool {
	return in != nil && j.Verdict == Compile && j.OtherToolchain(in.Toolchain)
}

// retryWaiting is when a contestant whose queue is full may try again: about
// as long as a judging takes.
const retryWaiting = 30 * time.Second

// MayWait refuses one more judging to who has so many waiting; oldest is the
// first of them.
func (q Quota) MayWait(waiting int, oldest SubmissionID) error {
	if q.Waiting == 0 || waiting < q.Waiting {
		return nil
	}
	return &Refusal{Code: "waiting", After: retryWaiting,
		Message: fmt.Sprintf("%d submissions of yours wait to be judged, the oldest is %d; this contest allows %d at a time", waiting, oldest, q.Waiting),
		Hint:    fmt.Sprintf("wait for a verdict (judge watch %d), or withdraw one of them: judge cancel %d", oldest, oldest)}
}

// MayStore refuses more bytes of sources to who has stored so many.
func (q Quota) MayStore(stored, more int64) error {
	if q.SourceBytes == 0 || stored+more <= q.SourceBytes {
		return nil
	}
	return &Refusal{Code: "stored",
		Message: fmt.Sprintf("your submissions take %d bytes; with these %d they would be more than the %d that this contest keeps for one contestant", stored, more, q.SourceBytes),
		Hint:    "shorten the sources, or ask the organiser for more (limits: sources in contest.yaml)"}
}

// Disk is the room where a contest keeps its data; the zero value is not known.
type Disk struct {
	FreeBytes    int64 `json:"free_bytes"`
	TotalBytes   int64 `json:"total_bytes"`
	ReserveBytes int64 `json:"reserve_bytes"` // below it submissions are refused
}

// Known says whether anything is known of the disk.
func (d Disk) Known() bool { return d.TotalBytes > 0 }

// Full says whether only the reserve is left.
func (d Disk) Full() bool { return d.Known() && d.FreeBytes < d.ReserveBytes }

// Reserve completes what is known of a disk with what the quota keeps free.
func (q Quota) Reserve(d Disk) Disk {
	d.ReserveBytes = q.ReserveBytes
	if d.ReserveBytes == 0 {
		d.ReserveBytes = min(1<<30, d.TotalBytes/20)
	}
	return d
}
