package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"contest/judge"
)

// unixNano is a time as a column: Unix nanoseconds, null for the zero time.
type unixNano struct{ time.Time }

// Value implements driver.Valuer.
func (s unixNano) Value() (driver.Value, error) {
	if s.IsZero() {
		return nil, nil
	}
	return s.UnixNano(), nil
}

// Scan implements sql.Scanner.
func (s *unixNano) Scan(src any) error {
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

// jsonText is a value as a column of JSON, empty for its zero value.
type jsonText[T any] struct{ value T }

// Value implements driver.Valuer.
func (j jsonText[T]) Value() (driver.Value, error) {
	if reflect.ValueOf(j.value).IsZero() {
		return "", nil
	}
	data, err := json.Marshal(j.value)
	if err != nil { // infinite or not a number: no second try can store it
		return nil, fmt.Errorf("%w: %w", judge.ErrInvalid, err)
	}
	return string(data), nil
}

// Scan implements sql.Scanner.
func (j *jsonText[T]) Scan(src any) error {
	var zero T
	j.value = zero
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("JSON must be a text, not %T", src)
	}
	if s == "" {
		return nil
	}
	// As encoding/json would, with fewer allocations: lists of submissions read many.
	if err := jsonv2.Unmarshal([]byte(s), &j.value, jsonv1.DefaultOptionsV1()); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}

type submissionRow struct {
	ID         judge.SubmissionID `db:"id"`
	Problem    judge.ProblemID    `db:"problem"`
	Contestant judge.Contestant   `db:"contestant"`
	Language   judge.LanguageID   `db:"language"`
	SourceHash string             `db:"source_hash"`
	Bytes      int64              `db:"bytes"`
	Receipt    unixNano           `db:"receipt"`
	Ticket     unixNano           `db:"ticket"`
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
	Due            unixNano           `db:"due"`
	Reason         string             `db:"reason"`
	Epoch          int                `db:"epoch"`
	Verdict        judge.Verdict      `db:"verdict"`
	FirstFailed    string             `db:"first_failed"`
	Passed         int                `db:"passed"`
	Total          int                `db:"total"`
	TimedPassed    int                `db:"timed_passed"`
	Missed         int                `db:"missed"`
	MissedSet      string             `db:"missed_set"`
	Points         float64            `db:"points"`
	MemoryBytes    int64              `db:"memory_bytes"`
	Compile        time.Duration      `db:"compile_ns"`
	CompilerOutput string             `db:"compiler_output"`
	ProgramHash    string             `db:"program_hash"`
	Toolchain      string             `db:"toolchain"`
	Class          string             `db:"class"`
	Scheduling     string             `db:"scheduling"`
	Proposed       bool               `db:"proposed"`
	Queued         unixNano           `db:"queued"`
	Started        unixNano           `db:"started"`
	Finished       unixNano           `db:"finished"`

	Groups   jsonText[[]judge.GroupGrade] `db:"test_groups"`
	Totals   jsonText[judge.Values]       `db:"totals"`
	Measured jsonText[measuredValues]     `db:"measured"`
}

// measuredValues are the part of values that judgings of one program share. Totals has
// the rest.
type measuredValues map[judge.Board]judge.Measured

// is says whether there is a result.
func (m measuredValues) is() bool {
	for _, one := range m {
		if one.Is() {
			return true
		}
	}
	return false
}

// measuredOf takes them out of values, which keep the rest.
func measuredOf(all judge.Values) (totals judge.Values, measured measuredValues) {
	measured = measuredValues{}
	totals = all.Each(func(v *judge.Value) {
		if v.Measured != (judge.Measured{}) {
			measured[v.Board] = v.Measured
		}
		v.Measured = judge.Measured{}
	})
	if len(measured) == 0 {
		measured = nil
	}
	return totals, measured
}

// values puts both together.
func (r judgingRow) values() judge.Values {
	out := r.Totals.value
	for i := range out {
		out[i].Measured = r.Measured.value[out[i].Board]
	}
	return out
}

