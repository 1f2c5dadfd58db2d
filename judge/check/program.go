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

// messageBytes bounds a message that is kept.
const messageBytes = 8 << 10

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
	// Limits have the CPU time that one output may take, the memory, and the bytes that
	// may be written.
	Limits judge.Limits
}

// Failure is what an output validator did that says nothing about the output.
type Failure struct{ Said string }

func (f *Failure) Error() string { return f.Said }

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
	box, err := sandbox.New(ctx, p.Artifact.Container(sandbox.Config{Devices: true, WorkBytes: int64(len(input)+len(answer)) + filesRoom + p.Limits.ValidationOutputBytes, WorkInodes: 1024}))
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
		Limits: sandbox.Limits{
			CPU: p.Limits.ValidationTime, Wall: 2*p.Limits.ValidationTime + time.Second, MemoryBytes: p.Limits.ValidationMemoryBytes,
			OutputBytes: p.Limits.ValidationOutputBytes, ErrorBytes: 64 << 10, Processes: 16,
		},
	})
	if err != nil {
		return Feedback{}, err
	}
	if facts.Hit != sandbox.NoLimit || !facts.Exited || facts.ExitStatus != accepts && facts.ExitStatus != rejects {
		return Feedback{}, &Failure{fmt.Sprintf("it ended with %s; it must end with status %d to accept or %d to reject; %s", Ending(facts), accepts, rejects, Said(facts.Stderr))}
	}
	f := Feedback{Accepted: facts.ExitStatus == accepts}
	if f.TeamMessage, err = p.message(box, "teammessage.txt"); err == nil {
		f.JudgeMessage, err = p.message(box, "judgemessage.txt")
	}
	return f, err
}

// filesRoom is room for what files and folders take beyond their bytes.
const filesRoom = 1 << 20

// message is the text of a file of the feedback folder, cut; empty if there is none.
func (p Program) message(box *sandbox.Container, name string) (string, error) {
	data, err := box.ReadFile("feedback/"+name, p.Limits.ValidationOutputBytes+filesRoom)
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
