package store

import (
	"context"

	"contest/judge"
)

// Freeze stores a baseline unless there is one for its problem, version and
// class, and returns the one that counts: of several that measure at once the
// first wins. A zero Frozen is stamped.
func (db *DB) Freeze(ctx context.Context, b judge.Baseline) (kept judge.Baseline, err error) {
	err = db.inTx(ctx, func(tx *Tx) error {
		if b.Frozen.IsZero() {
			b.Frozen = tx.now
		}
		n, err := tx.exec(ctx, `insert into baseline (problem, problem_version, class, frozen, data) values (?, ?, ?, ?, ?)
			on conflict (problem, problem_version, class) do nothing`, b.Problem, b.ProblemVersion, b.Class, unixNano{b.Frozen}, b.Data)
		if err != nil {
			return err
		}
		if n > 0 {
			tx.note(theJudge, judge.EventBaselineFrozen, ofAll(b.Problem), facts{"problem": b.Problem, "problem_version": b.ProblemVersion,
				"class": b.Class, "data_sha256": judge.HashRecord(b.Data)})
		}
		kept, err = baseline(ctx, tx.queries, b.Problem, b.ProblemVersion, b.Class)
		return err
	})
	return kept, wrap(err, "freeze the baseline of %s on machine class %s", b.Problem, b.Class)
}

// Baseline reads what was frozen; judge.ErrNotFound when nothing was.
func (db *DB) Baseline(ctx context.Context, problem judge.ProblemID, version, class string) (judge.Baseline, error) {
	b, err := baseline(ctx, db.reader(), problem, version, class)
	return b, wrap(explain(err), "baseline of %s on machine class %s", problem, class)
}

func baseline(ctx context.Context, q queries, problem judge.ProblemID, version, class string) (judge.Baseline, error) {
	var row struct {
		Frozen unixNano `db:"frozen"`
		Data   []byte   `db:"data"`
	}
	err := q.get(ctx, &row, `select frozen, data from baseline where problem = ? and problem_version = ? and class = ?`,
		problem, version, class)
	if err != nil {
		return judge.Baseline{}, err
	}
	return judge.Baseline{Problem: problem, ProblemVersion: version, Class: class, Frozen: row.Frozen.Time, Data: row.Data}, nil
}

// SaveMachine notes a machine class, once.
func (db *DB) SaveMachine(ctx context.Context, m judge.Machine) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `insert into machine (class, fingerprint, first_seen) values (?, ?, ?)
			on conflict (class) do nothing`, m.Class, jsonText[map[string]string]{m.Fingerprint}, unixNano{tx.now})
		if n > 0 {
			tx.note(theJudge, judge.EventMachineSeen, ofClass(m.Class), facts{"class": m.Class, "fingerprint": m.Fingerprint})
		}
		return err
	})
	return wrap(err, "save machine class %s", m.Class)
}

// Machines lists the machine classes in the order in which they were first seen.
func (db *DB) Machines(ctx context.Context) ([]judge.Machine, error) {
	var rows []struct {
		Class       string                      `db:"class"`
		Fingerprint jsonText[map[string]string] `db:"fingerprint"`
		Cheats      jsonText[*judge.Cheats]     `db:"cheats"`
	}
	err := db.reader().all(ctx, &rows, `select class, fingerprint, coalesce((select data from cheats where cheats.class = machine.class
		order by finished desc limit 1), '') as cheats from machine order by first_seen, class`)
	machines := make([]judge.Machine, len(rows))
	for i, r := range rows {
		machines[i] = judge.Machine{Class: r.Class, Fingerprint: r.Fingerprint.value, Cheats: r.Cheats.value}
	}
	return machines, wrap(explain(err), "list machine classes")
}

// SaveCheats notes what a run of the suite of cheats showed; the same run once.
func (db *DB) SaveCheats(ctx context.Context, r judge.CheatRun) error {
	err := db.inTx(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `insert into cheats (class, finished, data) values (?, ?, ?) on conflict (class, finished) do nothing`,
			r.Class, unixNano{r.Finished}, jsonText[judge.CheatRun]{r})
		if n > 0 {
			tx.note(theJudge, judge.EventCheatsTried, ofClass(r.Class), facts{"class": r.Class, "run": r})
		}
		return err
	})
	return wrap(err, "save what the cheats showed of machine class %s", r.Class)
}

// Cheats reads the last run on a machine class; judge.ErrNotFound if there was
// none.
func (db *DB) Cheats(ctx context.Context, class string) (judge.CheatRun, error) {
	var run jsonText[judge.CheatRun]
	err := db.reader().get(ctx, &run, `select data from cheats where class = ? order by finished desc limit 1`, class)
	return run.value, wrap(explain(err), "what the cheats showed of machine class %s", class)
}
