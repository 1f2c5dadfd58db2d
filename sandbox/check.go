package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Report says which protections this machine gives.
type Report struct {
	Protections []Protection `json:"protections"`
	// Degraded: programs run, but some limit is not enforced exactly or some
	// fact not measured; not for an official contest.
	Degraded bool `json:"degraded"`
	// Unusable: no container can be made here.
	Unusable bool `json:"unusable"`
}

// Protection is one line of the report.
type Protection struct {
	Group   Group   `json:"group"`
	Name    string  `json:"name"`
	Present bool    `json:"present"`
	Found   string  `json:"found"`             // what was seen
	Meaning string  `json:"meaning"`           // what it protects
	Cure    string  `json:"cure,omitempty"`    // how to get it, when it is missing
	Without string  `json:"without,omitempty"` // what is worse while it is missing
	Refused Refusal `json:"refused,omitempty"` // what is not done while it is missing
}

// Group is what a protection is for.
type Group string

// The groups, in the order of the report.
const (
	Isolation Group = "isolation" // a program reaches nothing but what it is given
	Closing   Group = "kernel"    // a program reaches no part of the kernel in which holes are found
	Limiting  Group = "limits"    // a program uses no more than it may, and what it uses is known
)

// Refusal is what is not done on a machine that lacks a protection.
type Refusal string

// What can be refused; nothing is where the lack only makes something worse.
const (
	RefusesNothing  Refusal = ""
	RefusesOfficial Refusal = "official contests"
	RefusesPrograms Refusal = "every program"
)

// LimitsMemory says whether a program is stopped at its memory limit and its
// peak is known; without it memory is only bounded roughly.
func (r Report) LimitsMemory() bool {
	for _, p := range r.Missing() {
		if p.Name == memoryGroup {
			return false
		}
	}
	return true
}

// Missing lists what is not there.
func (r Report) Missing() []Protection {
	var list []Protection
	for _, p := range r.Protections {
		if !p.Present {
			list = append(list, p)
		}
	}
	return list
}

const memoryGroup = "control group memory"

// Check looks at the machine, mostly by trying. It leaves nothing behind but
// what findCgroups does.
func Check() Report {
	var r Report
	r.kernel()
	r.namespaces()
	r.calls()
	r.filter()
	r.trial()
	r.layers()
	r.privilege()
	r.groups()
	r.ownLimits()
	return r
}

// add takes err as the reason why the protection is missing, nil if it is not.
func (r *Report) add(p Protection, err error) {
	p.Present = err == nil
	if err != nil {
		p.Found = strings.ReplaceAll(err.Error(), "\n", "; ")
		r.Unusable = r.Unusable || p.Refused == RefusesPrograms
		r.Degraded = r.Degraded || p.Refused != RefusesNothing
	} else {
		p.Cure, p.Without, p.Refused = "", "", RefusesNothing
		p.Found = cmp.Or(p.Found, "works")
	}
	r.Protections = append(r.Protections, p)
}

// oldKernel is the cure where a call is missing.
const oldKernel = "install Linux 5.12 or newer; in a container runtime, take a seccomp profile that allows the call (docker run --privileged)"

func (r *Report) kernel() {
	var u unix.Utsname
	_ = unix.Uname(&u)
	release := unix.ByteSliceToString(u.Release[:])
	var major, minor int
	_, _ = fmt.Sscanf(release, "%d.%d", &major, &minor)
	var err error
	if major < 5 || major == 5 && minor < 12 {
		err = errors.New(release)
	}
	r.add(Protection{
		Group: Isolation, Name: "kernel", Found: release,
		Meaning: "Linux 5.12 has the mount and process calls that a container is built with",
		Cure:    "install Linux 5.12 or newer (6.12 for the exact memory peak on cgroup v2)", Refused: RefusesPrograms,
	}, err)
	_, err = os.ReadFile("/proc/self/mountinfo")
	r.add(Protection{
		Group: Isolation, Name: "proc file system",
		Meaning: "through it the users of a container are mapped, and the machine's mounts found that no program may see",
		Cure:    "mount -t proc proc /proc", Refused: RefusesPrograms,
	}, err)
}

