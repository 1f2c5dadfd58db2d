package sandbox

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// What a program may not call. Every child inherits the filter from the
// thread that clones it, because installing one costs some 2 µs per
// instruction; so the filter has to let a child prepare itself. The calls
// that it needs for that and a program must not have carry a secret number,
// the pass, in an argument register that the kernel does not look at.

// forbidden calls give EPERM. Names that an architecture lacks are skipped.
var forbidden = []string{
	// talking to anything
	"socket", "bind", "connect", "listen", "accept", "accept4",
	"sendto", "sendmmsg", "recvfrom", "recvmmsg", "shutdown", "getsockopt", "setsockopt", "getsockname", "getpeername",
	"shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semctl", "semtimedop",
	"msgget", "msgsnd", "msgrcv", "msgctl",
	"mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr",
	"add_key", "request_key", "keyctl", "flock", "memfd_create", "memfd_secret",
	"inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch",
	"fanotify_init", "fanotify_mark",
	// looking into or steering other processes
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
	"kcmp", "pidfd_getfd", "move_pages", "migrate_pages", "mbind", "set_mempolicy", "set_mempolicy_home_node",
	"sched_setaffinity", "sched_setparam", "sched_setattr", "ioprio_set", "setpriority",
	// what would disturb others on the same machine
	"sync", "syncfs", "fadvise64", "cachestat", "membarrier",
	// large and seldom tried parts of the kernel
	"bpf", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
	"io_setup", "io_submit", "modify_ldt", "lookup_dcookie", "vmsplice", "seccomp",
	"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
	// the file system's shape
	"umount", "pivot_root", "chroot", "mount_setattr", "open_tree", "move_mount",
	"fsopen", "fsconfig", "fsmount", "fspick", "mknod", "mknodat", "futimesat", "quotactl", "quotactl_fd",
	"name_to_handle_at", "open_by_handle_at", "swapon", "swapoff", "nfsservctl",
	"unshare", "sethostname", "setdomainname", "fchown", "fsetxattr", "fremovexattr",
	// the machine
	"reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module",
	"syslog", "acct", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime",
	"iopl", "ioperm", "vhangup", "uselib", "personality", "mlock", "mlock2", "mlockall",
	"sysfs", "_sysctl", "ustat", "afs_syscall", "tuxcall", "security", "getpmsg", "putpmsg", "vserver",
}

// forbiddenWhenSecluded are refused in containers with Config.Secluded.
var forbiddenWhenSecluded = []string{"pipe", "fchmod"}

const (
	x32Bit = 0x40000000

	tmpfsFlags    = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOATIME | msNoSymfollow
	msNoSymfollow = 256
	runNamespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWNET |
		unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP
	initNamespaces = runNamespaces | unix.CLONE_NEWPID
)

// filterPass is the secret of this process. It is known to nobody else: a
// program can neither read the filter nor what its registers held before exec.
var filterPass = sync.OnceValue(func() uintptr {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return uintptr(binary.NativeEndian.Uint64(b[:]))
})

// filterProgram is the assembled filter, secludedProgram that of containers
// with Config.Secluded.
var (
	filterProgram   = sync.OnceValues(func() ([]bpf.RawInstruction, error) { return assembleFilter(false) })
	secludedProgram = sync.OnceValues(func() ([]bpf.RawInstruction, error) { return assembleFilter(true) })
)

func assembleFilter(secluded bool) ([]bpf.RawInstruction, error) {
	info, err := arch.GetInfo("")
	if err != nil {
		return nil, err
	}
	names := forbidden
	if secluded {
		names = slices.Concat(names, forbiddenWhenSecluded)
	}
	present := make([]string, 0, len(names))
	for _, name := range names {
		if _, ok := info.SyscallNames[name]; ok {
			present = append(present, name)
		}
	}
	policy := seccomp.Policy{
		DefaultAction: seccomp.ActionAllow,
		Syscalls: []seccomp.SyscallGroup{
			{Names: present, Action: seccomp.ActionErrno | seccomp.Action(unix.EPERM)},
			{NamesWithCondtions: conditional(secluded), Action: seccomp.ActionErrno | seccomp.Action(unix.EPERM)},
			// ENOSYS makes libc fall back to clone, whose flags can be read, and to
			// fstatat, which does not tell the number of a mount: it would show how
			// many were made since, and thus whether this container was.
			{Names: []string{"statx"}, NamesWithCondtions: []seccomp.NameWithConditions{without("clone3", 2)},
				Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)},
		},
	}
	body, err := policy.Assemble()
	if err != nil {
		return nil, fmt.Errorf("assemble seccomp filter: %w", err)
	}
	highest := 0
	for _, nr := range info.SyscallNames {
		highest = max(highest, nr)
	}
	return bpf.Assemble(slices.Concat(guard(info, uint32(min(highest, lastReviewed))), noDevices(), noFlushes(), noLocks(), noMarks(), noTuning(), body))
}

