package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// cgroups is what the host offers for accounting: where groups of ours may be
// made, per controller.
type cgroups struct {
	version int               // 1, 2, or 0 without usable control groups
	base    map[string]string // v1: controller -> folder; v2: "" -> folder
	cpuset  bool
	reason  string // why version is 0, and what to do about it
	cause   error  // what reason was said by; nil if by nothing but what is mounted
}

// accounting are the controllers without which there is no accounting.
var accounting = []string{"memory", "cpuacct", "pids"}

// findCgroups looks for the control groups that this process may make
// children in. It changes nothing except, on v2, which controllers the base
// hands down and, in a delegated group, that the judge moves into a child of it
// (see stepAside).
func findCgroups() cgroups {
	mounts, err := cgroupMounts()
	if err != nil {
		return cgroups{reason: err.Error(), cause: err}
	}
	v1, mounted, missing := legacyBases(mounts)
	if missing == nil {
		return v1
	}
	own, ok := mounts[""]
	switch {
	case !ok && !mounted:
		return cgroups{reason: "no control groups are mounted (mount -t cgroup2 cgroup2 /sys/fs/cgroup)"}
	case !ok:
		return cgroups{reason: missing.Error(), cause: missing}
	}
	v2, err := unifiedBase(own)
	switch {
	case err == nil:
		return v2
	case mounted:
		return cgroups{reason: fmt.Sprintf("v1: %v; v2: %v", missing, err), cause: errors.Join(missing, err)}
	}
	return cgroups{reason: err.Error(), cause: err}
}

// hadCgroups says that a container of this process had control groups.
var hadCgroups atomic.Bool

// cgroupsForContainer is findCgroups for New. Where there never were control
// groups, programs run with what else there is, and Check says so. But they
// must not get less all at once in the middle of a contest because somebody
// changed a mount.
func cgroupsForContainer() (cgroups, error) {
	groups := findCgroups()
	if groups.version != 0 {
		hadCgroups.Store(true)
	} else if hadCgroups.Load() {
		return groups, gone{groups}
	}
	return groups, nil
}

// gone is the error of control groups that were there. It wraps its cause: they
// may only have been out of reach, for want of a descriptor.
type gone struct{ groups cgroups }

func (e gone) Error() string {
	return "the control groups that were there are gone: " + e.groups.reason
}
func (e gone) Unwrap() error { return e.groups.cause }

// legacyBases takes what there is of v1. The error says what is missing for
// accounting; mounted, whether anything of v1 is there at all.
func legacyBases(mounts map[string]string) (v1 cgroups, mounted bool, missing error) {
	v1 = cgroups{version: 1, base: map[string]string{}}
	var all []error
	for _, name := range accounting {
		dir, ok := mounts[name]
		mounted = mounted || ok
		if !ok {
			all = append(all, fmt.Errorf("no controller %s (boot the kernel with cgroup_enable=%s, and mount it)", name, name))
		} else if err := writable(dir); err != nil {
			all = append(all, err)
		} else {
			v1.base[name] = dir
		}
	}
	if dir, ok := mounts["cpuset"]; ok && writable(dir) == nil {
		v1.base["cpuset"], v1.cpuset = dir, true
	}
	return v1, mounted, errors.Join(all...)
}

// writable says whether this process may make groups below dir.
func writable(dir string) error {
	if err := unix.Access(dir, unix.W_OK); err != nil {
		return explainGroup("make control groups in", &fs.PathError{Path: dir, Err: err})
	}
	return nil
}

// explainGroup says what was tried on which control group and, where it is the
// host's doing, how to mend that.
func explainGroup(step string, err error) error {
	var at *fs.PathError
	if !errors.As(err, &at) {
		return fmt.Errorf("%s: %w", step, err)
	}
	cure := groupCure(at)
	if cure != "" {
		cure = " (" + cure + ")"
	}
	return fmt.Errorf("%s %s: %w%s", step, at.Path, at.Err, cure)
}

