package sandbox

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Run runs one program and reports what it did. The error is about the
// sandbox, never about the program, and names the step of the set-up. Calls
// wait for each other.
func (c *Container) Run(ctx context.Context, cmd Command) (Facts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Facts{}, fmt.Errorf("run: %w", err)
	}
	limits, err := cmd.Limits.withDefaults()
	if err != nil {
		return Facts{}, fmt.Errorf("run: %w", err)
	}
	cmd.Limits = limits
	if err := checkCommand(cmd); err != nil {
		return Facts{}, fmt.Errorf("run: %w", err)
	}
	if err := c.repair(); err != nil {
		return Facts{}, fmt.Errorf("set up container: %w", err)
	}
	disarm := c.armCancel(ctx)
	var facts Facts
	c.in.thread.do(func() { facts, err = c.run(cmd) })
	disarm()
	if errors.Is(err, errInterrupted) {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("run: %w", err), c.condemn())
	}
	return facts, err
}

// errInterrupted ends a run whose context has ended.
var errInterrupted = errors.New("interrupted")

func checkCommand(cmd Command) error {
	if len(cmd.Args) == 0 {
		return errors.New("no arguments: Args[0] is the program's name")
	}
	if cmd.Program == nil {
		return nil
	}
	info, err := cmd.Program.Stat()
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o001 == 0 {
		return fmt.Errorf("program %s has mode %v; the container's user must be able to execute it", cmd.Program.Name(), info.Mode())
	}
	return nil
}

// armCancel has the end of ctx interrupt the wait for the program.
func (c *Container) armCancel(ctx context.Context) (disarm func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		_, _ = unix.Write(c.cancel, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	})
	return func() {
		if !stop() {
			<-fired
			var count [8]byte
			_, _ = unix.Read(c.cancel, count[:])
		}
	}
}

// startedRun is one run from clone to the last reading. Its memory is
// written by the child and therefore never moves or lies on a stack.
type startedRun struct {
	limits   Limits
	readings readings
	begun    unix.Timespec // monotonic, just before exec
	setUp    unix.Timespec // CPU time of the child before exec
	pidfd    int32
	midway   int32 // the process number that a second clone reports
	setTID   int32

	pid    int
	oom    int64 // kills before the run
	pipes  output
	killed Limit // what we killed it for
}

// run is Run on the container's thread.
func (c *Container) run(cmd Command) (Facts, error) {
	r := &c.start
	*r = startedRun{limits: cmd.Limits}
	if err := r.pipes.open(cmd.Limits); err != nil {
		return Facts{}, err
	}
	defer r.pipes.close()
	if err := c.limitGroup(r, cmd.KeepWork); err != nil {
		return Facts{}, err
	}
	renewed, err := c.launch(r, cmd)
	r.pipes.closeWriters()
	if err != nil {
		return c.notStarted(r, cmd, err)
	}
	c.used = true
	if renewed {
		err = c.in.openWork()
	}
	if err == nil {
		err = c.watch(r)
	}
	if err != nil {
		return Facts{}, errors.Join(err, c.abandon(r))
	}
	return c.finish(r)
}

// abandon ends a run whose facts nobody wants.
func (c *Container) abandon(r *startedRun) error {
	_ = unix.PidfdSendSignal(int(r.pidfd), unix.SIGKILL, nil, 0)
	_, err := wait4(r.pid, nil)
	_ = unix.Close(int(r.pidfd))
	return errors.Join(err, c.condemn())
}

// limitGroup sets the group's limits and notes what it counted before.
func (c *Container) limitGroup(r *startedRun, keepWork bool) (err error) {
	if c.group == nil {
		return nil
	}
	memory := r.limits.MemoryBytes
	if keepWork {
		// What earlier runs left in the work folder is charged still.
		before, err := c.group.usage.read()
		if err != nil {
			return fmt.Errorf("read memory usage: %w", err)
		}
		memory += before
	}
	if r.oom, err = c.group.ooms.read(); err != nil {
		return fmt.Errorf("read OOM kills: %w", err)
	}
	return c.group.limit(memory, r.limits.Processes)
}