// conditional calls give EPERM with some of their arguments.
func conditional(secluded bool) []seccomp.NameWithConditions {
	calls := []seccomp.NameWithConditions{
		// A child prepares itself with these.
		without("mount", 5), without("umount2", 2), without("setns", 2), without("sched_setscheduler", 5),
		without("socketpair", 4), without("sendmsg", 5), without("perf_event_open", 5),
		// Its files are numbered in one row for the whole machine, as pipes are: see Config.Secluded.
		without("pidfd_open", 2),
		// The only socket there can be is the one by which a window's input comes.
		when("recvmsg", 0, seccomp.NotEqual, 0),
		// Times and owner of an open file: it may be the host's /dev/null, or belong
		// to a judge without privileges, and so to the program. With a path there is
		// nothing to reach outside of /work.
		when("utimensat", 1, seccomp.Equal, 0), when("utimensat", 3, seccomp.BitsSet, unix.AT_EMPTY_PATH),
		when("fchownat", 4, seccomp.BitsSet, unix.AT_EMPTY_PATH), when("fchmodat2", 3, seccomp.BitsSet, unix.AT_EMPTY_PATH),
		// Huge pages come from a pool of the machine's that memory limits do not cover.
		when("mmap", 3, seccomp.BitsSet, unix.MAP_HUGETLB),
	}
	if secluded {
		calls = append(calls, without("pipe2", 2))
	}
	for _, flag := range []uint64{unix.CLONE_NEWUSER, unix.CLONE_NEWNS, unix.CLONE_NEWNET, unix.CLONE_NEWIPC,
		unix.CLONE_NEWUTS, unix.CLONE_NEWCGROUP, unix.CLONE_NEWPID, unix.CLONE_PARENT, unix.CLONE_PIDFD} {
		// CLONE_PARENT would make the judge the parent, who then had to wait; for
		// CLONE_PIDFD see pidfd_open.
		calls = append(calls, when("clone", 0, seccomp.BitsSet, flag))
	}
	return calls
}

// when is a call with such a value in an argument. All 64 bits of it count,
// of which the kernel may look at half: refuse descriptors and the like that
// differ from a value, never those that are equal to it.
func when(name string, arg uint32, is seccomp.Operation, value uint64) seccomp.NameWithConditions {
	return seccomp.NameWithConditions{Name: name, Conditions: seccomp.ArgumentConditions{{Argument: arg, Operation: is, Value: value}}}
}

// without is a call without the pass in an argument.
func without(name string, arg uint32) seccomp.NameWithConditions {
	return when(name, arg, seccomp.NotEqual, uint64(filterPass()))
}

// lastReviewed is futex_requeue, the last call that was looked at for what it
// would show or do: statmount, the next, shows where a mount comes from. Since
// 424 calls have the same number on all architectures.
const lastReviewed = 456

// noLocks refuses the uses of fcntl by which programs could signal to each
// other through a file that both are given.
func noLocks() []bpf.Instruction {
	return refuseUses(unix.SYS_FCNTL, 1, unix.F_SETLK, unix.F_SETLKW, unix.F_OFD_SETLK, unix.F_OFD_SETLKW, unix.F_SETLEASE, unix.F_NOTIFY)
}

// noDevices refuses every use of ioctl but those of terminals' kind, 0x54 in the
// second byte: they are what libc asks of any file, whether it is a terminal and
// how much there is to read. Others reach what is behind a descriptor: network
// interfaces of the socket's namespace, blocks and flags of a file, counters of a
// device.
func noDevices() []bpf.Instruction {
	return answer(refusal, unix.SYS_IOCTL, 1,
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0xff00},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0x5400, SkipTrue: 1})
}