func groupCure(at *fs.PathError) string {
	for _, c := range []struct {
		errno syscall.Errno
		cure  string
	}{
		{unix.EROFS, "control groups are mounted read-only: mount -o remount,rw the hierarchy; in a container runtime, have them writable or run privileged"},
		{unix.EACCES, "run the judge as root, or in a group of its own: systemd-run --user --scope -p Delegate=yes judge ..."},
		{unix.EPERM, "run the judge as root, or in a group of its own: systemd-run --user --scope -p Delegate=yes judge ..."},
		{unix.EAGAIN, "full: raise cgroup.max.descendants and cgroup.max.depth of the groups above, or remove groups there that nobody uses"},
		{unix.ENOSPC, "full: the kernel has no room for one more group; remove groups that nobody uses"},
		{unix.ENOENT, "somebody else changes these groups; give the judge one of its own, under systemd with Delegate=yes"},
		{unix.ENODEV, "somebody else removed this group; the next run makes a new one"},
		{unix.EBUSY, "other processes live in the group; start the judge alone in one: systemd-run --scope -p Delegate=yes judge ..."},
		{unix.EOPNOTSUPP, "the group is threaded, see its cgroup.type; start the judge in an ordinary one"},
	} {
		if errors.Is(at.Err, c.errno) {
			return c.cure
		}
	}
	return ""
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
// controllers. That is our own group if it hands them down or was delegated
// to us, so that limits set for the judge hold for its programs; else the
// nearest ancestor that does; else our own after all.
func unifiedBase(own string) (cgroups, error) {
	base := func(dir string, handed []byte) (cgroups, error) {
		return cgroups{version: 2, base: map[string]string{"": dir}, cpuset: has(handed, "cpuset")}, nil
	}
	if delegated(own) {
		if handed, err := handDown(own); err == nil {
			return base(own, handed)
		}
	}
	for dir := own; ; dir = filepath.Dir(dir) {
		handed, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
		if err != nil {
			break
		}
		if sufficient(handed) && acceptsPrograms(dir) == nil {
			return base(dir, handed)
		}
	}
	handed, err := handDown(own)
	if err != nil {
		return cgroups{}, err
	}
	return base(own, handed)
}

// sufficient: CPU time is counted without any controller. The cpu controller
// is none that is wanted: with it a kernel with RT_GROUP_SCHED refuses
// real-time programs in every v2 group but the root.
func sufficient(controllers []byte) bool {
	return has(controllers, "memory") && has(controllers, "pids")
}

// acceptsPrograms says whether groups can be made below dir and programs be
// born there: for that the kernel wants the right to move processes through
// the group that has both us and them.
func acceptsPrograms(dir string) error {
	if err := writable(dir); err != nil {
		return err
	}
	procs := filepath.Join(dir, "cgroup.procs")
	if err := unix.Access(procs, unix.W_OK); err != nil {
		return explainGroup("move programs through", &fs.PathError{Path: procs, Err: err})
	}
	return nil
}

// delegated says whether systemd gave this group to whoever runs in it. It
// marks such a group for root and, since version 251, for everyone. What is
// not marked it may take controllers away from at any time.
func delegated(dir string) bool {
	for _, mark := range []string{"trusted.delegate", "user.delegate"} {
		value := make([]byte, 8)
		if n, err := unix.Getxattr(dir, mark, value); err == nil && string(value[:n]) == "1" {
			return true
		}
	}
	return false
}

// handDown lets children of own have the controllers and returns which they
// get. A group that holds processes may not do that, unless it is the root;
// then this process moves into a child of its own first, which helps if it
// was the only one.
func handDown(own string) ([]byte, error) {
	if err := acceptsPrograms(own); err != nil {
		return nil, err
	}
	offered, err := os.ReadFile(filepath.Join(own, "cgroup.controllers"))
	if err != nil {
		return nil, explainGroup("read", err)
	}
	if !sufficient(offered) {
		return nil, fmt.Errorf("%s does not offer the controllers memory and pids (have them handed down by the groups above: systemd-run --user --scope -p Delegate=yes judge ...)", own)
	}
	control := filepath.Join(own, "cgroup.subtree_control")
	enable := func() error { return os.WriteFile(control, []byte("+memory +pids"), 0) }
	if err = enable(); errors.Is(err, syscall.EBUSY) {
		err = stepAside(own, enable)
	}
	if err != nil {
		return nil, explainGroup("hand controllers down in", err)
	}
	// cpuset is a nicety: without it programs are bound by affinity.
	_ = os.WriteFile(control, []byte("+cpuset"), 0)
	handed, err := os.ReadFile(control)
	if err != nil {
		return nil, explainGroup("read", err)
	}
	return handed, nil
}

// stepAside moves this process out of own into a child of it while enable
// needs own to be empty, and back if that did not help.
func stepAside(own string, enable func() error) error {
	self := filepath.Join(own, "judge-self")
	if err := os.Mkdir(self, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.WriteFile(filepath.Join(self, "cgroup.procs"), []byte("0"), 0); err != nil {
		return errors.Join(err, removeEmpty(self))
	}
	err := enable()
	if err == nil {
		return nil
	}
	if back := os.WriteFile(filepath.Join(own, "cgroup.procs"), []byte("0"), 0); errors.Is(back, syscall.EBUSY) {
		// Another process did the same at the same time, and succeeded.
		return enable()
	}
	return errors.Join(err, removeEmpty(self))
}

// removeEmpty removes a group unless somebody else is in it.
func removeEmpty(dir string) error {
	if err := os.Remove(dir); err != nil && !errors.Is(err, syscall.EBUSY) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func has(list []byte, word string) bool {
	for _, w := range strings.Fields(string(list)) {
		if w == word {
			return true
		}
	}
	return false
}