func (r *Report) namespaces() {
	outer := uintptr(0)
	if os.Geteuid() != 0 {
		outer = unix.CLONE_NEWUSER
	}
	for _, ns := range []struct {
		name    string
		flag    uintptr
		sysctl  string
		meaning string
	}{
		{"user namespace", unix.CLONE_NEWUSER, "user", "a program has no rights on the machine, whatever it becomes inside"},
		{"process namespace", unix.CLONE_NEWPID, "pid", "a program sees and signals only itself, and dies as a whole"},
		{"mount namespace", unix.CLONE_NEWNS, "mnt", "a program sees only the files it is given"},
		{"network namespace", unix.CLONE_NEWNET, "net", "there is no network"},
		{"IPC namespace", unix.CLONE_NEWIPC, "ipc", "nothing is left in shared memory for another run"},
		{"UTS namespace", unix.CLONE_NEWUTS, "uts", "the machine's name is hidden"},
		{"cgroup namespace", unix.CLONE_NEWCGROUP, "cgroup", "the machine's control groups are hidden"},
	} {
		err := tryClone(outer | ns.flag)
		cure := "run as root, or: sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0 (those that exist); in a container runtime: docker run --privileged"
		if errors.Is(err, unix.ENOSPC) {
			cure = fmt.Sprintf("sysctl user.max_%s_namespaces=10000", ns.sysctl)
		}
		r.add(Protection{Group: Isolation, Name: ns.name, Meaning: ns.meaning, Cure: cure, Refused: RefusesPrograms}, err)
	}
}

// tryClone makes a child in new namespaces that exits at once.
func tryClone(flags uintptr) error {
	s := &script{}
	s.call("exit", unix.SYS_EXIT_GROUP, 0)
	pid, err := s.start(&cloneArgs{flags: uint64(flags) | unix.CLONE_VM | unix.CLONE_VFORK | cloneClearSighand, exitSignal: uint64(unix.SIGCHLD)})
	if err != nil {
		return err
	}
	_, err = wait4(pid, nil)
	return err
}

// calls tries the system calls that containers are made with, one by one, so
// that one which is hidden is named.
func (r *Report) calls() {
	drop := func(fd int, err error) error {
		if err == nil {
			_ = unix.Close(fd)
		}
		return err
	}
	for _, c := range []struct {
		name    string
		try     func() error
		meaning string
	}{
		{"clone3", func() error { return tryClone(0) },
			"a program is born in its control group, with default signal actions, under the same process number each time"},
		{"pidfd", func() error { return drop(unix.PidfdOpen(os.Getpid(), 0)) },
			"processes are killed and awaited by handle, never by a number that may be another's"},
		{"openat2", func() error {
			return drop(unix.Openat2(unix.AT_FDCWD, "/", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS}))
		}, "files that programs wrote are collected without following their links"},
		{"mount_setattr", func() error {
			_, _, errno := unix.RawSyscall6(unix.SYS_MOUNT_SETATTR, ^uintptr(0), 0, 0, uintptr(unsafe.Pointer(&unix.MountAttr{})), 0, 0)
			if errno == unix.ENOSYS {
				return errno
			}
			return nil
		}, "what is shown to programs is read-only with everything below it"},
		{"programs in memory", tryMemory,
			"a program and the container's init are executed from memory files (memfd_create, execveat); nothing is written to disk"},
	} {
		r.add(Protection{Group: Isolation, Name: c.name, Meaning: c.meaning, Cure: oldKernel, Refused: RefusesPrograms}, c.try())
	}
	var numbers error
	if lastNumber() < 0 {
		numbers = errors.New(lastNumberFile + " cannot be written")
	}
	r.add(Protection{Group: Isolation, Name: "process numbers", Found: "start anew in every run",
		Meaning: "a run cannot tell the next something by how many processes it made",
		Cure:    "a kernel with CONFIG_CHECKPOINT_RESTORE, and /proc/sys writable (docker run --privileged)",
		Without: "a new container for every run of a program that may have several processes: 2 ms each"}, numbers)
}

