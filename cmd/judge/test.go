package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/pipeline"
)

func newTest(c *cli) *cobra.Command {
	var opt submitOptions
	cmd := &cobra.Command{
		Use:   "test FILE...",
		Short: "Run a solution on the samples, on this machine",
		Long: `Test compiles and runs a solution on the problem's samples on this machine,
with the very code the server judges with: same flags, same sandbox, same
comparison. Nothing is submitted.` + "\n" + exitHelp,
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
	pl := pipeline.Pipeline{Toolchains: tools, Now: time.Now}
	out, err := pl.Judge(ctx, pipeline.Task{Problem: p, Language: tool.ID, Files: files, Report: show.event})
	show.close()
	if err != nil {
		return err
	}
	j, runs := out.Judging, out.Runs
	if c.json {
		if err := c.printJSON(map[string]any{"judging": j, "runs": runs}); err != nil {
			return err
		}
	} else {
		c.tested(j, runs)
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

func (c *cli) tested(j judge.Judging, runs []judge.Run) {
	c.compilerSaid(j)
	for _, r := range runs {
		note := strings.TrimRight("  "+how(r), " ")
		c.printf("%s %-20s real %s  CPU %s  %s%s\n", c.mark(r.Verdict), filepath.Base(r.TestCase), ms(r.Real), ms(r.CPU), mib(r.MemoryBytes), note)
	}
	c.printf("%s on the samples", c.verdict(j.Verdict))
	if j.Verdict != judge.Compile {
		c.printf(": passed %d of %d", j.Passed, j.Total)
	}
	c.printf("\n")
}
