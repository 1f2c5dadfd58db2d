package leaderboard

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"contest/judge"
)

// table is a store in memory: just enough rows to render pages from. The store
// itself is tested with the pages elsewhere.
type table struct {
	mu       sync.Mutex
	entries  []judge.Entry
	runs     map[judge.JudgingID][]judge.Run
	tests    map[judge.JudgingID]judge.MeasuredTests
	finals   []judge.Final
	why      string // ranks are for practice
	machines []judge.Machine
	stats    judge.QueueStats
	err      error // what every read answers, when set
	reads    int   // of all entries
	head     int64 // events, one for each notify

	listeners []chan struct{}
}

func newTable() *table {
	return &table{head: 1, runs: map[judge.JudgingID][]judge.Run{}, tests: map[judge.JudgingID]judge.MeasuredTests{}}
}

func (m *table) Head(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head, m.err
}

func (m *table) Entries(_ context.Context, p judge.ProblemID) ([]judge.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	var out []judge.Entry
	for _, e := range m.entries {
		if p == "" || e.Submission.Problem == p {
			out = append(out, e)
		}
	}
	return out, m.err
}

func (m *table) Entry(_ context.Context, id judge.SubmissionID) (judge.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return judge.Entry{}, m.err
	}
	i := slices.IndexFunc(m.entries, func(e judge.Entry) bool { return e.Submission.ID == id })
	if i < 0 {
		return judge.Entry{}, &judge.NotFound{Kind: "submission", Name: fmt.Sprint(id)}
	}
	return m.entries[i], nil
}

func (m *table) Runs(_ context.Context, id judge.JudgingID) ([]judge.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.runs[id], m.err
}

func (m *table) MeasuredTests(_ context.Context, id judge.JudgingID) (judge.MeasuredTests, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tests[id], m.err
}

func (m *table) Finals(_ context.Context, p judge.ProblemID) ([]judge.Final, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.finals), func(f judge.Final) bool { return p != "" && f.Problem != p }), m.err
}

func (m *table) Degraded(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.why, m.err
}

func (m *table) Machines(context.Context) ([]judge.Machine, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.machines, m.err
}

// degrade says why ranks are for practice.
func (m *table) degrade(why string) {
	m.mu.Lock()
	m.why = why
	m.mu.Unlock()
	m.notify()
}

func (m *table) QueueStats(context.Context) (judge.QueueStats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stats, m.err
}

// Ahead is as many as were handed in before and wait.
func (m *table) Ahead(_ context.Context, id judge.JudgingID) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, e := range m.entries {
		if e.Judging.State == judge.Queued && e.Judging.ID < id {
			n++
		}
	}
	return n, m.err
}

// fail makes every read answer err; nil ends it.
func (m *table) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

// count is how often all entries were read.
func (m *table) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reads
}

// changed is Config.Changed.
func (m *table) changed() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	m.mu.Lock()
	m.listeners = append(m.listeners, ch)
	m.mu.Unlock()
	return ch, func() {}
}

// notify stores an event and tells of it.
func (m *table) notify() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.head++
	for _, ch := range m.listeners {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// add hands in a submission of who and judges it; change alters the entry
// before it is stored.
func (m *table) add(who judge.Contestant, problem judge.ProblemID, real time.Duration, change ...func(*judge.Entry)) judge.SubmissionID {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.entries) + 1
	receipt := testStart.Add(time.Duration(n) * time.Minute)
	e := judge.Entry{
		Submission: judge.Submission{
			ID: judge.SubmissionID(n), Problem: problem, Contestant: who, Language: "g++", Bytes: 4321,
			SourceHash: fmt.Sprintf("%064x", n), Receipt: receipt,
			Files: []judge.File{{Name: "main.cpp", Data: []byte(secretSource)}},
		},
		Judging: judge.Judging{
			ID: judge.JudgingID(n), Submission: judge.SubmissionID(n), State: judge.Done,
			Grade: judge.Grade{Verdict: judge.Accepted, Passed: 3, Total: 3, TimedPassed: 2}, Values: times(real, 3*real), MemoryBytes: 50 << 20,
			CompilerOutput: secretCompiler, Reason: secretReason,
			Queued: receipt, Started: receipt, Finished: receipt.Add(2 * time.Second),
		},
	}
	for i, name := range []string{"sample/1", "secret/valid-001", "secret/valid-002"} {
		m.runs[e.Judging.ID] = append(m.runs[e.Judging.ID], judge.Run{
			Ordinal: i + 1, TestCase: name, Timed: i > 0, Verdict: judge.Accepted,
			Real: real / 2, CPU: 3 * real / 2, MemoryBytes: int64(50+i) << 20, Message: secretMessage,
		})
	}
	for _, f := range change {
		f(&e)
	}
	for i := range max(0, 3-e.Judging.Passed) {
		m.runs[e.Judging.ID][i].Verdict = e.Judging.Verdict
	}
	if e.Judging.Verdict == judge.Compile || e.Judging.State != judge.Done {
		delete(m.runs, e.Judging.ID)
	}
	m.entries = append(m.entries, e)
	return e.Submission.ID
}