// launch clones the program into the container. It reports whether the work
// folder was made anew, so that the judge's hold on it is out of date.
func (c *Container) launch(r *startedRun, cmd Command) (renewed bool, err error) {
	s := &c.in.child
	s.reset()
	args := &cloneArgs{
		flags:      unix.CLONE_VM | unix.CLONE_VFORK | unix.CLONE_PIDFD | cloneClearSighand,
		pidfd:      uint64(s.addr(unsafe.Pointer(&r.pidfd))),
		exitSignal: uint64(unix.SIGCHLD),
	}
	if c.group != nil && c.group.into >= 0 {
		args.flags |= unix.CLONE_INTO_CGROUP
		args.cgroup = uint64(c.group.into)
	}
	if c.id.privileged {
		// Always the same process number: it must not tell which test this is.
		r.setTID = 2
		args.setTID, args.setTIDSize = uint64(s.addr(unsafe.Pointer(&r.setTID))), 1
		s.call("enter namespaces", unix.SYS_SETNS, uintptr(c.in.pidfd), runNamespaces)
	} else {
		c.cloneTwice(s, r)
	}
	renewed = c.layout.workOptions != "" && c.used && !cmd.KeepWork
	if renewed {
		c.in.closeWork()
		c.remountWork(s)
	}
	if c.group != nil {
		c.group.join(s, &r.readings)
	}
	if err := c.scriptProgram(s, r, cmd); err != nil {
		return renewed, err
	}
	if r.pid, err = s.start(args); err != nil {
		return renewed, err
	}
	runtime.KeepAlive(cmd)
	if err := s.failure(); err != nil || c.id.privileged {
		return renewed, err
	}
	return renewed, r.adopt()
}

// adopt turns from the first of two clones to the second, which is a child
// of ours as well.
func (r *startedRun) adopt() error {
	if _, err := wait4(r.pid, nil); err != nil {
		return err
	}
	r.pid, r.midway = int(r.midway), 0
	_ = unix.Close(int(r.pidfd))
	fd, err := unix.PidfdOpen(r.pid, 0)
	r.pidfd = int32(fd)
	return err
}

// cloneTwice is for a judge without privileges: only a process of its own,
// inside the user namespace, may enter the process namespace, and only what
// that one clones is born there.
func (c *Container) cloneTwice(s *script, r *startedRun) {
	s.call("enter namespaces", unix.SYS_SETNS, uintptr(c.in.pidfd), initNamespaces)
	second := &cloneArgs{
		flags:     unix.CLONE_VM | unix.CLONE_VFORK | unix.CLONE_PARENT | unix.CLONE_PARENT_SETTID | cloneClearSighand,
		parentTID: uint64(s.addr(unsafe.Pointer(&r.midway))),
	}
	s.call("clone into container", unix.SYS_CLONE3, s.addr(unsafe.Pointer(second)), unsafe.Sizeof(*second)).leave = 1
}

// scriptProgram writes down the last part of a child's way: descriptors,
// limits, identity, time stamps, exec.
func (c *Container) scriptProgram(s *script, r *startedRun, cmd Command) error {
	stdin := c.null
	if cmd.Stdin != nil {
		stdin = cmd.Stdin
	}
	sources := [3]int{int(stdin.Fd()), r.pipes[0].w, r.pipes[1].w}
	for to, from := range sources {
		if from <= 2 {
			return fmt.Errorf("descriptor %d is in the way of the program's own", from)
		}
		s.dup("set up descriptors", from, to, 0)
	}
	limits := cmd.Limits.rlimits(c.group != nil)
	values := make([]unix.Rlimit, len(limits))
	for i, l := range limits {
		values[i] = unix.Rlimit{Cur: min(l.soft, c.hard[l.resource]), Max: min(l.max, c.hard[l.resource])}
		s.call(l.name, unix.SYS_PRLIMIT64, 0, uintptr(l.resource), s.addr(unsafe.Pointer(&values[i])), 0)
	}
	s.call("new session", unix.SYS_SETSID)
	s.call("set umask", unix.SYS_UMASK, 0o022)
	if c.id.privileged {
		s.becomeUser(programID)
	}
	caps := &struct {
		header unix.CapUserHeader
		none   [2]unix.CapUserData
	}{header: unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}}
	s.call("drop capabilities", unix.SYS_CAPSET, s.addr(unsafe.Pointer(&caps.header)), s.addr(unsafe.Pointer(&caps.none)))
	folder := "/"
	if c.layout.workOptions != "" {
		folder = "/work"
	}
	s.call("enter "+folder, unix.SYS_CHDIR, s.str(folder))
	s.call("close files", unix.SYS_CLOSE_RANGE, 3, uintptr(^uint32(0)), unix.CLOSE_RANGE_CLOEXEC)
	argv, envp := s.strs(cmd.Args), s.strs(cmd.Env)
	s.unblockSignals()
	s.call("read clock", unix.SYS_CLOCK_GETTIME, unix.CLOCK_PROCESS_CPUTIME_ID, s.addr(unsafe.Pointer(&r.setUp)))
	if c.group != nil {
		c.group.mark(s, &r.readings)
	}
	s.call("read clock", unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, s.addr(unsafe.Pointer(&r.begun)))
	if cmd.Program != nil {
		s.call("exec", unix.SYS_EXECVEAT, cmd.Program.Fd(), s.str(""), argv, envp, unix.AT_EMPTY_PATH)
		return nil
	}
	at := ^uintptr(99) // AT_FDCWD
	s.call("exec "+cmd.Args[0], unix.SYS_EXECVEAT, at, s.str(cmd.Args[0]), argv, envp, 0)
	return nil
}

