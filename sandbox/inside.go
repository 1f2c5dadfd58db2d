package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
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
	lifeline *os.File // the init exits when this closes
	work     int      // O_PATH descriptor of /work, or -1
	child    script   // reused by every run
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
func enter(layout layout, id identity, cpus []int) (_ *inside, err error) {
	in := &inside{thread: newThread(), pid: -1, pidfd: -1, work: -1}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.leave())
		}
	}()
	in.thread.do(func() { err = in.startInit(layout, id) })
	if err != nil {
		return nil, err
	}
	in.thread.do(func() { err = in.prepareThread(id, cpus) })
	if err != nil {
		return nil, err
	}
	if layout.workOptions != "" {
		err = in.openWork()
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
		if i > 0 {
			defer pipes[i][1].Close()
		}
	}
	in.lifeline = pipes[0][1]
	ready, mapped := pipes[1], pipes[2]

	s := &script{}
	layout.script(s, id, int(pipes[0][0].Fd()), int(ready[1].Fd()), int(mapped[0].Fd()), int(stub.Fd()))
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
func (in *inside) prepareThread(id identity, cpus []int) error {
	if id.privileged {
		// Children of this thread are born in the container; the thread
		// itself stays outside.
		if err := unix.Setns(in.pidfd, unix.CLONE_NEWPID); err != nil {
			return fmt.Errorf("enter process namespace: %w", err)
		}
	}
	if len(cpus) > 0 {
		var set unix.CPUSet
		for _, cpu := range cpus {
			set.Set(cpu)
		}
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			return fmt.Errorf("bind to CPUs %v: %w", cpus, err)
		}
	}
	return installFilter()
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
	if in.lifeline != nil {
		_ = in.lifeline.Close()
		in.lifeline = nil
	}
	in.thread.stop()
	return err
}

// layout is the container's file system, ready to be built many times.
type layout struct {
	mounts      []Mount // parents before children; sources resolved
	folders     []bool  // whether the mount is of a folder
	devices     []string
	workOptions string // of the tmpfs at /work; empty: none
}

var deviceNames = []string{"null", "zero", "full", "urandom"}

func newLayout(cfg Config) (layout, error) {
	l := layout{}
	for _, m := range sortedMounts(cfg.Mounts) {
		source, err := filepath.EvalSymlinks(m.Source)
		if err != nil {
			return l, fmt.Errorf("mount %s: %w", m.Target, err)
		}
		if err := checkMount(source, m); err != nil {
			return l, err
		}
		info, err := os.Stat(source)
		if err != nil {
			return l, fmt.Errorf("mount %s: %w", m.Target, err)
		}
		l.mounts = append(l.mounts, Mount{source, filepath.Clean(m.Target)})
		l.folders = append(l.folders, info.IsDir())
	}
	if cfg.Devices {
		l.devices = deviceNames
	}
	if cfg.WorkBytes < 0 || cfg.WorkInodes < 0 {
		return l, errors.New("size of the work folder is negative")
	}
	if cfg.WorkBytes > 0 {
		inodes := cfg.WorkInodes
		if inodes == 0 {
			inodes = 4096
		}
		l.workOptions = fmt.Sprintf("size=%d,nr_inodes=%d,mode=0700,uid=%d,gid=%d", cfg.WorkBytes, inodes+1, programID, programID)
	}
	return l, nil
}

func checkMount(source string, m Mount) error {
	if !filepath.IsAbs(m.Source) || !filepath.IsAbs(m.Target) {
		return fmt.Errorf("mount %s at %q: a path is not absolute", m.Source, m.Target)
	}
	for _, taken := range []string{"/proc", "/sys"} {
		if within(source, taken) {
			return fmt.Errorf("mount %s: nothing below %s is ever shown", m.Source, taken)
		}
	}
	target := filepath.Clean(m.Target)
	if target == "/" || within(target, "/work") || within(target, "/dev") {
		return fmt.Errorf("mount at %s: the place is the sandbox's own", m.Target)
	}
	return nil
}

func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// Descriptors of the init while it builds: whatever it opens then gets the
// next number, so steps can be written down before they run.
const (
	initLifeline = iota
	initReady
	initStub
	initFirstFree
)

