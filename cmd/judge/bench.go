package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/contest"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/pipeline"
	"contest/judge/timing"
)

type benchOptions struct {
	Problem    string
	Language   string
	ProblemDir string
	Set        string
	Versus     []string
	Rounds     int
	Precision  string
}

func newBench(c *cli) *cobra.Command {
	var opt benchOptions
	cmd := &cobra.Command{
		Use:   "bench FILE...",
		Short: "Time a solution as the judge does, on this machine",
		Long: `Bench compiles a solution, runs it on every test case there is, and then times
it in rounds beside the problem's reference, with the very code the server
measures with. It prints the total and the ratio to the reference with their
95 % intervals, the tests on which the solution is slowest and fastest, and what
limits the precision on this machine. With --vs OTHER another program takes the
reference's place, such as yesterday's version. Nothing is submitted or stored.

The problem is found as submit finds it, in the contest's folder, or is the
package in --problem-dir. With --server there are only the samples, and no
reference. Times are the machine's: what counts is measured by the judge.` + "\n" + exitHelp,
		Example: "  judge bench ledger.cpp\n  judge bench new.cpp -p ledger --vs old.cpp\n  judge bench new.cpp --problem-dir ~/packages/ledger --vs old.cpp --rounds 40",
		Args:    needFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runBench(cmd.Context(), c, opt, args)
		},
	}
	c.problemFlags(cmd, &opt.Problem, &opt.Language)
	f := cmd.Flags()
	f.StringVar(&opt.ProblemDir, "problem-dir", "", "the package to take the tests from, outside of any contest")
	f.StringVar(&opt.Set, "set", "", "with --problem-dir: the size of generated test sets, full or demo (default full)")
	f.StringSliceVar(&opt.Versus, "vs", nil, "the source (or sources, with commas) to compare with in place of the reference")
	f.IntVar(&opt.Rounds, "rounds", 0, "measure at most so many rounds, however long it takes (default: as the contest does)")
	f.StringVar(&opt.Precision, "precision", "", "stop when half the 95 % interval is below this, such as 0.2% (default: as the contest does)")
	return cmd
}

// bench is what bench found, as its JSON has it.
type bench struct {
	Problem judge.ProblemID `json:"problem"`
	// Against is the file that took the reference's place, or "the reference".
	Against string              `json:"against"`
	Judging judge.Judging       `json:"judging"`
	Runs    []judge.Run         `json:"runs"`
	Rounds  int                 `json:"rounds"`
	Tests   judge.MeasuredTests `json:"measured_tests,omitempty"`
	// Disturbances count what the machine did to runs.
	Disturbances map[measure.Disturbance]int `json:"disturbances,omitempty"`
	// Spoilt counts the tests of which the machine disturbed every pair: then
	// all pairs are in the result.
	Spoilt int `json:"spoilt_tests,omitempty"`
	// Compared says for each board what the interval allows to say.
	Compared map[judge.Board]comparison `json:"compared,omitempty"`
	Machine  judge.Machine              `json:"machine"`
	CPUs     []int                      `json:"cpus"`
	Limits   []machine.Finding          `json:"limits"` // of the precision on this machine

	problem judge.Problem
	failed  string // Against, if Judging is its
}

func runBench(ctx context.Context, c *cli, opt benchOptions, args []string) error {
	files, err := readSources(args)
	if err != nil {
		return err
	}
	versus, err := readSources(opt.Versus)
	if err != nil {
		return err
	}
	wanted, err := opt.bounds()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "judge-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	of, err := c.benchProblem(ctx, opt, files[0].Name, dir)
	if err != nil {
		return err
	}
	tool, err := of.tools.Find(opt.Language)
	if err != nil {
		return err
	}
	// With one compiler alone both sides are compiled with it.
	b := bencher{c: c, of: of, pipe: pipeline.New(build.Toolchains{tool}, &timing.Scratch{})}
	if err := b.against(versus, opt.Versus, dir); err != nil {
		return err
	}
	for _, some := range [][]judge.File{files, versus} {
		if err := judge.ValidateFiles(some, of.problem.Limits.CodeBytes); err != nil && len(some) > 0 {
			return err
		}
	}
	var found bench
	err = c.undisturbed(ctx, of.folder, exitRefused, func() (err error) {
		found, err = b.run(ctx, files, versus, wanted.or(of.settings))
		return err
	})
	if err != nil {
		return err
	}
	if c.json {
		if err := c.printJSON(found); err != nil {
			return err
		}
	} else {
		c.benched(found)
	}
	return c.said(found.status())
}

// bounds are what the flags say of measuring; zero fields are the contest's.
type bounds struct{ judge.Measure }

