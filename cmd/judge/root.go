package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"contest/judge/wire"
)

// cli is what every command shares: where it prints and the flags of the root.
type cli struct {
	out, err io.Writer
	tty      bool // standard error is a terminal: draw live there
	width    int
	room     int // columns of standard output; 0 for a file or a pipe, where nothing is cut or broken
	style    styles

	contestDir string
	server     string
	owner      bool // the command acts for the organiser, see connection
	database   string
	json       bool
	verbose    bool
}

// newCLI prints to the process's own streams, in colour only on a terminal.
func newCLI() *cli {
	c := &cli{
		out:   colorprofile.NewWriter(os.Stdout, os.Environ()),
		err:   colorprofile.NewWriter(os.Stderr, os.Environ()),
		tty:   term.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb",
		width: 80,
		style: newStyles(),
	}
	if w, _, err := term.GetSize(os.Stderr.Fd()); err == nil && w > 0 {
		c.width = w
	}
	if w, _, err := term.GetSize(os.Stdout.Fd()); err == nil {
		c.room = w
	}
	return c
}

// styles are the terminal's few colours; shape and words carry the meaning.
type styles struct{ good, bad, warn, faint, bold, accent lipgloss.Style }

func newStyles() styles {
	s := lipgloss.NewStyle
	return styles{
		good: s().Foreground(lipgloss.Green), bad: s().Foreground(lipgloss.Red), warn: s().Foreground(lipgloss.Yellow),
		faint: s().Faint(true), bold: s().Bold(true), accent: s().Foreground(lipgloss.Cyan),
	}
}

func newRoot(c *cli) *cobra.Command {
	root := &cobra.Command{
		Use:           "judge",
		Short:         "Hold programming contests ranked by speed",
		Long:          "Judge holds programming contests in which C++ programs are ranked by how\nfast they do a real job correctly." + "\n" + exitHelp,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("judge {{.Version}}\n")
	f := root.PersistentFlags()
	f.StringVar(&c.contestDir, "contest", os.Getenv("JUDGE_CONTEST"), "the contest's folder (JUDGE_CONTEST); default: found upwards from here")
	f.StringVar(&c.server, "server", os.Getenv("JUDGE_SERVER"), "a server's address (JUDGE_SERVER; its token in JUDGE_TOKEN)")
	f.StringVar(&c.database, "db", os.Getenv("JUDGE_DB"), "the contest's PostgreSQL `address`, such as postgres://user@host/database (JUDGE_DB); default: db in contest.yaml, or SQLite in the contest's folder")
	f.BoolVar(&c.json, "json", false, "print JSON on standard output")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "say more")
	root.AddGroup(
		&cobra.Group{ID: "contestant", Title: "For contestants:"},
		&cobra.Group{ID: "organiser", Title: "For organisers:"},
	)
	for _, cmd := range []*cobra.Command{
		newSubmit(c), newTest(c), newBench(c), newWatch(c), newCancel(c), newChoose(c), newQueue(c), newBoard(c), newSubmissions(c), newShow(c), newProblems(c), newGet(c), newStatus(c),
	} {
		cmd.GroupID = "contestant"
		root.AddCommand(cmd)
	}
	for _, cmd := range []*cobra.Command{
		newInit(c), newServe(c), newFinal(c), newRejudge(c), newProblem(c), newUser(c), newEvents(c), newExport(c), newDoctor(c), newDemo(c),
	} {
		cmd.GroupID = "organiser"
		root.AddCommand(cmd)
	}
	return root
}

// version is the release's, or the commit that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "development"
}

// printJSON prints v as one document.
func (c *cli) printJSON(v any) error {
	text, err := wire.MarshalIndent(v)
	if err != nil {
		return err
	}
	_, err = c.out.Write(append(text, '\n'))
	return err
}

func (c *cli) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// notef prints progress and remarks, which go to standard error.
func (c *cli) notef(format string, args ...any) { fmt.Fprintf(c.err, format, args...) }