// notStarted is what becomes of a run whose child did not get to exec. A
// file that the kernel refuses to execute is the program's failure: a
// contestant must not be able to make a judging fail for ever.
func (c *Container) notStarted(r *startedRun, cmd Command, cause error) (Facts, error) {
	if r.pid > 0 {
		if _, err := wait4(r.pid, nil); err != nil {
			cause = errors.Join(cause, err)
		}
		_ = unix.Close(int(r.pidfd))
	}
	if r.midway > 0 {
		_, _ = wait4(int(r.midway), nil)
	}
	var failed *stepError
	if !errors.As(cause, &failed) || !failed.last || cmd.Program == nil || errors.Is(cause, unix.EACCES) {
		return Facts{}, cause
	}
	// Half way through, the work folder may have been renewed already.
	return Facts{Exited: true, ExitStatus: 127, Stderr: []byte("sandbox: " + cause.Error() + "\n")}, c.condemn()
}

// finish reaps the program, makes sure that nothing of it lives on, and
// reads what it used.
func (c *Container) finish(r *startedRun) (Facts, error) {
	var usage unix.Rusage
	status, err := wait4(r.pid, &usage)
	if err != nil {
		return Facts{}, err
	}
	var end unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &end); err != nil {
		return Facts{}, err
	}
	_ = unix.Close(int(r.pidfd))
	facts := Facts{
		Exited: status.Exited(),
		Real:   time.Duration(end.Nano() - r.begun.Nano()),
		CPU:    time.Duration(usage.Utime.Nano() + usage.Stime.Nano() - r.setUp.Nano()),
		Hit:    r.killed,
	}
	if facts.Exited {
		facts.ExitStatus = status.ExitStatus()
	} else {
		facts.Signal = status.Signal()
	}
	if facts.LeftProcesses, err = c.leftProcesses(); err != nil {
		return Facts{}, err
	}
	dirty := facts.LeftProcesses || r.killed != NoLimit
	if dirty {
		if err := c.in.kill(); err != nil {
			return Facts{}, err
		}
		if r.killed != NoLimit {
			facts.LeftProcesses = false // they had no time to end
		}
	}
	if err := r.pipes.drain(); err != nil {
		return Facts{}, err
	}
	oom, residue, err := c.account(r, &facts)
	if err != nil {
		return Facts{}, err
	}
	facts.settle(r, oom)
	if dirty || facts.Hit == MemoryLimit {
		return facts, c.condemn()
	}
	if residue > maxResidue || c.group != nil && !c.group.peakResets {
		return facts, c.dropGroup()
	}
	return facts, nil
}

// maxResidue is how much a group may still be charged with when everything
// in it is dead; the kernel counts in batches of 256 KiB per CPU. More (page
// cache, freeing that takes its time) would count against the next program.
const maxResidue = 1 << 20

// leftProcesses says whether something of the reaped program lives on.
func (c *Container) leftProcesses() (bool, error) {
	if c.group != nil {
		n, err := c.group.pids.read()
		if err != nil {
			return false, fmt.Errorf("count processes: %w", err)
		}
		return n > 0, nil
	}
	return c.probe()
}