// What must never stand on a public page.
const (
	secretSource   = "int main() { return 'SOURCE'; }"
	secretCompiler = "COMPILER-OUTPUT"
	secretReason   = "REASON-OF-THE-QUEUE"
	secretMessage  = "MESSAGE-OF-THE-VALIDATOR"
	secretTest     = "DESCRIPTION-OF-A-TEST"
)

// times are the values of a judging with one run each.
func times(real, cpu time.Duration) judge.Values {
	return judge.Values{{Board: judge.RealBoard, Once: judge.Amount(real)}, {Board: judge.CPUBoard, Once: judge.Amount(cpu)}}
}

func verdict(v judge.Verdict, passed int) func(*judge.Entry) {
	return func(e *judge.Entry) {
		e.Judging.Verdict, e.Judging.Passed = v, passed
		if passed == 0 {
			e.Judging.Values, e.Judging.TimedPassed = times(0, 0), 0
		}
	}
}

// missed makes an entry miss so many timed tests, at a limit of a second.
func missed(tests int) func(*judge.Entry) {
	return func(e *judge.Entry) {
		e.Judging.TimedPassed -= tests
		e.Judging.Missed = judge.Missed{Tests: tests, Set: "a"}
		e.Judging.Values = e.Judging.Values.Each(func(v *judge.Value) { v.Missed = judge.Amount(tests) * 1e9 })
	}
}

// measured makes an entry's times measured ones: half is the half-width of both
// intervals, relative.
func measured(half float64, change ...func(*judge.Entry)) func(*judge.Entry) {
	return func(e *judge.Entry) {
		of := func(total judge.Amount) judge.Measured {
			ratio := float64(total) / 100e6
			return judge.Measured{
				Total: total, Ratio: ratio, Low: ratio / (1 + half), High: ratio * (1 + half), HalfWidth: half,
				Rounds: 10, Sessions: 2, Pairs: 600, Disturbed: 12, Stop: "precise",
			}
		}
		j := &e.Judging
		j.Values = j.Values.Each(func(v *judge.Value) { v.Measured = of(v.Once) })
		j.Values[0].Fixed, j.Values[1].Fixed = 1500e3, 800e3
		j.Class, j.Scheduling = "0123456789abcdef", "fifo"
		for _, f := range change {
			f(e)
		}
	}
}

// stopped sets why measuring ended, and how many of 600 pairs were disturbed.
func stopped(why string, disturbed int) func(*judge.Entry) {
	return func(e *judge.Entry) {
		e.Judging.Values = e.Judging.Values.Each(func(v *judge.Value) { v.Measured.Stop, v.Measured.Disturbed = why, disturbed })
	}
}

