package sandbox

import (
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

// defaultSignals appends the steps that give signals their default action.
func (s *script) defaultSignals(signals []uintptr) {
	for _, sig := range signals {
		s.call("default signals", unix.SYS_RT_SIGACTION, sig, s.addr(unsafe.Pointer(new(sigaction))), 0, 8)
	}
}
