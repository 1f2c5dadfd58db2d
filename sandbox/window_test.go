package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

func inWindow(t *testing.T, c *Container, input []byte, limits Limits, args ...string) Facts {
	t.Helper()
	facts, err := c.Run(context.Background(), Command{
		Program: compiled(t, "window.c"), Args: append([]string{"window"}, args...),
		Window: &Window{Input: input}, Limits: limits})
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	if facts.Window == nil {
		t.Fatalf("%v: no facts of the window", args)
	}
	return facts
}

// opening is the part of a window's facts that does not depend on the machine.
func opening(w *WindowFacts) string {
	var said []string
	for _, f := range []struct {
		word string
		is   bool
	}{{"opened", w.Opened}, {"closed", w.Closed}, {"restless", w.Restless}, {"early output", w.EarlyOutput}} {
		if f.is {
			said = append(said, f.word)
		}
	}
	return strings.Join(said, ", ")
}

func TestWindow(t *testing.T) {
	grouped(t)
	cfg := Config{CPUs: []int{0}, Policy: RoundRobin}
	if err := CanSchedule(RoundRobin); err != nil {
		t.Log("whether a program is still cannot be told on a busy machine:", err)
		cfg.Policy = Normal
	}
	c := container(t, cfg)
	input := []byte{1, 2, 3}
	for _, tc := range []struct {
		args    string
		window  string
		outcome string
		stdout  string
	}{
		{"honest", "opened, closed", "signal 9", "6\n"},
		{"quick", "opened, closed", "", "6\n"}, // it ends before it can be killed, or not
		{"work 20", "opened, closed", "signal 9", "6\n"},
		{"thread 20", "opened, closed", "signal 9", "6\n"},
		{"orphan 20", "opened, closed", "signal 9, left processes", "6\n"},
		{"stay", "opened, closed", "signal 9, left processes", "6\n"},
		{"late", "opened, closed", "signal 9", ""},
		{"deaf", "opened, closed", "signal 9", "2\n"},
		{"before 10", "opened, closed", "signal 9", "6\n"},
		{fmt.Sprint("before ", stretch(80*time.Millisecond).Milliseconds()), "", "signal 9, cpu limit", ""},
		{"restless 1000", "restless", "signal 9", ""},
		{"ahead", "early output", "signal 9", ""},
		{"rush 1000", "early output", "signal 9", ""}, // and is restless
		{"chat", "early output", "signal 9", ""},
		{"never", "", "signal 9, wall limit", ""},
		{"leave", "", "exit 3", ""},
		{"crash", "opened, closed", "signal 6", ""},
		{"much", "opened", "signal 9, output limit", ""},
		{"spill", "opened", "signal 9, output limit", ""},
	} {
		t.Run(tc.args, func(t *testing.T) {
			if _, is := emulated(); is && tc.window == "restless" {
				t.Skip("an emulated processor seems still by itself")
			}
			if tc.window == "restless" && cfg.Policy == Normal {
				t.Skip("needs real-time scheduling")
			}
			limits := Limits{CPU: stretch(2 * time.Second), Wall: stretch(2 * time.Second), OutputBytes: 1 << 20}
			switch {
			case tc.args == "spill":
				limits.OutputBytes = 100
			case strings.HasPrefix(tc.args, "before"):
				limits.CPU = stretch(50 * time.Millisecond)
			}
			facts := inWindow(t, c, input, limits, strings.Fields(tc.args)...)
			if got := opening(facts.Window); got != tc.window {
				t.Errorf("window %q, want %q", got, tc.window)
			}
			if got := outcome(facts); got != tc.outcome && tc.outcome != "" {
				t.Errorf("%s, want %s", got, tc.outcome)
			}
			if facts.Window.Closed && string(facts.Stdout) != tc.stdout {
				t.Errorf("output %.40q, want %q", facts.Stdout, tc.stdout)
			}
		})
	}
}

