// Package storetest is the suite that every store passes, and what tests on
// stores need: a PostgreSQL server of their own, a queue that only takes
// notes, and processes to kill.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/store"
)

// Open opens a new store that is closed when the test ends.
type Open func(t testing.TB, opt store.Options) *store.DB

// Engines are the databases that every test of a store or a queue runs on.
var Engines = map[string]Open{
	"sqlite": func(t testing.TB, opt store.Options) *store.DB {
		t.Helper()
		return OpenURL(t, SQLite(t), opt)
	},
	"postgres": func(t testing.TB, opt store.Options) *store.DB {
		t.Helper()
		return OpenURL(t, Postgres(t), opt)
	},
}

// SQLite makes a migrated database in a temporary folder and returns its
// address.
func SQLite(t testing.TB) (url string) {
	t.Helper()
	data, err := migrated()
	ok(t, err)
	file := filepath.Join(t.TempDir(), "judge.db")
	ok(t, os.WriteFile(file, data, 0o600))
	return "sqlite:" + file
}

// migrated is the file of a new database: migrating takes a dozen commits,
// each of which waits for the disk.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "judge-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "judge.db")
	db, err := store.Open(context.Background(), file, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// OpenURL opens the store at url and closes it when the test ends.
func OpenURL(t testing.TB, url string, opt store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Run runs the suite on the stores that open makes.
func Run(t *testing.T, open Open) {
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newFixture(t, open))
		})
	}
}

// tests are the suite.
var tests = map[string]func(*testing.T, *fixture){
	"Contestants":           testContestants,
	"Tokens":                testTokens,
	"SubmitAndRead":         testSubmitAndRead,
	"SubmitAgain":           testSubmitAgain,
	"SubmitAfterIE":         testSubmitAfterIE,
	"SubmitAfterCE":         testSubmitAfterCE,
	"SubmitOtherLanguage":   testSubmitOtherLanguage,
	"SubmitAtOnce":          testSubmitAtOnce,
	"SubmitUnknown":         testSubmitUnknown,
	"SubmitRollback":        testSubmitRollback,
	"ReceiptsInOrder":       testReceiptsInOrder,
	"ReceiptClockSteps":     testReceiptClockSteps,
	"Ticket":                testTicket,
	"TicketsAreFew":         testTicketsAreFew,
	"Practice":              testPractice,
	"Sources":               testSources,
	"Blobs":                 testBlobs,
	"LifeCycle":             testLifeCycle,
	"FinishUnprintable":     testFinishUnprintable,
	"FinishImpossible":      testFinishImpossible,
	"FinishRollback":        testFinishRollback,
	"FinishAgain":           testFinishAgain,
	"StaleEpoch":            testStaleEpoch,
	"Release":               testRelease,
	"Postpone":              testPostpone,
	"PostponedAhead":        testPostponedAhead,
	"Hurry":                 testHurry,
	"RequeueUntilIE":        testRequeueUntilIE,
	"Cancel":                testCancel,
	"CancelThenSubmit":      testCancelThenSubmit,
	"Turns":                 testTurns,
	"TurnsOfOneFlooding":    testTurnsOfOneFlooding,
	"TurnsOfKinds":          testTurnsOfKinds,
	"TurnGivenBack":         testTurnGivenBack,
	"ClaimAtOnce":           testClaimAtOnce,
	"Queue":                 testQueue,
	"QuotaOfWaiting":        testQuotaOfWaiting,
	"QuotaAtOnce":           testQuotaAtOnce,
	"QuotaOfSources":        testQuotaOfSources,
	"DiskReserve":           testDiskReserve,
	"Disabled":              testDisabled,
	"Retry":                 testRetry,
	"RetryFailed":           testRetryFailed,
	"Reissue":               testReissue,
	"Hold":                  testHold,
	"ExpireLeases":          testExpireLeases,
	"ExpireLeasesAtOnce":    testExpireLeasesAtOnce,
	"ExpireAllThenGiveUp":   testExpireAllThenGiveUp,
	"Backlog":               testBacklog,
	"Measured":              testMeasured,
	"MeasuredImpossible":    testMeasuredImpossible,
	"Pool":                  testPool,
	"PoolOfOthers":          testPoolOfOthers,
	"PoolWithoutResult":     testPoolWithoutResult,
	"PoolPromises":          testPoolPromises,
	"PoolAtOnce":            testPoolAtOnce,
	"RetryKeepsSessions":    testRetryKeepsSessions,
	"Baseline":              testBaseline,
	"Machines":              testMachines,
	"Cheats":                testCheats,
	"Rejudge":               testRejudge,
	"RejudgeOtherClass":     testRejudgeOtherClass,
	"RejudgeOtherCompiler":  testRejudgeOtherCompiler,
	"RejudgeAgain":          testRejudgeAgain,
	"RejudgeFails":          testRejudgeFails,
	"CancelRejudging":       testCancelRejudging,
	"RejudgeMany":           testRejudgeMany,
	"Remeasure":             testRemeasure,
	"Choice":                testChoice,
	"Final":                 testFinal,
	"FinalImpossible":       testFinalImpossible,
	"Degraded":              testDegraded,
	"Subscribe":             testSubscribe,
	"CancelledContextWrote": testCancelledContext,
	"Events":                testEvents,
	"EventsRollback":        testEventsRollback,
	"EventsAppendOnly":      testEventsAppendOnly,
	"EventsInOrder":         testEventsInOrder,
	"Observe":               testObserve,
}

