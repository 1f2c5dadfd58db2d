package store

import (
	"context"
	"database/sql"
	"errors"

	"contest/judge"
)

// selectSubmission are the columns of a submission s with its ticket t.
const selectSubmission = `s.id as "s.id", s.problem as "s.problem", s.contestant as "s.contestant", s.language as "s.language",
	s.source_hash as "s.source_hash", s.bytes as "s.bytes", s.receipt as "s.receipt", t.opened as "s.ticket"`

// selectEntry reads submissions with a judging each; the compiler's output is
// one of the caller's, since lists of entries do without it.
func selectEntry(compilerOutput string) string {
	return `select ` + selectSubmission + `,
		j.id as "j.id", j.submission as "j.submission", j.problem_version as "j.problem_version", j.state as "j.state", j.due as "j.due",
		j.reason as "j.reason", j.epoch as "j.epoch", j.verdict as "j.verdict", j.first_failed as "j.first_failed",
		j.passed as "j.passed", j.total as "j.total", j.timed_passed as "j.timed_passed", j.missed as "j.missed",
		j.missed_set as "j.missed_set", j.points as "j.points", j.test_groups as "j.test_groups", j.totals as "j.totals", j.memory_bytes as "j.memory_bytes", j.compile_ns as "j.compile_ns",
		` + compilerOutput + ` as "j.compiler_output",
		j.queued as "j.queued", j.started as "j.started", j.finished as "j.finished",
		j.measured as "j.measured", j.program_hash as "j.program_hash", j.toolchain as "j.toolchain", j.class as "j.class", j.scheduling as "j.scheduling", j.proposed as "j.proposed",
		coalesce((select chosen_by from choice where choice.submission = s.id), '') as "chosen_by"
		from submission s join judging j on j.submission = s.id left join ticket t on t.id = s.ticket `
}

// queryEntry reads the one entry that where picks.
func queryEntry(ctx context.Context, q queries, where string, args ...any) (judge.Entry, error) {
	var row entryRow
	err := q.get(ctx, &row, selectEntry("j.compiler_output")+`where `+where, args...)
	return row.entry(), err
}

// Entries lists the submissions for a problem, or for all problems if it is
// empty, by id, each with the judging that counts. Files and the compiler's
// output are left out.
func (db *DB) Entries(ctx context.Context, problem judge.ProblemID) ([]judge.Entry, error) {
	where, args := `where j.current`, []any(nil)
	if problem != "" {
		where, args = where+` and s.problem = ?`, append(args, problem)
	}
	var rows []entryRow
	err := db.reader().all(ctx, &rows, selectEntry("''")+where+` order by s.id`, args...)
	if err != nil {
		return nil, wrap(explain(err), "list submissions")
	}
	entries := make([]judge.Entry, len(rows))
	for i, r := range rows {
		entries[i] = r.entry()
	}
	return entries, nil
}

// Entry reads a submission with the judging that counts, without files.
func (db *DB) Entry(ctx context.Context, id judge.SubmissionID) (judge.Entry, error) {
	e, err := queryEntry(ctx, db.reader(), `j.current and s.id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return e, notFound(id)
	}
	return e, wrap(explain(err), "submission %d", id)
}

// Runs lists the runs of a judging; none before it is done.
func (db *DB) Runs(ctx context.Context, id judge.JudgingID) ([]judge.Run, error) {
	var rows []runRow
	err := db.reader().all(ctx, &rows, `select ordinal, test_case, timed, verdict, real_ns, cpu_ns, memory_bytes,
		exit_status, signal, limit_name, run_delay_ns, message, team_message, judge_message from run where judging = ? order by ordinal`, id)
	if err != nil {
		return nil, wrap(explain(err), "runs of judging %d", id)
	}
	runs := make([]judge.Run, len(rows))
	for i, r := range rows {
		runs[i] = r.run()
	}
	return runs, nil
}
