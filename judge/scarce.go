package judge

import (
	"errors"
	"syscall"
)

// ErrScarce marks a failure because the machine lacked something that it may
// have again soon, where no error of the system says so.
var ErrScarce = errors.New("the machine lacks something just now")

// scarcities are the errors of a system that has no more of something:
// descriptors, memory, processes, room on its disks.
var scarcities = []error{
	ErrScarce, ErrFull,
	syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EAGAIN, syscall.ENOBUFS,
	syscall.ENOSPC, syscall.EDQUOT, syscall.EUSERS, syscall.EIO,
}

// Scarce says whether an error comes from what the machine lacks just now: it
// says nothing about what was done, and may be gone in a moment. It is the one
// place where that is decided; whoever passes such an error on wraps it.
func Scarce(err error) bool {
	for _, scarce := range scarcities {
		if errors.Is(err, scarce) {
			return true
		}
	}
	return false
}
