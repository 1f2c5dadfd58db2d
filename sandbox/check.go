package sandbox

import (
	"fmt"
	"os"
	"runtime"
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
	Name    string `json:"name"`
	Present bool   `json:"present"`
	Found   string `json:"found"`             // what was seen
	Meaning string `json:"meaning"`           // what it protects
	Cure    string `json:"cure,omitempty"`    // how to get it, when it is missing
	Without string `json:"without,omitempty"` // what is refused or worse without it
}

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

const (
	memoryGroup = "control group memory"

	noContainer = "no program is run"
	noOfficial  = "official contests are refused unless told otherwise"
)

// Check looks at the machine, mostly by trying. It leaves nothing behind.
func Check() Report {
	var r Report
	r.kernel()
	r.namespaces()
	r.calls()
	for _, p := range r.Missing() {
		r.Unusable = r.Unusable || p.Without == noContainer
	}
	r.groups()
	r.privilege()
	r.noise()
	return r
}

func (r *Report) add(p Protection) {
	if p.Present {
		p.Cure, p.Without = "", ""
	} else if p.Without != "" {
		r.Degraded = true
	}
	r.Protections = append(r.Protections, p)
}

func (r *Report) kernel() {
	var u unix.Utsname
	_ = unix.Uname(&u)
	release := unix.ByteSliceToString(u.Release[:])
	var major, minor int
	_, _ = fmt.Sscanf(release, "%d.%d", &major, &minor)
	r.add(Protection{
		Name: "kernel", Present: major > 5 || major == 5 && minor >= 12, Found: release,
		Meaning: "Linux 5.12 has the mount and process calls that a container is built with",
		Cure:    "install Linux 5.12 or newer (6.12 for the exact memory peak on cgroup v2)", Without: noContainer,
	})
}

func (r *Report) namespaces() {
	outer := uintptr(0)
	if os.Geteuid() != 0 {
		outer = unix.CLONE_NEWUSER
	}
	for _, ns := range []struct {
		name    string
		flag    uintptr
		meaning string
	}{
		{"user namespace", unix.CLONE_NEWUSER, "a program has no rights on the machine, whatever it becomes inside"},
		{"process namespace", unix.CLONE_NEWPID, "a program sees and signals only itself, and dies as a whole"},
		{"mount namespace", unix.CLONE_NEWNS, "a program sees only the files it is given"},
		{"network namespace", unix.CLONE_NEWNET, "there is no network"},
		{"IPC namespace", unix.CLONE_NEWIPC, "nothing is left in shared memory for another run"},
		{"UTS namespace", unix.CLONE_NEWUTS, "the machine's name is hidden"},
		{"cgroup namespace", unix.CLONE_NEWCGROUP, "the machine's control groups are hidden"},
	} {
		err := tryClone(outer | ns.flag)
		r.add(Protection{
			Name: ns.name, Present: err == nil, Found: found(err), Meaning: ns.meaning,
			Cure:    "run as root, or allow it: sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0 user.max_user_namespaces=10000; in a container runtime, run it privileged",
			Without: noContainer,
		})
	}
}

// tryClone makes a child in new namespaces that exits at once.
func tryClone(flags uintptr) error {
	s := &script{}
	s.call("exit", unix.SYS_EXIT_GROUP, 0)
	pid, err := s.start(&cloneArgs{flags: uint64(flags) | unix.CLONE_VM | unix.CLONE_VFORK, exitSignal: uint64(unix.SIGCHLD)})
	if err != nil {
		return err
	}
	_, err = wait4(pid, nil)
	return err
}

func found(err error) string {
	if err != nil {
		return err.Error()
	}
	return "works"
}

func (r *Report) calls() {
	thread := newThread()
	var err error
	thread.do(func() { err = installFilter() })
	thread.stop()
	r.add(Protection{Name: "seccomp", Present: err == nil, Found: found(err),
		Meaning: "sockets, tracing, other instruction sets and seldom tried parts of the kernel are closed",
		Cure:    "use a kernel with CONFIG_SECCOMP_FILTER", Without: noContainer})
	fd, err := unix.Openat2(unix.AT_FDCWD, "/", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS})
	if err == nil {
		_ = unix.Close(fd)
	}
	r.add(Protection{Name: "openat2", Present: err == nil, Found: found(err),
		Meaning: "files that programs wrote are collected without following their links",
		Cure:    "use Linux 5.6 or newer without a seccomp profile that hides openat2", Without: noContainer})
	fd, err = unix.PidfdOpen(os.Getpid(), 0)
	if err == nil {
		_ = unix.Close(fd)
	}
	r.add(Protection{Name: "pidfd", Present: err == nil, Found: found(err),
		Meaning: "processes are killed and awaited by handle, never by a number that may be another's",
		Cure:    "use Linux 5.12 or newer without a seccomp profile that hides pidfd_open", Without: noContainer})
	_, _, errno := unix.RawSyscall6(unix.SYS_MOUNT_SETATTR, ^uintptr(0), 0, 0, uintptr(unsafe.Pointer(&unix.MountAttr{})), 0, 0)
	r.add(Protection{Name: "mount_setattr", Present: errno != unix.ENOSYS, Found: presence(errno != unix.ENOSYS),
		Meaning: "what is shown to programs is read-only with everything below it",
		Cure:    "use Linux 5.12 or newer", Without: noContainer})
}

