package sandbox

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// outputOf runs a behaviour of testdata/program.c with its output in a file.
func outputOf(t *testing.T, c *Container, limits Limits, args ...string) (Facts, string) {
	t.Helper()
	facts, err := c.Run(context.Background(), Command{
		Program: compiled(t, "program.c"), Args: append([]string{"program"}, args...), Limits: limits, OutputFile: true})
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	t.Cleanup(func() { _ = facts.Output.Close() })
	text, err := io.ReadAll(facts.Output)
	if err != nil {
		t.Fatalf("%v: read the output: %v", args, err)
	}
	if len(facts.Stdout) > 0 {
		t.Errorf("%v: %d bytes are in memory as well", args, len(facts.Stdout))
	}
	return facts, string(text)
}

func TestOutputFile(t *testing.T) {
	c := container(t, Config{})
	for _, tc := range []struct {
		args, want, output string
		limits             Limits
	}{
		{args: "exit 3", want: "exit 3"},
		{args: "write 1 1000000", want: "exit 0", output: strings.Repeat("x", 1000000)},
		{args: "write 1 4096", limits: Limits{OutputBytes: 4096}, want: "exit 0", output: strings.Repeat("x", 4096)},
		{args: "flood 1", limits: Limits{OutputBytes: 100000}, want: "signal 9, output limit", output: strings.Repeat("\x00", 100000)},
		{args: "write 2 10", want: "exit 0"},
	} {
		facts, got := outputOf(t, c, tc.limits, strings.Fields(tc.args)...)
		if outcome(facts) != tc.want || got != tc.output {
			t.Errorf("%s: got %s and %d bytes, want %s and %d", tc.args, outcome(facts), len(got), tc.want, len(tc.output))
		}
	}
}

// The pages of the file are the judge's: a program's output is no memory of its.
func TestOutputFileIsNoMemoryOfThePrograms(t *testing.T) {
	grouped(t)
	c := container(t, Config{})
	if facts, got := outputOf(t, c, Limits{MemoryBytes: minMemory}, "write", "1", "33554432"); outcome(facts) != "exit 0" || len(got) != 32<<20 {
		t.Errorf("got %s and %d bytes", outcome(facts), len(got))
	}
}

func TestOutputFileNeverChanges(t *testing.T) {
	c := container(t, Config{})
	facts, _ := outputOf(t, c, Limits{}, "write", "1", "10")
	again, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(int(facts.Output.Fd())), os.O_RDWR, 0)
	if err == nil {
		_, err = again.Write([]byte("y"))
		err = errors.Join(err, again.Truncate(0), again.Truncate(100))
		_ = again.Close()
	}
	if err == nil {
		t.Error("it can be written to")
	}
	if info, err := facts.Output.Stat(); err != nil || info.Size() != 10 {
		t.Errorf("got %d bytes, error %v", info.Size(), err)
	}
}

// What one program wrote is what the next reads.
func TestOutputFileIsReadByAnother(t *testing.T) {
	a, b := container(t, Config{}), container(t, Config{})
	facts, err := a.Run(t.Context(), Command{Program: compiled(t, "talk.c"), Args: []string{"talk", "say", "hello"}, OutputFile: true})
	if err != nil {
		t.Fatal(err)
	}
	defer facts.Output.Close()
	read, err := b.Run(t.Context(), Command{Program: compiled(t, "talk.c"), Args: []string{"talk", "echo"}, Stdin: facts.Output})
	if err != nil || string(read.Stdout) != "hello" {
		t.Errorf("got %q, error %v; want hello", read.Stdout, err)
	}
}

// In a window the file holds what was written in it, and without one what was
// written too early.
func TestOutputFileInWindow(t *testing.T) {
	c := container(t, Config{})
	for _, tc := range []struct{ how, want string }{{"honest", "6\n"}, {"chat", "hello\n"}} {
		facts, err := c.Run(t.Context(), Command{Program: compiled(t, "window.c"), Args: []string{"window", tc.how},
			Window: &Window{Input: []byte{1, 2, 3}}, OutputFile: true, Limits: Limits{Wall: stretch(10 * time.Second)}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(facts.Output)
		_ = facts.Output.Close()
		if err != nil || !strings.HasPrefix(string(text), tc.want) {
			t.Errorf("%s: got %q, error %v; want %q; %+v", tc.how, text, err, tc.want, facts.Window)
		}
	}
}

// A file that cannot take the output is our failure, and the program does not go
// on meanwhile.
func TestOutputFileFails(t *testing.T) {
	s := stream{limit: 100}
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[1])
	s.file = os.NewFile(uintptr(p[0]), "no file to write to")
	defer s.file.Close()
	s.divert()
	s.keep([]byte("x"))
	if s.err == nil || !s.over {
		t.Errorf("got error %v, over %v", s.err, s.over)
	}
}