// fixture is a store with one contestant, a clock to turn and a queue that
// takes notes.
type fixture struct {
	*store.DB
	jobs  Jobs
	clock *Clock
}

func newFixture(t testing.TB, open Open) *fixture {
	t.Helper()
	clock := NewClock()
	db := open(t, store.Options{Now: clock.Now})
	jobs, err := newJobs(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	ok(t, db.EnsureContestant(t.Context(), organiser, "alice"))
	return &fixture{db, jobs, clock}
}

// Organiser and Alice are who changes things in tests.
var (
	Organiser = judge.Actor{Role: judge.AsOrganiser}
	Alice     = judge.Actor{Name: "alice", Role: judge.AsContestant}

	organiser, alice = Organiser, Alice
)

// Clock is a clock that moves a nanosecond with each look at it, and as tests turn it.
type Clock struct{ at atomic.Int64 }

// NewClock is a clock that stands at the model contest's last minute.
func NewClock() *Clock {
	c := &Clock{}
	c.at.Store(time.Date(2026, 2, 4, 19, 59, 0, 123456789, time.UTC).UnixNano())
	return c
}

// Now looks at the clock.
func (c *Clock) Now() time.Time { return time.Unix(0, c.at.Add(1)).UTC() }

// Add turns the clock.
func (c *Clock) Add(d time.Duration) { c.at.Add(int64(d)) }

// Submission is a valid submission whose sources depend on the text.
func Submission(who judge.Contestant, text string) judge.Submission {
	return judge.Submission{
		Problem: "echo", Contestant: who, Language: "g++",
		Files: []judge.File{
			{Name: "main.cpp", Data: fmt.Appendf(nil, "int main() { /* %s */ }\n", text)},
			{Name: "a.h", Data: []byte("#pragma once\n")},
		},
	}
}

// submit submits something new and returns its entry.
func (f *fixture) submit(t testing.TB, text string) judge.Entry {
	t.Helper()
	e, fresh, err := f.Submit(t.Context(), Submission("alice", text), nil)
	ok(t, err)
	if !fresh {
		t.Fatalf("submission %q: got an old one, want a new one", text)
	}
	return e
}

// claimed submits something new and claims its judging.
func (f *fixture) claimed(t testing.TB, text string) judge.Entry {
	t.Helper()
	return f.claim(t, f.submit(t, text).Judging.ID, 1)
}

// claim claims a judging and returns it as it is stored.
func (f *fixture) claim(t testing.TB, id judge.JudgingID, epoch int) judge.Entry {
	t.Helper()
	a, err := f.Claim(t.Context(), id, epoch, time.Minute)
	ok(t, err)
	e := Claimed(a)
	if a.Purpose == judge.ToCount {
		e.Judging = f.judging(t, e.Submission.ID)
	}
	return e
}

// Claimed is a submission with its judging that was claimed, to be given a result.
func Claimed(a judge.Assignment) judge.Entry {
	s := a.Submission
	s.Files = nil
	return judge.Entry{Submission: s, Judging: judge.Judging{
		ID: a.Judging, Submission: s.ID, Epoch: a.Epoch, State: judge.Compiling, Proposed: a.Purpose == judge.ToPropose,
	}}
}

func (f *fixture) judging(t testing.TB, id judge.SubmissionID) judge.Judging {
	t.Helper()
	e, err := f.Entry(t.Context(), id)
	ok(t, err)
	return e.Judging
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

func want[T comparable](t testing.TB, what string, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Errorf("%s: got %v, want %v", what, got, wanted)
	}
}

func hash(text string) string { return strings.Repeat(text, 64)[:64] }

// complete is a job's end that writes a mark, to see whether it was kept.
func (f *fixture) complete(ctx context.Context, tx *store.Tx) error {
	return f.jobs.EnqueueTx(ctx, tx, store.Job{Judging: 999})
}
