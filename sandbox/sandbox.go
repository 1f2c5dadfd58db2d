// Package sandbox runs programs under limits and reports facts about them.
// It knows nothing of contests: a program, its limits, mounts and files go
// in; exit status, times, memory and the limit that was hit come out. What
// the facts mean is for the caller to say.
//
// # Container
//
// A Container is prepared once and then entered by every run, because what
// isolates is dear (a network namespace 0.4 ms, a seccomp filter 0.2 ms) and
// what enters is cheap. It consists of
//
//   - namespaces for users, processes, mounts, network, IPC, host name and
//     control groups, kept alive by an init that only waits for the judge's
//     end (stub.go);
//   - a root file system of read-only mounts in an empty tmpfs, without /proc
//     and /etc, and a tmpfs at /work limited in bytes and inodes, on which no
//     link is followed (layout.go); and folders that programs may change
//     without changing them on the host (layers.go);
//   - a control group for memory, CPU time and processes, cgroup v1 or v2,
//     that is empty between runs (group.go);
//   - a thread of the judge that carries the seccomp filter and is the parent
//     of every program (thread.go, filter.go).
//
// # Run
//
// A run is one clone3 in the manner of vfork. The child shares the judge's
// memory and stack until it executes the program, so it must not run Go: it
// follows a table of system calls that was written down before, in assembly
// that lives in registers (plan.go, spawn_*.s). It enters the namespaces and
// the control group, gets descriptors 0 to 2, limits and an unprivileged
// user, reads the clocks, and executes. Everything it does before that is in
// no number. A step that fails is reported by name as our error.
//
// The child is not the container's init: the kernel does not let signals
// kill process 1, so abort would not end it. It always is process 2, lest
// its number tell which test this is.
//
// The judge waits for the program, its output and the next moment at which a
// limit could be hit, all in one poll (watch.go). The kill goes to the init:
// with it the kernel kills all that lives in its process namespace, whatever
// it forked, detached or ignores.
//
// # Facts
//
// Real time runs from the child's reading of the monotonic clock just before
// exec to the judge's after the wait. The parent could not take the first
// one: it may be scheduled only when the program is done already. CPU time
// is the larger of what wait reports and what the control group counted, for
// only the latter knows children that nobody waited for. Memory is the
// group's peak, without what was in /work before, kernel memory and files in /work
// included, at least what was used and little more (docs/sandbox.md); the resident set that wait reports would be the judge's own.
//
// # Afterwards
//
// A run that ends on its own, or because its window was closed, leaves the
// container as it was: what it left alive is killed, and the next run mounts a
// new /work. After a kill at a limit, and where a program that was not in a window
// left processes, namespaces and control group are thrown away and made
// anew: memory of a group that ran out may take tens of milliseconds to be
// given back and would kill the next program.
//
// If the judge dies, the init dies with it (by signal of the kernel, and
// because its pipe ends), and so does everything inside. Empty control groups
// are all that is left; the next New removes them.
//
// # Several programs
//
// Programs that run together have a container each and share nothing but pipes,
// which are data: a list of which descriptor leads to which (together.go). A
// program's output may be kept in a file that another then reads (output.go).
//
// # Without privileges
//
// As an ordinary user the same works as far as the kernel allows user
// namespaces, with control groups where systemd delegates them. Check says
// what is missing and what that costs.
package sandbox

import (
	"os"
	"syscall"
	"time"
)

// Mount shows a file or folder of the host inside the container, read-only.
type Mount struct {
	Source string // absolute path on the host
	Target string // absolute path inside the container
}

// Config describes a container: what its programs see and where they run.
type Config struct {
	// Mounts are bound read-only, nosuid and nodev into an otherwise empty root.
	Mounts []Mount
	// Layers are folders that programs may change, in copies that are theirs.
	Layers []Layers
	// Devices lets programs see /dev/null, /dev/zero, /dev/full and /dev/urandom.
	Devices bool
	// WorkBytes and WorkInodes size the writable tmpfs at /work; with
	// WorkBytes zero there is no writable place at all.
	WorkBytes  int64
	WorkInodes int64
	// Secluded refuses programs what compilers need and by which a run could tell
	// later runs something: pipes, which the kernel numbers in one row for the
	// whole machine, and to change the mode of open files.
	Secluded bool
	// CPUs the programs may use; empty means all of the judge's.
	CPUs []int
	// Policy is how the kernel schedules the programs. With a real-time one
	// the container's own thread runs above them on the first of CPUs, so
	// that no program can starve the watch over it; see CanSchedule.
	Policy Policy
}

