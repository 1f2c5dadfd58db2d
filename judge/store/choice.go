package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"contest/judge"
)

// Choose notes a submission as the one that its contestant chose for the final, in
// place of an earlier choice for the problem. It is refused once a final has begun
// there, but for practice.
func (db *DB) Choose(ctx context.Context, by judge.Actor, id judge.SubmissionID) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		if err := mayChoose(ctx, tx, id); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `insert into choice (contestant, problem, submission, chosen_by, chosen)
			select contestant, problem, id, ?, cast(? as bigint) from submission where id = ?
			on conflict (contestant, problem) do update set submission = excluded.submission, chosen_by = excluded.chosen_by, chosen = excluded.chosen`,
			by.String(), unixNano{tx.now}, id)
		if err == nil && n == 0 {
			return notFound(id)
		}
		tx.note(by, judge.EventChoiceMade, ofSubmission(id), facts{"submission": id})
		return err
	})
	return wrap(err, "choose submission %d", id)
}

// Unchoose takes a choice back, under the same conditions; refused as well if the
// submission is not the chosen one.
func (db *DB) Unchoose(ctx context.Context, by judge.Actor, id judge.SubmissionID) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		if err := mayChoose(ctx, tx, id); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `delete from choice where submission = ?`, id)
		if err == nil && n == 0 {
			return &judge.Refusal{Code: "not-chosen", Message: fmt.Sprintf("submission %d is not chosen for the final", id), Hint: "judge show says which one is"}
		}
		tx.note(by, judge.EventChoiceUndone, ofSubmission(id), facts{"submission": id})
		return err
	})
	return wrap(err, "take back the choice of submission %d", id)
}

// mayChoose refuses what a final that began would no longer see.
func mayChoose(ctx context.Context, tx *Tx, id judge.SubmissionID) error {
	var began struct {
		Name    string          `db:"name"`
		Problem judge.ProblemID `db:"problem"`
	}
	err := tx.get(ctx, &began, `select f.name, f.problem from final f join submission s on s.problem = f.problem
		where s.id = ? and not f.practice order by f.id limit 1`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return &judge.Refusal{Code: "final-began", Message: fmt.Sprintf("the final %q of %s has begun", began.Name, began.Problem), Hint: "it takes what was chosen before"}
}
