package sandbox

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// step is one system call of a child between clone and exec. The child runs
// no Go: it walks a table of steps in assembly, with all its state in
// registers, because it shares the judge's memory and the goroutine's stack.
type step struct {
	nr        uintptr
	args      [6]uintptr
	tolerated uintptr // an errno that counts as success
	leave     uintptr // non-zero: whoever gets a non-zero result exits (the parent side of a second clone)
}

// plan is what a child does and where it says how that went.
type plan struct {
	first  *step
	count  uintptr
	failed uintptr // 1 + index of the step that failed
	errno  uintptr
}

// cloneArgs is the kernel's struct clone_args.
type cloneArgs struct {
	flags, pidfd, childTID, parentTID uint64
	exitSignal, stack, stackSize, tls uint64
	setTID, setTIDSize, cgroup        uint64
}

// clone calls clone3 with the filter's pass; the child follows p and never
// returns. It must not be marked noescape: a child that is no vfork runs on
// while the caller's stack grows and moves, so the plan has to be on the heap.
func clone(args *cloneArgs, size, pass uintptr, p *plan) (r uintptr)

// script collects the steps of one child, what to call each in an error, and
// the memory that they point to.
type script struct {
	steps []step
	names []string
	keep  []unsafe.Pointer
	plan  plan
}

func (s *script) reset() {
	s.steps, s.names, s.keep = s.steps[:0], s.names[:0], s.keep[:0]
}

// call appends a system call. The name stands in the error if it fails.
func (s *script) call(name string, nr uintptr, args ...uintptr) *step {
	st := step{nr: nr}
	copy(st.args[:], args)
	s.steps = append(s.steps, st)
	s.names = append(s.names, name)
	return &s.steps[len(s.steps)-1]
}

// addr gives the address of something that must outlive the child's set-up.
// Keeping the pointer in s moves the thing to the heap, where it stays put.
func (s *script) addr(p unsafe.Pointer) uintptr {
	s.keep = append(s.keep, p)
	return uintptr(p)
}

// str gives the address of a copy of v as a C string.
func (s *script) str(v string) uintptr {
	b := make([]byte, len(v)+1)
	copy(b, v)
	return s.addr(unsafe.Pointer(&b[0]))
}

// strs gives the address of a null-terminated array of C strings.
func (s *script) strs(list []string) uintptr {
	p := make([]uintptr, len(list)+1)
	for i, v := range list {
		p[i] = s.str(v)
	}
	return s.addr(unsafe.Pointer(&p[0]))
}

// start clones a child that follows the script. The child has all signals
// blocked until the script says otherwise, but for SIGCHLD: blocked, even one
// that nobody wants would wake up some other thread of ours.
func (s *script) start(args *cloneArgs) (pid int, err error) {
	s.plan = plan{first: &s.steps[0], count: uintptr(len(s.steps))}
	all := &unix.Sigset_t{}
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	all.Val[0] &^= 1 << (unix.SIGCHLD - 1)
	old := &unix.Sigset_t{}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, all, old); err != nil {
		return 0, fmt.Errorf("block signals: %w", err)
	}
	r := clone(args, unsafe.Sizeof(*args), filterPass(), &s.plan)
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, old, nil); err != nil {
		return 0, fmt.Errorf("restore signals: %w", err)
	}
	runtime.KeepAlive(args)
	if r > ^uintptr(4095) {
		return 0, fmt.Errorf("clone: %w", syscall.Errno(-r))
	}
	return int(r), nil
}

// failure says which step failed, once the child has left the script.
func (s *script) failure() error {
	runtime.KeepAlive(s)
	if s.plan.failed == 0 {
		return nil
	}
	return &stepError{step: s.names[s.plan.failed-1], errno: syscall.Errno(s.plan.errno), last: int(s.plan.failed) == len(s.steps)}
}

// stepError is a system call of a child that failed before exec.
type stepError struct {
	step  string
	errno syscall.Errno
	last  bool // it was the exec itself
}

func (e *stepError) Error() string { return e.step + ": " + e.errno.Error() }
func (e *stepError) Unwrap() error { return e.errno }

// atFDCWD is AT_FDCWD, -100, as an argument.
const atFDCWD = ^uintptr(99)

// The steps that both kinds of children share.

func (s *script) dup(name string, from, to int, flags uintptr) {
	s.call(name, unix.SYS_DUP3, uintptr(from), uintptr(to), flags)
}

// openNull opens /dev/null of the judge's file system as descriptor 0, for one
// run alone: flags and owner of an open file would be a way for one run to
// tell the next something.
func (s *script) openNull() {
	s.call("close standard input", unix.SYS_CLOSE, 0).tolerated = uintptr(unix.EBADF)
	s.call("open "+os.DevNull, unix.SYS_OPENAT, atFDCWD, s.str(os.DevNull), unix.O_RDONLY, 0)
}

func (s *script) unblockSignals() {
	none := new(unix.Sigset_t)
	s.call("unblock signals", unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, s.addr(unsafe.Pointer(none)), 0, 8)
}

func (s *script) mountTmpfs(target, options string) {
	s.call("mount "+target, unix.SYS_MOUNT, s.str("tmpfs"), s.str(target), s.str("tmpfs"), tmpfsFlags, s.str(options), filterPass())
}

func (s *script) enterNamespaces(pidfd int, which uintptr) {
	s.call("enter namespaces", unix.SYS_SETNS, uintptr(pidfd), which, filterPass())
}

func (s *script) setAttr(name string, fd int, path string, flags uintptr, set uint64) {
	attr := &unix.MountAttr{Attr_set: set}
	s.call(name, unix.SYS_MOUNT_SETATTR, uintptr(fd), s.str(path), flags, s.addr(unsafe.Pointer(attr)), unsafe.Sizeof(*attr))
}