func (opt benchOptions) bounds() (bounds, error) {
	var m bounds
	if opt.Rounds != 0 && (opt.Rounds < measure.LeastPairs || opt.Rounds > judge.MostRounds) {
		return m, usage("write --rounds 40 for forty", "--rounds %d is not possible: from %d to %d", opt.Rounds, measure.LeastPairs, judge.MostRounds)
	}
	m.Rounds = opt.Rounds
	if opt.Precision != "" {
		number, percent := strings.CutSuffix(opt.Precision, "%")
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if !percent || err != nil || !(v > 0 && v <= 50) {
			return m, usage("write it in per cent, at most 50%, such as 0.2%", "--precision: %q is not possible", opt.Precision)
		}
		m.Precision = v / 100
	}
	return m, nil
}

// unhurried is the budget of who asked for a number of rounds.
const unhurried = 24 * time.Hour

// or fills in what the contest says.
func (m bounds) or(settings judge.Measure) judge.Measure {
	if m.Rounds > 0 || m.Precision > 0 {
		settings.Budget = unhurried
	}
	if m.Rounds > 0 {
		settings.Rounds = m.Rounds
	}
	if m.Precision > 0 {
		settings.Precision = m.Precision
	}
	return settings
}

// benchProblem is a problem with what belongs to where it was found.
type benchProblem struct {
	problem  judge.Problem
	settings judge.Measure
	folder   contest.Folder // empty outside of a contest
	remote   bool           // only what a server hands out
	tools    build.Toolchains
}

// benchProblem finds the problem: in the package that was named, on the server,
// or in the contest's folder. Files that a server hands out go to dir.
func (c *cli) benchProblem(ctx context.Context, opt benchOptions, file, dir string) (benchProblem, error) {
	logger := c.logger(slog.LevelError)
	switch {
	case opt.ProblemDir != "" && opt.Problem != "":
		return benchProblem{}, usage("name one of them", "-p %s and --problem-dir %s name two problems", opt.Problem, opt.ProblemDir)
	case opt.Set != "" && opt.ProblemDir == "":
		return benchProblem{}, usage("contest.yaml says it for the problems of a contest: test_set", "--set is for --problem-dir")
	case opt.Set != "" && opt.Set != "full" && opt.Set != "demo":
		return benchProblem{}, usage("write --set full or --set demo", "--set: %q is neither", opt.Set)
	case opt.ProblemDir != "":
		return c.benchPackage(ctx, opt, logger)
	case c.server != "":
		kit, err := fetchKit(ctx, c, submitOptions{Problem: opt.Problem}, []judge.File{{Name: file}})
		if err != nil {
			return benchProblem{}, err
		}
		p, err := kitProblem(filepath.Join(dir, "kit"), kit)
		for i := range p.Tests { // there is nothing else to time
			p.Tests[i].Timed = true
		}
		return benchProblem{problem: p, settings: judge.DefaultMeasure, remote: true, tools: toolchains("", logger)}, err
	}
	return c.benchFolder(ctx, opt.Problem, file, logger)
}

func (c *cli) benchPackage(ctx context.Context, opt benchOptions, logger *slog.Logger) (benchProblem, error) {
	if info, err := os.Stat(opt.ProblemDir); err != nil || !info.IsDir() {
		return benchProblem{}, &judge.NotFound{Kind: "folder", Name: opt.ProblemDir, Hint: "name the folder of a package; you are in " + here()}
	}
	cache, err := userCache()
	if err != nil {
		return benchProblem{}, err
	}
	at := benchProblem{settings: judge.DefaultMeasure, tools: toolchains("", logger)}
	at.problem, err = c.loadPackage(ctx, at.tools, opt.ProblemDir, pipeline.LoadOptions{Cache: cache, TestSet: orElse(opt.Set, "full")})
	return at, err
}

func (c *cli) benchFolder(ctx context.Context, name, file string, logger *slog.Logger) (benchProblem, error) {
	folder, err := c.folder()
	if err != nil {
		return benchProblem{}, err
	}
	settings, err := contest.ReadSettings(folder.Settings())
	if err != nil {
		return benchProblem{}, err
	}
	if err := folder.Prepare(); err != nil {
		return benchProblem{}, err
	}
	ids, err := folder.Packages()
	if err != nil {
		return benchProblem{}, err
	}
	id, err := judge.WhichProblem(ids, name, file)
	if err != nil {
		return benchProblem{}, err
	}
	secret, err := contestSecret(folder, logger)
	if err != nil {
		return benchProblem{}, err
	}
	at := benchProblem{settings: settings.Measure, folder: folder, tools: toolchains(folder.State("cache"), logger)}
	at.problem, err = c.loadPackage(ctx, at.tools, filepath.Join(folder.Problems(), string(id)),
		pipeline.LoadOptions{Cache: folder.State("cache"), TestSet: settings.TestSet, Secret: secret})
	return at, err
}

func (c *cli) loadPackage(ctx context.Context, tools build.Toolchains, dir string, opt pipeline.LoadOptions) (judge.Problem, error) {
	opt.Generate, opt.Progress = true, c.generating()
	return pipeline.New(tools, nil).Load(ctx, dir, opt)
}

