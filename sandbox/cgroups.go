package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// cgroups is what the host offers for accounting: where groups of ours may be
// made, per controller.
type cgroups struct {
	version int               // 1, 2, or 0 without usable control groups
	base    map[string]string // v1: controller -> folder; v2: "" -> folder
	cpuset  bool
	reason  string // why version is 0
}

// findCgroups looks for the control groups that this process may make
// children in. It changes nothing except, on v2, which controllers the base
// hands down.
func findCgroups() cgroups {
	mounts, err := cgroupMounts()
	if err != nil {
		return cgroups{reason: err.Error()}
	}
	v1 := cgroups{version: 1, base: map[string]string{}}
	for _, name := range []string{"memory", "cpuacct", "pids", "cpuset"} {
		if dir, ok := mounts[name]; ok && unix.Access(dir, unix.W_OK) == nil {
			v1.base[name] = dir
		}
	}
	_, v1.cpuset = v1.base["cpuset"]
	var missing []string
	for _, name := range []string{"memory", "cpuacct", "pids"} {
		if v1.base[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return v1
	}
	if own, ok := mounts[""]; ok {
		v2, err := unifiedBase(own)
		if err == nil {
			return v2
		}
		return cgroups{reason: err.Error()}
	}
	return cgroups{reason: "no writable control group for " + strings.Join(missing, ", ")}
}

// cgroupMounts maps each v1 controller, and "" for v2, to the folder of the
// group that this process is in.
func cgroupMounts() (map[string]string, error) {
	info, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	self, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	own := map[string]string{}
	for line := range strings.Lines(string(self)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) != 3 {
			continue
		}
		for _, name := range strings.Split(part[1], ",") {
			own[name] = part[2]
		}
	}
	dirs := map[string]string{}
	for line := range strings.Lines(string(info)) {
		head, tail, _ := strings.Cut(strings.TrimSpace(line), " - ")
		left, right := strings.Fields(head), strings.Fields(tail)
		if len(left) < 5 || len(right) < 3 {
			continue
		}
		switch right[0] {
		case "cgroup2":
			dirs[""] = groupDir(left[4], left[3], own[""])
		case "cgroup":
			for _, name := range strings.Split(right[2], ",") {
				if path, ok := own[name]; ok {
					dirs[name] = groupDir(left[4], left[3], path)
				}
			}
		}
	}
	return dirs, nil
}

// groupDir is the folder of a group, given where its hierarchy is mounted and
// which part of it the mount shows.
func groupDir(mountPoint, root, path string) string {
	rel, ok := strings.CutPrefix(path, strings.TrimSuffix(root, "/"))
	if !ok {
		return mountPoint
	}
	dir := filepath.Join(mountPoint, rel)
	if _, err := os.Stat(dir); err != nil {
		return mountPoint
	}
	return dir
}

// unifiedBase finds a v2 group whose children get the memory and pids
// controllers: the nearest one at or above our own that hands them down
// already, else our own after asking it to.
func unifiedBase(own string) (cgroups, error) {
	for dir := own; ; dir = filepath.Dir(dir) {
		down, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
		if err != nil {
			break
		}
		if has(down, "memory") && has(down, "pids") && unix.Access(dir, unix.W_OK) == nil {
			return cgroups{version: 2, base: map[string]string{"": dir}, cpuset: has(down, "cpuset")}, nil
		}
	}
	offered, err := os.ReadFile(filepath.Join(own, "cgroup.controllers"))
	if err != nil {
		return cgroups{}, err
	}
	if !has(offered, "memory") || !has(offered, "pids") {
		return cgroups{}, fmt.Errorf("cgroup v2 at %s does not offer the memory and pids controllers", own)
	}
	if err := handDown(own); err != nil {
		return cgroups{}, err
	}
	// cpuset is a nicety: without it programs are bound by affinity.
	cpuset := os.WriteFile(filepath.Join(own, "cgroup.subtree_control"), []byte("+cpuset"), 0) == nil
	return cgroups{version: 2, base: map[string]string{"": own}, cpuset: cpuset}, nil
}

// handDown lets children of own have the controllers. A group that holds
// processes may not do that, unless it is the root; then this process moves
// into a child of its own first, which helps if it was the only one.
func handDown(own string) error {
	control := filepath.Join(own, "cgroup.subtree_control")
	enable := func() error { return os.WriteFile(control, []byte("+memory +pids"), 0) }
	err := enable()
	if !errors.Is(err, syscall.EBUSY) {
		return err
	}
	self := filepath.Join(own, "judge-self")
	if err := os.Mkdir(self, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.WriteFile(filepath.Join(self, "cgroup.procs"), []byte("0"), 0); err != nil {
		return err
	}
	return enable()
}

func has(list []byte, word string) bool {
	for _, w := range strings.Fields(string(list)) {
		if w == word {
			return true
		}
	}
	return false
}

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

// sweep removes groups of ours whose process is gone. What cannot be removed
// (another process namespace may own it) is left alone.
func (c cgroups) sweep() {
	for _, base := range c.base {
		entries, err := os.ReadDir(base)
		if err != nil {
			continue
		}
		for _, e := range entries {
			var pid int
			var start uint64
			var n int
			if k, _ := fmt.Sscanf(e.Name(), groupPrefix+"%d-%d-%d", &pid, &start, &n); k != 3 {
				continue
			}
			if now, err := startTime(pid); err == nil && now == start {
				continue
			}
			_ = os.Remove(filepath.Join(base, e.Name()))
		}
	}
}
