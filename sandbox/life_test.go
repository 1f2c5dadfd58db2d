package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestCancel(t *testing.T) {
	c := container(t, Config{})
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := c.Run(ctx, Command{Program: compiled(t, "program.c"), Args: []string{"program", "cat"}, Stdin: in})
		if !errors.Is(err, stop) {
			t.Errorf("got error %v, want %v", err, stop)
		}
	})
	cancel(stop)
	wg.Wait()
	_ = out.Close()
	if _, err := c.Run(ctx, Command{Program: compiled(t, "program.c"), Args: []string{"program"}}); err == nil {
		t.Error("ran with a context that had ended")
	}
	if f := behave(t, c, Limits{}, false, "identity"); string(f.Stdout) != "ok\n" {
		t.Errorf("after the cancellation: %s, output %q", outcome(f), f.Stdout)
	}
}

func TestClosed(t *testing.T) {
	c := container(t, Config{WorkBytes: 1 << 20})
	for range 2 {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"x"}}); !errors.Is(err, errClosed) {
		t.Errorf("run: got error %v", err)
	}
	if err := c.WriteFile("x", nil, 0o644); !errors.Is(err, errClosed) {
		t.Errorf("write: got error %v", err)
	}
	if _, err := c.ReadFile("x", 1); err == nil {
		t.Error("read: got no error")
	}
}

func TestInvalid(t *testing.T) {
	for _, cfg := range []Config{
		{Mounts: []Mount{{"/absent/folder", "/x"}}},
		{Mounts: []Mount{{"/usr", "/"}}},
		{Mounts: []Mount{{"/usr", "/work/x"}}},
		{Mounts: []Mount{{"/usr", "x"}}},
		{Mounts: []Mount{{"/proc", "/proc"}}},
		{WorkBytes: -1},
		{CPUs: []int{1000}},
	} {
		if c, err := New(context.Background(), cfg); err == nil {
			t.Errorf("%+v: got no error", cfg)
			_ = c.Close()
		} else if !strings.HasPrefix(err.Error(), "set up container: ") {
			t.Errorf("%+v: error %q does not name the step", cfg, err)
		}
	}
	c := container(t, Config{})
	program := compiled(t, "nop.c")
	for _, cmd := range []Command{
		{Program: program},
		{Program: program, Args: []string{"x"}, Limits: Limits{CPU: -1}},
		{Program: program, Args: []string{"x"}, Limits: Limits{MemoryBytes: 1}},
	} {
		if _, err := c.Run(context.Background(), cmd); err == nil {
			t.Errorf("%+v: got no error", cmd)
		}
	}
}

// traces counts what a container could leave behind on the machine.
func traces(t *testing.T) map[string]int {
	t.Helper()
	count := map[string]int{}
	for what, dir := range map[string]string{"descriptors": "/proc/self/fd", "threads": "/proc/self/task"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		count[what] = len(entries)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	// Tests of other packages mount as well, meanwhile; they call it judge-test.
	count["mounts"] = bytes.Count(mounts, []byte("\n")) - bytes.Count(mounts, []byte(" judge-test "))
	own, err := ownGroupName()
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range findCgroups().base {
		groups, err := filepath.Glob(filepath.Join(base, own+"-*"))
		if err != nil {
			t.Fatal(err)
		}
		count["groups"] += len(groups)
	}
	children, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range children {
		b, _ := os.ReadFile(name)
		count["processes"] += len(bytes.Fields(b))
	}
	return count
}

func TestNothingLeft(t *testing.T) {
	program := compiled(t, "program.c")
	// What the process keeps for good is there after the first container.
	if err := container(t, Config{}).Close(); err != nil {
		t.Fatal(err)
	}
	runtime.GC() // closes files of earlier tests
	before := traces(t)
	c, err := New(context.Background(), Config{WorkBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]int{}
	for i := range 200 {
		args := []string{"program", "leave"}
		limits := Limits{}
		switch i % 20 {
		case 7:
			args[1] = "daemon"
		case 17:
			args[1], limits.Wall = "sleep", time.Millisecond
		}
		if _, err := c.Run(context.Background(), Command{Program: program, Args: args, Limits: limits}); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			first = traces(t)
		}
	}
	last := traces(t)
	for _, what := range []string{"descriptors", "mounts", "groups", "processes"} {
		if first[what] != last[what] {
			t.Errorf("%s: %d after 2 runs, %d after 200", what, first[what], last[what])
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	after := traces(t)
	for _, what := range []string{"descriptors", "mounts", "groups", "processes"} {
		if before[what] != after[what] {
			t.Errorf("%s: %d before, %d after", what, before[what], after[what])
		}
	}
}

func TestTwoContainers(t *testing.T) {
	one, two := container(t, Config{WorkBytes: 1 << 20}), container(t, Config{WorkBytes: 1 << 20})
	compiled(t, "program.c")
	var wg sync.WaitGroup
	for _, c := range []*Container{one, two, one, two} {
		wg.Go(func() {
			for range 25 {
				f, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "look"}})
				if err != nil || string(f.Stdout) != "ok\n" {
					t.Errorf("got %q, %s, error %v", f.Stdout, outcome(f), err)
				}
				f, err = c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "sleep"}, Limits: Limits{Wall: time.Millisecond}})
				if err != nil || f.Hit != WallLimit {
					t.Errorf("got %s, error %v, want a wall limit", outcome(f), err)
				}
			}
		})
	}
	wg.Wait()
}