// probe asks the kernel from inside the container whether anybody can be
// signalled there.
func (c *Container) probe() (bool, error) {
	s := &c.in.child
	s.reset()
	var r startedRun
	p := &r
	args := &cloneArgs{flags: unix.CLONE_VM | unix.CLONE_VFORK | cloneClearSighand, exitSignal: uint64(unix.SIGCHLD)}
	if c.id.privileged {
		s.call("enter namespaces", unix.SYS_SETNS, uintptr(c.in.pidfd), runNamespaces)
		s.becomeUser(programID)
	} else {
		c.cloneTwice(s, p)
	}
	s.call("signal all", unix.SYS_KILL, ^uintptr(0), 0)
	pid, err := s.start(args)
	if err != nil {
		return false, err
	}
	_, err = wait4(pid, nil)
	if p.midway > 0 {
		_, second := wait4(int(p.midway), nil)
		err = errors.Join(err, second)
	}
	if err != nil {
		return false, err
	}
	failed := s.failure()
	var step *stepError
	if errors.As(failed, &step) && step.last && step.errno == unix.ESRCH {
		return false, nil
	}
	return true, failed
}

// account reads the control group's side of the story: CPU time of
// processes that nobody waited for, the memory peak, OOM kills, and what the
// group is still charged with that is not in the work folder.
func (c *Container) account(r *startedRun, f *Facts) (oom bool, residue int64, err error) {
	if c.group == nil {
		return false, 0, nil
	}
	g := c.group
	var read [4]int64
	for i, from := range []counter{g.cpu, g.peak, g.ooms, g.usage} {
		if read[i], err = from.read(); err != nil {
			return false, 0, fmt.Errorf("read control group: %w", err)
		}
	}
	cpuBefore, err := g.cpu.parse(r.readings.cpu[:])
	if err != nil {
		return false, 0, fmt.Errorf("read control group: %w", err)
	}
	usageBefore, err := g.usage.parse(r.readings.usage[:])
	if err != nil {
		return false, 0, fmt.Errorf("read control group: %w", err)
	}
	f.CPU = max(f.CPU, time.Duration(read[0]-cpuBefore))
	f.MemoryBytes = max(0, read[1]-usageBefore)
	return read[2] > r.oom, read[3] - c.workBytes(), nil
}

// workBytes is how much the work folder holds.
func (c *Container) workBytes() int64 {
	var st unix.Statfs_t
	if c.in.work < 0 || unix.Fstatfs(c.in.work, &st) != nil {
		return 0
	}
	return int64(st.Blocks-st.Bfree) * st.Bsize
}

// settle decides which limit ended the run and hands over the output.
func (f *Facts) settle(r *startedRun, oom bool) {
	f.CPU = max(f.CPU, 0)
	out, errs := &r.pipes[0], &r.pipes[1]
	f.Stdout, f.Stderr, f.StderrTruncated = out.data, errs.data, errs.over
	switch {
	case oom:
		f.Hit = MemoryLimit
	case out.over:
		f.Hit = OutputLimit
	case r.killed == CPULimit || f.CPU > r.limits.CPU:
		f.Hit = CPULimit
	case !f.Exited && f.Signal == syscall.SIGXCPU:
		f.Hit = CPULimit
	case r.killed == WallLimit || f.Real > r.limits.Wall:
		f.Hit = WallLimit
	}
}

// watch waits until the program has ended, reading what it writes, and kills
// it at a limit.
func (c *Container) watch(r *startedRun) error {
	fds := []unix.PollFd{
		{Fd: r.pidfd, Events: unix.POLLIN},
		{Fd: int32(c.cancel), Events: unix.POLLIN},
		{Fd: int32(r.pipes[0].r), Events: unix.POLLIN},
		{Fd: int32(r.pipes[1].r), Events: unix.POLLIN},
	}
	for {
		wait, hit, err := c.timeLeft(r)
		if err != nil {
			return err
		}
		if r.pipes[0].over {
			hit = OutputLimit
		}
		if hit != NoLimit && r.killed == NoLimit {
			r.killed = hit
			if err := c.killProgram(r); err != nil {
				return err
			}
		}
		timeout := unix.NsecToTimespec(int64(wait))
		_, err = unix.Ppoll(fds, &timeout, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait for program: %w", err)
		}
		if fds[1].Revents != 0 {
			return errInterrupted
		}
		if fds[0].Revents != 0 {
			return nil
		}
		for i := range r.pipes {
			if fds[2+i].Revents != 0 && !r.pipes[i].read() {
				fds[2+i].Fd = -1
			}
		}
	}
}

