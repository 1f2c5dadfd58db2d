package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// inside is what stands between New and the first kill: the namespaces with
// their init, and the thread that sends programs into them.
type inside struct {
	thread   *thread
	pid      int
	pidfd    int
	lifeline *os.File  // the init exits when this closes
	input    *os.File  // what standard input is copied to
	work     int       // O_PATH descriptor of /work, or -1
	layers   []layer   // that programs may change, in the layout's order
	child    script    // reused by every run
	clock    taskClock // of the thread's children
}

// identity is how users inside are users outside.
type identity struct {
	privileged bool
	rootUID    int // outside
	uid        int // outside, of the programs
}

// The user and group that programs see themselves as.
const programID = 1000

// Host users for containers, below those that systemd hands out (61184).
const (
	firstUID  = 61000
	uidSpread = 90
)

func newIdentity(n uint32) identity {
	if os.Geteuid() != 0 {
		return identity{rootUID: os.Geteuid(), uid: os.Geteuid()}
	}
	root := firstUID + 2*int(n%uidSpread)
	return identity{privileged: true, rootUID: root, uid: root + 1}
}

// maps are the contents of uid_map or gid_map.
func (id identity) maps(own int) string {
	if !id.privileged {
		return fmt.Sprintf("%d %d 1\n", programID, own)
	}
	return fmt.Sprintf("0 %d 1\n%d %d 1\n", id.rootUID, programID, id.uid)
}

// enter makes the namespaces and their init and leaves the thread ready to
// clone programs into them.
func enter(layout layout, id identity, cpus []int, cfg Config) (_ *inside, err error) {
	in := &inside{thread: newThread(), pid: -1, pidfd: -1, work: -1, clock: noTaskClock}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.leave())
		}
	}()
	in.thread.do(func() { err = in.startInit(layout, id) })
	if err != nil {
		return nil, err
	}
	in.thread.do(func() { err = in.prepareThread(id, cpus, cfg) })
	if err != nil {
		return nil, err
	}
	if err = in.openInput(); err == nil && layout.workOptions != "" {
		err = in.openWork()
	}
	if err == nil {
		err = in.openLayers(layout)
	}
	return in, err
}

func (in *inside) startInit(layout layout, id identity) error {
	stub, err := stubFile()
	if err != nil {
		return err
	}
	var pipes [3][2]*os.File
	for i := range pipes {
		if pipes[i][0], pipes[i][1], err = pipeAbove(); err != nil {
			return fmt.Errorf("pipe: %w", err)
		}
		defer pipes[i][0].Close()
		if i == 0 {
			in.lifeline = pipes[0][1] // from now on leave closes it
		} else {
			defer pipes[i][1].Close()
		}
	}
	ready, mapped := pipes[1], pipes[2]
	lower, err := layout.lowerTrees(id)
	if err != nil {
		return err
	}
	defer closeAll(lower)

	s := &script{}
	layout.script(s, id, lower, int(pipes[0][0].Fd()), int(ready[1].Fd()), int(mapped[0].Fd()), int(stub.Fd()))
	pidfd := new(int32)
	args := &cloneArgs{
		flags:      initNamespaces | unix.CLONE_VM | unix.CLONE_PIDFD | cloneClearSighand,
		pidfd:      uint64(s.addr(unsafe.Pointer(pidfd))),
		exitSignal: uint64(unix.SIGCHLD),
	}
	if in.pid, err = s.start(args); err != nil {
		return fmt.Errorf("namespaces: %w", err)
	}
	in.pidfd = int(*pidfd)
	// The child shares our memory until it has left the script: whatever
	// happens, that must be awaited.
	_ = ready[1].Close()
	err = id.write(in.pid)
	if err != nil {
		_ = unix.PidfdSendSignal(in.pidfd, unix.SIGKILL, nil, 0)
	}
	_, _ = mapped[1].Write([]byte{1})
	var end [1]byte
	_, _ = ready[0].Read(end[:])
	runtime.KeepAlive(stub)
	return errors.Join(err, s.failure())
}

// cloneClearSighand gives the child default signal actions.
const cloneClearSighand = 0x100000000

// pipeAbove makes a pipe whose descriptors are out of the way of 0 to 2.
func pipeAbove() (r, w *os.File, err error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, err
	}
	for i, fd := range p {
		if p[i], err = above(fd); err != nil {
			return nil, nil, err
		}
	}
	return os.NewFile(uintptr(p[0]), "pipe"), os.NewFile(uintptr(p[1]), "pipe"), nil
}