// userCache is where test cases are kept that belong to no contest.
func userCache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", usage("set HOME or XDG_CACHE_HOME", "there is no folder to keep test cases in: %v", err)
	}
	return filepath.Join(cache, "judge"), nil
}

// bencher is one bench under way.
type bencher struct {
	c       *cli
	of      benchProblem
	pipe    *pipeline.Pipeline
	name    string // of what takes the reference's place
	problem judge.Problem
}

// against puts what is compared with into the reference's place; its files go
// to dir.
func (b *bencher) against(versus []judge.File, paths []string, dir string) error {
	p := b.of.problem
	b.name = "the reference"
	switch {
	case len(versus) > 0:
		b.name = paths[0]
		p.Files = p.Files.Without(judge.ReferenceRole)
		for i, f := range versus { // as they were read: they may be saved again meanwhile
			path := filepath.Join(dir, strconv.Itoa(i), f.Name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(path, f.Data, 0o600); err != nil {
				return err
			}
			p.Files = p.Files.With(judge.ManifestFile{Role: judge.ReferenceRole, Name: f.Name, Path: path})
		}
	case b.of.remote:
		return usage("name a program to compare with: --vs OTHER", "a server does not hand out the reference of %s", p.ID)
	case !p.HasReference():
		return usage("name a program to compare with: --vs OTHER", "problem %s has no reference, so there is nothing to compare with", p.ID)
	}
	b.problem = p
	for _, t := range p.Tests {
		if t.Timed {
			return nil
		}
	}
	return usage("docs/problem-format.md says which test cases are timed", "no test case of %s is timed", p.ID)
}

// run judges both sides and measures them.
func (b *bencher) run(ctx context.Context, files, versus []judge.File, settings judge.Measure) (bench, error) {
	found := bench{Problem: b.problem.ID, Against: b.name, Machine: b.pipe.Timer.Machine(), Limits: []machine.Finding{}, problem: b.problem}
	cpus, err := machine.MeasuringCPUs(b.problem.Threads, settings.CPUs)
	if err != nil {
		return found, err
	}
	policy, _ := machine.Policy(b.problem.Threads)
	found.CPUs, found.Limits = cpus, append(found.Limits, machine.RedFindings(machine.Place{CPUs: cpus, Policy: policy})...)
	var other judge.Outcome
	if len(versus) > 0 {
		if other, err = b.judge(ctx, versus, nil); err != nil {
			return found, err
		}
		if other.Judging.Verdict != judge.Accepted {
			found.Judging, found.Runs, found.failed = other.Judging, other.Runs, b.name
			return found, nil
		}
	}
	out, err := b.judge(ctx, files, &settings)
	var unlike *timing.ReferenceError
	if errors.As(err, &unlike) && len(versus) > 0 {
		found.Judging, found.Runs, found.failed = other.Judging, other.Runs, b.name
		found.Judging.Verdict, found.Judging.FirstFailed = unlike.Verdict, unlike.TestCase
		return found, nil
	}
	if err != nil {
		return found, err
	}
	found.Judging, found.Runs, found.Tests, found.Compared = out.Judging, out.Runs, out.Tests, compared(out.Judging)
	return found, found.disturbed(out.Sessions)
}

// disturbed says what the machine did.
func (b *bench) disturbed(sessions []judge.Session) error {
	clean := map[string]bool{}
	var pairs []measure.Pair
	for _, s := range sessions {
		b.Rounds += s.Rounds
		record, err := measure.Decode[timing.SessionRecord](s.Data)
		if err != nil {
			return err
		}
		pairs = append(pairs, record.Pairs...)
	}
	for _, p := range pairs {
		clean[p.Test] = clean[p.Test] || !p.Disturbed()
	}
	for _, undisturbed := range clean {
		if !undisturbed {
			b.Spoilt++
		}
	}
	b.Disturbances = measure.Count(pairs).Reasons
	return nil
}

func (b *bencher) judge(ctx context.Context, files []judge.File, settings *judge.Measure) (judge.Outcome, error) {
	show := b.c.rounds(b.name)
	defer show.close()
	return b.pipe.Judge(ctx, pipeline.Task{
		Problem: b.problem, Language: b.pipe.Toolchains[0].ID, Files: files, Measure: settings, Bench: true, Report: show.event,
	})
}

// status is how bench ends.
func (b bench) status() error {
	switch status := verdictStatus(b.Judging.Verdict); {
	case b.failed != "":
		what := "is not accepted: " + string(b.Judging.Verdict) + " on " + b.Judging.FirstFailed
		if status == exitCompile {
			what = "does not compile"
		}
		return &exitError{Status: status, Err: fmt.Errorf("%s %s", b.failed, what), Hint: "compare with a program that passes every test case"}
	case status != exitOK:
		return &exitError{Status: status}
	}
	return nil
}
