package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// These tests make groups of their own below the one that judges would use,
// and touch no other.

// ownBase makes groups for the test to do in what it likes, one per
// hierarchy, and returns them as what a judge has found. They are no
// leftovers by name.
func ownBase(t *testing.T) cgroups {
	t.Helper()
	grouped(t)
	found := findCgroups()
	own := cgroups{version: found.version, base: map[string]string{}}
	for controller, base := range found.base {
		if controller == "cpuset" {
			continue // on v1 a new one has no CPUs to hand on
		}
		dir := filepath.Join(base, fmt.Sprintf("sandbox-test-%d", os.Getpid()))
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			t.Fatal(err)
		}
		t.Cleanup(func() { removeTree(t, dir) })
		if found.version == 2 {
			write(t, filepath.Join(dir, "cgroup.subtree_control"), "+memory +pids")
		}
		own.base[controller] = dir
	}
	return own
}

func removeTree(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return // controllers may share a hierarchy
	}
	for _, e := range entries {
		if e.IsDir() {
			removeTree(t, filepath.Join(dir, e.Name()))
		}
	}
	if err := removeGroup(dir); err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, name, value string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(value), 0); err != nil {
		t.Fatal(err)
	}
}

func make1(t *testing.T, dir string) string {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// anyBase is one of the folders.
func anyBase(c cgroups) string {
	for _, dir := range c.base {
		return dir
	}
	return ""
}

// groupsIn counts the groups below the bases.
func groupsIn(t *testing.T, c cgroups) int {
	t.Helper()
	n := 0
	for _, base := range c.base {
		entries, err := os.ReadDir(base)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() {
				n++
			}
		}
	}
	return n
}

// says checks that an error is complete: what was tried, on what, why it
// failed and what to do.
func says(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("got no error, want one with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("got error %q, want it to say %q", err, part)
		}
	}
}

// again runs part of a test in a process of its own, which is this binary.
// What the part prints on lines of their own that begin with "said " is
// returned.
func again(t *testing.T, part string, attr *syscall.SysProcAttr) string {
	t.Helper()
	name, _, _ := strings.Cut(t.Name(), "/")
	cmd := exec.Command("/proc/self/exe", "-test.v", "-test.run=^"+name+"$")
	cmd.Env = append(os.Environ(), partVariable+"="+part)
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", part, err, out)
	}
	var said strings.Builder
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(line, "said "); ok {
			said.WriteString(text)
		}
	}
	return said.String()
}

// partVariable tells a copy of this binary what to do.
const partVariable = "SANDBOX_TEST_PART"

func root(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

// A hierarchy that is mounted read-only is as good as none, and the reason
// says so. It must not become so unnoticed while the judge runs.
func TestReadOnlyGroups(t *testing.T) {
	if os.Getenv(partVariable) == "" {
		root(t)
		grouped(t)
		compiled(t, "program.c")
		again(t, "here", &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS})
		return
	}
	c := container(t, Config{})
	resets := c.group.peakResets
	const all = "/sys/fs/cgroup"
	if err := unix.Mount(all, all, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		t.Fatal(err)
	}
	if err := unix.MountSetattr(unix.AT_FDCWD, all, unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		t.Fatal(err)
	}
	found := findCgroups()
	if found.version != 0 {
		t.Fatalf("got version %d", found.version)
	}
	says(t, errors.New(found.reason), "make control groups in /sys/fs/cgroup", "read-only file system", "remount,rw")
	if _, err := New(context.Background(), Config{}); true {
		says(t, err, "set up container", "are gone", "read-only file system", "remount,rw")
	}
	// A container from before goes on, unless every run needs a group.
	f, err := c.Run(context.Background(), Command{Program: compiled(t, "program.c"), Args: []string{"program", "exit", "7"}})
	switch {
	case !resets:
		says(t, err, "remove control group", "read-only file system", "remount,rw")
	case err != nil || outcome(f) != "exit 7":
		t.Errorf("a container from before: got %s, error %v", outcome(f), err)
	}
	// A judge that starts now never had any: programs run, and Check says
	// what they lack.
	hadCgroups.Store(false)
	report := Check()
	if report.LimitsMemory() || !report.Degraded || report.Unusable {
		t.Errorf("got report %+v", report)
	}
	if f := behave(t, container(t, Config{}), Limits{}, false, "exit", "7"); outcome(f) != "exit 7" {
		t.Errorf("without groups: got %s", outcome(f))
	}
	// So that what is left can be removed.
	if err := unix.Unmount(all, unix.MNT_DETACH); err != nil {
		t.Error(err)
	}
}