// above moves a descriptor of ours out of the way of 0 to 2.
func above(fd int) (int, error) {
	if fd > 2 {
		return fd, nil
	}
	moved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	_ = unix.Close(fd)
	return moved, err
}

// write maps users and groups of the user namespace that pid is in.
func (id identity) write(pid int) error {
	proc := fmt.Sprintf("/proc/%d/", pid)
	if !id.privileged {
		if err := os.WriteFile(proc+"setgroups", []byte("deny"), 0); err != nil {
			return err
		}
	}
	gid := os.Getegid()
	if err := os.WriteFile(proc+"uid_map", []byte(id.maps(os.Geteuid())), 0); err != nil {
		return err
	}
	return os.WriteFile(proc+"gid_map", []byte(id.maps(gid)), 0)
}

// prepareThread puts the thread into the state that programs inherit.
func (in *inside) prepareThread(id identity, cpus []int, cfg Config) error {
	if id.privileged {
		// Children of this thread are born in the container; the thread
		// itself stays outside.
		if err := unix.Setns(in.pidfd, unix.CLONE_NEWPID); err != nil {
			return fmt.Errorf("enter process namespace: %w", err)
		}
		// The sockets of windows show the namespace in which they were made.
		if err := unix.Setns(in.pidfd, unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter network namespace: %w", err)
		}
		// Of this thread alone, and of every child: it would take each 3 µs.
		if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
			return fmt.Errorf("drop groups: %w", errno)
		}
	}
	if len(cpus) > 0 {
		var set unix.CPUSet
		for _, cpu := range cpus {
			set.Set(cpu)
		}
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			return fmt.Errorf("bind to CPUs %s: %w", strings.Trim(fmt.Sprint(cpus), "[]"), err)
		}
	}
	if err := cfg.Policy.above().apply(); err != nil { // better now than in the first run
		return err
	}
	cfg.Policy.leave()
	return installFilter(cfg.Secluded)
}

// openWork takes hold of the work folder as it is now mounted.
func (in *inside) openWork() error {
	in.closeWork()
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/root/work", in.pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open /work: %w", err)
	}
	in.work = fd
	return nil
}

func (in *inside) closeWork() {
	if in.work >= 0 {
		_ = unix.Close(in.work)
		in.work = -1
	}
}

// kill ends everything in the container and returns when it is gone. A
// program that is a child of ours must have been waited for, or the kernel
// does not let the init go.
func (in *inside) kill() error {
	if in.pid <= 0 {
		return nil
	}
	if err := unix.PidfdSendSignal(in.pidfd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("kill container: %w", err)
	}
	if err := in.reap(); err != nil {
		return err
	}
	_ = unix.Close(in.pidfd)
	in.pid, in.pidfd = -1, -1
	return nil
}

// reapTimeout is far beyond what the kernel needs to end a container.
const reapTimeout = 30 * time.Second

func (in *inside) reap() error {
	fds := []unix.PollFd{{Fd: int32(in.pidfd), Events: unix.POLLIN}}
	until := time.Now().Add(reapTimeout)
	for {
		timeout := unix.NsecToTimespec(int64(time.Until(until)))
		n, err := unix.Ppoll(fds, &timeout, nil)
		if err == nil && n == 0 {
			return fmt.Errorf("container's processes still live %v after the kill", reapTimeout)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for container: %w", err)
		}
	}
	_, err := wait4(in.pid, nil)
	return err
}

// wait4 waits for a child that has ended.
func wait4(pid int, usage *unix.Rusage) (unix.WaitStatus, error) {
	var status unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &status, unix.WALL, usage)
		if !errors.Is(err, unix.EINTR) {
			if err != nil {
				err = fmt.Errorf("wait for process %d: %w", pid, err)
			}
			return status, err
		}
	}
}

// leave kills what is inside and gives everything back.
func (in *inside) leave() error {
	err := in.kill()
	in.closeWork()
	in.closeLayers()
	in.clock.close()
	for _, f := range []**os.File{&in.lifeline, &in.input} {
		if *f != nil {
			_ = (*f).Close()
			*f = nil
		}
	}
	in.thread.stop()
	return err
}
