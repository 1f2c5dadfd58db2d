package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/build"
	"contest/judge/contest"
)

type demoOptions struct {
	Problems string
	Listen   string
}

func newDemo(c *cli) *cobra.Command {
	var opt demoOptions
	cmd := &cobra.Command{
		Use:   "demo [DIR]",
		Short: "Hold a small contest with example submissions",
		Long: `Demo makes a contest in DIR (default: demo) from the problem packages of
--problems, submits every package's example submissions under made-up names,
shows their verdicts live, prints the boards and serves the page until Ctrl-C.
Without a terminal it writes the page to DIR/public and ends.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "demo"
			if len(args) == 1 {
				dir = args[0]
			}
			return runDemo(cmd.Context(), c, dir, opt)
		},
	}
	cmd.Flags().StringVar(&opt.Problems, "problems", "problems", "the folder of problem packages")
	cmd.Flags().StringVar(&opt.Listen, "listen", contest.DefaultListen, "the address of the page")
	return cmd
}

func runDemo(ctx context.Context, c *cli, dir string, opt demoOptions) error {
	if busy(contest.Folder(dir)) {
		return &exitError{Status: exitRefused, Err: fmt.Errorf("a demo runs in %s already", dir), Hint: "stop it first, or name another folder: judge demo DIR"}
	}
	if err := makeDemo(dir, opt.Problems); err != nil {
		return err
	}
	c.notef("%s a contest in %s; its test cases are generated now and kept for the next time\n", c.style.bold.Render("demo:"), dir)
	return c.serve(ctx, contest.Folder(dir), serveOptions{Listen: opt.Listen, Quiet: true, Degraded: true,
		Ready: func(ctx context.Context, in *instance, url string) error {
			if broken := in.catalog.Broken(); len(broken) > 0 {
				return &exitError{Status: exitVerify, Err: errors.New(strings.Join(broken, "\n")), Hint: "mend the packages, then run the demo again"}
			}
			if c.tty {
				c.notef("the page stands at %s\n", c.style.accent.Render(url))
			}
			c.notef("\n")
			if err := c.submitExamples(ctx, in, url); err != nil {
				return err
			}
			return c.showDemo(ctx, in, url, filepath.Join(dir, "public"))
		}})
}

// busy says whether a judge works in the folder.
func busy(folder contest.Folder) bool {
	if _, err := os.Stat(folder.State("lock")); err != nil {
		return false
	}
	lock, err := folder.TryLock()
	if err != nil {
		return true
	}
	lock.Release()
	return false
}

// makeDemo makes the contest anew; only generated test cases are kept from
// the last time.
func makeDemo(dir, problems string) error {
	packages, err := filepath.Glob(filepath.Join(problems, "*", "problem.yaml"))
	if err != nil || len(packages) == 0 {
		return &judge.NotFound{Kind: "problem package in", Name: problems, Hint: "name the folder that holds the packages with --problems"}
	}
	if err := clearDemo(dir); err != nil {
		return err
	}
	zone, err := time.LoadLocation("Asia/Dubai")
	if err != nil {
		return err
	}
	opt := initOptions{Name: "Demo contest", Zone: zone.String(), Deadline: time.Now().In(zone).AddDate(0, 0, 14).Format(time.DateOnly) + " 23:59"}
	if err := writeContest(dir, opt); err != nil {
		return err
	}
	settings := filepath.Join(dir, contest.SettingsFile)
	text, err := os.ReadFile(settings)
	if err != nil {
		return err
	}
	more := "about: Example submissions of every package, judged on this machine\ntest_set: demo\n" +
		"# A real contest measures longer, to tell smaller differences apart.\nmeasure: {rounds: 5, budget: 30s}\n"
	if err := os.WriteFile(settings, append(text, more...), 0o644); err != nil {
		return err
	}
	for _, p := range packages {
		from := filepath.Dir(p)
		if err := os.CopyFS(filepath.Join(dir, "problems", filepath.Base(from)), os.DirFS(from)); err != nil {
			return err
		}
	}
	return nil
}

// clearDemo removes an earlier demo, and refuses to remove anything else.
func clearDemo(dir string) error {
	mark := filepath.Join(dir, ".demo")
	if _, err := os.Stat(mark); errors.Is(err, fs.ErrNotExist) {
		if found, _ := os.ReadDir(dir); len(found) > 0 {
			return usage("name a folder that does not exist yet: judge demo DIR", "%s is not empty and no demo made it", dir)
		}
	}
	for _, name := range []string{contest.SettingsFile, "problems", "public", ".judge/judge.db", ".judge/judge.db-wal", ".judge/judge.db-shm", ".judge/blobs", ".judge/server.json"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return folderError(dir, err)
	}
	return os.WriteFile(mark, []byte("made by judge demo; it may be removed\n"), 0o644)
}

// players are the made-up contestants of a demo.
var players = []judge.Contestant{"amina", "bashir", "chiara", "dmitri", "elif", "farah", "goran", "hana", "ines", "jonas", "keiko", "lamar", "mina", "noor", "oskar"}

// submitExamples hands in every example submission of every problem, the
// reference first, and shows each being judged.
func (c *cli) submitExamples(ctx context.Context, in *instance, url string) error {
	client, err := api.NewClient(url, in.api.OwnerToken)
	if err != nil {
		return err
	}
	for _, p := range in.catalog.Problems() {
		c.notef("%s  %s · %s\n", c.style.bold.Render(p.Name), plural(len(p.Examples), "example submission"), plural(len(p.Tests), "test"))
		c.notef("%s\n", c.style.faint.Render(exampleLine("", "", "example", "", "passed", "real", "CPU")))
		for i, ex := range p.Examples {
			files, err := build.ReadFiles(ex.Files)
			if err != nil {
				return err
			}
			who := players[i%len(players)]
			receipt, err := client.Submit(ctx, api.NewSubmission{Contestant: who, Problem: p.ID, Files: files})
			if err != nil {
				return err
			}
			if err := c.watchExample(ctx, client, receipt.Submission, ex); err != nil {
				return err
			}
		}
		c.notef("\n")
	}
	return nil
}

// watchExample shows one example being judged, and its result in one line.
func (c *cli) watchExample(ctx context.Context, client *api.Client, s judge.Submission, ex judge.Example) error {
	show := c.passing()
	err := client.Watch(ctx, s.ID, show.event)
	show.close()
	if err != nil {
		return err
	}
	d, err := client.Submission(ctx, s.ID)
	if err != nil {
		return err
	}
	j := d.Judging
	cells := judgedCells(j)
	verdict := c.verdictStyle(j.Verdict).Render(fmt.Sprintf("%-3s", cells[0]))
	c.notef("%s\n", exampleLine(fmt.Sprint(s.ID), string(s.Contestant), shortened(ex.Name, 28), verdict, cells[1], cells[2], cells[3]))
	return nil
}

// exampleLine is a line of at most 80 columns, printed when its example is judged.
func exampleLine(id, who, example, verdict, passed, real, cpu string) string {
	return strings.TrimRight(fmt.Sprintf("%3s  %-7s %-28s %3s %7s %12s %12s", id, who, example, verdict, passed, real, cpu), " ")
}

// showDemo prints the boards, then serves the page, or writes it where nobody
// looks on.
func (c *cli) showDemo(ctx context.Context, in *instance, url, public string) error {
	client, err := api.NewClient(url, in.api.OwnerToken)
	if err != nil {
		return err
	}
	boards, err := fetchBoards(ctx, &connection{Client: client, close: func() {}}, nil)
	if err != nil {
		return err
	}
	c.boards(boards, 0)
	c.printf("\n")
	if !c.tty {
		if err := in.site.Export(ctx, public); err != nil {
			return err
		}
		c.notef("the page is written to %s\n", public)
		return nil
	}
	c.notef("%s %s  (Ctrl-C ends the demo)\n", c.style.bold.Render("open"), c.style.accent.Render(url))
	<-ctx.Done()
	return nil
}
