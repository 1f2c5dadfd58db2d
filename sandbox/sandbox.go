// Package sandbox runs one program under limits and reports facts about it.
// It knows nothing of contests: a program, its limits, mounts and files go
// in; exit status, times, memory and the limit that was hit come out. What
// the facts mean is for the caller to say.
//
// A Container is prepared once (namespaces, root file system, seccomp filter,
// control groups) and then entered by every run, so that a run costs little
// more than a bare vfork and exec.
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
	// Devices lets programs see /dev/null, /dev/zero, /dev/full and /dev/urandom.
	Devices bool
	// WorkBytes and WorkInodes size the writable tmpfs at /work; with
	// WorkBytes zero there is no writable place at all.
	WorkBytes  int64
	WorkInodes int64
	// CPUs the programs may use; empty means all of the judge's.
	CPUs []int
}

// Limits of one run. Zero means the default of DefaultLimits, never "none".
type Limits struct {
	CPU         time.Duration // user plus system time of all threads and processes
	Wall        time.Duration
	MemoryBytes int64 // peak of the whole group, kernel memory included
	OutputBytes int64 // standard output; standard error has its own small cap
	ErrorBytes  int64 // standard error beyond this is dropped, the program goes on
	FileBytes   int64 // size of any file it writes
	StackBytes  int64
	Processes   int // processes and threads together
	OpenFiles   int
}

// Command is one run.
type Command struct {
	// Program is an open, executable file of the host, run by descriptor; it
	// needs no place inside the container. With Program nil, Args[0] is a path
	// inside the container.
	Program *os.File
	Args    []string // with Args[0]
	Env     []string
	Stdin   *os.File // nil is /dev/null; opened read-only by the caller for this run
	Limits  Limits
	// KeepWork leaves the work folder as the run before left it (compile, then
	// collect); otherwise every run starts with an empty one.
	KeepWork bool
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
	WallLimit   Limit = "wall"
)

// Facts are what a run was seen to do.
type Facts struct {
	Exited     bool // false: ended by Signal
	ExitStatus int
	Signal     syscall.Signal
	Hit        Limit
	Real       time.Duration // from just before exec to the end, on the monotonic clock
	CPU        time.Duration // user plus system of the whole group, without the sandbox's set-up
	// MemoryBytes is the group's peak.
	MemoryBytes int64
	Stdout      []byte // at most Limits.OutputBytes
	Stderr      []byte // at most Limits.ErrorBytes
	// StderrTruncated says that standard error was longer than its cap.
	StderrTruncated bool
	// LeftProcesses says that processes were still alive when the program ended.
	LeftProcesses bool
}
