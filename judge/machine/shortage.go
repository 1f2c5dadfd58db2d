package machine

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// What one judging needs at least, beside what it is given by its limits.
const (
	neededDescriptors = 64 // open at once, by the sandbox and the database
	neededMemory      = 64 << 20
	neededProcesses   = 200 // a compiler's, and the threads of a program
	neededDisk        = 16 << 20
)

// Shortage says what this machine lacks just now so that nothing can be judged:
// descriptors, processes, memory, or room in one of the folders. It is nil if
// nothing is lacking; judge.Scarce holds of what it returns.
func Shortage(folders ...string) error {
	errs := []error{descriptors(), processes(), memory()}
	for _, dir := range folders {
		errs = append(errs, room(dir))
	}
	return errors.Join(errs...)
}

// descriptors opens some: no figure tells of both this process's and the
// machine's.
func descriptors() error {
	var fds [neededDescriptors]int
	for i := range fds {
		fd, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			for _, fd := range fds[:i] {
				_ = unix.Close(fd)
			}
			return fmt.Errorf("open %d files at once: %w", neededDescriptors, err)
		}
		fds[i] = fd
	}
	for _, fd := range fds {
		_ = unix.Close(fd)
	}
	return nil
}

// TotalMemory is how much memory this machine has, in bytes; 0 if that cannot be told.
func TotalMemory() int64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	return int64(info.Totalram) * int64(info.Unit)
}

// processes compares how many threads there are with how many there may be.
func processes() error {
	load, err := os.ReadFile("/proc/loadavg") // "0.00 0.00 0.00 1/1234 5678"
	if err != nil {
		return nil // nothing is known
	}
	fields := strings.Fields(string(load))
	if len(fields) < 4 {
		return nil
	}
	_, after, _ := strings.Cut(fields[3], "/")
	now, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		return nil
	}
	for _, file := range []string{"/proc/sys/kernel/threads-max", "/proc/sys/kernel/pid_max"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if most, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && now+neededProcesses > most {
			return fmt.Errorf("%d of %d processes and threads exist: %w", now, most, syscall.EAGAIN)
		}
	}
	return nil
}

func memory() error {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil
	}
	_, after, found := strings.Cut(string(text), "MemAvailable:")
	var kib int64
	if _, err := fmt.Sscan(after, &kib); !found || err != nil {
		return nil
	}
	if kib<<10 < neededMemory {
		return fmt.Errorf("%d MiB of memory are available: %w", kib>>10, syscall.ENOMEM)
	}
	return nil
}

// room looks whether files can be written in a folder.
func room(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return nil
	}
	if free := int64(st.Bavail) * st.Bsize; free < neededDisk {
		return fmt.Errorf("%d MiB are free in %s: %w", free>>20, dir, syscall.ENOSPC)
	}
	if st.Files > 0 && st.Ffree == 0 {
		return fmt.Errorf("no more files can be made in %s: %w", dir, syscall.ENOSPC)
	}
	return nil
}