// killProgram kills everything inside at once. The program itself is then
// reaped as after any other end.
func (c *Container) killProgram(r *startedRun) error {
	if err := unix.PidfdSendSignal(c.in.pidfd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("kill container: %w", err)
	}
	return nil
}

// minWait bounds how often CPU use is looked at when a program is close to
// its limit, and thus by how much it can pass it.
const minWait = time.Millisecond

// timeLeft says how long the program can go on before it could have hit a
// limit, or which one it has hit.
func (c *Container) timeLeft(r *startedRun) (time.Duration, Limit, error) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0, NoLimit, err
	}
	if r.killed != NoLimit {
		return reapTimeout, NoLimit, nil
	}
	elapsed := time.Duration(now.Nano() - r.begun.Nano())
	wall := r.limits.Wall - elapsed
	// A program on n CPUs uses at most n seconds per second.
	cpus := time.Duration(runtime.NumCPU())
	if len(c.cfg.CPUs) > 0 {
		cpus = time.Duration(len(c.cfg.CPUs))
	}
	if elapsed*cpus < r.limits.CPU {
		wait := (r.limits.CPU - elapsed*cpus) / cpus
		if wall <= 0 {
			return 0, WallLimit, nil
		}
		return min(wall, max(wait, minWait)), NoLimit, nil
	}
	used, err := c.cpuUsed(r)
	if err != nil {
		return 0, NoLimit, err
	}
	if used > r.limits.CPU {
		return 0, CPULimit, nil
	}
	if wall <= 0 {
		return 0, WallLimit, nil
	}
	return min(wall, max((r.limits.CPU-used)/cpus, minWait)), NoLimit, nil
}

// cpuUsed is the CPU time of a running program so far.
func (c *Container) cpuUsed(r *startedRun) (time.Duration, error) {
	if c.group == nil {
		// The process's own CPU clock; RLIMIT_CPU guards against children.
		var used unix.Timespec
		if err := unix.ClockGettime(int32(^r.pid<<3|2), &used); err != nil {
			return 0, nil // it has just ended
		}
		return time.Duration(used.Nano() - r.setUp.Nano()), nil
	}
	now, err := c.group.cpu.read()
	if err != nil {
		return 0, fmt.Errorf("read CPU use: %w", err)
	}
	before, err := c.group.cpu.parse(r.readings.cpu[:])
	return time.Duration(now - before), err
}

// output is the program's standard output and standard error.
type output [2]stream

// stream collects one of them up to a limit.
type stream struct {
	r, w  int
	data  []byte
	limit int64
	over  bool // there was more
}

func (o *output) open(l Limits) error {
	o[0].limit, o[1].limit = l.OutputBytes, l.ErrorBytes
	for i := range o {
		o[i].r, o[i].w = -1, -1
	}
	for i := range o {
		var p [2]int
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			return fmt.Errorf("pipe: %w", err)
		}
		o[i].r, o[i].w = p[0], p[1]
	}
	return nil
}

func (o *output) closeWriters() {
	for i := range o {
		if o[i].w >= 0 {
			_ = unix.Close(o[i].w)
			o[i].w = -1
		}
	}
}

func (o *output) close() {
	o.closeWriters()
	for i := range o {
		if o[i].r >= 0 {
			_ = unix.Close(o[i].r)
			o[i].r = -1
		}
	}
}

// drain reads what is left once every writer is dead.
func (o *output) drain() error {
	for i := range o {
		for {
			n, err := unix.IoctlGetInt(o[i].r, unix.TIOCINQ)
			if err != nil {
				return fmt.Errorf("drain output: %w", err)
			}
			if n == 0 || !o[i].read() {
				break
			}
		}
	}
	return nil
}

// read takes what is there; false means that nothing will come any more. It
// must only be called when there is something, or it waits.
func (s *stream) read() bool {
	const chunk = 64 << 10
	room := s.limit - int64(len(s.data))
	if room <= 0 {
		var rest [4096]byte
		n, err := unix.Read(s.r, rest[:])
		s.over = s.over || n > 0
		return n > 0 || errors.Is(err, unix.EINTR)
	}
	have := len(s.data)
	want := int(min(room, chunk))
	if cap(s.data)-have < want {
		s.data = append(make([]byte, 0, max(2*cap(s.data), have+want)), s.data...)
	}
	n, err := unix.Read(s.r, s.data[have:have+want])
	s.data = s.data[:have+max(n, 0)]
	return n > 0 || errors.Is(err, unix.EINTR)
}