func TestFullGroups(t *testing.T) {
	own := ownBase(t)
	if own.version != 2 {
		t.Skip("cgroup v1 has no limit that can be reached without 65535 groups")
	}
	for _, limit := range []string{"cgroup.max.descendants", "cgroup.max.depth"} {
		dir := anyBase(own)
		write(t, filepath.Join(dir, limit), "0")
		g, err := own.newGroup(nil)
		if err == nil {
			_ = g.remove()
		}
		says(t, err, "make control group "+dir, "resource temporarily unavailable", limit)
		write(t, filepath.Join(dir, limit), "max")
		if n := groupsIn(t, own); n != 0 {
			t.Errorf("%s: %d groups left", limit, n)
		}
	}
	g, err := own.newGroup(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.remove(); err != nil {
		t.Error(err)
	}
}

// Groups that belong to somebody else are no groups for us.
func TestForeignGroups(t *testing.T) {
	if os.Getenv(partVariable) != "" {
		found := findCgroups()
		fmt.Printf("\nsaid %d %s\n", found.version, strings.ReplaceAll(found.reason, "\n", " "))
		return
	}
	root(t)
	grouped(t)
	said := again(t, "here", &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}})
	if !strings.HasPrefix(said, "0 ") {
		t.Errorf("as nobody: got %q", said)
	}
	says(t, errors.New(said), "/sys/fs/cgroup", "permission denied", "as root", "Delegate=yes")
}

func TestMissingControllers(t *testing.T) {
	for _, missing := range accounting {
		mounts := map[string]string{}
		for _, name := range accounting {
			mounts[name] = t.TempDir()
		}
		delete(mounts, missing)
		_, mounted, err := legacyBases(mounts)
		if !mounted {
			t.Error("the others are not seen")
		}
		says(t, err, "no controller "+missing, "cgroup_enable="+missing)
	}
	own := ownBase(t)
	if own.version != 2 {
		return
	}
	write(t, filepath.Join(anyBase(own), "cgroup.subtree_control"), "-memory")
	inner := make1(t, filepath.Join(anyBase(own), "inner"))
	_, err := handDown(inner)
	says(t, err, inner, "memory", "Delegate=yes")
	// Taken away after the judge looked.
	_, err = own.newGroup(nil)
	says(t, err, "make control group", "memory.", "no such file", "Delegate=yes")
	if n := groupsIn(t, own); n != 1 {
		t.Errorf("%d groups left, want the test's own", n)
	}
	if found, err := unifiedBase(inner); err != nil || found.base[""] == inner || found.base[""] == anyBase(own) {
		t.Errorf("got %+v, error %v; want a group further up", found, err)
	}
}

