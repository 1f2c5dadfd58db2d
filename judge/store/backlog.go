package store

import (
	"context"

	"contest/judge"
)

// QueueStats counts the judgings that wait, also for a later time, and those
// that are being worked.
func (db *DB) QueueStats(ctx context.Context) (judge.QueueStats, error) {
	var row struct {
		Waiting int   `db:"waiting"`
		Running int   `db:"running"`
		Oldest  stamp `db:"oldest"`
	}
	err := db.reader().get(ctx, &row, `select count(*) filter (where state = 'queued') as waiting,
		count(*) filter (where state <> 'queued') as running, min(queued) filter (where state = 'queued') as oldest
		from judging where state in ('queued', 'compiling', 'running')`)
	return judge.QueueStats{Waiting: row.Waiting, Running: row.Running, Oldest: row.Oldest.Time},
		wrap(explain(err), "queue statistics")
}

// Ahead counts the judgings that will start before this one; zero once it has
// started. Those that wait for a time after it are not in its way.
func (db *DB) Ahead(ctx context.Context, id judge.JudgingID) (int, error) {
	var row struct {
		State judge.JudgingState `db:"state"`
		Ahead int                `db:"ahead"`
	}
	err := db.reader().get(ctx, &row, `select j.state, (select count(*) from judging o where o.state = 'queued'
		and (o.due <= ? or o.due <= j.due)
		and (o.priority, o.due, o.id) < (j.priority, j.due, j.id)) as ahead from judging j where j.id = ?`, stamp{db.now()}, id)
	if row.State != judge.Queued {
		row.Ahead = 0
	}
	return row.Ahead, wrap(explain(err), "judgings ahead of %d", id)
}