// fillMeasured hands in one of everything that pages show of repeated timings,
// for the problem "speed".
func fillMeasured(m *table) {
	shown := judge.Cheats{Finished: time.Date(2026, 12, 1, 2, 3, 4, 0, time.UTC), Judge: "v1", CheatCounts: judge.CheatCounts{OK: 94, Failed: 1, Unsure: 1}}
	m.machines = []judge.Machine{{Class: "0123456789abcdef", Cheats: &shown, Fingerprint: map[string]string{
		"cpu": "AMD EPYC 7R13 Processor", "cpus": "8", "hypervisor": "none", "kernel series": "6.1", "cache L3": "32768K shared by 8",
		"compiler": "g++ (Debian 12.2.0-14) 12.2.0 -O2 -std=gnu++20 -static -pthread -DONLINE_JUDGE", "microcode": "unknown",
		"mitigations": "meltdown: Mitigation: PTI; spectre_v2: Mitigation: Retpolines; STIBP: disabled; <b>RSB</b> filling",
	}}}
	for _, x := range []struct {
		who  judge.Contestant
		real time.Duration
		how  func(*judge.Entry)
	}{
		{"nina", 87314159, measured(.0045)},
		{"omar", 87600000, measured(.005)},
		{"pia", 88300000, measured(.004)},
		{"quin", 95 * time.Millisecond, measured(.03, stopped("unstable", 160))},
		{"rosa", 101 * time.Millisecond, measured(.005, func(e *judge.Entry) { e.Judging.Scheduling = "normal" })},
		{"sven", 60 * time.Millisecond, measured(.005, func(e *judge.Entry) { e.Judging.Class = "fedcba9876543210" })},
		{"tara", 50 * time.Millisecond, measured(.005, verdict(judge.Wrong, 2))},
		{"uma", 110 * time.Millisecond, measured(.006, stopped("budget", 72), func(e *judge.Entry) {
			cpu := &e.Judging.Values[1].Measured
			cpu.Surcharge, cpu.AtFloor, e.Judging.Values[0].Measured.Review = 1234567, 3, 1
		})},
		{"vera", 1234567890 * time.Nanosecond, measured(.005)},
		{"walt", 90 * time.Millisecond, nil}, // from before the problem had a reference
		{"xena", 92 * time.Millisecond, spoilt},
		{"yuri", 93 * time.Millisecond, overBudget},
	} {
		how := x.how
		if how == nil {
			how = func(*judge.Entry) {}
		}
		id := m.add(x.who, "speed", x.real, how)
		if m.entries[id-1].Judging.Values.Measuring().Is() {
			m.tests[judge.JudgingID(id)] = measuredTests(x.real)
		}
	}
}

// spoilt makes an entry one of which the machine disturbed every run.
func spoilt(e *judge.Entry) {
	one := judge.Measured{Sessions: 1, Pairs: 80, Disturbed: 71, Stop: judge.Unstable, Again: true}
	e.Judging.Values, e.Judging.Class = e.Judging.Values.Each(func(v *judge.Value) { v.Measured = one }), "0123456789abcdef"
}

// overBudget makes an entry one that used up its budget before there was a time.
func overBudget(e *judge.Entry) {
	one := judge.Measured{Sessions: 1, Pairs: 3, Stop: judge.OverBudget}
	e.Judging.Values, e.Judging.Class = e.Judging.Values.Each(func(v *judge.Value) { v.Measured = one }), "0123456789abcdef"
}

// fillFinals adds a final of the problem "speed" that is finished, one that was
// practice, and one that goes on.
func fillFinals(m *table) {
	of := func(total time.Duration) judge.Measured {
		ratio := float64(total) / float64(100*time.Millisecond)
		return judge.Measured{Total: judge.Amount(total), Ratio: ratio, Low: ratio * .998, High: ratio * 1.002, HalfWidth: .002, Rounds: 20, Sessions: 1, Pairs: 1200, Disturbed: 9, Stop: "decided"}
	}
	id := map[judge.Contestant]judge.SubmissionID{}
	for _, e := range m.entries {
		id[e.Submission.Contestant] = e.Submission.ID
	}
	f := judge.Final{
		ID: 1, Problem: "speed", Board: judge.RealBoard, Name: "prizes", Prizes: 3, MaxRounds: 40, Rounds: 20, Scheduling: "fifo", Class: "0123456789abcdef",
		Tests: []string{"secret/valid-001", "secret/valid-002"}, Started: cutoff.Add(time.Hour), Finished: cutoff.Add(2 * time.Hour),
	}
	for i, who := range []judge.Contestant{"nina", "omar", "pia", "quin"} {
		f.Finalists = append(f.Finalists, judge.Finalist{Contestant: who, Submission: id[who], Language: "g++", Ranking: judge.Ranking{Rank: max(1, i), Best: 1, Worst: 3, Tied: i < 2}})
	}
	f.Standing = judge.FinalStanding{
		Stop: "decided", Pairs: 4800, Disturbed: 36,
		Rows: []judge.FinalRow{
			{Submission: id["omar"], Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}, Measured: of(86900 * time.Microsecond)},
			{Submission: id["nina"], Ranking: judge.Ranking{Rank: 2, Best: 2, Worst: 3, Tied: true}, Measured: of(87400 * time.Microsecond)},
			{Submission: id["pia"], Ranking: judge.Ranking{Rank: 2, Best: 2, Worst: 3, Tied: true}, Measured: of(87500 * time.Microsecond)},
			{Submission: id["quin"], Out: "WA on secret/valid-002 in round 4: " + secretMessage},
		},
		Matches: []judge.FinalMatch{
			{A: id["omar"], B: id["nina"], Ratio: .9942, Low: .9911, High: .9973, Outcome: "separated", Rounds: 20},
			{A: id["omar"], B: id["pia"], Ratio: .9931, Low: .99, High: .9962, Outcome: "separated", Rounds: 20},
			{A: id["nina"], B: id["pia"], Ratio: .9989, Low: .9961, High: 1.0017, Outcome: "tied", Rounds: 19},
		},
	}
	practice, begun := f, f
	practice.ID, practice.Practice, practice.Name = 2, true, "dry run"
	begun.ID, begun.Finished, begun.Standing = 3, time.Time{}, judge.FinalStanding{}
	m.finals = []judge.Final{f, practice, begun}
}

