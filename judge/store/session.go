package store

import (
	"context"
	"fmt"

	"contest/judge"
)

// storeMeasured adds what a finished judging measured: its sessions, and its
// values to all other judgings of the same program, since one program has one
// score whoever hands it in, and however its sources are written. One that
// took what was found before has nothing new to tell.
func storeMeasured(ctx context.Context, tx *Tx, o judge.Outcome) error {
	j := o.Judging
	measuring := j.Values.Measuring()
	if len(o.Sessions) == 0 && !measuring.Is() {
		return nil
	}
	if j.Class == "" {
		return &judge.Invalid{
			Message: fmt.Sprintf("judging %d was measured on a machine without a class", j.ID),
			Hint:    "name the machine class with the result",
		}
	}
	var s submissionRow
	err := tx.get(ctx, &s, `select s.id, s.problem, s.language, s.source_hash from submission s
		join judging j on j.submission = s.id where j.id = ?`, j.ID)
	if err != nil {
		return err
	}
	for _, session := range o.Sessions {
		session.Judging, session.Problem, session.ProblemVersion = j.ID, s.Problem, j.ProblemVersion
		session.Language, session.SourceHash, session.ProgramHash, session.Class = s.Language, s.SourceHash, j.ProgramHash, j.Class
		if err := insertSession(ctx, tx, session); err != nil {
			return fmt.Errorf("session %s: %w", session.ID, err)
		}
	}
	if len(o.Sessions) == 0 || !measuring.Is() && !measuring.Unmeasured() {
		return nil
	}
	return pool(ctx, tx, o, s)
}

// poolLock is the advisory lock under which judgings get the values of others
// of their program.
const poolLock = 0x6a756467_0003

// pool gives the values of a judging to those of the same program that count or
// may come to count, to the submission's own whatever its program (a compiler may
// be made to draw lots, and then it would wait for news for ever), and to those of
// the same sources from before programs were kept. What was passed is compared too:
// a program that passes by chance must not get the total of fewer or faster test
// cases. A judging without a result has news only for others like it.
func pool(ctx context.Context, tx *Tx, o judge.Outcome, s submissionRow) error {
	j := o.Judging
	if err := lock(ctx, tx, poolLock); err != nil { // two that end at once would not see each other as done
		return err
	}
	var others []struct {
		ID       judge.JudgingID
		Measured jsonText[measuredValues]
	}
	err := tx.all(ctx, &others, `select id, measured from judging
		where (program_hash = ? and program_hash <> '' or submission = ? or program_hash = '' and submission in (select id from submission where source_hash = ?))
		and submission in (select id from submission where problem = ? and language = ?)
		and (current or proposed) and finished is not null and id <> ? and class = ? and problem_version = ?
		and passed = ? and timed_passed = ? and missed_set = ?`,
		j.ProgramHash, s.ID, s.SourceHash, s.Problem, s.Language, j.ID, j.Class, j.ProblemVersion, j.Passed, j.TimedPassed, j.Missed.Set)
	if err != nil {
		return wrap(err, "pool")
	}
	_, measured := measuredOf(j.Values)
	for _, other := range others {
		if !measured.is() && other.Measured.value.is() {
			continue
		}
		_, err := tx.exec(ctx, `update judging set measured = ?, measured_tests = ?, scheduling = ? where id = ?`,
			jsonText[measuredValues]{measured}, jsonText[judge.MeasuredTests]{o.Tests}, j.Scheduling, other.ID)
		if err != nil {
			return wrap(err, "pool")
		}
	}
	return nil
}

// promiseNothing is for a judging that was to measure again and ended without saying
// that it will be done once more. Where it found nothing for the judgings that wait
// for it (it failed, or passed other test cases), those of the submission and of its
// program stay as they are, and no longer say that they will be measured again.
func promiseNothing(ctx context.Context, tx *Tx, id judge.JudgingID) error {
	if err := lock(ctx, tx, poolLock); err != nil {
		return err
	}
	var waiting []struct {
		ID       judge.JudgingID
		Measured jsonText[measuredValues]
	}
	err := tx.all(ctx, &waiting, `select o.id, o.measured from judging m
		join submission s on s.id = m.submission
		join judging c on c.submission = s.id and c.current
		join judging o on (o.current or o.proposed) and o.finished is not null and o.class = c.class and o.problem_version = c.problem_version
			and (o.submission = s.id or o.program_hash = c.program_hash and c.program_hash <> '')
		join submission t on t.id = o.submission and t.problem = s.problem and t.language = s.language
		where m.id = ? and not m.current and not m.proposed`, id)
	if err != nil {
		return wrap(err, "who waits to be measured again")
	}
	for _, w := range waiting {
		promised := false
		for board, m := range w.Measured.value {
			promised = promised || m.Again
			m.Again = false
			w.Measured.value[board] = m
		}
		if !promised {
			continue
		}
		if _, err := tx.exec(ctx, `update judging set measured = ? where id = ?`, w.Measured, w.ID); err != nil {
			return wrap(err, "take back that it is measured again")
		}
	}
	return nil
}

func insertSession(ctx context.Context, tx *Tx, s judge.Session) error {
	_, err := tx.exec(ctx, `insert into session (id, judging, problem, problem_version, language, source_hash, program_hash, class,
		scheduling, final, rounds, stop, started, finished, data) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.Judging, s.Problem, s.ProblemVersion, s.Language, s.SourceHash, s.ProgramHash, s.Class,
		s.Scheduling, s.Final, s.Rounds, s.Stop, unixNano{s.Started}, unixNano{s.Finished}, s.Data)
	return err
}

// Sessions lists all measurements of one program on one machine class, and of
// other programs that the same sources were compiled to, by their start, whoever
// handed them in.
func (db *DB) Sessions(ctx context.Context, problem judge.ProblemID, version string, language judge.LanguageID, sourceHash, programHash, class string) ([]judge.Session, error) {
	sessions, err := db.sessions(ctx, `problem = ? and problem_version = ? and language = ? and (program_hash = ? and program_hash <> '' or source_hash = ?) and class = ?`,
		problem, version, language, programHash, sourceHash, class)
	return sessions, wrap(err, "sessions of program %.12s for %s", programHash, problem)
}

// SessionsOf lists the sessions that were measured for a judging, by their start.
func (db *DB) SessionsOf(ctx context.Context, id judge.JudgingID) ([]judge.Session, error) {
	sessions, err := db.sessions(ctx, `judging = ?`, id)
	return sessions, wrap(err, "sessions of judging %d", id)
}

func (db *DB) sessions(ctx context.Context, where string, args ...any) ([]judge.Session, error) {
	var rows []sessionRow
	err := db.reader().all(ctx, &rows, `select id, judging, problem, problem_version, language, source_hash, program_hash, class,
		scheduling, final, rounds, stop, started, finished, data from session where `+where+` order by started, id`, args...)
	sessions := make([]judge.Session, len(rows))
	for i, r := range rows {
		sessions[i] = r.session()
	}
	return sessions, explain(err)
}

// MeasuredTests are what the test cases of a judging contributed to what was
// measured; nil where nothing was.
func (db *DB) MeasuredTests(ctx context.Context, id judge.JudgingID) (judge.MeasuredTests, error) {
	var tests jsonText[judge.MeasuredTests]
	err := db.reader().get(ctx, &tests, `select measured_tests from judging where id = ?`, id)
	return tests.value, wrap(explain(err), "measured test cases of judging %d", id)
}
