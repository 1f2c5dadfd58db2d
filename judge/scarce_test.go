package judge

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"
)

func TestScarce(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("judge: %w", &fs.PathError{Op: "open", Path: "x", Err: syscall.EMFILE}),
		os.NewSyscallError("fork", syscall.EAGAIN),
		fmt.Errorf("%w (the disk)", ErrFull),
		errors.Join(errors.New("close"), fmt.Errorf("write: %w", syscall.ENOSPC)),
		fmt.Errorf("%w: database", ErrScarce),
	} {
		if !Scarce(err) {
			t.Errorf("%v is not said to come from what the machine lacks", err)
		}
	}
	for _, err := range []error{nil, errors.New("too many open files"), syscall.EPERM, syscall.ENOENT, os.ErrDeadlineExceeded, ErrConflict} {
		if Scarce(err) {
			t.Errorf("%v is said to come from what the machine lacks", err)
		}
	}
}