// judgeVariable has TestKilledJudge's copy of this test binary play a judge.
const judgeVariable = "SANDBOX_TEST_JUDGE"

func TestKilledJudge(t *testing.T) {
	if os.Getenv(judgeVariable) != "" {
		playJudge(t)
		return
	}
	compiled(t, "program.c")
	container(t, Config{}) // or skip
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestKilledJudge$")
	cmd.Env = append(os.Environ(), judgeVariable+"=1")
	in, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var init, program int
	if _, err := fmt.Fscanf(in, "%d %d\n", &init, &program); err != nil {
		t.Fatal(err)
	}
	var handles []unix.PollFd
	for _, pid := range []int{init, program} {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		handles = append(handles, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for i := range handles {
		if n, err := unix.Poll(handles[i:i+1], 20_000); n != 1 {
			t.Fatalf("process %d of the killed judge still lives, %v", i, err)
		}
	}
	findCgroups().sweep()
	for _, base := range findCgroups().base {
		left, _ := filepath.Glob(filepath.Join(base, fmt.Sprintf("%s%d-*", groupPrefix, cmd.Process.Pid)))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// playJudge runs a program for ever and says which processes there are.
func playJudge(t *testing.T) {
	program := compiled(t, "program.c")
	c := container(t, Config{WorkBytes: 1 << 20})
	in, _, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			if pid := childBesides(c.in.pid); pid > 0 {
				fmt.Println(c.in.pid, pid)
				return
			}
		}
	}()
	_, err = c.Run(context.Background(), Command{Program: program, Args: []string{"program", "cat"}, Stdin: in, Limits: Limits{Wall: time.Hour}})
	t.Fatal("the program ended:", err)
}

// childBesides gives a child of this process that has executed something and
// is not the given one, or 0.
func childBesides(other int) int {
	own, _ := os.ReadFile("/proc/self/comm")
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for _, field := range strings.Fields(string(b)) {
			pid, _ := strconv.Atoi(field)
			name, err := os.ReadFile("/proc/" + field + "/comm")
			if err == nil && pid != other && !bytes.Equal(name, own) {
				return pid
			}
		}
	}
	return 0
}

// TestUnprivileged repeats the tests as a user without rights.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("is unprivileged anyway")
	}
	cmd := exec.Command("/proc/self/exe", "-test.v", "-test.run=^(TestRun|TestCollect|TestWorkFolder|TestCompile|TestCancel|TestCheck|TestDevices|TestExec|TestMount.*|TestWorkSizes|TestBad.*|TestEdgeLimits|TestCommands|TestPrograms|TestOddNames|TestCloseWhileRunning|TestAllAtOnce|TestOverlaps|TestNoControlGroups|TestManyContainers|TestFewDescriptors)$")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=/tmp", "JUDGE_SLOW=" + os.Getenv("JUDGE_SLOW")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "SKIP: TestRun ") {
		t.Skipf("%s", out)
	}
}

func TestCheck(t *testing.T) {
	report := Check()
	if len(report.Protections) < 15 {
		t.Errorf("got %d protections", len(report.Protections))
	}
	for _, p := range report.Protections {
		if p.Name == "" || p.Meaning == "" || p.Found == "" || !p.Present && p.Cure == "" {
			t.Errorf("incomplete: %+v", p)
		}
	}
	c, err := New(context.Background(), Config{})
	if err == nil {
		err = c.Close()
	}
	if report.Unusable != (err != nil) {
		t.Errorf("unusable is %v, New says %v", report.Unusable, err)
	}
}