// A group that somebody removed between two runs is made anew.
func TestVanishedGroup(t *testing.T) {
	grouped(t)
	c := container(t, Config{WorkBytes: 1 << 20})
	for _, which := range []string{"all", "one"} {
		if f := behave(t, c, Limits{}, false, "exit", "3"); outcome(f) != "exit 3" {
			t.Fatalf("got %s", outcome(f))
		}
		if c.group == nil {
			if err := c.repair(); err != nil {
				t.Fatal(err)
			}
		}
		dirs := c.group.dirs
		if which == "one" {
			dirs = dirs[:1]
		}
		for _, dir := range dirs {
			if err := removeGroup(dir); err != nil {
				t.Fatal(err)
			}
		}
		if f := behave(t, c, Limits{MemoryBytes: 64 << 20}, false, "memory", "128"); outcome(f) != "signal 9, memory limit" {
			t.Errorf("%s removed: got %s", which, outcome(f))
		}
	}
	// Between the look and the use it is an error.
	own := ownBase(t)
	g, err := own.newGroup(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range g.dirs {
		if err := removeGroup(dir); err != nil {
			t.Fatal(err)
		}
	}
	says(t, g.limit(1<<30, 10), "set process limit /sys/fs/cgroup", "pids.max", "no such device", "the next run makes a new one")
	if err := g.remove(); err != nil {
		t.Error(err)
	}
}

// A number that is taken already, by a leftover or whatever, is passed over.
func TestTakenNumber(t *testing.T) {
	own := ownBase(t)
	name, err := ownGroupName()
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range own.base {
		if err := os.Mkdir(filepath.Join(base, name+"-0"), 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			t.Fatal(err)
		}
	}
	g, err := own.newGroup(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range g.dirs {
		if filepath.Base(dir) != name+"-1" {
			t.Errorf("got %s, want number 1", dir)
		}
	}
	if err := g.remove(); err != nil {
		t.Error(err)
	}
}

// What a killed judge left is removed, and nothing that only looks like it.
func TestSweepGroups(t *testing.T) {
	own := ownBase(t)
	base := anyBase(own)
	const dead = "judge-4194305-1-" // no process has such a number
	stays := map[string]bool{}
	for name, stay := range map[string]bool{
		dead + "0": false, dead + "1": false,
		dead + "0-more": true, "judge-4194305-1": true, "judge-a-b-c": true, "judge-self": true, "my-" + dead + "0": true,
		dead + "2": true, // has a process
		dead + "3": true, // locked: its judge lives in another process namespace
	} {
		make1(t, filepath.Join(base, name))
		stays[name] = stay
	}
	if os.Geteuid() == 0 {
		name := dead + "4" // another user's
		if err := os.Chown(make1(t, filepath.Join(base, name)), 61000, 61000); err != nil {
			t.Fatal(err)
		}
		stays[name] = true
	}
	lock, err := lockGroup(filepath.Join(base, dead+"3"))
	if err != nil {
		t.Fatal(err)
	}
	inhabitant := exec.Command("sleep", "1000")
	if err := inhabitant.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = inhabitant.Process.Kill()
		_ = inhabitant.Wait()
	}()
	write(t, filepath.Join(base, dead+"2", "cgroup.procs"), strconv.Itoa(inhabitant.Process.Pid))

	left := own.sweep()
	if len(left) != 1 || filepath.Base(left[0]) != dead+"2" {
		t.Errorf("got %q reported as inhabited, want %s2", left, dead)
	}
	for name, stay := range stays {
		if _, err := os.Stat(filepath.Join(base, name)); (err == nil) != stay {
			t.Errorf("%s: stays is %v, want %v", name, err == nil, stay)
		}
	}
	_ = inhabitant.Process.Kill()
	_ = inhabitant.Wait()
	_ = lock.Close()
	if left := own.sweep(); len(left) > 0 {
		t.Errorf("with their judges and processes gone: still %q", left)
	}
	for _, name := range []string{dead + "2", dead + "3"} {
		if _, err := os.Stat(filepath.Join(base, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
}

// A group in use is not a leftover for a judge in another process namespace,
// where its number means nothing.
func TestSweepOtherNamespace(t *testing.T) {
	if base := os.Getenv(partVariable); base != "" {
		if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
			t.Fatal(err)
		}
		if os.Getpid() != 1 {
			t.Fatalf("is process %d", os.Getpid())
		}
		cgroups{base: map[string]string{"": base}}.sweep()
		return
	}
	root(t)
	own := ownBase(t)
	g, err := own.newGroup(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range own.base {
		again(t, base, &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS, Unshareflags: syscall.CLONE_NEWNS})
	}
	for _, dir := range g.dirs {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("swept although in use: %v", err)
		}
	}
	if err := g.remove(); err != nil {
		t.Error(err)
	}
}

// A v2 group with processes hands nothing down: a judge that is alone in one
// moves into a child, one that is not says who is in the way.
func TestStepAside(t *testing.T) {
	if dir := os.Getenv(partVariable); dir != "" {
		handed, err := handDown(dir)
		at, _ := os.ReadFile("/proc/self/cgroup")
		fmt.Printf("\nsaid %s|%v|%s\n", bytes.TrimSpace(handed), err, filepath.Base(strings.TrimSpace(string(at))))
		return
	}
	own := ownBase(t)
	if own.version != 2 {
		t.Skip("is about cgroup v2")
	}
	for _, alone := range []bool{true, false} {
		dir := make1(t, filepath.Join(anyBase(own), fmt.Sprintf("alone-%v", alone)))
		folder, err := os.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		attr := &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(folder.Fd())}
		if !alone {
			other := exec.Command("sleep", "1000")
			other.SysProcAttr = attr
			if err := other.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() {
				_ = other.Process.Kill()
				_ = other.Wait()
			}()
		}
		said := again(t, dir, attr)
		_, err = os.Stat(filepath.Join(dir, "judge-self"))
		if alone {
			if !strings.Contains(said, "memory") || !strings.Contains(said, "<nil>") || !strings.Contains(said, "judge-self") || err != nil {
				t.Errorf("alone: got %q, judge-self: %v", said, err)
			}
			continue
		}
		says(t, errors.New(said), "hand controllers down in "+dir, "device or resource busy", "other processes", "|"+filepath.Base(dir))
		if err == nil {
			t.Error("judge-self is left behind")
		}
	}
}

// What systemd delegated is preferred to the groups above.
func TestDelegated(t *testing.T) {
	own := ownBase(t)
	if own.version != 2 {
		t.Skip("is about cgroup v2")
	}
	dir := make1(t, filepath.Join(anyBase(own), "scope"))
	if found, err := unifiedBase(dir); err != nil || found.base[""] != anyBase(own) {
		t.Errorf("without a mark: got %+v, error %v; want the group above", found, err)
	}
	if err := unix.Setxattr(dir, "user.delegate", []byte("1"), 0); err != nil {
		t.Skip("this kernel does not let us mark groups:", err)
	}
	if found, err := unifiedBase(dir); err != nil || found.base[""] != dir {
		t.Errorf("delegated: got %+v, error %v; want %s", found, err, dir)
	}
}

// The peak is that of a run, not of all before it, with one group for all
// runs where the kernel can begin anew.
func TestPeak(t *testing.T) {
	grouped(t)
	c := container(t, Config{})
	before := c.group
	if before.peak.fd < 0 {
		t.Skip("this kernel does not tell the peak")
	}
	t.Logf("the peak starts anew: %v", before.peakResets)
	for range 3 {
		large := behave(t, c, Limits{}, false, "memory", "100")
		small := behave(t, c, Limits{}, false, "memory", "4")
		if large.MemoryBytes < 98<<20 || small.MemoryBytes > 50<<20 || small.MemoryBytes < 3<<20 {
			t.Errorf("programs that touch 100 and then 4 MiB: got %d and %d bytes", large.MemoryBytes, small.MemoryBytes)
		}
	}
	if same := c.group == before; same != before.peakResets {
		t.Errorf("kept its group: %v, want %v", same, before.peakResets)
	}
}

// In a group with a share real-time programs run, in one without they do not
// get in; side by side there is one share to have.
func TestRealtimeShare(t *testing.T) {
	root(t)
	mounts, err := cgroupMounts()
	if err != nil {
		t.Fatal(err)
	}
	base, ok := mounts["cpu"]
	if _, err := os.Stat(filepath.Join(base, "cpu.rt_runtime_us")); !ok || err != nil {
		t.Skip("this kernel shares no real-time between groups")
	}
	var groups [2]*group
	for i := range groups {
		dir := make1(t, filepath.Join(base, fmt.Sprintf("sandbox-test-%d-%d", os.Getpid(), i)))
		groups[i] = &group{into: -1, dirs: []string{dir}, realtime: realtime{runtime: setting{fd: -1}}}
		t.Cleanup(func() {
			if err := groups[i].remove(); err != nil {
				t.Error(err)
			}
		})
		if err := groups[i].openRealtime(dir); err != nil {
			t.Fatal(err)
		}
	}
	program := exec.Command("sleep", "1000")
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = program.Process.Kill()
		_ = program.Wait()
	}()
	attr := &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1}
	if err := unix.SchedSetAttr(program.Process.Pid, attr, 0); err != nil {
		t.Skip("needs the right to real-time scheduling:", err)
	}
	join := func(g *group) error {
		return os.WriteFile(filepath.Join(g.dirs[0], "tasks"), []byte(strconv.Itoa(program.Process.Pid)), 0)
	}
	if err := join(groups[0]); !errors.Is(err, unix.EINVAL) {
		t.Errorf("without a share: got error %v, want EINVAL", err)
	}
	if err := groups[0].grantRealtime(); err != nil {
		t.Skip("somebody else has the machine's share:", err)
	}
	if err := join(groups[0]); err != nil {
		t.Error("with a share:", err)
	}
	says(t, groups[1].grantRealtime(), "no share is left in "+base, "cpu.rt_runtime_us", "raise")
	_ = program.Process.Kill()
	_ = program.Wait()
	for _, g := range groups {
		if err := g.revokeRealtime(); err != nil {
			t.Error(err)
		}
	}
	if err := groups[1].grantRealtime(); err != nil {
		t.Error("after the first gave it back:", err)
	}
}