// script writes down how a fresh clone becomes the container's init. Mounts
// are taken while it still is the judge's user, who can see their sources;
// the root is built as the container's own.
func (l layout) script(s *script, id identity, lifeline, ready, mapped, stub int) {
	var at = ^uintptr(99) // AT_FDCWD, -100
	scratch := s.addr(unsafe.Pointer(new([8]byte)))
	s.call("wait for user map", unix.SYS_READ, uintptr(mapped), scratch, 1)
	s.dup("lifeline", lifeline, initLifeline, 0)
	s.dup("ready pipe", ready, initReady, unix.O_CLOEXEC)
	s.dup("stub", stub, initStub, unix.O_CLOEXEC)
	s.call("close files", unix.SYS_CLOSE_RANGE, initFirstFree, uintptr(^uint32(0)), 0)
	s.call("set umask", unix.SYS_UMASK, 0o022)
	s.call("make mounts private", unix.SYS_MOUNT, 0, s.str("/"), 0, unix.MS_REC|unix.MS_PRIVATE, 0)

	take := func(source string) {
		s.call("take "+source, unix.SYS_OPEN_TREE, at, s.str(source), unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	}
	for _, m := range l.mounts {
		take(m.Source)
	}
	for _, name := range l.devices {
		take("/dev/" + name)
	}
	if id.privileged {
		s.becomeUser(0)
	}
	l.buildRoot(s, at)
	s.call("set host name", unix.SYS_SETHOSTNAME, s.str("judge"), 5)
	s.call("close mounts", unix.SYS_CLOSE_RANGE, initFirstFree, uintptr(^uint32(0)), 0)
	s.call("new session", unix.SYS_SETSID)
	s.call("die with the judge", unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL))
	s.call("no new privileges", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1)
	ignore := &[4]uint64{1 /* SIG_IGN */}
	s.call("reap orphans", unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), s.addr(unsafe.Pointer(ignore)), 0, 8)
	s.unblockSignals()
	s.call("start init", unix.SYS_EXECVEAT, initStub, s.str(""), s.strs([]string{"init"}), s.strs(nil), unix.AT_EMPTY_PATH)
}

// buildRoot makes the new root out of what was taken and moves into it.
func (l layout) buildRoot(s *script, at uintptr) {
	const readOnly = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID
	// Any folder that no mount comes from does as the place to build.
	s.call("mount root", unix.SYS_MOUNT, s.str("tmpfs"), s.str("/proc"), s.str("tmpfs"), unix.MS_NOSUID|unix.MS_NODEV, s.str("size=64k,mode=0755"))
	s.call("enter root", unix.SYS_CHDIR, s.str("/proc"))
	fd := initFirstFree
	put := func(target string, folder bool, set uint64) {
		s.makePlace(at, target, folder)
		s.setAttr("protect "+target, fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, set)
		s.call("mount "+target, unix.SYS_MOVE_MOUNT, uintptr(fd), s.str(""), at, s.str(target[1:]), unix.MOVE_MOUNT_F_EMPTY_PATH)
		fd++
	}
	for i, m := range l.mounts {
		put(m.Target, l.folders[i], readOnly|unix.MOUNT_ATTR_NODEV)
	}
	for _, name := range l.devices {
		put("/dev/"+name, false, readOnly|unix.MOUNT_ATTR_NOEXEC)
	}
	s.call("pivot root", unix.SYS_PIVOT_ROOT, s.str("."), s.str("."))
	s.call("drop the host's root", unix.SYS_UMOUNT2, s.str("."), unix.MNT_DETACH)
	s.call("enter root", unix.SYS_CHDIR, s.str("/"))
	if l.workOptions != "" {
		s.makePlace(at, "/work", true)
		s.mountTmpfs("/work", l.workOptions)
	}
	s.setAttr("make root read-only", int(at), "/", 0, readOnly|unix.MOUNT_ATTR_NODEV)
}

// makePlace makes what a mount goes over, in the current folder.
func (s *script) makePlace(at uintptr, target string, folder bool) {
	parts := strings.Split(target[1:], "/")
	for i := range parts {
		path := strings.Join(parts[:i+1], "/")
		var made *step
		if i < len(parts)-1 || folder {
			made = s.call("make /"+path, unix.SYS_MKDIRAT, at, s.str(path), 0o755)
		} else {
			made = s.call("make /"+path, unix.SYS_MKNODAT, at, s.str(path), unix.S_IFREG|0o644, 0)
		}
		made.tolerated = uintptr(unix.EEXIST)
	}
}

// becomeUser changes to a user and group of the container and no others.
func (s *script) becomeUser(id uintptr) {
	s.call("drop groups", unix.SYS_SETGROUPS, 0, 0)
	s.call("set group", unix.SYS_SETRESGID, id, id, id)
	s.call("set user", unix.SYS_SETRESUID, id, id, id)
}

// sortedMounts puts parents before children.
func sortedMounts(mounts []Mount) []Mount {
	sorted := slices.Clone(mounts)
	slices.SortStableFunc(sorted, func(a, b Mount) int {
		return len(filepath.Clean(a.Target)) - len(filepath.Clean(b.Target))
	})
	return sorted
}
