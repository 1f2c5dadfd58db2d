package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"contest/judge"
	"contest/judge/build"
	"contest/sandbox"
)

// The exit statuses of an output validator; any other is its failure.
const (
	accepts = 42
	rejects = 43
)

const (
	// feedbackBytes bounds what a validator writes, beside the files of the test case.
	feedbackBytes = 64 << 20
	// messageBytes bounds a message that is kept.
	messageBytes = 8 << 10
	// validatorMemory bounds the memory of a validator, in bytes.
	validatorMemory = 2 << 30
)

// Program is an output validator of the organiser, in a container of its own:
//
//	validate INPUT ANSWER FEEDBACK_FOLDER [args...] < output
//
// It accepts with exit status 42 and rejects with 43. What it writes into
// teammessage.txt and judgemessage.txt of the folder is kept. Nothing is left there
// from one output to the next.
type Program struct {
	// Artifact is the program; it stays the caller's.
	Artifact *build.Artifact
	// Time is the CPU time that one output may take; judge.Limits.ValidationTime.
	Time time.Duration
}

// Validate runs the program once.
func (p Program) Validate(ctx context.Context, o Output) (Feedback, error) {
	input, err := os.ReadFile(o.Input)
	if err != nil {
		return Feedback{}, err
	}
	answer, err := os.ReadFile(o.Answer)
	if err != nil {
		return Feedback{}, err
	}
	output, err := fileOf(o.Data)
	if err != nil {
		return Feedback{}, err
	}
	defer output.Close()
	box, err := sandbox.New(ctx, p.Artifact.Container(sandbox.Config{Devices: true, WorkBytes: int64(len(input)+len(answer)) + feedbackBytes, WorkInodes: 1024}))
	if err != nil {
		return Feedback{}, fmt.Errorf("prepare its container: %w", err)
	}
	defer box.Close()
	// The folder is made with the file in it, which is a name that nobody asks for.
	for name, data := range map[string][]byte{"input": input, "answer": answer, "feedback/.folder": nil} {
		if err := box.WriteFile(name, data, 0o644); err != nil {
			return Feedback{}, err
		}
	}
	facts, err := p.Artifact.Run(ctx, box, sandbox.Command{
		Args: append([]string{"input", "answer", "feedback"}, o.Args...), Stdin: output, KeepWork: true,
		Limits: sandbox.Limits{CPU: p.Time, Wall: 2*p.Time + time.Second, MemoryBytes: validatorMemory, OutputBytes: 1 << 20, ErrorBytes: 64 << 10, Processes: 16},
	})
	if err != nil {
		return Feedback{}, err
	}
	if facts.Hit != sandbox.NoLimit || !facts.Exited || facts.ExitStatus != accepts && facts.ExitStatus != rejects {
		return Feedback{}, fmt.Errorf("it ended with %s; it must end with status %d to accept or %d to reject; %s", Ending(facts), accepts, rejects, Said(facts.Stderr))
	}
	f := Feedback{Accepted: facts.ExitStatus == accepts}
	if f.TeamMessage, err = message(box, "teammessage.txt"); err == nil {
		f.JudgeMessage, err = message(box, "judgemessage.txt")
	}
	return f, err
}

// message is the text of a file of the feedback folder, cut; empty if there is none.
func message(box *sandbox.Container, name string) (string, error) {
	data, err := box.ReadFile("feedback/"+name, feedbackBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	}
	return strings.TrimSpace(judge.Printable(string(data[:min(len(data), messageBytes)]))), nil
}

// fileOf is a file in memory, open for reading at its beginning.
func fileOf(data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("output", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("hold the output in memory: %w", err)
	}
	w := os.NewFile(uintptr(fd), "output")
	defer w.Close()
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("hold the output in memory: %w", err)
	}
	return os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
}
