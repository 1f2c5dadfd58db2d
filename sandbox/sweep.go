package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// groupPrefix names the groups of one process; the start time tells a dead
// process from a living one that got its number.
const groupPrefix = "judge-"

func ownGroupName() (string, error) {
	start, err := startTime(os.Getpid())
	if err != nil {
		return "", fmt.Errorf("own start time: %w", err)
	}
	return fmt.Sprintf("%s%d-%d", groupPrefix, os.Getpid(), start), nil
}

// startTime is field 22 of /proc/PID/stat, in clock ticks since the boot.
func startTime(pid int) (uint64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	text := string(b)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return 0, fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields))
	}
	return strconv.ParseUint(fields[19], 10, 64)
}

// groupName is a whole name of a group of ours: process, start time, number.
var groupName = regexp.MustCompile(`^` + groupPrefix + `([0-9]+)-([0-9]+)-[0-9]+$`)

// abandoned says whether a folder is a group of ours (by name and owner)
// whose judge is dead. A judge in another process namespace looks dead from
// here, but holds its lock.
func abandoned(dir string) bool {
	part := groupName.FindStringSubmatch(filepath.Base(dir))
	if part == nil {
		return false
	}
	pid, err := strconv.Atoi(part[1])
	if err != nil {
		return false
	}
	if now, err := startTime(pid); err == nil && strconv.FormatUint(now, 10) == part[2] {
		return false
	}
	var st unix.Stat_t
	if unix.Lstat(dir, &st) != nil || int(st.Uid) != os.Geteuid() {
		return false
	}
	lock, err := lockGroup(dir)
	if err != nil {
		return false
	}
	_ = lock.Close()
	return true
}

// lockGroup opens a group's folder and takes the lock that says that its
// judge lives. It ends with the last descriptor, so with the process at the
// latest.
func lockGroup(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, &fs.PathError{Op: "lock", Path: dir, Err: err}
	}
	return f, nil
}

// sweep removes groups of ours whose judge is dead, and returns those that it
// could not remove because processes live in them. It does not kill: programs
// die with their judge, so these are not known to be ours.
func (c cgroups) sweep() (inhabited []string) {
	seen := map[string]bool{}
	for _, base := range c.base {
		entries, err := os.ReadDir(base)
		if err != nil || seen[base] {
			continue
		}
		seen[base] = true
		for _, e := range entries {
			dir := filepath.Join(base, e.Name())
			if !abandoned(dir) {
				continue
			}
			if err := removeGroup(dir); errors.Is(err, syscall.EBUSY) {
				inhabited = append(inhabited, dir)
			}
		}
	}
	return inhabited
}

// removeGroup removes a group's folder, if it is there. The kernel may say
// busy for a moment after the last process has gone.
func removeGroup(dir string) error {
	err := os.Remove(dir)
	for wait := 100 * time.Microsecond; errors.Is(err, syscall.EBUSY) && wait < time.Second && !populated(dir); wait *= 2 {
		time.Sleep(wait)
		err = os.Remove(dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explainGroup("remove control group", err)
	}
	return nil
}

// populated says whether processes are in a group. Those about to end are not
// listed any more.
func populated(dir string) bool {
	procs, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	return err == nil && len(procs) > 0
}
