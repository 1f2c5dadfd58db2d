package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"contest/judge"
)

// theJudge is who does what nobody asked for.
var theJudge = judge.Actor{Role: judge.AsJudge}

// facts are what an event records, by name.
type facts map[string]any

// note makes a change an event. It is written at the end of the transaction: on
// PostgreSQL all who write events wait for each other from there to the commit.
func (tx *Tx) note(by judge.Actor, kind judge.EventKind, subject string, record facts) {
	tx.events = append(tx.events, noted{by, kind, subject, record})
}

type noted struct {
	by      judge.Actor
	kind    judge.EventKind
	subject string
	record  facts
}

// writeEvents ends what fn of inTx did, and returns the number of the last event.
func (tx *Tx) writeEvents(ctx context.Context) (head int64, err error) {
	for _, n := range tx.events {
		record, err := judge.Canonical(n.record)
		if err == nil {
			err = tx.get(ctx, &head, `insert into event (at, role, actor, through, kind, subject, record, hash) values (?, ?, ?, ?, ?, ?, ?, ?) returning sequence`,
				unixNano{tx.now}, n.by.Role, n.by.Name, n.by.Through, n.kind, text(n.subject), string(record), judge.HashRecord(record))
		}
		if err != nil {
			return 0, fmt.Errorf("event %s of %s: %w", n.kind, n.subject, err)
		}
	}
	return head, nil
}

// Head is the number of the last event; whoever reads something after it sees at least
// all changes up to it.
func (db *DB) Head(ctx context.Context) (sequence int64, err error) {
	err = db.reader().get(ctx, &sequence, `select coalesce(max(sequence), 0) from event`)
	return sequence, wrap(explain(err), "number of the last event")
}

// Events lists the events after one, at most so many.
func (db *DB) Events(ctx context.Context, after int64, limit int) ([]judge.Event, error) {
	var rows []struct {
		Sequence int64           `db:"sequence"`
		At       unixNano        `db:"at"`
		Role     judge.Role      `db:"role"`
		Actor    string          `db:"actor"`
		Through  string          `db:"through"`
		Kind     judge.EventKind `db:"kind"`
		Subject  string          `db:"subject"`
		Record   string          `db:"record"`
		Hash     string          `db:"hash"`
	}
	err := db.reader().all(ctx, &rows, `select sequence, at, role, actor, through, kind, subject, record, hash
		from event where sequence > ? order by sequence limit ?`, after, limit)
	events := make([]judge.Event, len(rows))
	for i, r := range rows {
		events[i] = judge.Event{
			Sequence: r.Sequence, At: r.At.Time, Actor: judge.Actor{Name: r.Actor, Role: r.Role, Through: r.Through},
			Kind: r.Kind, Subject: r.Subject, Record: json.RawMessage(r.Record), Hash: r.Hash,
		}
	}
	return events, wrap(explain(err), "list events")
}

// observeLock is the advisory lock under which what was observed is compared with
// what was before.
const observeLock = 0x6a756467_0005

// Observe makes an event of something that is not in the store, such as the contest's
// settings or its phase, unless the last event of that kind and subject says the same.
func (db *DB) Observe(ctx context.Context, kind judge.EventKind, subject string, record map[string]any) (fresh bool, err error) {
	canonical, err := judge.Canonical(record)
	if err != nil {
		return false, wrap(err, "observe %s of %s", kind, subject)
	}
	err = db.inTx(ctx, func(tx *Tx) error {
		if err := lock(ctx, tx, observeLock); err != nil {
			return err
		}
		var last string
		err := tx.get(ctx, &last, `select hash from event where kind = ? and subject = ? order by sequence desc limit 1`, kind, subject)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if fresh = last != judge.HashRecord(canonical); fresh {
			tx.note(theJudge, kind, subject, record)
		}
		return nil
	})
	return fresh, wrap(err, "observe %s of %s", kind, subject)
}

// begin writes the first event of a database that has none: that it was made or, in
// one of an older judge, what was carried over.
func (db *DB) begin(ctx context.Context) error {
	head, err := db.Head(ctx)
	if head > 0 || err != nil {
		return err
	}
	return db.inTx(ctx, func(tx *Tx) error {
		var had struct {
			Contestants int `db:"contestants"`
			Submissions int `db:"submissions"`
			Judgings    int `db:"judgings"`
			Finals      int `db:"finals"`
		}
		err := tx.get(ctx, &had, `select (select count(*) from contestant) as contestants, (select count(*) from submission) as submissions,
			(select count(*) from judging) as judgings, (select count(*) from final) as finals`)
		if err != nil {
			return err
		}
		if had.Contestants == 0 {
			tx.note(theJudge, judge.EventStoreMade, "contest", facts{})
			return nil
		}
		hash, err := hashOfSubmissions(ctx, tx)
		tx.note(theJudge, judge.EventCarriedOver, "contest", facts{
			"contestants": had.Contestants, "submissions": had.Submissions, "judgings": had.Judgings, "finals": had.Finals,
			"submissions_sha256": hash,
		})
		return err
	})
}

// hashOfSubmissions is the SHA-256 of what the events of all submissions would have
// recorded, a line each, by id.
func hashOfSubmissions(ctx context.Context, tx *Tx) (string, error) {
	var rows []submissionRow
	err := tx.all(ctx, &rows, `select s.id, s.problem, s.language, s.source_hash, s.bytes, s.receipt, t.opened as ticket
		from submission s left join ticket t on t.id = s.ticket order by s.id`)
	if err != nil {
		return "", err
	}
	all := sha256.New()
	for _, r := range rows {
		line, err := judge.Canonical(submissionFacts(r.submission()))
		if err != nil {
			return "", err
		}
		all.Write(append(line, '\n'))
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

// submissionFacts are what the event of a submission records. Whose it is stands in
// the submission alone, so that no record names anybody.
func submissionFacts(s judge.Submission) facts {
	f := facts{"submission": s.ID, "problem": s.Problem, "language": s.Language, "source_hash": s.SourceHash, "bytes": s.Bytes,
		"receipt": s.Receipt.UTC()}
	if !s.Ticket.IsZero() {
		f["ticket"] = s.Ticket.UTC()
	}
	return f
}

func ofSubmission(id judge.SubmissionID) string { return fmt.Sprintf("submission/%d", id) }
func ofJudging(id judge.JudgingID) string       { return fmt.Sprintf("judging/%d", id) }
func ofContestant(who judge.Contestant) string  { return "contestant/" + string(who) }
func ofFinal(id judge.FinalID) string           { return fmt.Sprintf("final/%d", id) }
func ofClass(class string) string               { return "machine/" + class }

// ofAll is the subject of what happens to a problem's submissions, or to all of them.
func ofAll(problem judge.ProblemID) string {
	if problem == "" {
		return "contest"
	}
	return "problem/" + string(problem)
}
