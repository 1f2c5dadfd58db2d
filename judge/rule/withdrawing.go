package rule

import (
	"context"

	"contest/judge"
)

// Withdrawing is taking back what was handed in, before it has a verdict.
type Withdrawing struct {
	Store interface {
		Entry(ctx context.Context, id judge.SubmissionID) (judge.Entry, error)
	}
	Queue interface {
		// Cancel withdraws a submission; with running, also one that is being judged.
		Cancel(ctx context.Context, by judge.Actor, id judge.SubmissionID, running bool) error
	}
}

// Withdraw keeps a submission from being judged: a contestant's own while it waits, any
// for the organiser, also while it is being judged.
func (w Withdrawing) Withdraw(ctx context.Context, a judge.Actor, id judge.SubmissionID) error {
	e, err := w.Store.Entry(ctx, id)
	if err != nil {
		return err
	}
	if err := mayWith(a, Withdraw, e.Submission); err != nil {
		return err
	}
	return w.Queue.Cancel(ctx, a, id, Reaches(a, WithdrawBegun, e.Submission.Contestant))
}
