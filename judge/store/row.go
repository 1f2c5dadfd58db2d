package store

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"contest/judge"
)

// stamp is a time as a column: Unix nanoseconds, null for the zero time.
type stamp struct{ time.Time }

// Value implements driver.Valuer.
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return nil, nil
	}
	return s.UnixNano(), nil
}

// Scan implements sql.Scanner.
func (s *stamp) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		s.Time = time.Time{}
	case int64:
		s.Time = instant(v)
	default:
		return fmt.Errorf("a time must be an integer, not %T", src)
	}
	return nil
}

func instant(unixNano int64) time.Time { return time.Unix(0, unixNano).UTC() }

// text makes s storable everywhere: PostgreSQL refuses NUL and broken UTF-8,
// and compilers and validators print both.
func text(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}

type submissionRow struct {
	ID         judge.SubmissionID `db:"id"`
	Problem    judge.ProblemID    `db:"problem"`
	Contestant judge.Contestant   `db:"contestant"`
	Language   judge.LanguageID   `db:"language"`
	SourceHash string             `db:"source_hash"`
	Bytes      int64              `db:"bytes"`
	Receipt    stamp              `db:"receipt"`
	Ticket     stamp              `db:"ticket"`
}

func (r submissionRow) submission() judge.Submission {
	return judge.Submission{
		ID: r.ID, Problem: r.Problem, Contestant: r.Contestant, Language: r.Language,
		SourceHash: r.SourceHash, Bytes: r.Bytes, Receipt: r.Receipt.Time, Ticket: r.Ticket.Time,
	}
}

type judgingRow struct {
	ID             judge.JudgingID    `db:"id"`
	Submission     judge.SubmissionID `db:"submission"`
	ProblemVersion string             `db:"problem_version"`
	State          judge.JudgingState `db:"state"`
	Reason         string             `db:"reason"`
	Epoch          int                `db:"epoch"`
	Verdict        judge.Verdict      `db:"verdict"`
	FirstFailed    string             `db:"first_failed"`
	Passed         int                `db:"passed"`
	Total          int                `db:"total"`
	TimedPassed    int                `db:"timed_passed"`
	Real           time.Duration      `db:"real_ns"`
	CPU            time.Duration      `db:"cpu_ns"`
	MemoryBytes    int64              `db:"memory_bytes"`
	Compile        time.Duration      `db:"compile_ns"`
	CompilerOutput string             `db:"compiler_output"`
	Queued         stamp              `db:"queued"`
	Started        stamp              `db:"started"`
	Finished       stamp              `db:"finished"`
}

func (r judgingRow) judging() judge.Judging {
	return judge.Judging{
		ID: r.ID, Submission: r.Submission, ProblemVersion: r.ProblemVersion, State: r.State,
		Reason: r.Reason, Epoch: r.Epoch, Verdict: r.Verdict, FirstFailed: r.FirstFailed,
		Passed: r.Passed, Total: r.Total, TimedPassed: r.TimedPassed, Real: r.Real, CPU: r.CPU,
		MemoryBytes: r.MemoryBytes, Compile: r.Compile, CompilerOutput: r.CompilerOutput,
		Queued: r.Queued.Time, Started: r.Started.Time, Finished: r.Finished.Time,
	}
}

type entryRow struct {
	Submission submissionRow `db:"s"`
	Judging    judgingRow    `db:"j"`
}

func (r entryRow) entry() judge.Entry {
	return judge.Entry{Submission: r.Submission.submission(), Judging: r.Judging.judging()}
}

type runRow struct {
	Ordinal     int           `db:"ordinal"`
	TestCase    string        `db:"test_case"`
	Timed       bool          `db:"timed"`
	Verdict     judge.Verdict `db:"verdict"`
	Real        time.Duration `db:"real_ns"`
	CPU         time.Duration `db:"cpu_ns"`
	MemoryBytes int64         `db:"memory_bytes"`
	ExitStatus  int           `db:"exit_status"`
	Signal      int           `db:"signal"`
	Limit       string        `db:"limit_name"`
	Message     string        `db:"message"`
}