// measuredTests are the ratios of sixty tests around that of a total.
func measuredTests(total time.Duration) judge.MeasuredTests {
	var tests []judge.MeasuredTest
	for i := range 60 {
		ratio := float64(total) / float64(100*time.Millisecond) * (1 + .2*math.Sin(float64(i)))
		t := judge.MeasuredTest{
			TestCase: fmt.Sprintf("secret/valid-%03d", 59-i), Ratio: ratio, Low: ratio * .97, High: ratio * 1.02,
			Pairs: 10 + i%2, Reference: time.Duration(1600+10*i) * time.Microsecond,
		}
		if i == 7 {
			t.Ratio, t.Low, t.High, t.AtFloor = .15, .15, .15, true
		}
		tests = append(tests, t)
	}
	return judge.MeasuredTests{judge.RealBoard: tests, judge.CPUBoard: tests[:20]}
}

func waitingAs(s judge.JudgingState) func(*judge.Entry) {
	return func(e *judge.Entry) {
		e.Judging = judge.Judging{ID: e.Judging.ID, Submission: e.Submission.ID, State: s, Queued: e.Submission.Receipt}
	}
}

func receivedAt(t time.Time) func(*judge.Entry) {
	return func(e *judge.Entry) { e.Submission.Receipt = t }
}

var (
	dubai     = mustZone("Asia/Dubai")
	testStart = time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)
	cutoff    = time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC) // of "2026-02-04 23:59" in Dubai
)

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

func testContest(t testing.TB) judge.Contest {
	t.Helper()
	d, err := judge.ParseDeadline("2026-02-04 23:59", dubai)
	if err != nil {
		t.Fatal(err)
	}
	return judge.Contest{
		Name: "Blockchain Contest <Round 1>", About: "Validate blocks fast.", Prizes: "$100,000 to $200,000",
		Zone: dubai, Start: testStart, Deadline: d,
	}
}

const testStatement = "Block validation\n===\n\nSay whether each block is *valid*, for $n < 10^6$ blocks.\n\n" +
	"![a tree](img/tree.svg)\n\n<center>\nUp to 10<sup>5</sup> <b>rows</b>.\n</center>\n\n<table border=1><tr><th scope=col>n<td>10<sup>5</sup></table>\n\n" +
	"```c++\nint main() { return 0; } // done\n```\n\n| Field | Bytes |\n|---|--:|\n| height | 8 |\n"

const testImage = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 20L20 0L40 20" stroke="gray" fill="none"/></svg>`