// noFlushes has the calls that bring a file to disk do nothing and say that they
// did: of a program's own there is nothing on any disk. Without MS_SYNC msync
// flushes nothing, and some ask it whether an address is mapped.
func noFlushes() []bpf.Instruction {
	const done = uint32(seccomp.ActionErrno)
	return slices.Concat(
		answer(done, unix.SYS_FSYNC, 0), answer(done, unix.SYS_FDATASYNC, 0), answer(done, unix.SYS_SYNC_FILE_RANGE, 0),
		answer(done, unix.SYS_MSYNC, 2, bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: unix.MS_SYNC, SkipTrue: 1}))
}

// noMarks refuses to leave marks on an open file, such as the input, for later
// runs: the hint how long what is written will live, which some kernels let
// anybody set. The mode of standard input is its owner's, who may be the
// program's user; compilers change that of what they write. What is said of
// pages may be said of those of files that others have mapped too: to merge them
// with equal ones, make a large page of them, or have them swapped out.
func noMarks() []bpf.Instruction {
	return slices.Concat(
		refuseUses(unix.SYS_FCNTL, 1, unix.F_SET_RW_HINT, unix.F_SET_FILE_RW_HINT),
		refuseUses(unix.SYS_FCHMOD, 0, 0),
		refuseUses(unix.SYS_MADVISE, 2, unix.MADV_MERGEABLE, unix.MADV_COLD, unix.MADV_PAGEOUT, unix.MADV_COLLAPSE))
}

// noTuning refuses the uses of prctl that make the CPU faster for a program
// than for the one beside which it is timed: a core without neighbours on its
// other hardware threads, and mitigations of its own choice.
func noTuning() []bpf.Instruction {
	return refuseUses(unix.SYS_PRCTL, 0, unix.PR_SCHED_CORE, unix.PR_SET_SPECULATION_CTRL)
}

// refuseUses gives EPERM to a call with one of these values in an argument,
// counted from 0. The kernel looks at the lower half of these arguments alone,
// and so does this.
func refuseUses(call uint32, argument int, values ...uint32) []bpf.Instruction {
	var tests []bpf.Instruction
	for i, v := range values {
		tests = append(tests, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipTrue: uint8(len(values) - i)})
	}
	return answer(refusal, call, argument, append(tests, bpf.Jump{Skip: 1})...)
}

// refusal is EPERM.
const refusal = uint32(seccomp.ActionErrno) | uint32(unix.EPERM)

// answer answers a call in the kernel's place if its argument, the lower half of
// it, comes to the end of some tests. Those that skip one instruction more let it
// go on.
func answer(with, call uint32, argument int, tests ...bpf.Instruction) []bpf.Instruction {
	const number, arguments = 0, 16 // offsets of the call's number and its first argument
	return slices.Concat([]bpf.Instruction{
		bpf.LoadAbsolute{Off: number, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: call, SkipTrue: uint8(len(tests) + 2)},
		bpf.LoadAbsolute{Off: arguments + 8*uint32(argument), Size: 4},
	}, tests, []bpf.Instruction{bpf.RetConstant{Val: with}})
}

// guard goes before the library's program, which lets foreign instruction
// sets through when the default is to allow: those are killed, and calls above
// highest do not exist.
func guard(info *arch.Info, highest uint32) []bpf.Instruction {
	kill := bpf.RetConstant{Val: uint32(seccomp.ActionKillProcess)}
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: 4, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(info.ID), SkipTrue: 1},
		kill,
		bpf.LoadAbsolute{Off: 0, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32Bit, SkipTrue: 1},
		kill,
		bpf.JumpIf{Cond: bpf.JumpLessOrEqual, Val: highest, SkipTrue: 1},
		bpf.RetConstant{Val: uint32(seccomp.ActionErrno) | uint32(unix.ENOSYS)},
	}
}

// installFilter puts the filter on the calling thread alone, for good.
func installFilter(secluded bool) error {
	program := filterProgram
	if secluded {
		program = secludedProgram
	}
	code, err := program()
	if err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	prog := struct {
		length uint16
		code   *bpf.RawInstruction
	}{uint16(len(code)), &code[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, 1 /* SECCOMP_SET_MODE_FILTER */, 0, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(code)
	if errno != 0 {
		return fmt.Errorf("seccomp filter: %w", errno)
	}
	return nil
}
