package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/language"
	"contest/judge/wire"
)

func newProblems(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "problems",
		Short: "List the problems with their limits",
		Args:  cobra.NoArgs,
		RunE:  asks(c, func(ctx context.Context, conn *connection) ([]wire.Problem, error) { return conn.Problems(ctx) }, c.problems),
	}
}

func (c *cli) problems(problems []wire.Problem) {
	if len(problems) == 0 {
		c.printf("%s\n", judge.NoProblems(c.owner))
		return
	}
	printRows(c, []column[wire.Problem]{
		{Head: "problem", Name: true, Cell: func(p wire.Problem) string { return string(p.ID) }},
		{Head: "name", Cut: true, Cell: func(p wire.Problem) string { return p.Name }},
		{Head: "time", Right: true, Cell: func(p wire.Problem) string { return judge.Span(p.Limits.Time) }},
		{Head: "memory", Right: true, Cell: func(p wire.Problem) string { return mib(p.Limits.MemoryBytes) }},
		{Head: "threads", Right: true, Spare: 1, Cell: func(p wire.Problem) string { return strconv.Itoa(p.Threads) }},
		{Head: "tests", Right: true, Spare: 2, Cell: func(p wire.Problem) string { return strconv.Itoa(p.Tests) }},
		{Head: "boards", Spare: 3, Cell: func(p wire.Problem) string { return boardList(p.Boards, " ") }},
	}, problems)
}

// boardList names boards.
func boardList(boards []judge.Board, between string) string {
	names := make([]string, len(boards))
	for i, b := range boards {
		names[i] = string(b)
	}
	return strings.Join(names, between)
}

func newGet(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "get PROBLEM [DIR]",
		Short: "Download a problem's statement, samples and harness",
		Long: `Get writes what a contestant needs to work on a problem into a new folder:
the statement with its images, the samples, and the files that every submission
is compiled with. Nothing that exists is overwritten.`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: c.completeFirstProblem,
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := c.connect(cmd.Context(), connectOptions{})
			if err != nil {
				return err
			}
			defer conn.close()
			p, err := problemOf(cmd.Context(), conn, args[0], "")
			if err != nil {
				return err
			}
			kit, err := conn.Kit(cmd.Context(), p.ID)
			if err != nil {
				return err
			}
			dir := string(p.ID)
			if len(args) == 2 {
				dir = args[1]
			}
			if _, err := os.Stat(dir); err == nil {
				return usage("name another folder: judge get "+args[0]+" DIR", "%s exists already", dir)
			}
			if err := writeKit(dir, kit); err != nil {
				return err
			}
			if c.json {
				return c.printJSON(map[string]any{"problem": p.ID, "folder": dir, "samples": len(kit.Samples), "includes": len(kit.Includes)})
			}
			c.printf("%s: %s, %s and %s in %s\n", p.Name, statementOf(kit), plural(len(kit.Samples), "sample"), plural(len(kit.Includes), "harness file"), dir)
			if kit.Command != "" {
				c.printf("compile there as the judge does: %s\n", judge.Printable(kit.Command))
			}
			return nil
		},
	}
}

// statementOf says what there is of a statement.
func statementOf(kit api.Kit) string {
	switch {
	case len(kit.Statement) > 0:
		return "statement"
	case kit.StatementFile != "":
		return "statement " + kit.StatementFile
	}
	return "no statement"
}

// writeKit lays a kit out as a folder. The names come from a server: none may
// lead out of the folder or replace a file.
func writeKit(dir string, kit api.Kit) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	files := map[string][]byte{}
	if len(kit.Statement) > 0 {
		files["problem.md"] = kit.Statement
	}
	for _, f := range kit.StatementFiles {
		files[f.Name] = f.Data
	}
	for _, f := range kit.Includes {
		files[path.Join("include", f.Name)] = f.Data
	}
	for _, s := range kit.Samples {
		t := judge.TestCase{Name: s.Name}
		files[t.InputName()], files[t.AnswerName()] = s.Input, s.Answer
		for _, f := range s.Files {
			files[t.CaseFileName(f.Name)] = f.Data
		}
	}
	for name, data := range files {
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return fmt.Errorf("the server's kit names the file %q: %w", name, err)
		}
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return fmt.Errorf("the server's kit names the file %q: %w", name, err)
		}
		_, err = f.Write(data)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// kitProblem turns a kit into a problem whose tests are the samples, with its
// files under dir.
func kitProblem(dir string, kit api.Kit) (judge.Problem, error) {
	if err := writeKit(dir, kit); err != nil {
		return judge.Problem{}, err
	}
	p := kit.Problem.Trial()
	for _, f := range kit.Includes {
		p.Files = p.Files.With(judge.ManifestFile{Role: judge.IncludeRole, Name: path.Join(language.Default().Family, f.Name), Path: filepath.Join(dir, "include", f.Name)})
	}
	for _, s := range kit.Samples {
		t := judge.TestCase{Name: s.Name, Sample: true, Args: s.Args}
		for _, f := range s.Files {
			name := t.CaseFileName(f.Name)
			p.Files = p.Files.With(judge.ManifestFile{Role: judge.CaseFileRole, Name: name, Path: filepath.Join(dir, filepath.FromSlash(name))})
		}
		p.Tests = append(p.Tests, t)
		p.Files = p.Files.With(
			judge.ManifestFile{Role: judge.InputRole, Name: t.InputName(), Path: filepath.Join(dir, t.InputName())},
			judge.ManifestFile{Role: judge.AnswerRole, Name: t.AnswerName(), Path: filepath.Join(dir, t.AnswerName())})
	}
	if len(p.Tests) == 0 {
		return p, &exitError{Status: exitNotFound, Err: fmt.Errorf("problem %s has no samples", p.ID)}
	}
	return p, nil
}
