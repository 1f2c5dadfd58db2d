package store

import (
	"context"
	"fmt"

	"contest/judge"
)

type finalRow struct {
	ID             judge.FinalID               `db:"id"`
	Problem        judge.ProblemID             `db:"problem"`
	ProblemVersion string                      `db:"problem_version"`
	Board          judge.Board                 `db:"board"`
	Name           string                      `db:"name"`
	Seed           string                      `db:"seed"`
	Practice       bool                        `db:"practice"`
	Degraded       string                      `db:"degraded"`
	Prizes         int                         `db:"prizes"`
	MaxRounds      int                         `db:"max_rounds"`
	Finalists      jsonText[[]judge.Finalist]  `db:"finalists"`
	Tests          jsonText[[]string]          `db:"tests"`
	Fresh          jsonText[*judge.FreshTests] `db:"fresh"`
	Class          string                      `db:"class"`
	Scheduling     string                      `db:"scheduling"`
	Started        unixNano                    `db:"started"`
	Finished       unixNano                    `db:"finished"`
	Rounds         int                         `db:"rounds"`

	Standing jsonText[judge.FinalStanding] `db:"standing"`
}

func (r finalRow) final() judge.Final {
	return judge.Final{
		ID: r.ID, Problem: r.Problem, ProblemVersion: r.ProblemVersion, Board: r.Board, Name: r.Name, Seed: r.Seed,
		Practice: r.Practice, Degraded: r.Degraded, Prizes: r.Prizes, MaxRounds: r.MaxRounds, Finalists: r.Finalists.value, Tests: r.Tests.value, Fresh: r.Fresh.value,
		Class: r.Class, Scheduling: r.Scheduling, Started: r.Started.Time, Finished: r.Finished.Time, Rounds: r.Rounds,
		Standing: r.Standing.value,
	}
}

const selectFinal = `select id, problem, problem_version, board, name, seed, practice, degraded, prizes, max_rounds, finalists, tests, fresh,
	class, scheduling, started, finished, standing,
	(select count(*) from final_round r where r.final = f.id) as rounds from final f `

// BeginFinal stores a final unless its board has one of that name, and returns
// the one that is stored: what its number of rounds and its end say is how far
// it has come. A zero Started is stamped. Degraded is for DegradeFinal.
func (db *DB) BeginFinal(ctx context.Context, by judge.Actor, f judge.Final) (kept judge.Final, err error) {
	err = db.inTx(ctx, func(tx *Tx) error {
		if f.Started.IsZero() {
			f.Started = tx.now
		}
		n, err := tx.exec(ctx, `insert into final (problem, problem_version, board, name, seed, practice, prizes, max_rounds,
			finalists, tests, fresh, class, scheduling, started) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (problem, board, name) do nothing`,
			f.Problem, f.ProblemVersion, f.Board, f.Name, f.Seed, f.Practice, f.Prizes, f.MaxRounds,
			jsonText[[]judge.Finalist]{f.Finalists}, jsonText[[]string]{f.Tests}, jsonText[*judge.FreshTests]{f.Fresh}, f.Class, f.Scheduling, unixNano{f.Started})
		if err != nil {
			return err
		}
		var row finalRow
		err = tx.get(ctx, &row, selectFinal+`where problem = ? and board = ? and name = ?`, f.Problem, f.Board, f.Name)
		if kept = row.final(); err != nil || n == 0 {
			return err
		}
		finalists, err := judge.Canonical(kept.Finalists)
		tx.note(by, judge.EventFinalBegun, ofFinal(kept.ID), facts{
			"final": kept.ID, "problem": kept.Problem, "problem_version": kept.ProblemVersion, "board": kept.Board, "name": kept.Name,
			"seed": kept.Seed, "practice": kept.Practice, "prizes": kept.Prizes, "max_rounds": kept.MaxRounds, "tests": kept.Tests,
			"fresh": kept.Fresh, "class": kept.Class, "finalists_sha256": judge.HashRecord(finalists),
		})
		return err
	})
	return kept, wrap(err, "begin the final %q of %s", f.Name, f.Problem)
}

