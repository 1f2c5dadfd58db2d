package sandbox

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// talker is a process of testdata/talk.c.
func talker(t *testing.T, how string) Process {
	t.Helper()
	return Process{container(t, Config{}), Command{Program: compiled(t, "talk.c"), Args: append([]string{"talk"}, strings.Fields(how)...),
		Limits: Limits{CPU: stretch(5 * time.Second), Wall: stretch(20 * time.Second), MemoryBytes: 64 << 20}}}
}

// talk runs two programs, each of which hears what the other says.
func talk(t *testing.T, ctx context.Context, first, second string) ([]Facts, error) {
	t.Helper()
	processes := []Process{talker(t, first), talker(t, second)}
	for i := range processes {
		l := &processes[i].Command.Limits
		l.CPU = stretch(500 * time.Millisecond)
		if first == "silent" {
			l.Wall = stretch(500 * time.Millisecond)
		}
	}
	return RunTogether(ctx, processes, []Pipe{{End{0, 1}, End{1, 0}}, {End{1, 1}, End{0, 0}}})
}

func TestRunTogether(t *testing.T) {
	for _, tc := range []struct{ first, second, want string }{
		{"ask 1000", "echo", "exit 0; exit 0"},
		{"ask 3", "leave", "signal 13; exit 0|exit 2; exit 0"},
		{"flood", "leave", "signal 13; exit 0"},
		{"linger", "leave", "exit 0; exit 0"},
		{"flood", "swallow", "signal 9, cpu limit; exit 0|signal 9, cpu limit; exit 0, cpu limit|signal 9, cpu limit; signal 9, cpu limit|exit 0; signal 9, cpu limit|signal 13; signal 9, cpu limit"},
		{"silent", "echo", "signal 9, wall limit; exit 0|signal 9, wall limit; exit 0, wall limit|signal 9, wall limit; signal 9, wall limit"},
		{"attack", "echo", "exit 0; exit 0|exit 0; signal 13"},
	} {
		t.Run(tc.first+" and "+tc.second, func(t *testing.T) {
			facts, err := talk(t, context.Background(), tc.first, tc.second)
			if err != nil {
				t.Fatal(err)
			}
			got := outcome(facts[0]) + "; " + outcome(facts[1])
			if !slices.Contains(strings.Split(tc.want, "|"), got) {
				t.Errorf("%s, want %s", got, tc.want)
			}
			if tc.first == "linger" && facts[1].Ended >= facts[0].Ended {
				t.Errorf("the one who left ended at %v, the other at %v", facts[1].Ended, facts[0].Ended)
			}
		})
	}
}

// A chain: the end of each is the end of the input of the next. What has no pipe
// comes from and goes to where it would without.
func TestRunTogetherInAChain(t *testing.T) {
	chain := []Process{talker(t, "say hello"), talker(t, "echo"), talker(t, "echo")}
	chain[2].Command.OutputFile = true
	facts, err := RunTogether(t.Context(), chain, []Pipe{{End{0, 1}, End{1, 0}}, {End{1, 1}, End{2, 0}}})
	if err != nil {
		t.Fatal(err)
	}
	defer facts[2].Output.Close()
	text := make([]byte, 100)
	if n, _ := facts[2].Output.Read(text); string(text[:n]) != "hello" {
		t.Errorf("the last one passed on %q; %+v", text[:n], facts)
	}
}

// A manager asks three others in turn, by descriptors beyond the standard ones.
func TestRunTogetherWithAManager(t *testing.T) {
	const others = 3
	processes := []Process{talker(t, "manage 3")}
	var pipes []Pipe
	for i := range others {
		processes = append(processes, talker(t, "echo"))
		pipes = append(pipes, Pipe{End{i + 1, 1}, End{0, 3 + 2*i}}, Pipe{End{0, 4 + 2*i}, End{i + 1, 0}})
	}
	facts, err := RunTogether(t.Context(), processes, pipes)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range facts {
		if outcome(f) != "exit 0" {
			t.Errorf("process %d: %s", i, outcome(f))
		}
	}
}

// A ring in which something goes round once, and a process that hears itself.
func TestRunTogetherInARing(t *testing.T) {
	ring := []Process{talker(t, "ask 50"), talker(t, "relay 63 30"), talker(t, "relay 0 3")}
	facts, err := RunTogether(t.Context(), ring, []Pipe{{End{0, 1}, End{1, 63}}, {End{1, 30}, End{2, 0}}, {End{2, 3}, End{0, 0}}})
	if err != nil || outcome(facts[0])+outcome(facts[1])+outcome(facts[2]) != "exit 0exit 0exit 0" {
		t.Errorf("got %+v, error %v", facts, err)
	}
	alone := []Process{talker(t, "ask 50")}
	facts, err = RunTogether(t.Context(), alone, []Pipe{{End{0, 1}, End{0, 0}}})
	if err != nil || outcome(facts[0]) != "exit 0" {
		t.Errorf("alone: got %+v, error %v", facts, err)
	}
}