func (r judgingRow) grade() judge.Grade {
	return judge.Grade{
		Verdict: r.Verdict, FirstFailed: r.FirstFailed, Passed: r.Passed, Total: r.Total, TimedPassed: r.TimedPassed,
		Missed: judge.Missed{Tests: r.Missed, Set: r.MissedSet}, Points: r.Points, Groups: r.Groups.value,
	}
}

func (r judgingRow) judging() judge.Judging {
	if r.State == judge.Queued && r.Due.Equal(never) {
		r.State = judge.Cancelled
	}
	return judge.Judging{
		ID: r.ID, Submission: r.Submission, ProblemVersion: r.ProblemVersion, State: r.State,
		Reason: r.Reason, Epoch: r.Epoch, Grade: r.grade(), Values: r.values(),
		MemoryBytes: r.MemoryBytes, ProgramHash: r.ProgramHash, Toolchain: r.Toolchain, Class: r.Class, Scheduling: r.Scheduling,
		Proposed: r.Proposed, Compile: r.Compile, CompilerOutput: r.CompilerOutput,
		Queued: r.Queued.Time, Started: r.Started.Time, Finished: r.Finished.Time,
	}
}

type entryRow struct {
	Submission submissionRow `db:"s"`
	Judging    judgingRow    `db:"j"`
	ChosenBy   string        `db:"chosen_by"`
}

func (r entryRow) entry() judge.Entry {
	return judge.Entry{Submission: r.Submission.submission(), Judging: r.Judging.judging(), ChosenBy: r.ChosenBy}
}

type runRow struct {
	Ordinal      int           `db:"ordinal"`
	TestCase     string        `db:"test_case"`
	Timed        bool          `db:"timed"`
	Verdict      judge.Verdict `db:"verdict"`
	Real         time.Duration `db:"real_ns"`
	CPU          time.Duration `db:"cpu_ns"`
	MemoryBytes  int64         `db:"memory_bytes"`
	ExitStatus   int           `db:"exit_status"`
	Signal       int           `db:"signal"`
	Limit        string        `db:"limit_name"`
	RunDelay     time.Duration `db:"run_delay_ns"`
	Message      string        `db:"message"`
	TeamMessage  string        `db:"team_message"`
	JudgeMessage string        `db:"judge_message"`
}

func (r runRow) run() judge.Run {
	return judge.Run{
		Ordinal: r.Ordinal, TestCase: r.TestCase, Timed: r.Timed, Verdict: r.Verdict, Real: r.Real, CPU: r.CPU,
		MemoryBytes: r.MemoryBytes, ExitStatus: r.ExitStatus, Signal: r.Signal, Limit: r.Limit, RunDelay: r.RunDelay,
		Message: r.Message, TeamMessage: r.TeamMessage, JudgeMessage: r.JudgeMessage,
	}
}

type sessionRow struct {
	ID             string           `db:"id"`
	Judging        judge.JudgingID  `db:"judging"`
	Problem        judge.ProblemID  `db:"problem"`
	ProblemVersion string           `db:"problem_version"`
	Language       judge.LanguageID `db:"language"`
	SourceHash     string           `db:"source_hash"`
	ProgramHash    string           `db:"program_hash"`
	Class          string           `db:"class"`
	Scheduling     string           `db:"scheduling"`
	Final          string           `db:"final"`
	Rounds         int              `db:"rounds"`
	Stop           string           `db:"stop"`
	Started        unixNano         `db:"started"`
	Finished       unixNano         `db:"finished"`
	Data           []byte           `db:"data"`
}

func (r sessionRow) session() judge.Session {
	return judge.Session{
		ID: r.ID, Judging: r.Judging, Problem: r.Problem, ProblemVersion: r.ProblemVersion, Language: r.Language,
		SourceHash: r.SourceHash, ProgramHash: r.ProgramHash, Class: r.Class, Scheduling: r.Scheduling, Final: r.Final,
		Rounds: r.Rounds, Stop: r.Stop, Started: r.Started.Time, Finished: r.Finished.Time, Data: r.Data,
	}
}
