package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A limit of wall time does not count what a program waits for a CPU that
// somebody else uses: that is the machine's doing, and a program cannot bring
// it about by itself. Sleeping counts. The kernel says of every thread how
// long it was ready to run and did not (schedstat). It waits for the run's own
// threads only while those have all its CPUs, so that of its waiting no more can
// be their doing than the CPU time that they used, divided by the CPUs. Of several
// threads that which waited longest counts: others may wait for what it does.
//
// It is looked at only when a limit is used up, so that it costs other runs
// nothing.

// delay is what is known of how long a run waited for a CPU.
type delay struct {
	credit time.Duration // added to its wall limits; only grows
	ready  bool          // at the last look it was ready to run
	used   time.Duration // and had used so much CPU time
}

const (
	// mostCredit bounds what is added. A machine that takes more than that from
	// a program should not judge.
	mostCredit = time.Minute
	// tick is longer than the kernel's: what runs has used more CPU time after it.
	tick = 20 * time.Millisecond
)

// wallLeft says how much of a limit of wall time is left after so much of it;
// 0 if nothing.
func (c *Container) wallLeft(r *startedRun, limit, elapsed time.Duration) (time.Duration, error) {
	d := &r.delay
	if left := limit + d.credit - elapsed; left > 0 {
		return left, nil
	}
	if elapsed > limit+mostCredit {
		return 0, nil
	}
	waits, err := c.lookAtDelay(r)
	left := limit + d.credit - elapsed
	switch {
	case err != nil:
		return 0, err
	case left > 0:
		d.ready = false // the next look is the first of another limit
		return left, nil
	case waits:
		return tick, nil
	}
	return 0, nil
}

// lookAtDelay finds out what was waited for a CPU, and says whether it seems to
// be waited for just now, which is not in it yet: a process is ready to run, and
// none has run since the last look.
func (c *Container) lookAtDelay(r *startedRun) (waits bool, err error) {
	used, err := c.cpuUsed(r)
	if err != nil {
		return false, err
	}
	pids, err := c.processes(r)
	if err != nil {
		return false, err
	}
	d, ready := &r.delay, false
	for _, pid := range pids {
		for _, task := range tasks(r, pid) {
			ran, waited := schedstat(task)
			own := max(0, used-ran) / time.Duration(c.cpus())
			d.credit = max(d.credit, min(waited-own, mostCredit))
			ready = ready || isReady(task)
		}
	}
	waits = ready && (!d.ready || d.used == used)
	d.ready, d.used = ready, used
	return waits, nil
}

// overLooked looks once more where a limit seems to be passed: the last look may
// be older than the waiting.
func (c *Container) overLooked(r *startedRun, over bool) error {
	if !over {
		return nil
	}
	_, err := c.lookAtDelay(r)
	return err
}

// processes are the run's, as the judge numbers them, the program itself also
// when it has ended and waits to be reaped: groups do not list it then.
func (c *Container) processes(r *startedRun) ([]string, error) {
	program := strconv.Itoa(r.pid)
	if c.group == nil {
		return []string{program}, nil
	}
	list, err := os.ReadFile(c.group.members)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	pids := strings.Fields(string(list))
	if !slices.Contains(pids, program) {
		pids = append(pids, program)
	}
	return pids, nil
}

// tasks are the folders in /proc of a process's threads.
func tasks(r *startedRun, pid string) []string {
	folder := "/proc/" + pid
	if r.limits.Processes <= 1 {
		return []string{folder}
	}
	list, _ := os.ReadDir(folder + "/task")
	var out []string
	for _, thread := range list {
		out = append(out, folder+"/task/"+thread.Name())
	}
	return out
}

// schedstat says how long a thread ran, and was ready to run and did not. Where
// the kernel does not say it, or the thread is gone, both are 0.
func schedstat(task string) (ran, waited time.Duration) {
	text, _ := os.ReadFile(task + "/schedstat")
	_, _ = fmt.Sscan(string(text), &ran, &waited)
	return ran, waited
}

// isReady says whether a thread is running or could be.
func isReady(task string) bool {
	text, _ := os.ReadFile(task + "/stat")
	// The state comes after the name in brackets, which can hold anything.
	return bytes.HasPrefix(text[bytes.LastIndexByte(text, ')')+1:], []byte(" R"))
}