// A program holds its ends of pipes and nothing else, whichever numbers they have.
func TestEndsOfPipes(t *testing.T) {
	for _, tc := range []struct {
		pipes []Pipe
		want  string
	}{
		{nil, "0r 1w 2w "},
		{[]Pipe{{End{0, 1}, End{1, 0}}}, "0r 1w 2w "},
		{[]Pipe{{End{0, 3}, End{1, 0}}, {End{1, 1}, End{0, 4}}}, "0r 1w 2w 3w 4r "},
		{[]Pipe{{End{0, 63}, End{1, 0}}}, "0r 1w 2w 63w "},
		{[]Pipe{{End{0, 5}, End{0, 40}}}, "0r 1w 2w 5w 40r "},
	} {
		facts, err := RunTogether(t.Context(), []Process{talker(t, "held"), talker(t, "leave")}, tc.pipes)
		if err != nil || string(facts[0].Stderr) != tc.want {
			t.Errorf("%v: holds %q, error %v; want %q", tc.pipes, facts[0].Stderr, err, tc.want)
		}
	}
}

func TestRunTogetherIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	time.AfterFunc(20*time.Millisecond, func() { stop(why) })
	if _, err := talk(t, ctx, "silent", "echo"); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

// One that cannot be run stops those who wait for it, and no descriptor stays open.
func TestRunTogetherFails(t *testing.T) {
	processes := []Process{talker(t, "echo"), talker(t, "echo")}
	pipes := []Pipe{{End{0, 1}, End{1, 0}}, {End{1, 1}, End{0, 0}}}
	before := traces(t)
	processes[1].Command.Program, processes[1].Command.Args = nil, []string{"/absent"}
	if _, err := RunTogether(t.Context(), processes, pipes); err == nil || !strings.Contains(err.Error(), "exec /absent") {
		t.Errorf("got error %v", err)
	}
	if after := traces(t); after["descriptors"] > before["descriptors"] {
		t.Errorf("%d descriptors, %d before", after["descriptors"], before["descriptors"])
	}
}

func TestRunTogetherRefuses(t *testing.T) {
	a, b := talker(t, "leave"), talker(t, "leave")
	with := func(change func(*Command)) Process {
		changed := b
		change(&changed.Command)
		return changed
	}
	both := []Process{a, b}
	for _, tc := range []struct {
		processes []Process
		pipes     []Pipe
		want      string
	}{
		{[]Process{a, a}, nil, "process 1 needs a container of its own"},
		{[]Process{a, {nil, b.Command}}, nil, "process 1 needs a container of its own"},
		{both, []Pipe{{End{0, 1}, End{2, 0}}}, "pipe 0: there is no process 2"},
		{both, []Pipe{{End{-1, 1}, End{1, 0}}}, "pipe 0: there is no process -1"},
		{both, []Pipe{{End{0, 1}, End{1, 0}}, {End{1, 1}, End{1, 0}}}, "pipe 1: another pipe"},
		{both, []Pipe{{End{0, 1}, End{1, 0}}, {End{0, 1}, End{0, 0}}}, "pipe 1: another pipe"},
		{both, []Pipe{{End{0, 3}, End{0, 3}}}, "pipe 0: another pipe"},
		{both, []Pipe{{End{0, 2}, End{1, 0}}}, "cannot hold it at descriptor 2: give 1, or 3 to 63"},
		{both, []Pipe{{End{0, 0}, End{1, 0}}}, "cannot hold it at descriptor 0: give 1"},
		{both, []Pipe{{End{0, 1}, End{1, 1}}}, "cannot hold it at descriptor 1: give 0"},
		{both, []Pipe{{End{0, 1}, End{1, 64}}}, "cannot hold it at descriptor 64"},
		{[]Process{a, with(func(c *Command) { c.Stdin = c.Program })}, []Pipe{{End{0, 1}, End{1, 0}}}, "Stdin is set"},
		{[]Process{a, with(func(c *Command) { c.OutputFile = true })}, []Pipe{{End{1, 1}, End{0, 0}}}, "OutputFile is set"},
		{[]Process{a, with(func(c *Command) { c.Window = &Window{} })}, []Pipe{{End{0, 1}, End{1, 0}}}, "its window needs"},
		{[]Process{a, with(func(c *Command) { c.Limits.OpenFiles = 8 })}, []Pipe{{End{0, 1}, End{1, 7}}}, "may have 8 open files: allow 9"},
	} {
		if _, err := RunTogether(t.Context(), tc.processes, tc.pipes); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("got %v, want %q", err, tc.want)
		}
	}
}
