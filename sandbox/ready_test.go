package sandbox

import (
	"context"
	"sync"
	"testing"
	"time"
)

// sleeping and waiting for the input are what a program can do for ever before
// it is ready; computing it can until the limit too.
func TestReadyWithin(t *testing.T) {
	grouped(t)
	c := container(t, Config{})
	for _, tc := range []struct {
		args   []string
		ready  time.Duration
		hit    Limit
		opened bool
	}{
		{[]string{"never"}, 50 * time.Millisecond, ReadyLimit, false},
		{[]string{"doze", "5000"}, 50 * time.Millisecond, ReadyLimit, false},
		{[]string{"before", "5000"}, 50 * time.Millisecond, ReadyLimit, false},
		{[]string{"doze", "20"}, 10 * time.Second, NoLimit, true},
		{[]string{"doze", "20"}, 0, NoLimit, true},
		{[]string{"leave"}, 10 * time.Second, NoLimit, false},
	} {
		facts, err := c.Run(context.Background(), Command{
			Program: compiled(t, "window.c"), Args: append([]string{"window"}, tc.args...),
			Window: &Window{Input: []byte("x"), ReadyWithin: stretch(tc.ready)}, Limits: Limits{CPU: 20 * time.Second, Wall: 20 * time.Second}})
		if err != nil {
			t.Fatalf("%v: %v", tc.args, err)
		}
		w := facts.Window
		if facts.Hit != tc.hit || w.Opened != tc.opened || (w.Ready > 0) != tc.opened {
			t.Errorf("%v within %v: got %s limit, opened %v, ready after %v; want %s limit, opened %v", tc.args, tc.ready, facts.Hit, w.Opened, w.Ready, tc.hit, tc.opened)
		}
	}
}

// contended runs a program on CPU 0 while six others want it too.
func contended(t *testing.T, cmd Command) Facts {
	t.Helper()
	rivals, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for range 6 {
		c := container(t, Config{CPUs: []int{0}})
		all.Go(func() {
			_, _ = c.Run(rivals, Command{Program: compiled(t, "program.c"), Args: []string{"program", "spin"}, Limits: Limits{CPU: 20 * time.Second, Wall: 20 * time.Second}})
		})
	}
	c := container(t, Config{CPUs: []int{0}})
	facts, err := c.Run(t.Context(), cmd)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// 100 ms of work take far longer among so many, which must not cost the program
// a verdict, and a sleep of the same length is not longer for it.
func TestWaitingForACPUCostsNoWallTime(t *testing.T) {
	grouped(t)
	if ran, _ := schedstat("/proc/1"); ran == 0 {
		t.Skip("this kernel does not say how long a process ran and waited for a CPU")
	}
	limit := stretch(250 * time.Millisecond)
	program := func(how, ms string, ready, wall time.Duration) Command {
		return Command{Program: compiled(t, "window.c"), Args: []string{"window", how, ms},
			Window: &Window{Input: []byte("x"), ReadyWithin: ready}, Limits: Limits{CPU: 20 * time.Second, Wall: wall}}
	}
	within := func(how, ms string) Command {
		cmd := program(how, ms, 0, 20*time.Second)
		cmd.Window.DoneWithin = limit
		return cmd
	}
	whole := program("whole", "100", 0, limit)
	whole.Window = nil
	for _, tc := range []struct {
		name string
		cmd  Command
		hit  Limit
	}{
		{"work before READY", program("before", "100", limit, 20*time.Second), NoLimit},
		{"work in the window", program("work", "100", 0, limit), NoLimit},
		{"sleep before READY", program("doze", "10000", limit, 20*time.Second), ReadyLimit},
		{"too much work before READY", program("before", "10000", limit, 20*time.Second), ReadyLimit},
		{"sleep without an end", program("never", "", 0, limit), WallLimit},
		{"work of a whole process", whole, NoLimit},
		{"work by the window's limit", within("work", "100"), NoLimit},
		{"work of a thread", within("thread", "100"), NoLimit},
		{"work of a process that it started", within("orphan", "100"), NoLimit},
		{"sleep in the window", within("nap", "10000"), WallLimit},
		{"too much work in the window", within("thread", "10000"), WallLimit},
	} {
		facts := contended(t, tc.cmd)
		if facts.Hit != tc.hit {
			t.Errorf("%s: hit the limit %q after %v and %v of CPU time, want %q", tc.name, facts.Hit, facts.Real, facts.CPU, tc.hit)
		}
		t.Logf("%s: real %v, of it %v waiting, CPU %v", tc.name, facts.Real, facts.RunDelay, facts.CPU)
	}
}