func presence(ok bool) string {
	if ok {
		return "works"
	}
	return "missing"
}

func (r *Report) groups() {
	groups := findCgroups()
	peak := false
	mode := "none: " + groups.reason
	inhabited := groups.sweep()
	if groups.version != 0 {
		mode = "v" + strconv.Itoa(groups.version)
		if g, err := groups.newGroup(nil); err != nil {
			groups.version, mode = 0, err.Error()
		} else {
			peak = g.peak.fd >= 0
			_ = g.remove()
		}
	}
	cure := "run as root, or under systemd with Delegate=yes (systemd-run --user --scope -p Delegate=yes judge ...)"
	for _, c := range []struct{ name, meaning, without string }{
		{memoryGroup, "memory is limited and its peak measured, kernel memory included", "memory is only bounded by RLIMIT_AS and not reported; "},
		{"control group cpuacct", "CPU time counts every process, waited for or not", "CPU time misses children that nobody waited for; "},
		{"control group pids", "fork bombs stop at the limit and left processes are seen", "processes are only bounded by RLIMIT_NPROC; "},
	} {
		r.add(Protection{Name: c.name, Present: groups.version != 0, Found: mode, Meaning: c.meaning, Cure: cure, Without: c.without + noOfficial})
	}
	r.add(Protection{Name: "no leftovers", Present: len(inhabited) == 0, Found: leftovers(inhabited),
		Meaning: "control groups of judges that were killed are gone, and with them what ran there",
		Cure:    "look at cgroup.procs in these folders; kill the processes if they are the judge's, and run judge doctor again, which removes the groups"})
	r.add(Protection{Name: "memory peak", Present: peak, Found: presence(peak), Meaning: "the peak of memory use is reported",
		Cure: "on cgroup v2, use Linux 5.19 or newer", Without: "memory is limited but reported as 0; " + noOfficial})
	r.add(Protection{Name: "control group cpuset", Present: groups.version != 0 && groups.cpuset, Found: mode,
		Meaning: "programs keep to their CPUs while the judge's own thread stays off them",
		Cure:    "let the cpuset controller be delegated; without it programs are bound by affinity, which is as tight but shares the CPU with the judge"})
}

func leftovers(inhabited []string) string {
	if len(inhabited) == 0 {
		return "none"
	}
	return "processes in " + strings.Join(inhabited, ", ")
}

func (r *Report) privilege() {
	r.add(Protection{Name: "separate users", Present: os.Geteuid() == 0, Found: fmt.Sprintf("user %d", os.Geteuid()),
		Meaning: "programs run as a host user of their own",
		Cure:    "run as root", Without: "programs run as the judge's own user inside their namespaces; " + noOfficial})
}

// noise warns of what spoils timing; it is no protection that a run needs.
func (r *Report) noise() {
	b, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(b), " ")
	load, err := strconv.ParseFloat(first, 64)
	quiet := err == nil && load < 0.5*float64(runtime.NumCPU())
	r.add(Protection{Name: "quiet CPUs", Present: quiet, Found: fmt.Sprintf("load %s on %d CPUs", first, runtime.NumCPU()),
		Meaning: "times are not spoilt by other work",
		Cure:    "stop other work, or give the judge CPUs of its own (isolcpus, systemd AllowedCPUs)"})
	b, _ = os.ReadFile("/proc/stat")
	head, _, _ := strings.Cut(string(b), "\n")
	var stolen, all float64
	for i, f := range strings.Fields(head)[min(1, len(strings.Fields(head))):] {
		v, _ := strconv.ParseFloat(f, 64)
		all += v
		if i == 7 {
			stolen = v
		}
	}
	share := 0.0
	if all > 0 {
		share = 100 * stolen / all
	}
	r.add(Protection{Name: "own CPUs", Present: share < 0.1, Found: fmt.Sprintf("%.2f%% of CPU time stolen by the host since boot", share),
		Meaning: "a hypervisor does not take the CPU away in the middle of a run",
		Cure:    "measure on bare metal or a machine with dedicated CPUs"})
}

// Maintain removes control groups that a killed judge left behind. New does
// so as well.
func Maintain() { _ = findCgroups().sweep() }

// Init is for main and every TestMain to call first. It does nothing here:
// the container's init is a stub of its own and not the judge re-executed.
func Init() {}
