package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// layout is the container's file system, ready to be built many times.
type layout struct {
	mounts      []Mount // parents before children; sources resolved
	folders     []bool  // whether the mount is of a folder
	devices     []string
	workOptions string // of the tmpfs at /work; empty: none
}

var deviceNames = []string{"null", "zero", "full", "urandom"}

func newLayout(cfg Config) (layout, error) {
	l := layout{}
	for _, m := range sortedMounts(cfg.Mounts) {
		source, err := filepath.EvalSymlinks(m.Source)
		if err != nil {
			return l, fmt.Errorf("mount %s: %w", m.Target, err)
		}
		if err := checkMount(source, m); err != nil {
			return l, err
		}
		info, err := os.Stat(source)
		if err != nil {
			return l, fmt.Errorf("mount %s: %w", m.Target, err)
		}
		l.mounts = append(l.mounts, Mount{source, filepath.Clean(m.Target)})
		l.folders = append(l.folders, info.IsDir())
	}
	if cfg.Devices {
		l.devices = deviceNames
	}
	if cfg.WorkBytes < 0 || cfg.WorkInodes < 0 {
		return l, errors.New("size of the work folder is negative")
	}
	if cfg.WorkBytes > 0 {
		inodes := cfg.WorkInodes
		if inodes == 0 {
			inodes = 4096
		}
		l.workOptions = fmt.Sprintf("size=%d,nr_inodes=%d,mode=0700,uid=%d,gid=%d", cfg.WorkBytes, inodes+1, programID, programID)
	}
	return l, nil
}

func checkMount(source string, m Mount) error {
	if !filepath.IsAbs(m.Source) || !filepath.IsAbs(m.Target) {
		return fmt.Errorf("mount %s at %q: a path is not absolute", m.Source, m.Target)
	}
	for _, taken := range []string{"/proc", "/sys"} {
		if within(source, taken) {
			return fmt.Errorf("mount %s: nothing below %s is ever shown", m.Source, taken)
		}
	}
	target := filepath.Clean(m.Target)
	if target == "/" || within(target, "/work") || within(target, "/dev") {
		return fmt.Errorf("mount at %s: the place is the sandbox's own", m.Target)
	}
	return nil
}

func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// Descriptors of the init while it builds: whatever it opens then gets the
// next number, so steps can be written down before they run.
const (
	initLifeline = iota
	initReady
	initStub
	initFirstFree
)

// script writes down how a fresh clone becomes the container's init. Mounts
// are taken while it still is the judge's user, who can see their sources;
// the root is built as the container's own.
func (l layout) script(s *script, id identity, lifeline, ready, mapped, stub int) {
	var at = ^uintptr(99) // AT_FDCWD, -100
	scratch := s.addr(unsafe.Pointer(new([8]byte)))
	s.call("wait for user map", unix.SYS_READ, uintptr(mapped), scratch, 1)
	s.dup("lifeline", lifeline, initLifeline, 0)
	s.dup("ready pipe", ready, initReady, unix.O_CLOEXEC)
	s.dup("stub", stub, initStub, unix.O_CLOEXEC)
	s.call("close files", unix.SYS_CLOSE_RANGE, initFirstFree, uintptr(^uint32(0)), 0)
	s.call("set umask", unix.SYS_UMASK, 0o022)
	s.call("make mounts private", unix.SYS_MOUNT, 0, s.str("/"), 0, unix.MS_REC|unix.MS_PRIVATE, 0)

	take := func(source string) {
		s.call("take "+source, unix.SYS_OPEN_TREE, at, s.str(source), unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	}
	for _, m := range l.mounts {
		take(m.Source)
	}
	for _, name := range l.devices {
		take("/dev/" + name)
	}
	if id.privileged {
		s.becomeUser(0)
	}
	l.buildRoot(s, at)
	s.call("set host name", unix.SYS_SETHOSTNAME, s.str("judge"), 5)
	s.call("close mounts", unix.SYS_CLOSE_RANGE, initFirstFree, uintptr(^uint32(0)), 0)
	s.call("new session", unix.SYS_SETSID)
	s.call("die with the judge", unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL))
	s.call("no new privileges", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1)
	ignore := &[4]uint64{1 /* SIG_IGN */}
	s.call("reap orphans", unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), s.addr(unsafe.Pointer(ignore)), 0, 8)
	s.unblockSignals()
	s.call("start init", unix.SYS_EXECVEAT, initStub, s.str(""), s.strs([]string{"init"}), s.strs(nil), unix.AT_EMPTY_PATH)
}

// buildRoot makes the new root out of what was taken and moves into it.
func (l layout) buildRoot(s *script, at uintptr) {
	const readOnly = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID
	// Any folder that no mount comes from does as the place to build.
	s.call("mount root", unix.SYS_MOUNT, s.str("tmpfs"), s.str("/proc"), s.str("tmpfs"), unix.MS_NOSUID|unix.MS_NODEV, s.str("size=64k,mode=0755"))
	s.call("enter root", unix.SYS_CHDIR, s.str("/proc"))
	fd := initFirstFree
	put := func(target string, folder bool, set uint64) {
		s.makePlace(at, target, folder)
		s.setAttr("protect "+target, fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, set)
		s.call("mount "+target, unix.SYS_MOVE_MOUNT, uintptr(fd), s.str(""), at, s.str(target[1:]), unix.MOVE_MOUNT_F_EMPTY_PATH)
		fd++
	}
	for i, m := range l.mounts {
		put(m.Target, l.folders[i], readOnly|unix.MOUNT_ATTR_NODEV)
	}
	for _, name := range l.devices {
		put("/dev/"+name, false, readOnly|unix.MOUNT_ATTR_NOEXEC)
	}
	s.call("pivot root", unix.SYS_PIVOT_ROOT, s.str("."), s.str("."))
	s.call("drop the host's root", unix.SYS_UMOUNT2, s.str("."), unix.MNT_DETACH)
	s.call("enter root", unix.SYS_CHDIR, s.str("/"))
	if l.workOptions != "" {
		s.makePlace(at, "/work", true)
		s.mountTmpfs("/work", l.workOptions)
	}
	s.setAttr("make root read-only", int(at), "/", 0, readOnly|unix.MOUNT_ATTR_NODEV)
}

// makePlace makes what a mount goes over, in the current folder.
func (s *script) makePlace(at uintptr, target string, folder bool) {
	parts := strings.Split(target[1:], "/")
	for i := range parts {
		path := strings.Join(parts[:i+1], "/")
		var made *step
		if i < len(parts)-1 || folder {
			made = s.call("make /"+path, unix.SYS_MKDIRAT, at, s.str(path), 0o755)
		} else {
			made = s.call("make /"+path, unix.SYS_MKNODAT, at, s.str(path), unix.S_IFREG|0o644, 0)
		}
		made.tolerated = uintptr(unix.EEXIST)
	}
}

// becomeUser changes to a user and group of the container and no others.
func (s *script) becomeUser(id uintptr) {
	s.call("drop groups", unix.SYS_SETGROUPS, 0, 0)
	s.call("set group", unix.SYS_SETRESGID, id, id, id)
	s.call("set user", unix.SYS_SETRESUID, id, id, id)
}

// sortedMounts puts parents before children.
func sortedMounts(mounts []Mount) []Mount {
	sorted := slices.Clone(mounts)
	slices.SortStableFunc(sorted, func(a, b Mount) int {
		return len(filepath.Clean(a.Target)) - len(filepath.Clean(b.Target))
	})
	return sorted
}
