package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"contest/judge"
	"contest/sandbox"
)

// Try has the language's A+B take the way of a submission: compiled in one
// container, run in another. An error says what went wrong.
func (t Toolchain) Try(ctx context.Context) error {
	res, err := Compile(ctx, t, Source{Files: []judge.File{t.APlusB()}}, JuryLimits)
	if err != nil {
		return err
	}
	if res.Program == nil {
		return fmt.Errorf("it does not compile a program that adds two numbers:\n%s", judge.Quote(res.Output))
	}
	defer res.Program.Close()
	box, err := sandbox.New(ctx, res.Program.Container(sandbox.Config{Devices: true, Secluded: true}))
	if err != nil {
		return err
	}
	defer box.Close()
	input, feed, err := os.Pipe()
	if err != nil {
		return err
	}
	defer input.Close()
	_, err = io.WriteString(feed, "19 23\n")
	if err = errors.Join(err, feed.Close()); err != nil {
		return err
	}
	facts, err := res.Program.Run(ctx, box, sandbox.Command{Stdin: input, Limits: sandbox.Limits{Processes: 4}})
	if err != nil {
		return err
	}
	if got := strings.TrimSpace(string(facts.Stdout)); got != "42" {
		return fmt.Errorf("a compiled program should add 19 and 23 and prints %q; it ended with status %d, signal %d, and said %q",
			got, facts.ExitStatus, facts.Signal, judge.Printable(string(facts.Stderr)))
	}
	return nil
}
