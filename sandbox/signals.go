package sandbox

import (
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is the kernel's, large enough on every architecture.
type sigaction struct {
	handler uintptr
	rest    [3]uint64
}

const sigIgnore = 1

// ignoredSignals are the signals that this process ignores, SIGHUP under nohup
// for one. Programs would inherit that: what a clone resets are handlers.
func ignoredSignals() []uintptr {
	var ignored []uintptr
	for sig := uintptr(1); sig <= 64; sig++ {
		var is sigaction
		_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, 0, uintptr(unsafe.Pointer(&is)), 8, 0, 0)
		if errno == 0 && is.handler == sigIgnore {
			ignored = append(ignored, sig)
		}
	}
	return ignored
}

// quietChildren gives SIGCHLD its default action, which is nothing, in place of
// Go's handler: the kernel sends it at the end of every program, and the handler
// would take 9 µs of some thread and wake it up for that. Nobody in this process
// waits for the signal, and nobody can: os/signal takes the handler for present.
var quietChildren = sync.OnceFunc(func() {
	var action sigaction
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
})

// defaultSignals appends the steps that give signals their default action.
func (s *script) defaultSignals(signals []uintptr) {
	for _, sig := range signals {
		s.call("default signals", unix.SYS_RT_SIGACTION, sig, s.addr(unsafe.Pointer(new(sigaction))), 0, 8)
	}
}