func testProblems() []judge.Problem {
	p := judge.Problem{
		ID: "block-validation", Name: "Block validation", Version: "v1", Statement: []byte(testStatement), Threads: 8,
		Limits:         judge.Limits{Time: 2 * time.Second, MemoryBytes: 1 << 30, CodeBytes: 1 << 20, OutputBytes: 64 << 20},
		Boards:         []judge.Board{judge.RealBoard, judge.CPUBoard},
		StatementFiles: []judge.File{{Name: "img/tree.svg", Data: []byte(testImage)}},
		Files:          judge.Manifest{}.With(judge.ManifestFile{Role: judge.InputRole, Name: "sample/1.in", Path: "testdata/1.in"}, judge.ManifestFile{Role: judge.AnswerRole, Name: "sample/1.ans", Path: "testdata/1.ans"}),
		Tests:          []judge.TestCase{{Name: "sample/1", Sample: true, Description: secretTest}, {Name: "secret/valid-001", Timed: true}, {Name: "secret/valid-002", Timed: true}},
	}
	q := p
	q.ID, q.Name, q.Threads, q.Feedback = "bridge", "Trustless bridge: a proof for very many accounts at once", 1, judge.TimesFeedback
	r := p
	r.ID, r.Name, r.Timing = "speed", "Speed", judge.WholeProcess
	r.Files = r.Files.With(judge.ManifestFile{Role: judge.ReferenceRole, Name: "reference.cpp", Path: "reference.cpp"},
		judge.ManifestFile{Role: judge.ValidatorRole, Name: "validate.cpp", Path: "validate.cpp"}, judge.ManifestFile{Role: judge.CaseFileRole, Name: "sample/1.files/map.txt", Path: "testdata/1.in"})
	r.Tests = slices.Clone(r.Tests)
	r.Tests[0].Args = []string{"--map", "map.txt"}
	r.Statement, r.StatementFile, r.StatementFiles = nil, "problem.en.pdf", []judge.File{{Name: "problem.en.pdf", Data: []byte("%PDF-1.4")}}
	return []judge.Problem{p, q, r}
}

// fill hands in one of everything that pages show.
func fill(m *table) {
	for i, name := range []judge.Contestant{"alice", "bob", "carol", "Dave.D", "eve_2"} {
		m.add(name, "block-validation", time.Duration(100-10*i)*time.Millisecond)
		m.add(name, "bridge", time.Duration(40+10*i)*time.Millisecond)
	}
	m.add("alice", "block-validation", 75*time.Millisecond)
	m.add("frank", "block-validation", 90*time.Millisecond) // as fast as bob
	m.add("bob", "block-validation", 50*time.Millisecond, verdict(judge.Wrong, 2))
	m.add("gina", "block-validation", 5*time.Millisecond, verdict(judge.TimeOut, 1))
	m.add("gina", "bridge", 0, verdict(judge.Compile, 0))
	m.add("hans", "bridge", 0, verdict(judge.Crash, 0))
	m.add("hans", "block-validation", time.Millisecond, verdict(judge.Internal, 2))
	m.add("ivan", "block-validation", time.Millisecond, receivedAt(cutoff.Add(time.Nanosecond)))
	for _, name := range hostileNames {
		m.add(name, "block-validation", 200*time.Millisecond)
	}
	m.add("judy", "block-validation", 0, waitingAs(judge.Running))
	m.add("judy", "bridge", 0, waitingAs(judge.Compiling))
	m.add("alice", "bridge", 0, waitingAs(judge.Queued))
	m.add("bob", "bridge", 0, waitingAs(judge.Queued))
	m.add("alice", "taken-out", time.Millisecond)                               // of a problem that the contest no longer has
	m.add("zoe", "bridge", 2*time.Second, verdict(judge.TimeOut, 1), missed(2)) // a test that is not timed
	fillMeasured(m)
	fillFinals(m)
	m.stats = judge.QueueStats{Waiting: 2, Running: 2, Oldest: testStart.Add(time.Hour)}
}

// hostileNames are of a form that the contest refuses; pages hold out anyway.
var hostileNames = []judge.Contestant{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "\u202egnp.exe\u202d", "e\u0301\u0300\u0302\u0303long",
	"../../etc/passwd", "نوفا", "a/b?c#d", "𝕏𝕏𝕏", "javascript:alert(1)", "name.html", "name",
}

// at makes a site at one moment of the test contest.
func at(t testing.TB, m *table, now time.Time, change ...func(*Config)) *Site {
	t.Helper()
	contest, problems := testContest(t), testProblems()
	cfg := Config{
		Contest: func() judge.Contest { return contest }, Problems: func() []judge.Problem { return problems },
		Reads: m, Changed: m.changed, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&cfg)
	}
	return made(t, cfg)
}

func made(t testing.TB, cfg Config) *Site {
	t.Helper()
	site, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func full(t testing.TB) *Site {
	m := newTable()
	fill(m)
	return at(t, m, cutoff.Add(-24*time.Hour))
}
