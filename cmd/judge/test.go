package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/pipeline"
	"contest/sandbox"
)

func newTest(c *cli) *cobra.Command {
	var opt submitOptions
	cmd := &cobra.Command{
		Use:   "test FILE...",
		Short: "Run a solution on the samples, on this machine",
		Long: `Test compiles and runs a solution on the problem's samples on this machine,
with the very code the server judges with: same flags, same sandbox, same
comparison. Where a program of the organiser decides which outputs are right, which
only the judge has, an output is compared with the sample's answer, and one that
differs is no failure. Nothing is submitted. Of a sample that fails it shows input, expected
and own output, and the end of standard error.` + "\n" + exitHelp,
		Args: needFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTest(cmd.Context(), c, opt, args)
		},
	}
	c.problemFlags(cmd, &opt.Problem, &opt.Language)
	return cmd
}

func runTest(ctx context.Context, c *cli, opt submitOptions, args []string) error {
	files, err := readSources(args)
	if err != nil {
		return err
	}
	kit, err := fetchKit(ctx, c, opt, files)
	if err != nil {
		return err
	}
	if err := judge.ValidateFiles(files, kit.Problem.Limits.CodeBytes); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "judge-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := kitProblem(dir, kit)
	if err != nil {
		return err
	}
	tools := toolchains("", c.logger(slog.LevelError))
	tool, err := tools.Find(opt.Language)
	if err != nil {
		return err
	}
	show := c.passing()
	pl := pipeline.New(tools, nil)
	failures := []failure{}
	seen := func(t judge.TestCase, r judge.Run, f sandbox.Facts) {
		if r.Verdict != judge.Accepted {
			failures = append(failures, failureOf(p, t, f))
		}
	}
	out, err := pl.Judge(ctx, pipeline.Task{Problem: p, Language: tool.ID, Files: files, Report: show.event, Seen: seen})
	show.close()
	if err != nil {
		return err
	}
	j, runs := out.Judging, out.Runs
	undecided := j.Verdict == judge.Wrong && kit.Problem.Validation == nil
	if c.json {
		if err := c.printJSON(map[string]any{"judging": j, "runs": runs, "failures": failures, "undecided": undecided}); err != nil {
			return err
		}
	} else {
		c.tested(j, runs, failures)
	}
	if undecided {
		c.notef("a program of the organiser, which the judge alone has, decides which outputs are right: those that differ from the answers may be\n")
		return nil
	}
	if status := verdictStatus(j.Verdict); status != exitOK {
		return &exitError{Status: status}
	}
	return nil
}

func fetchKit(ctx context.Context, c *cli, opt submitOptions, files []judge.File) (api.Kit, error) {
	conn, err := c.connect(ctx, connectOptions{})
	if err != nil {
		return api.Kit{}, err
	}
	defer conn.close()
	p, err := problemOf(ctx, conn, opt.Problem, files[0].Name)
	if err != nil {
		return api.Kit{}, err
	}
	return conn.Kit(ctx, p.ID)
}

// failure is what a contestant needs to see of a sample that failed, each text cut.
type failure struct {
	TestCase string `json:"test_case"`
	Input    string `json:"input"`
	Answer   string `json:"answer"`
	Output   string `json:"output"`
	Stderr   string `json:"stderr"` // its end
}

func failureOf(p judge.Problem, t judge.TestCase, f sandbox.Facts) failure {
	input, _ := os.ReadFile(p.InputPath(t)) // just written by us; without them the rest is still worth showing
	answer, _ := os.ReadFile(p.AnswerPath(t))
	return failure{t.Name, head(input), head(answer), head(f.Stdout), tail(f.Stderr)}
}

// What is shown of a text at most.
const (
	mostLines = 20
	mostShown = 2000 // bytes
)

// head is the beginning of a text, and how much was left out. What is no text is not
// printed: it would fill the screen with signs that nobody can read.
func head(text []byte) string {
	if binary(text) {
		return fmt.Sprintf("[%s that are no text]", plural(len(text), "byte"))
	}
	shown := text[:min(len(text), mostShown)]
	if lines := bytes.SplitAfterN(shown, []byte("\n"), mostLines+1); len(lines) > mostLines {
		shown = bytes.Join(lines[:mostLines], nil)
	}
	if len(shown) == len(text) {
		return string(text)
	}
	return fmt.Sprintf("%s\n[%s more]", bytes.TrimSuffix(shown, []byte("\n")), plural(len(text)-len(shown), "byte"))
}

// binary says whether data is no text.
func binary(data []byte) bool {
	start := data[:min(len(data), mostShown)]
	unreadable := 0
	for _, r := range string(start) {
		if r == utf8.RuneError || r < ' ' && !unicode.IsSpace(r) {
			unreadable++
		}
	}
	return unreadable > utf8.RuneCount(start)/10
}

// tail is the end of a text, and how much was left out.
func tail(text []byte) string {
	shown := text[max(0, len(text)-mostShown):]
	start := len(bytes.TrimSuffix(shown, []byte("\n")))
	for range mostLines {
		start = bytes.LastIndexByte(shown[:max(start, 0)], '\n')
	}
	shown = shown[start+1:]
	if len(shown) == len(text) {
		return string(text)
	}
	return fmt.Sprintf("[%s before]\n%s", plural(len(text)-len(shown), "byte"), shown)
}

func (c *cli) failed(f failure) {
	for _, part := range []struct{ name, text string }{
		{"input", f.Input}, {"expected", f.Answer}, {"your output", f.Output}, {"end of standard error", f.Stderr},
	} {
		switch {
		case part.text != "":
			c.printf("  %s\n%s\n", c.style.faint.Render(part.name+":"), c.folded(judge.Quote(part.text)))
		case part.name != "end of standard error":
			c.printf("  %s\n", c.style.faint.Render(part.name+": empty"))
		}
	}
}

func (c *cli) tested(j judge.Judging, runs []judge.Run, failures []failure) {
	c.compilerSaid(j)
	for _, r := range runs {
		note := strings.TrimRight("  "+how(r), " ")
		c.printf("%s %-20s real %s  CPU %s  %s%s\n", c.mark(r.Verdict), filepath.Base(r.TestCase), ms(r.Real), ms(r.CPU), judge.BelowMemory(r.MemoryBytes), note)
		for _, f := range failures {
			if f.TestCase == r.TestCase {
				c.failed(f)
			}
		}
	}
	c.printf("%s on the samples", c.verdict(j.Verdict))
	if j.Verdict != judge.Compile {
		c.printf(": passed %d of %d", j.Passed, j.Total)
	}
	c.printf("\n")
}
