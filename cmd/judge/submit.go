package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

type submitOptions struct {
	Problem    string
	Language   string
	Contestant string
	NoWait     bool
	Timeout    time.Duration
}

func newSubmit(c *cli) *cobra.Command {
	var opt submitOptions
	cmd := &cobra.Command{
		Use:   "submit FILE...",
		Short: "Submit a solution and watch it being judged",
		Long: `Submit sends source files to the contest and draws, test by test, how they are
judged: to the server named by --server or JUDGE_SERVER (with the token in
JUDGE_TOKEN), otherwise to the server that runs in this contest folder,
otherwise it judges right here.

The problem is the first file's name without extension unless -p names one.
The same sources submitted again are the same submission, so it is always safe
to repeat a submit. Ctrl-C stops watching, not judging.` + "\n" + exitHelp,
		Example: "  judge submit ledger.cpp\n  judge submit main.cpp parse.cpp -p ledger -l clang++\n  JUDGE_TOKEN=... judge submit ledger.cpp --server https://judge.example.org",
		Args:    needFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSubmit(cmd.Context(), c, opt, args)
		},
	}
	c.problemFlags(cmd, &opt.Problem, &opt.Language)
	f := cmd.Flags()
	f.StringVarP(&opt.Contestant, "contestant", "u", "", "the contestant (JUDGE_CONTESTANT); only for the organiser in the contest's own folder")
	f.BoolVar(&opt.NoWait, "no-wait", false, "print the receipt and do not wait for the verdict")
	f.DurationVar(&opt.Timeout, "timeout", 0, "wait at most this long for the verdict, such as 2m (default: for ever)")
	return cmd
}

func needFiles(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage("name the sources: judge submit FILE...", "no file is named")
	}
	return nil
}

func runSubmit(ctx context.Context, c *cli, opt submitOptions, args []string) error {
	if err := checkTimeout(opt.Timeout); err != nil {
		return err
	}
	files, err := readSources(args)
	if err != nil {
		return err
	}
	conn, err := c.connect(ctx, connectOptions{Judge: true})
	if err != nil {
		return err
	}
	defer conn.close()
	receipt, err := send(ctx, c, conn, opt, files)
	if err != nil {
		return err
	}
	c.receipt(receipt)
	if ctx.Err() != nil || opt.NoWait {
		return stopWaiting(ctx, c, receipt)
	}
	return follow(ctx, c, conn, receipt.Submission.ID, opt.Timeout)
}

// send hands the files in. Ctrl-C lets a submit that is under way come to its
// end, a few seconds at most, so that its id is known.
func send(ctx context.Context, c *cli, conn *connection, opt submitOptions, files []judge.File) (api.Submitted, error) {
	p, err := problemOf(ctx, conn, opt.Problem, files[0].Name)
	if err != nil {
		return api.Submitted{}, err
	}
	if err := judge.ValidateFiles(files, p.Limits.CodeBytes); err != nil {
		return api.Submitted{}, err
	}
	in := api.NewSubmission{Problem: p.ID, Language: judge.LanguageID(opt.Language), Files: files, Contestant: judge.Contestant(opt.Contestant)}
	if conn.Owner {
		in.Contestant = acting(opt.Contestant)
	}
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		c.notef("\nfinishing the submit\n")
		time.AfterFunc(5*time.Second, cancel)
	})()
	receipt, err := conn.Submit(sending, in)
	if errors.Is(err, context.Canceled) {
		return receipt, &exitError{Status: exitInterrupted, Err: errors.New("interrupted before the server confirmed the submission; it may not be stored"),
			Hint: "run the same command again: a repeated submit is one submission"}
	}
	return receipt, err
}

// maxSource is more than any problem allows; larger files are not even read.
const maxSource = 16 << 20

// readSources reads the files of a submission.
func readSources(paths []string) ([]judge.File, error) {
	files := make([]judge.File, 0, len(paths))
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, &judge.NotFound{Kind: "file", Name: path, Hint: "check the name; you are in " + here()}
		case err != nil:
			return nil, usage("check the permissions", "%v", err)
		case info.IsDir():
			return nil, usage("name the source files in it", "%s is a folder", path)
		case !info.Mode().IsRegular():
			return nil, usage("name a source file", "%s is not a regular file", path)
		case info.Size() > maxSource:
			return nil, &judge.Refusal{Code: "size", Message: fmt.Sprintf("%s has %d bytes", path, info.Size()), Hint: "no problem allows sources that large"}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, usage("check the permissions", "%v", err)
		}
		files = append(files, judge.File{Name: filepath.Base(path), Data: data})
	}
	return files, nil
}

func here() string {
	dir, err := os.Getwd()
	if err != nil {
		return "an unknown folder"
	}
	return dir
}

// receipt prints what the server confirmed.
func (c *cli) receipt(r api.Submitted) {
	if c.json {
		return // the one document comes at the end
	}
	s := r.Submission
	head := fmt.Sprintf("submission %d", s.ID)
	if r.Known {
		c.notef("%s: these very sources were submitted before\n", c.style.bold.Render(head))
	}
	c.notef("%s · %s · %s · %s · received %s\n", c.style.bold.Render(head), s.Problem, s.Contestant, s.Language, r.Received)
	if r.LateBy > 0 {
		c.notef("%s\n", c.style.warn.Render(fmt.Sprintf("late by %s: judged as practice, never ranked", judge.Span(r.LateBy))))
	}
}

// stopWaiting ends a submit that does not wait for its verdict.
func stopWaiting(ctx context.Context, c *cli, r api.Submitted) error {
	if c.json {
		if err := c.printJSON(r); err != nil {
			return err
		}
	}
	id := r.Submission.ID
	if ctx.Err() != nil {
		return c.said(interrupted(c, id))
	}
	c.notef("%s shows how it is judged\n", c.again(fmt.Sprintf("watch %d", id)))
	if r.LateBy > 0 {
		return c.said(late(r.Submission, r.LateBy))
	}
	return nil
}

func interrupted(c *cli, id judge.SubmissionID) error {
	return &exitError{Status: exitInterrupted, Err: fmt.Errorf("interrupted; submission %d is safe and will be judged", id),
		Hint: c.goOn(id)}
}

// goOn is the hint on how to go on watching.
func (c *cli) goOn(id judge.SubmissionID) string {
	return c.again(fmt.Sprintf("watch %d", id)) + " goes on watching"
}
