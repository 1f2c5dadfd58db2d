package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/contest"
)

type initOptions struct {
	Name     string
	Zone     string
	Deadline string
}

func newInit(c *cli) *cobra.Command {
	var opt initOptions
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a contest folder",
		Long: `Init writes a contest folder: contest.yaml with the settings, an empty problems/
for the packages, and .judge/secret, from which the seeds of secret tests follow
and to which contest.yaml commits. Nothing that exists is overwritten.`,
		Example: `  judge init spring --name "Spring contest" --timezone Asia/Dubai --deadline "2027-02-04 23:59"`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			if err := writeContest(dir, opt); err != nil {
				return err
			}
			c.warnIfOver(contest.Folder(dir))
			if c.json {
				return c.printJSON(map[string]string{"folder": dir})
			}
			c.printf("made a contest in %s\n\n  1. set its name and deadline in %s\n  2. put problem packages into %s\n  3. judge serve%s\n",
				dir, filepath.Join(dir, contest.SettingsFile), filepath.Join(dir, "problems"), inDir(dir))
			return nil
		},
	}
	cmd.Flags().StringVar(&opt.Name, "name", "", "the contest's name (default: the folder's)")
	cmd.Flags().StringVar(&opt.Zone, "timezone", "UTC", "the contest's time zone, such as Asia/Dubai")
	cmd.Flags().StringVar(&opt.Deadline, "deadline", "", `the end, such as "2027-02-04 23:59" (default: in two weeks)`)
	return cmd
}

// warnIfOver remarks on a contest that ended before it began.
func (c *cli) warnIfOver(folder contest.Folder) {
	settings, err := contest.ReadSettings(folder.Settings())
	if err == nil && !settings.Deadline.Allows(time.Now(), time.Time{}) {
		c.notef("%s the deadline is over: %s\n", c.style.warn.Render("note:"), settings.Deadline)
	}
}

func inDir(dir string) string {
	if dir == "." {
		return ""
	}
	if strings.ContainsAny(dir, " '\"$&;()") {
		return " --contest " + strconv.Quote(dir)
	}
	return " --contest " + dir
}

// settingsTemplate is a new contest.yaml; every key there is stands in it.
const settingsTemplate = `# Settings of this contest. docs/contest.md describes every key.
name: %s
# about: one or two lines under the name on the page
# prizes: "$100,000 to $200,000"

timezone: %s
# start: 2027-01-20 12:00
# Written to the minute, that whole minute still counts.
deadline: %s
# grace: 120s          # for the body of an upload that was announced in time

# problems: [first, second]   # their order; default: every folder of problems/
# test_set: full              # or demo: fewer generated test cases
# listen: 127.0.0.1:8080      # judge serve
# db: postgres://judge@localhost/contest   # default: SQLite in .judge

# The SHA-256 of .judge/secret, from which the seeds of secret tests follow. Keep
# the secret to yourself and in a backup; publish this line.
commitment: "%s"

# How submissions are timed beside the reference of their problem.
# measure: {rounds: 20, precision: 0.5%%, budget: 2m}   # stops at the first of these
# measure: {cpus: [2, 3]}                              # default: the last ones
`

// writeContest makes a contest folder, whole or not at all.
func writeContest(dir string, opt initOptions) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, contest.SettingsFile)
	if _, err := os.Lstat(path); err == nil {
		return usage("edit it, or name another folder", "%s exists already", path)
	}
	if opt.Name == "" {
		opt.Name = filepath.Base(abs)
	}
	if opt.Deadline == "" {
		opt.Deadline = time.Now().AddDate(0, 0, 14).Format(time.DateOnly) + " 23:59"
	}
	text := func(commitment string) string {
		return fmt.Sprintf(settingsTemplate, strconv.Quote(opt.Name), opt.Zone, opt.Deadline, commitment)
	}
	if _, err := contest.ParseSettings("the new contest.yaml", []byte(text(judge.NewSecret().Commitment()))); err != nil {
		return usage("", "%s", strings.TrimSpace(err.Error()))
	}
	if err := os.MkdirAll(filepath.Join(dir, "problems"), 0o755); err != nil {
		return folderError(dir, err)
	}
	folder := contest.Folder(abs)
	if err := folder.Prepare(); err != nil {
		return folderError(dir, err)
	}
	secret, _, err := folder.Secret("")
	if err != nil {
		return folderError(dir, err)
	}
	if err := os.WriteFile(path, []byte(text(secret.Commitment())), 0o644); err != nil {
		return folderError(dir, err)
	}
	return nil
}

func folderError(dir string, err error) error {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return &judge.Invalid{Message: fmt.Sprintf("cannot make a contest in %s: %v", dir, err), Hint: "name a folder that you may write to"}
}
