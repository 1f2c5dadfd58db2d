package timing_test

import (
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/check"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/pipeline"
	"contest/judge/run"
	"contest/judge/timing"
)

func TestMain(m *testing.M) {
	if cpu, err := strconv.Atoi(os.Getenv(burnOn)); err == nil {
		burn(cpu)
	}
	os.Exit(m.Run())
}

// plan is how much is measured. Its fields come from the environment.
type plan struct {
	least    time.Duration // MINUTES, for all
	sessions int           // of each condition, at least
	rounds   int           // ROUNDS of a session
	looks    []int         // k, the numbers of rounds that are looked at
	variants []variant
	tests    int    // TESTS of each kind
	keep     string // KEEP, a file for the raw times
	only     string // ONLY, one of the conditions; empty for both
	long     bool
}

func planned(t *testing.T) plan {
	number := func(name string, otherwise float64) float64 {
		text := os.Getenv(name)
		if text == "" {
			return otherwise
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n <= 0 {
			t.Fatalf("%s=%q: want a number above 0", name, text)
		}
		return n
	}
	minutes := number("MINUTES", 0)
	if minutes == 0 {
		return plan{sessions: 2, rounds: measure.LeastPairs, looks: []int{measure.LeastPairs}, variants: variants[:3], tests: 1}
	}
	p := plan{
		least: time.Duration(minutes * float64(time.Minute)), sessions: 2, rounds: int(number("ROUNDS", 20)), variants: variants, tests: int(number("TESTS", 15)),
		keep: os.Getenv("KEEP"), only: os.Getenv("ONLY"), long: true,
	}
	if p.rounds > 10 {
		p.looks = []int{10}
	}
	p.looks = append(p.looks, p.rounds)
	return p
}

// variant is a program by its work beyond that of the first.
type variant struct {
	name  string
	extra int // per cent
}

// files are the sources of a variant, made of those of the reference.
func (v variant) files(source []byte) []judge.File {
	return []judge.File{{Name: "work.cpp", Data: fmt.Appendf(nil, "// %s\n#define EXTRA %d\n%s", v.name, v.extra, source)}}
}

// variants are the programs that are compared. The second is the first with
// another name.
var variants = []variant{{"P0", 0}, {"P0'", 0}, {"P1", 1}, {"P2", 2}, {"P3", 3}, {"P5", 5}}

// Kinds of test cases, and jobs that take about 10 ms each on a CPU of 2.6 GHz.
// Memory is waited for in 2, 4 and 8 MB in turn, more than fits into the second
// level cache: what the last level is used for, and by whom else, is what matters.
var kinds = []struct {
	name string
	jobs []job
}{
	{"compute", []job{{letter: "c", amount: 26_000}}},
	{"memory", []job{{"m", 6600, 2}, {"m", 5000, 4}, {"m", 2800, 8}}},
}

// job is the input of a test case.
type job struct {
	letter    string
	amount    float64
	megabytes int
}

func (j job) String() string { return fmt.Sprintf("%s %.0f %d\n", j.letter, j.amount, j.megabytes) }

// The conditions under which is measured.
const (
	quiet     = "quiet"
	neighbour = "neighbour"
)

// What a variant does beyond the first is all that they differ in: their
// instructions are the same, and lie at the same places.
func TestVariantsDifferInTheirWorkAlone(t *testing.T) {
	tool, err := build.Detect().Find("")
	if err != nil {
		t.Skip("needs a compiler:", err)
	}
	source, err := os.ReadFile("testdata/accuracy/submissions/accepted/work.cpp")
	if err != nil {
		t.Fatal(err)
	}
	harness, err := os.ReadFile("testdata/accuracy/include/cpp/harness.cpp")
	if err != nil {
		t.Fatal(err)
	}
	sections := func(v variant) map[string][]byte {
		res, err := build.Compile(t.Context(), tool, build.Source{Files: v.files(source), Includes: []judge.File{{Name: "harness.cpp", Data: harness}}}, build.JuryLimits)
		if err != nil || res.Program == nil {
			t.Fatalf("%s: %v\n%s", v.name, err, res.Output)
		}
		defer res.Program.Close()
		program, err := elf.NewFile(res.Program.Program)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]byte{}
		for _, name := range []string{".text", ".data"} {
			if out[name], err = program.Section(name).Data(); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	first := sections(variants[0])
	for _, v := range variants[1:] {
		other := sections(v)
		if !bytes.Equal(first[".text"], other[".text"]) {
			t.Errorf("%s has other instructions than %s", v.name, variants[0].name)
		}
		if bytes.Equal(first[".data"], other[".data"]) != (v.extra == 0) {
			t.Errorf("%s does %d %% more work: its data are those of %s: %t", v.name, v.extra, variants[0].name, v.extra != 0)
		}
	}
}

// TestAccuracy measures how sharp the judge's times are: it has calibrated
// variants of one program judged as submissions are, each in sessions of its
// own, and timed together as finalists are, on a machine left alone and beside
// a program that burns memory, and compares what several estimators make of
// the same times. make accuracy runs it for minutes and prints a table; as a
// test it only sees that all of it works.
func TestAccuracy(t *testing.T) {
	p := planned(t)
	s := prepare(t, p)
	conditions := []string{quiet, neighbour}
	switch {
	case s.other < 0:
		t.Log("only one CPU: there is no place for a neighbour")
		conditions = conditions[:1]
	case !p.long:
		conditions = conditions[1:] // in which everything has its part
	case p.only != "":
		if conditions = []string{p.only}; p.only != quiet && p.only != neighbour {
			t.Fatalf("ONLY=%q: want %s or %s", p.only, quiet, neighbour)
		}
	}
	start := time.Now()
	for n := 1; n <= p.sessions || time.Since(start) < p.least; n++ {
		for _, c := range conditions {
			if err := s.session(t.Context(), c, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.store(); err != nil {
		t.Error(err)
	}
	var rows []row
	var disturbed []string
	for _, c := range conditions {
		of, err := s.rows(c)
		switch {
		case errors.Is(err, measure.ErrNoPairs):
			disturbed = append(disturbed, fmt.Sprintf("%s: the machine disturbed too much: %v", c, err))
		case err != nil:
			t.Fatal(err)
		}
		rows = append(rows, of...)
	}
	switch {
	case len(rows) == 0 && p.long:
		t.Fatal(strings.Join(disturbed, "\n"))
	case len(rows) == 0:
		t.Skip(strings.Join(disturbed, "\n"))
	}
	s.print(table(rows) + strings.Join(disturbed, "\n"))
}

// study is all that is measured.
type study struct {
	plan
	pl       *pipeline.Pipeline
	problem  judge.Problem
	other    int // a CPU for the neighbour; negative if there is none
	task     timing.FinalTask
	baseline measure.Baseline
	measured map[string][]measured // by condition, what of each variant
	print    func(string)
}

// measured is what there is of a variant.
type measured struct {
	Board []measure.Session `json:"board"` // as a submission
	Final []measure.Session `json:"final"` // together with the others
}

func prepare(t *testing.T, p plan) *study {
	t.Helper()
	s := &study{
		plan: p, pl: pipeline.New(build.Detect(), &timing.Scratch{}),
		measured: map[string][]measured{}, print: func(text string) { t.Log("\n" + text) },
	}
	if p.long {
		s.print = func(text string) { fmt.Print(text) }
	}
	var err error
	if s.problem, err = s.pl.Load(t.Context(), s.write(t), pipeline.LoadOptions{TestSet: "full", Cache: t.TempDir(), Generate: true}); err != nil {
		t.Fatal(err)
	}
	measured, err := machine.MeasuringCPUs(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.other = anotherCPU(measured)
	s.enter(t)
	return s
}

// write makes a package of the problem with its test cases: of each kind some
// that take 6 to 14 ms.
func (s *study) write(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "accuracy")
	if err := os.CopyFS(dir, os.DirFS("testdata/accuracy")); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "data", "secret")
	if err := os.Mkdir(secret, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		for i := range s.tests {
			share := 1.0
			if s.tests > 1 {
				share = 0.6 + 0.8*float64(i)/float64(s.tests-1)
			}
			one := k.jobs[i%len(k.jobs)]
			one.amount *= share
			text := []byte(one.String())
			for _, ending := range []string{"in", "ans"} {
				if err := os.WriteFile(filepath.Join(secret, fmt.Sprintf("%s%d.%s", k.name, i+1, ending)), text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return dir
}

// enter has every variant take part.
func (s *study) enter(t *testing.T) {
	t.Helper()
	source, err := os.ReadFile(s.problem.Files.Of(judge.ReferenceRole)[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	tool, err := s.pl.Toolchains.Find("")
	if err != nil {
		t.Skip("needs a compiler:", err)
	}
	s.task = timing.FinalTask{Problem: s.problem, Jury: run.NewJury(s.problem, check.Default(s.problem.Validation)), Sources: map[string][]judge.File{}, Report: func(timing.FinalLook) {}}
	s.task.Final = judge.Final{Name: "accuracy", Board: judge.CPUBoard, MaxRounds: s.rounds, Class: s.pl.Timer.Machine().Class}
	for i, v := range s.variants {
		files := v.files(source)
		one := judge.Finalist{Submission: judge.SubmissionID(i + 1), Language: judge.LanguageID(tool.ID), SourceHash: judge.HashFiles(files)}
		s.task.Final.Finalists = append(s.task.Final.Finalists, one)
		s.task.Sources[one.Program()] = files
	}
	for _, test := range s.problem.Tests {
		if test.Timed {
			s.task.Final.Tests = append(s.task.Final.Tests, test.Name)
		}
	}
}

// session measures every variant by itself and then all together.
func (s *study) session(ctx context.Context, condition string, n int) error {
	if condition == neighbour {
		end, err := startBurning(s.other)
		if err != nil {
			return fmt.Errorf("start the neighbour: %w", err)
		}
		defer end()
	}
	start := time.Now()
	if s.measured[condition] == nil {
		s.measured[condition] = make([]measured, len(s.variants))
	}
	name := fmt.Sprintf("%s %d", condition, n)
	var all []measure.Pair
	for i := range s.variants {
		one, stop, err := s.submit(ctx, i, name)
		if err != nil {
			return err
		}
		all = append(all, one.Pairs...)
		if of := &s.measured[condition][i]; stop != measure.Unstable {
			of.Board = append(of.Board, one)
		}
	}
	pairs, err := s.final(ctx, name)
	if err != nil {
		return err
	}
	for i := range s.variants {
		of := &s.measured[condition][i]
		of.Final = append(of.Final, measure.Session{ID: name, Class: s.pl.Timer.Machine().Class, Pairs: pairs[i]})
		all = append(all, pairs[i]...)
	}
	tally := measure.Count(all)
	s.print(fmt.Sprintf("%-12s %d rounds of %d tests in %v; load %s; %.1f %% of pairs disturbed\n",
		name, s.rounds, len(s.task.Final.Tests), time.Since(start).Round(time.Second), load(), 100*float64(tally.Disturbed)/float64(max(tally.Pairs, 1))))
	return nil
}

// submit has a variant judged to the last round, however precise it is before.
// Its source has the name of the session in it: one source would have one score.
func (s *study) submit(ctx context.Context, i int, session string) (measured measure.Session, stop measure.Stop, err error) {
	one := s.task.Final.Finalists[i]
	files := slices.Clone(s.task.Sources[one.Program()])
	files[0].Data = fmt.Appendf(nil, "// %s\n%s", session, files[0].Data)
	out, err := s.pl.Judge(ctx, pipeline.Task{
		Problem: s.problem, Language: one.Language, Files: files, Report: func(judge.Progress) {},
		Measure: &judge.Measure{Rounds: s.rounds, Precision: 1e-9, Budget: time.Hour},
	})
	if err != nil {
		return measured, "", err
	}
	if j := out.Judging; j.Verdict != judge.Accepted || len(out.Sessions) != 1 {
		return measured, "", fmt.Errorf("variant %s: %s %s: %s", s.variants[i].name, j.Verdict, j.FirstFailed, j.CompilerOutput)
	}
	of := out.Sessions[0]
	record, err := measure.Decode[timing.SessionRecord](of.Data)
	return measure.Session{ID: of.ID, Class: of.Class, Pairs: record.Pairs}, measure.Stop(of.Stop), err
}

// final times all variants in common rounds.
func (s *study) final(ctx context.Context, session string) ([][]measure.Pair, error) {
	task := s.task
	task.Final.Seed = session
	pairs := make([][]measure.Pair, len(s.variants))
	task.Store = func(_ context.Context, r judge.FinalRound) error {
		record, err := measure.Decode[timing.FinalRecord](r.Data)
		if err != nil {
			return err
		}
		for key, why := range record.Out {
			return fmt.Errorf("program %s: %s", key, why)
		}
		for i, one := range task.Final.Finalists {
			pairs[i] = append(pairs[i], record.Pairs[one.Program()]...)
		}
		return nil
	}
	var err error
	s.baseline, err = s.pl.Timer.Rounds(ctx, task)
	return pairs, err
}

// load is the machine's load average over a minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// store keeps the raw times if that is wanted.
func (s *study) store() error {
	if s.keep == "" {
		return nil
	}
	data, err := measure.Encode(map[string]any{"baseline": s.baseline, "sessions": s.measured})
	if err != nil {
		return err
	}
	return os.WriteFile(s.keep, data, 0o644)
}

// row is a line of the table.
type row struct {
	board     judge.Board
	condition string
	kind      string
	estimatorRow
}

// rows are those of one condition.
func (s *study) rows(condition string) ([]row, error) {
	var out []row
	for _, board := range []judge.Board{judge.CPUBoard, judge.RealBoard} {
		for _, kind := range []string{"", kinds[0].name, kinds[1].name} {
			rows, err := s.estimate(board, condition, kind)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				out = append(out, row{board, condition, cmp.Or(kind, "both"), r})
			}
		}
	}
	return out, nil
}

// estimate compares the estimators on the test cases of a kind; "" is all.
func (s *study) estimate(board judge.Board, condition, kind string) ([]estimatorRow, error) {
	of := func(test string) bool { return strings.HasPrefix(test, "secret/"+kind) }
	var names []string
	for _, name := range s.task.Final.Tests {
		if of(name) {
			names = append(names, name)
		}
	}
	var list []timedVariant
	some := func(sessions []measure.Session) []measure.Session {
		out := slices.Clone(sessions)
		for i := range out {
			out[i].Pairs = slices.DeleteFunc(slices.Clone(out[i].Pairs), func(p measure.Pair) bool { return !of(p.Test) })
		}
		return out
	}
	for i, v := range s.variants {
		m := s.measured[condition][i]
		list = append(list, timedVariant{Name: v.name, Gap: float64(v.extra) / 100, Sessions: some(m.Board), Common: some(m.Final)})
	}
	looks := s.looks
	if kind != "" {
		looks = looks[len(looks)-1:]
	}
	return compareEstimators(s.baseline.For(board, names), list, s.baseline.Metric(board), looks)
}

// The neighbour reads and writes memory without end on a CPU that nothing is
// measured on, but which has caches and memory in common with those. It is this
// program once more, and ends when its standard input does.
const burnOn = "JUDGE_BURN_ON_CPU"

func startBurning(cpu int) (end func(), err error) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), burnOn+"="+strconv.Itoa(cpu))
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = hold.Close()
		_ = cmd.Wait()
	}, nil
}

func burn(cpu int) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(cpu)
	_ = unix.SchedSetaffinity(0, &set)
	for memory := make([]uint64, 8<<20); ; {
		for i := 0; i < len(memory); i += 8 {
			memory[i]++
		}
	}
}

// anotherCPU is one that this process may use and that is not among cpus.
func anotherCPU(cpus []int) int {
	var allowed unix.CPUSet
	if unix.SchedGetaffinity(0, &allowed) != nil {
		return -1
	}
	for cpu := range len(allowed) * 64 {
		if allowed.IsSet(cpu) && !slices.Contains(cpus, cpu) {
			return cpu
		}
	}
	return -1
}

// percent prints a share with two digits that matter.
func percent(share float64) string {
	if math.IsNaN(share) {
		return "-"
	}
	return fmt.Sprintf("%.2f", 100*share)
}
