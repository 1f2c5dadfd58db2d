package sandbox

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// kernelPart is a part of the kernel that programs have no use for, and how to
// ask for it. Whoever asks must be refused before the kernel looks at the
// arguments, all of which ask for nothing: should the filter not hold, they fail.
type kernelPart struct {
	name, meaning string
	calls         []kernelCall
	families      int // so many families of sockets are tried as well
}

type kernelCall struct {
	name string
	nr   uintptr
	args [4]uintptr
	want unix.Errno // 0 is EPERM
}

// none is a descriptor that there is not.
const none = ^uintptr(0)

// kernelParts are tried one by one, by judge doctor and in every container's filter.
var kernelParts = []kernelPart{
	{name: "sockets", families: 64,
		meaning: "no family can be asked for: netlink with netfilter and its tables, packet, vsock, AF_ALG, AF_KEY, XDP, Bluetooth",
		calls: []kernelCall{
			{name: "socketpair", nr: unix.SYS_SOCKETPAIR, args: [4]uintptr{unix.AF_UNIX, unix.SOCK_STREAM}},
			{name: "setsockopt", nr: unix.SYS_SETSOCKOPT, args: [4]uintptr{none}},
			{name: "sendmsg", nr: unix.SYS_SENDMSG, args: [4]uintptr{none}},
			{name: "ioctl SIOCGIFCONF", nr: unix.SYS_IOCTL, args: [4]uintptr{none, unix.SIOCGIFCONF}},
		}},
	{name: "namespaces", meaning: "no user namespace, in which a program would be root over the rest of the kernel",
		calls: []kernelCall{
			{name: "unshare", nr: unix.SYS_UNSHARE}, {name: "setns", nr: unix.SYS_SETNS, args: [4]uintptr{none}},
			{name: "clone", nr: unix.SYS_CLONE, args: [4]uintptr{unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_PARENT | unix.CLONE_THREAD}},
			{name: "clone3", nr: unix.SYS_CLONE3, want: unix.ENOSYS},
		}},
	{name: "io_uring", meaning: "no calls by another way than the filtered one",
		calls: []kernelCall{
			{name: "io_uring_setup", nr: unix.SYS_IO_URING_SETUP}, {name: "io_uring_enter", nr: unix.SYS_IO_URING_ENTER, args: [4]uintptr{none}},
			{name: "io_uring_register", nr: unix.SYS_IO_URING_REGISTER, args: [4]uintptr{none}},
			{name: "io_setup", nr: unix.SYS_IO_SETUP},
		}},
	{name: "bpf", meaning: "no programs in the kernel, nor filters and landlock rules of a program's own",
		calls: []kernelCall{
			{name: "bpf", nr: unix.SYS_BPF, args: [4]uintptr{none}}, {name: "seccomp", nr: unix.SYS_SECCOMP, args: [4]uintptr{none}},
			{name: "landlock_create_ruleset", nr: unix.SYS_LANDLOCK_CREATE_RULESET}, {name: "landlock_restrict_self", nr: unix.SYS_LANDLOCK_RESTRICT_SELF, args: [4]uintptr{none}},
		}},
	{name: "keys", meaning: "no keys and keyrings, which outlive a run",
		calls: []kernelCall{
			{name: "add_key", nr: unix.SYS_ADD_KEY}, {name: "request_key", nr: unix.SYS_REQUEST_KEY}, {name: "keyctl", nr: unix.SYS_KEYCTL, args: [4]uintptr{none}},
		}},
	{name: "performance events", meaning: "no counters and traces of the processor and the kernel",
		calls: []kernelCall{{name: "perf_event_open", nr: unix.SYS_PERF_EVENT_OPEN}}},
	{name: "user faults", meaning: "no page faults handled by a program, with which the kernel can be stopped half way",
		calls: []kernelCall{{name: "userfaultfd", nr: unix.SYS_USERFAULTFD, args: [4]uintptr{none}}}},
	{name: "other processes", meaning: "no tracing, no reading, no descriptors of another process",
		calls: []kernelCall{
			{name: "ptrace", nr: unix.SYS_PTRACE, args: [4]uintptr{none}}, {name: "process_vm_readv", nr: unix.SYS_PROCESS_VM_READV, args: [4]uintptr{none}},
			{name: "process_vm_writev", nr: unix.SYS_PROCESS_VM_WRITEV, args: [4]uintptr{none}}, {name: "pidfd_open", nr: unix.SYS_PIDFD_OPEN, args: [4]uintptr{none}},
			{name: "pidfd_getfd", nr: unix.SYS_PIDFD_GETFD, args: [4]uintptr{none}}, {name: "kcmp", nr: unix.SYS_KCMP},
		}},
	{name: "mounts", meaning: "no mounting, neither by the old calls nor the new, and nothing told of mounts",
		calls: []kernelCall{
			{name: "mount", nr: unix.SYS_MOUNT}, {name: "umount2", nr: unix.SYS_UMOUNT2}, {name: "pivot_root", nr: unix.SYS_PIVOT_ROOT},
			{name: "open_tree", nr: unix.SYS_OPEN_TREE, args: [4]uintptr{none}}, {name: "move_mount", nr: unix.SYS_MOVE_MOUNT, args: [4]uintptr{none}},
			{name: "fsopen", nr: unix.SYS_FSOPEN}, {name: "fsmount", nr: unix.SYS_FSMOUNT, args: [4]uintptr{none}},
			{name: "statx", nr: unix.SYS_STATX, args: [4]uintptr{none}, want: unix.ENOSYS}, {name: "statmount", nr: unix.SYS_STATMOUNT, want: unix.ENOSYS},
			{name: "open_by_handle_at", nr: unix.SYS_OPEN_BY_HANDLE_AT, args: [4]uintptr{none}},
		}},
	{name: "queues and watches", meaning: "no pipes, message queues, shared memory or notices of files, which the machine has in common",
		calls: []kernelCall{
			{name: "pipe2", nr: unix.SYS_PIPE2}, {name: "mq_open", nr: unix.SYS_MQ_OPEN}, {name: "shmget", nr: unix.SYS_SHMGET, args: [4]uintptr{none}},
			{name: "memfd_create", nr: unix.SYS_MEMFD_CREATE}, {name: "vmsplice", nr: unix.SYS_VMSPLICE, args: [4]uintptr{none}},
			{name: "inotify_init1", nr: unix.SYS_INOTIFY_INIT1, args: [4]uintptr{none}}, {name: "fanotify_init", nr: unix.SYS_FANOTIFY_INIT, args: [4]uintptr{none}},
		}},
	{name: "the kernel itself", meaning: "no modules, no other kernel, no clocks, logs, swap and quotas",
		calls: []kernelCall{
			{name: "kexec_load", nr: unix.SYS_KEXEC_LOAD, args: [4]uintptr{0, none}}, {name: "init_module", nr: unix.SYS_INIT_MODULE},
			{name: "finit_module", nr: unix.SYS_FINIT_MODULE, args: [4]uintptr{none}}, {name: "delete_module", nr: unix.SYS_DELETE_MODULE},
			{name: "reboot", nr: unix.SYS_REBOOT}, {name: "syslog", nr: unix.SYS_SYSLOG, args: [4]uintptr{none}}, {name: "clock_settime", nr: unix.SYS_CLOCK_SETTIME, args: [4]uintptr{none}},
			{name: "swapon", nr: unix.SYS_SWAPON}, {name: "quotactl", nr: unix.SYS_QUOTACTL, args: [4]uintptr{none}}, {name: "personality", nr: unix.SYS_PERSONALITY, args: [4]uintptr{uintptr(^uint32(0))}},
		}},
	{name: "devices", meaning: "of a descriptor only what libc asks: is it a terminal, how much is there to read",
		calls: []kernelCall{
			{name: "ioctl KVM_GET_API_VERSION", nr: unix.SYS_IOCTL, args: [4]uintptr{none, 0xae00}}, {name: "ioctl FIBMAP", nr: unix.SYS_IOCTL, args: [4]uintptr{none, 1}},
			{name: "ioctl FS_IOC_SETFLAGS", nr: unix.SYS_IOCTL, args: [4]uintptr{none, unix.FS_IOC_SETFLAGS}},
			{name: "mknodat", nr: unix.SYS_MKNODAT, args: [4]uintptr{none}},
		}},
}

// found says what was tried.
func (p kernelPart) found() string {
	if p.families > 0 {
		return fmt.Sprintf("%d families and %d calls are refused", p.families, len(p.calls))
	}
	if len(p.calls) == 1 {
		return "refused"
	}
	return fmt.Sprintf("%d calls are refused", len(p.calls))
}

// try asks for the part, on a thread with the filter.
func (p kernelPart) try() error {
	for family := range p.families {
		if _, _, errno := unix.RawSyscall(unix.SYS_SOCKET, uintptr(family), unix.SOCK_RAW, 0); errno != unix.EPERM {
			return fmt.Errorf("a socket of family %d is not refused: got %w, want %w", family, errno, unix.EPERM)
		}
	}
	for _, c := range p.calls {
		want := c.want
		if want == 0 {
			want = unix.EPERM
		}
		_, _, errno := unix.RawSyscall6(c.nr, c.args[0], c.args[1], c.args[2], c.args[3], 0, 0)
		if errno != want {
			return fmt.Errorf("%s is not refused: got %w, want %w", c.name, errno, want)
		}
	}
	return nil
}