// tryMemory executes the container's init, which ends with its input.
func tryMemory() error {
	stub, err := stubFile()
	if err != nil {
		return fmt.Errorf("%w (sysctl vm.memfd_noexec=0)", err)
	}
	s := &script{}
	s.openNull()
	s.unblockSignals()
	s.call("execveat", unix.SYS_EXECVEAT, stub.Fd(), s.str(""), s.strs([]string{"init"}), s.strs(nil), unix.AT_EMPTY_PATH)
	pid, err := s.start(&cloneArgs{flags: unix.CLONE_VM | unix.CLONE_VFORK | cloneClearSighand, exitSignal: uint64(unix.SIGCHLD)})
	if err != nil {
		return err
	}
	status, err := wait4(pid, nil)
	if failed := s.failure(); failed != nil {
		return failed
	}
	if err == nil && (!status.Exited() || status.ExitStatus() != 0) {
		err = fmt.Errorf("it ended with status %#x", uint32(status))
	}
	return err
}

// filter installs the filter on a thread and tries from there what a program
// would.
func (r *Report) filter() {
	var installed, holds, privileges error
	reached := make([]error, len(kernelParts))
	thread := newThread()
	thread.do(func() {
		if installed = installFilter(true); installed != nil {
			return
		}
		holds = tryForbidden()
		for i, part := range kernelParts {
			reached[i] = part.try()
		}
		if v, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err != nil || v != 1 {
			privileges = fmt.Errorf("is %d after it was set, %v", v, err)
		}
	})
	thread.stop()
	r.add(Protection{Group: Isolation, Name: "no new privileges", Meaning: "no set-user-ID file gives a program rights, and without it no filter can be set",
		Cure: oldKernel, Refused: RefusesPrograms}, errors.Join(installed, privileges))
	r.add(Protection{Group: Isolation, Name: "seccomp filter", Found: "socket, unshare and clone3 are refused from inside",
		Meaning: "sockets, tracing, other instruction sets and seldom tried parts of the kernel are closed",
		Cure:    "use a kernel with CONFIG_SECCOMP_FILTER=y (zgrep SECCOMP /proc/config.gz)", Refused: RefusesPrograms}, errors.Join(installed, holds))
	for i, part := range kernelParts {
		r.add(Protection{Group: Closing, Name: part.name, Found: part.found(), Meaning: part.meaning,
			Cure: "report it: on this kernel the sandbox's filter does not keep programs from it", Refused: RefusesPrograms}, errors.Join(installed, reached[i]))
	}
}

func tryForbidden() error {
	for _, call := range []struct {
		name string
		nr   uintptr
		args [2]uintptr
		want unix.Errno
	}{
		{"socket", unix.SYS_SOCKET, [2]uintptr{unix.AF_UNIX, unix.SOCK_STREAM}, unix.EPERM},
		{"unshare", unix.SYS_UNSHARE, [2]uintptr{0, 0}, unix.EPERM},
		{"clone3", unix.SYS_CLONE3, [2]uintptr{0, 0}, unix.ENOSYS},
	} {
		if _, _, errno := unix.RawSyscall(call.nr, call.args[0], call.args[1], 0); errno != call.want {
			return fmt.Errorf("%s is not refused: got %d, want %w", call.name, errno, call.want)
		}
	}
	return nil
}