// DegradeFinal notes what the machine lacks that times a final from here on;
// what was noted first stays.
func (db *DB) DegradeFinal(ctx context.Context, id judge.FinalID, why string) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `update final set degraded = ? where id = ? and degraded = '' and finished is null`, text(why), id)
		if n > 0 {
			tx.note(theJudge, judge.EventFinalDegraded, ofFinal(id), facts{"final": id, "why": why})
		}
		return err
	})
	return wrap(err, "note what final %d is timed on", id)
}

// AddFinalRound stores the next round of a final that is not finished:
// judge.ErrStale if it is, judge.ErrConflict if the round is not the next.
func (db *DB) AddFinalRound(ctx context.Context, id judge.FinalID, r judge.FinalRound) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		var row finalRow
		if err := tx.get(ctx, &row, selectFinal+`where id = ?`, id); err != nil {
			return err
		}
		switch {
		case !row.Finished.IsZero():
			return judge.ErrStale
		case r.Number != row.Rounds+1:
			return fmt.Errorf("%w: %d rounds are stored", judge.ErrConflict, row.Rounds)
		}
		_, err := tx.exec(ctx, `insert into final_round (final, number, started, finished, data) values (?, ?, ?, ?, ?)`,
			id, r.Number, unixNano{r.Started}, unixNano{r.Finished}, r.Data)
		tx.note(theJudge, judge.EventFinalRound, ofFinal(id), facts{"final": id, "round": r.Number, "data_sha256": judge.HashRecord(r.Data)})
		return err
	})
	return wrap(err, "round %d of final %d", r.Number, id)
}

// FinalRounds lists the complete rounds of a final in order.
func (db *DB) FinalRounds(ctx context.Context, id judge.FinalID) ([]judge.FinalRound, error) {
	var rows []struct {
		Number   int      `db:"number"`
		Started  unixNano `db:"started"`
		Finished unixNano `db:"finished"`
		Data     []byte   `db:"data"`
	}
	err := db.reader().all(ctx, &rows, `select number, started, finished, data from final_round where final = ? order by number`, id)
	rounds := make([]judge.FinalRound, len(rows))
	for i, r := range rows {
		rounds[i] = judge.FinalRound{Number: r.Number, Started: r.Started.Time, Finished: r.Finished.Time, Data: r.Data}
	}
	return rounds, wrap(explain(err), "rounds of final %d", id)
}

// EndFinal stores what a final came to, once: judge.ErrStale if it is finished
// already.
func (db *DB) EndFinal(ctx context.Context, by judge.Actor, id judge.FinalID, s judge.FinalStanding) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		standing, err := judge.Canonical(s)
		if err != nil {
			return err
		}
		tx.note(by, judge.EventFinalEnded, ofFinal(id), facts{"final": id, "standing_sha256": judge.HashRecord(standing)})
		return fresh(tx.exec(ctx, `update final set finished = ?, standing = ? where id = ? and finished is null`,
			unixNano{tx.now}, jsonText[judge.FinalStanding]{s}, id))
	})
	return wrap(err, "end final %d", id)
}

// Finals lists the finals of a problem, or of all problems if it is empty, in
// the order in which they began.
func (db *DB) Finals(ctx context.Context, problem judge.ProblemID) ([]judge.Final, error) {
	where, args := ``, []any(nil)
	if problem != "" {
		where, args = `where problem = ? `, []any{problem}
	}
	var rows []finalRow
	err := db.reader().all(ctx, &rows, selectFinal+where+`order by id`, args...)
	finals := make([]judge.Final, len(rows))
	for i, r := range rows {
		finals[i] = r.final()
	}
	return finals, wrap(explain(err), "list finals")
}