// What doctor says of the kernel it has tried: without the filter it would not
// say it.
func TestKernelPartsAreTried(t *testing.T) {
	if mode, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0); err != nil || mode != 0 {
		t.Skipf("needs to run without a filter: mode %d, %v", mode, err)
	}
	filtered := newThread()
	defer filtered.stop()
	var err error
	if filtered.do(func() { err = installFilter(true) }); err != nil {
		t.Fatal(err)
	}
	for _, part := range kernelParts {
		open := newThread() // which nobody uses again
		var without, with error
		open.do(func() { without = part.try() })
		open.stop()
		if filtered.do(func() { with = part.try() }); with != nil || without == nil {
			t.Errorf("%s: with the filter %v, without it %v", part.name, with, without)
		}
	}
}

// A goroutine's stack moves when it grows, and a container's init runs in the
// judge's memory beside it: what it follows must lie elsewhere.
func TestPlanStaysPut(t *testing.T) {
	var local int
	s := &script{}
	s.call("exit", unix.SYS_EXIT_GROUP, 0)
	pid, err := s.start(&cloneArgs{flags: unix.CLONE_VM | unix.CLONE_VFORK, exitSignal: uint64(unix.SIGCHLD)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wait4(pid, nil); err != nil {
		t.Error(err)
	}
	stack, plan := uintptr(unsafe.Pointer(&local)), uintptr(unsafe.Pointer(&s.plan))
	growStack(1000)
	if uintptr(unsafe.Pointer(&local)) == stack {
		t.Fatal("the stack did not move")
	}
	if moved := uintptr(unsafe.Pointer(&s.plan)); moved != plan {
		t.Errorf("the plan moved with the stack, from %x to %x", plan, moved)
	}
}

// growStack needs a stack of at least so many KiB.
//
//go:noinline
func growStack(kib int) byte {
	var frame [1 << 10]byte
	if kib > 0 {
		frame[kib%len(frame)] = growStack(kib - 1)
	}
	return frame[kib%7]
}

// TestLayout compares the structs with the offsets in the assembly.
func TestLayout(t *testing.T) {
	var s step
	var p plan
	got := []uintptr{unsafeOffset(&s, &s.args[0]), unsafeOffset(&s, &s.args[5]), unsafeOffset(&s, &s.tolerated), unsafeOffset(&s, &s.leave),
		unsafeOffset(&p, &p.count), unsafeOffset(&p, &p.failed), unsafeOffset(&p, &p.errno)}
	want := []uintptr{8, 48, 56, 64, 8, 16, 24}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got offsets %v, want %v", got, want)
	}
}

// What one run made many of, the next does not see in its own numbers.
func TestNumbersStartAnew(t *testing.T) {
	c := container(t, Config{Secluded: true})
	before := string(behave(t, c, Limits{}, false, "lastchild", "1").Stdout)
	behave(t, c, Limits{}, false, "lastchild", "300")
	if after := string(behave(t, c, Limits{}, false, "lastchild", "1").Stdout); after != before {
		t.Errorf("after a run with many children the first child has number %s, before %s", after, before)
	}
	for _, what := range []string{"pipe", "marks"} {
		if got := behave(t, c, Limits{}, false, what); outcome(got) != "exit 0" {
			t.Errorf("%s: %s, %s; want it refused", what, outcome(got), got.Stdout)
		}
	}
}

// Children that died and that nobody waited for are gone with their parent.
func TestDeadChildrenAreNotLeft(t *testing.T) {
	grouped(t)
	c := container(t, Config{})
	for range 40 {
		if got := behave(t, c, Limits{Processes: 64}, false, "zombies", "30"); got.LeftProcesses {
			t.Fatal("dead children count as left processes")
		}
	}
}

// A child that outlives its parent does no work unseen, although programs that
// are scheduled in real time go before everybody else.
func TestOrphanDoesNoWork(t *testing.T) {
	grouped(t)
	if err := CanSchedule(RoundRobin); err != nil {
		t.Skip(err)
	}
	c := container(t, Config{CPUs: []int{0}, Policy: RoundRobin})
	got := behave(t, c, Limits{Processes: 3}, false, "heir", "200")
	if outcome(got) != "exit 0, left processes" || len(got.Stdout) > 0 {
		t.Errorf("%s, it wrote %q; want it killed at the end of its parent", outcome(got), got.Stdout)
	}
}