// trial does the whole: a container, a program in it, and its end.
func (r *Report) trial() {
	err := errors.New("not tried, as something above is missing")
	noLinks := err
	if !r.Unusable {
		noLinks, err = tryRun()
	}
	r.add(Protection{Group: Isolation, Name: "no links in /work", Found: "tmpfs, nosuid, nodev, nosymfollow",
		Meaning: "no link that a program leaves leads it or the judge anywhere",
		Cure:    oldKernel, Refused: RefusesPrograms}, cmp.Or(noLinks, err))
	r.add(Protection{Group: Isolation, Name: "trial run", Found: "a program ran in a container and nothing was left",
		Meaning: "all of this works together",
		Cure:    "see what is named here; if nothing above is missing, a security module may forbid it (dmesg | tail)", Refused: RefusesPrograms}, err)
}

// tryRun runs the init's program in a container. noLinks is about how the
// work folder is mounted.
func tryRun() (noLinks, err error) {
	c, err := New(context.Background(), Config{WorkBytes: 1 << 20, Devices: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	stub, err := stubFile()
	if err != nil {
		return nil, err
	}
	facts, err := c.Run(context.Background(), Command{Program: stub, Args: []string{"trial"}})
	switch {
	case err != nil:
		return nil, err
	case !facts.Exited || facts.ExitStatus != 0 || facts.Hit != NoLimit || facts.LeftProcesses:
		return nil, fmt.Errorf("the program should end with status 0 and did not: %+v", facts)
	}
	var st unix.Statfs_t
	if err := unix.Fstatfs(c.in.work, &st); err != nil {
		return err, nil
	}
	const noSymfollow = 0x2000 // ST_NOSYMFOLLOW
	if want := int64(noSymfollow | unix.ST_NOSUID | unix.ST_NODEV); int64(st.Flags)&want != want {
		return fmt.Errorf("mounted with flags %#x, which lack some of %#x", st.Flags, want), nil
	}
	return nil, nil
}

// layers tries an overlay, which only some problems need.
func (r *Report) layers() {
	err := errors.New("not tried, as something above is missing")
	if !r.Unusable {
		err = tryLayers()
	}
	r.add(Protection{Group: Isolation, Name: "layers", Found: "an overlay above a folder in " + os.TempDir(),
		Meaning: "programs change a folder that they are given, and the folder stays as it is",
		Cure:    "Linux 6.6 or newer with overlayfs (modprobe overlay); as root also a file system with idmapped mounts for the problems, as ext4, XFS or Btrfs (in a container runtime: a volume)",
		Without: "no contest in which patches of a large program are built can be held: every program would need a copy of it"}, err)
}

// tryLayers changes a file of a folder in an overlay.
func tryLayers() (err error) {
	dir, err := os.MkdirTemp("", "judge-layers-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	const name = "file"
	if err := os.WriteFile(filepath.Join(dir, name), []byte("before"), 0o600); err != nil {
		return err
	}
	c, err := New(context.Background(), Config{Layers: []Layers{{Target: "/layers", Lower: []string{dir}, UpperBytes: 1 << 20}}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.WriteFile("/layers/"+name, []byte("after"), 0o600); err != nil {
		return err
	}
	above, err := c.ReadFile("/layers/"+name, 100)
	below, failed := os.ReadFile(filepath.Join(dir, name))
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if string(above) != "after" || string(below) != "before" {
		return fmt.Errorf("after a change there is %q above and %q below", above, below)
	}
	return nil
}

func (r *Report) privilege() {
	var err error
	user := fmt.Sprintf("user %d", os.Geteuid())
	if os.Geteuid() != 0 {
		err = errors.New(user)
	}
	r.add(Protection{Group: Isolation, Name: "separate users", Found: user, Meaning: "programs run as a host user of their own",
		Cure: "run the judge as root (sudo judge ...)", Without: "programs run as the judge's own user, inside their namespaces",
		Refused: RefusesOfficial}, err)
}

// groups makes a control group as a run would.
func (r *Report) groups() {
	groups := findCgroups()
	inhabited := groups.sweep()
	var missing error
	peak, swap := errors.New("needs a control group"), error(nil)
	if groups.version == 0 {
		missing = errors.New(groups.reason)
	} else if g, err := groups.newGroup(nil); err != nil {
		missing = err
	} else {
		peak, swap = nil, trySwap(g)
		if g.peak.fd < 0 {
			peak = errors.New("the kernel has no memory.peak")
		}
		missing = g.remove()
	}
	mode := "v" + strconv.Itoa(groups.version)
	cure := "run the judge as root, or where systemd delegates: systemd-run --user --scope -p Delegate=yes judge ..."
	for _, c := range []struct{ name, meaning, without string }{
		{memoryGroup, "memory is limited and its peak measured, kernel memory included", "memory is only bounded by RLIMIT_AS, and not reported"},
		{"control group cpuacct", "CPU time counts every process, waited for or not", "CPU time misses children that nobody waited for"},
		{"control group pids", "fork bombs stop at the limit, and left processes are seen", "processes are only bounded by RLIMIT_NPROC"},
	} {
		r.add(Protection{Group: Limiting, Name: c.name, Found: mode, Meaning: c.meaning, Cure: cure, Without: c.without, Refused: RefusesOfficial}, missing)
	}
	r.add(Protection{Group: Limiting, Name: "memory peak", Meaning: "the peak of memory use is reported",
		Cure: "on cgroup v2, install Linux 5.19 or newer; else see control group memory", Without: "memory is reported as 0", Refused: RefusesOfficial}, peak)
	if missing == nil {
		r.add(Protection{Group: Limiting, Name: "swap counts as memory", Found: "limited, or there is none",
			Meaning: "a program cannot go on in swap beyond its memory limit",
			Cure:    "swapoff -a; or boot with swapaccount=1", Without: "a program at its memory limit goes on in swap", Refused: RefusesOfficial}, swap)
	}
	r.add(Protection{Group: Limiting, Name: "no leftovers", Found: "none",
		Meaning: "control groups of judges that were killed are gone, and with them what ran there",
		Cure:    "look at cgroup.procs in these folders; kill the processes if they are the judge's, and run judge doctor again, which removes the groups",
		Without: "what is left goes on using memory and CPUs"}, leftovers(inhabited))
	cpuset := missing
	if missing == nil && !groups.cpuset {
		cpuset = errors.New("the controller is not handed down")
	}
	r.add(Protection{Group: Limiting, Name: "control group cpuset", Found: mode,
		Meaning: "programs keep to their CPUs while the judge's own thread stays off them",
		Cure:    "as root on cgroup v2: echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control; under systemd: Delegate=cpuset",
		Without: "programs are bound by affinity, which they cannot change, but the judge's thread is on the same CPUs"}, cpuset)
}

func leftovers(inhabited []string) error {
	if len(inhabited) == 0 {
		return nil
	}
	return errors.New("processes in " + strings.Join(inhabited, ", "))
}

// trySwap says whether a program could leave its memory limit for swap.
func trySwap(g *group) error {
	if g.swapMax.fd >= 0 {
		return nil
	}
	swaps, err := os.ReadFile("/proc/swaps")
	if err == nil && strings.Count(string(swaps), "\n") < 2 {
		return nil // only the heading
	}
	return errors.New("there is swap, and the kernel does not count it per control group")
}

// ownLimits are the judge's, which no child can exceed.
func (r *Report) ownLimits() {
	hard, err := hardLimits()
	found := ""
	for _, l := range DefaultLimits().rlimits(true, true) {
		if err == nil && hard[l.resource] < l.soft {
			found += fmt.Sprintf("%s: at most %d, wanted %d; ", l.name, hard[l.resource], l.soft)
		}
	}
	if found != "" {
		err = errors.New(strings.TrimSuffix(found, "; "))
	}
	r.add(Protection{Group: Limiting, Name: "the judge's own limits", Found: "above what programs are given",
		Meaning: "a program gets the stack, the files and the processes that it may use",
		Cure:    "ulimit -Hs unlimited; ulimit -Hn 4096; ulimit -Hu unlimited (as root, in the shell that starts the judge)",
		Without: "programs fail below the limit they were promised"}, err)
}