// The CPU time of everything that works in a window is its CPU time, whoever
// does it; what comes before is told apart.
func TestWindowTimes(t *testing.T) {
	grouped(t)
	if _, is := emulated(); is {
		t.Skip("times of an emulated machine mean nothing")
	}
	c := container(t, Config{})
	// The program works for 20 ms of its own CPU clock, in which the kernel
	// counts how long it takes to switch to it as well: 2 to 3 µs each time it
	// was preempted. The task clock counts the program only. Preempted all the
	// time, as 30 times in 5 ms, 20 ms lacked 0.25 ms.
	const worked = 19500 * time.Microsecond
	for _, how := range []string{"work", "thread", "orphan"} {
		w := inWindow(t, c, []byte("abc"), Limits{}, how, "20").Window
		if w.CPU < worked || w.CPU > w.Real+5*time.Millisecond {
			t.Errorf("%s: 20 ms of work are CPU %v in a window of %v", how, w.CPU, w.Real)
		}
		if w.Exact != (CanReadTaskClock() == nil) {
			t.Errorf("%s: exact is %v", how, w.Exact)
		}
	}
	w := inWindow(t, c, []byte("abc"), Limits{}, "before", "20").Window
	if w.Before < worked || w.CPU > 15*time.Millisecond {
		t.Errorf("20 ms of work before the window: before %v, in it %v", w.Before, w.CPU)
	}
}

// A run in a window leaves a container that the next run can use.
func TestWindowKeepsTheContainer(t *testing.T) {
	grouped(t)
	c := container(t, Config{})
	inWindow(t, c, nil, Limits{}, "honest")
	before := c.in
	for range 20 {
		inWindow(t, c, []byte("x"), Limits{}, "work", "0.1")
	}
	if c.in != before {
		t.Error("the container was made anew")
	}
	inWindow(t, c, []byte("x"), Limits{}, "stay")
	if c.in != before {
		t.Error("something was left alive in the container, and it was made anew, which the next run can tell")
	}
	if _, empty, err := c.leftProcesses(); !empty || err != nil {
		t.Errorf("something that was left in the container is there still, or %v", err)
	}
}

func TestWindowInputs(t *testing.T) {
	c := container(t, Config{})
	for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, PipeInput, PipeInput + 1, 5 << 20} {
		facts := inWindow(t, c, bytes.Repeat([]byte{3}, size), Limits{}, "honest")
		if got, want := string(facts.Stdout), strconv.Itoa(3*size)+"\n"; got != want {
			t.Errorf("input of %d bytes: %q, want %q; %+v", size, got, want, facts)
		}
		inWindow(t, c, bytes.Repeat([]byte{3}, size), Limits{}, "deaf")
	}
}

func TestPolicy(t *testing.T) {
	for _, p := range []Policy{Normal, FIFO, RoundRobin} {
		if err := CanSchedule(p); err != nil {
			t.Logf("skipped %q: %v", p, err)
			continue
		}
		c := container(t, Config{Policy: p, CPUs: []int{0}})
		want := map[Policy]string{Normal: "0 ", FIFO: "1 ", RoundRobin: "2 "}[p] + "-1\n"
		if got := string(inWindow(t, c, nil, Limits{}, "policy").Stdout); got != want {
			t.Errorf("%q: program has %q, want %q", p, got, want)
		}
		// Above a program that never gives the CPU back there is the watch.
		facts := behave(t, c, Limits{CPU: 20 * time.Millisecond, Wall: 200 * time.Millisecond}, false, "spin")
		if got := outcome(facts); got != "signal 9, cpu limit" {
			t.Errorf("%q: %s", p, got)
		}
	}
	if _, err := New(t.Context(), Config{Policy: "batch"}); err == nil || !strings.Contains(err.Error(), `"batch" is unknown`) {
		t.Errorf("unknown policy: %v", err)
	}
}

func TestWindowAndFilesDoNotGoTogether(t *testing.T) {
	c := container(t, Config{})
	f := compiled(t, "nop.c")
	_, err := c.Run(t.Context(), Command{Program: f, Args: []string{"nop"}, Stdin: f, Window: &Window{}})
	if err == nil || !strings.Contains(err.Error(), "Stdin") {
		t.Errorf("got %v", err)
	}
}

// A signal of the sandbox's says nothing of the program; one that it gave itself does.
func TestKilled(t *testing.T) {
	c := container(t, Config{})
	for _, test := range []struct {
		args   string
		limits Limits
		want   bool
	}{
		{"raise 9", Limits{}, false},
		{"abort", Limits{}, false},
		{"exit 0", Limits{}, false},
		{"sleep", Limits{Wall: 100 * time.Millisecond}, true},
	} {
		if facts := behave(t, c, test.limits, false, strings.Fields(test.args)...); facts.Killed != test.want {
			t.Errorf("%s (%s): killed by the sandbox is %v", test.args, outcome(facts), facts.Killed)
		}
	}
	if facts := inWindow(t, c, nil, Limits{}, "honest"); !facts.Killed {
		t.Errorf("after its window (%s) it was not killed", outcome(facts))
	}
}