// Limits of one run. Zero means the default of DefaultLimits, never "none".
type Limits struct {
	CPU         time.Duration // user plus system time of all threads and processes
	Wall        time.Duration // without what it waits for a CPU that others use
	MemoryBytes int64         // peak of the whole group, kernel memory included
	OutputBytes int64         // standard output; standard error has its own small cap
	ErrorBytes  int64         // standard error beyond this is dropped, the program goes on
	FileBytes   int64         // size of any file it writes
	StackBytes  int64
	Processes   int // processes and threads together
	OpenFiles   int
}

// Command is one run.
type Command struct {
	// Program is an open, executable file of the host, run by descriptor; it
	// needs no place inside the container. Everyone must be allowed to execute
	// it, since the container's user is nobody else. If the kernel refuses to
	// (it is no executable, its interpreter is not there), that is the
	// program's failure: exit status 127 and a reason on standard error. With
	// Program nil, Args[0] is a path inside the container, and the same is our
	// failure.
	Program *os.File
	Args    []string // with Args[0]
	Env     []string
	// Stdin is opened read-only by the caller for this run; nil is /dev/null. Of a
	// file the program gets a copy of what comes from its offset on.
	Stdin *os.File
	// OutputFile has standard output kept in a file, Facts.Output, and not in
	// Facts.Stdout: for another program to read, or where it may be large.
	OutputFile bool
	// Window, if set, releases the input only when the program is ready for
	// it and times what comes then; Stdin must be nil.
	Window *Window
	Limits Limits
	// Scrub is memory of the judge that the container's thread reads, writes and
	// flushes from all caches just before the start, to leave those of its CPU in
	// the same state whatever ran before. Its length is the caller's choice.
	Scrub []byte
	// KeepWork leaves the work folder and layers as the run before and WriteFile left
	// them (compile, then collect); otherwise every run starts with an empty one, and
	// with layers as they are on the host.
	KeepWork bool

	joined ends // of pipes, see RunTogether
	window *openWindow
	output *os.File // what OutputFile asks for, while the program runs
}

// Limit names what ended a run.
type Limit string

// The limits that end a run. Where several were hit, the first in this order
// is reported: a program killed for memory is Memory, whatever its signal.
const (
	NoLimit     Limit = ""
	MemoryLimit Limit = "memory"
	OutputLimit Limit = "output"
	CPULimit    Limit = "cpu"
	ReadyLimit  Limit = "ready" // Window.ReadyWithin
	WallLimit   Limit = "wall"  // of the run, or Window.DoneWithin
)

// Facts are what a run was seen to do.
type Facts struct {
	Exited     bool // false: ended by Signal
	ExitStatus int
	Signal     syscall.Signal
	Hit        Limit
	// Killed says that it ended by the sandbox's signal: at a limit, or because its
	// window was closed or spoilt. Then Signal says nothing of the program.
	Killed bool
	Real   time.Duration // from just before exec to the end, on the monotonic clock
	CPU    time.Duration // user plus system of the whole group, without the sandbox's set-up
	// RunDelay is how much of Real the program waited for a CPU that others used,
	// as the kernel counts it. It is looked at, and else 0, where a limit of wall
	// time was used up, and before READY.
	RunDelay time.Duration
	// MemoryBytes is the group's peak, an upper bound of what was used; 0 where the
	// kernel does not tell (see Check).
	MemoryBytes int64
	Stdout      []byte // at most Limits.OutputBytes
	// Output is the same as a file in memory, with Command.OutputFile; else nil. It
	// is at its beginning, open for reading alone, and can never change. Whoever
	// called Run closes it.
	Output *os.File
	Stderr []byte // at most Limits.ErrorBytes
	// StderrTruncated says that standard error was longer than its cap.
	StderrTruncated bool
	// LeftProcesses says that processes were still alive when the program
	// ended by itself. They are dead by now.
	LeftProcesses bool
	// Ended is the monotonic clock when the end was noticed. It orders the ends of
	// programs that ran together, if they are further apart than that takes.
	Ended time.Duration
	// Preempted counts how often the kernel took the CPU away from the
	// program's own process (involuntary context switches), Waited how often
	// it gave it up itself.
	Preempted, Waited int64
	// Window says what happened in the command's window; nil without one.
	Window *WindowFacts
}
