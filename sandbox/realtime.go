package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// realtime is a group's share of the CPUs for real-time programs. A kernel
// with RT_GROUP_SCHED keeps one per group of the v1 controller cpu, which we
// are in where it shares a hierarchy with cpuacct, as systemd mounts it. The
// share of a new group is nothing, and the kernel lets no real-time program
// into a group without one (EINVAL), nor makes one in it real-time (EPERM).
// Shares of groups side by side may not exceed their parent's, so a container
// has one only while it runs a program.
//
// On cgroup v2 such a kernel has no shares to give: where a group above ours
// hands down the cpu controller there are no real-time programs.
type realtime struct {
	runtime setting // cpu.rt_runtime_us; fd -1: there are no shares here
	parent  string  // the same file of the group above
}

// leastShare is what a real-time program needs per second at least, in
// microseconds. It does not run for the rest of the second.
const leastShare = 10_000

// openRealtime looks for shares in the folder of a v1 group.
func (g *group) openRealtime(dir string) error {
	name := filepath.Join(dir, "cpu.rt_runtime_us")
	fd, err := g.open(name, os.O_RDWR)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	g.realtime = realtime{
		runtime: setting{fd: fd, last: "0"},
		parent:  filepath.Join(filepath.Dir(dir), "cpu.rt_runtime_us"),
	}
	return nil
}

// grantRealtime gives the group the largest share that is left, before a
// real-time program joins. It does nothing where there are no shares.
func (g *group) grantRealtime() error {
	if g.realtime.runtime.fd < 0 {
		return nil
	}
	text, err := os.ReadFile(g.realtime.parent)
	if err != nil {
		return explainGroup("read real-time share", err)
	}
	share, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return explainGroup("read real-time share", &os.PathError{Path: g.realtime.parent, Err: err})
	}
	if share < 0 {
		share = 1_000_000 // without a limit: all of the kernel's period of a second
	}
	for ; share >= leastShare; share /= 2 {
		err := g.set(&g.realtime.runtime, strconv.FormatInt(share, 10))
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINVAL) {
			return explainGroup("give real-time share", err)
		}
	}
	return fmt.Errorf("real-time scheduling: no share is left in %s (raise it there and in the groups above, or run fewer real-time programs at once)", g.realtime.parent)
}

// revokeRealtime gives the share back once the group is empty.
func (g *group) revokeRealtime() error {
	return g.set(&g.realtime.runtime, "0")
}
