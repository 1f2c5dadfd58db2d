package judge

import "time"

// Assignment is a judging that was claimed, with everything a worker needs of the
// store to do it. What comes of it is an Outcome.
type Assignment struct {
	Judging    JudgingID
	Epoch      int // the outcome is kept only under this one
	Purpose    Purpose
	Submission Submission // with its files
}

// Shown says whether the public may follow the judging while it is done: what does
// not count is nobody's business yet.
func (a Assignment) Shown() bool { return a.Purpose == ToCount }

// Purpose is what the outcome of a judging is for.
type Purpose string

// The purposes of judgings.
const (
	ToCount     Purpose = "count"     // it is the submission's result at once
	ToPropose   Purpose = "propose"   // it is a rejudging's, which somebody applies or drops
	ToRemeasure Purpose = "remeasure" // only its times are wanted: a machine disturbed those of an earlier judging
)

// Later is a worker's error for a judging that cannot be done yet, for a reason that
// is neither its own nor a failure of ours: the package of its problem is broken just
// now. It waits at least for After, with the reason beside it, and never ends as IE
// by that.
type Later struct {
	After  time.Duration // at least a second
	Reason string
}

func (l *Later) Error() string { return "not now: " + l.Reason }
