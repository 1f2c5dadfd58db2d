package sandbox

import (
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
	trees       []tree // parents before children
	layered     bool   // there are layers among them
	devices     []string
	workOptions string // of the tmpfs at /work; empty: none
}

// tree is a mount, or layers.
type tree struct {
	target  string
	sources []string // resolved; the topmost first, more than one only of layers
	folder  bool
	upper   string // options of the tmpfs that is the upper layer; empty: a mount
}

var deviceNames = []string{"null", "zero", "full", "urandom"}

func newLayout(cfg Config) (layout, error) {
	l := layout{}
	mounts, err := kernelMounts()
	if err != nil {
		return l, err
	}
	wanted, err := treesOf(cfg)
	if err != nil {
		return l, err
	}
	for _, t := range wanted {
		if err := t.resolve(mounts); err != nil {
			return l, err
		}
		if err := l.checkPlace(t); err != nil {
			return l, err
		}
		l.trees = append(l.trees, t)
		l.layered = l.layered || t.upper != ""
	}
	if cfg.Devices {
		l.devices = deviceNames
	}
	l.workOptions, err = workOptions(cfg)
	return l, err
}

// workInodes is how many files a work folder holds if the config does not say.
const workInodes = 4096

// workOptions are those of the tmpfs at /work. The kernel rounds sizes up to
// whole pages, and would take a size of 0 as no limit.
func workOptions(cfg Config) (string, error) {
	options, err := tmpfsOptions("work folder", cfg.WorkBytes, cfg.WorkInodes, 1)
	if err != nil || cfg.WorkBytes == 0 {
		return "", err
	}
	return options + fmt.Sprintf(",mode=0700,uid=%d,gid=%d", programID, programID), nil
}

// tmpfsOptions limit a tmpfs for what is named; more inodes are needed for itself.
func tmpfsOptions(what string, bytes, inodes, more int64) (string, error) {
	if inodes == 0 {
		inodes = workInodes
	}
	switch {
	case bytes < 0 || bytes > maxBytes:
		return "", fmt.Errorf("%s of %d bytes: give 0 for none, or up to %d", what, bytes, int64(maxBytes))
	case inodes < 0 || inodes > maxInodes:
		return "", fmt.Errorf("%s for %d files: give 0 for %d, or up to %d", what, inodes, workInodes, maxInodes)
	}
	return fmt.Sprintf("size=%d,nr_inodes=%d", bytes, inodes+more), nil
}

// maxInodes is far above use and far below where the kernel's sums overflow.
const maxInodes = 1 << 30

// treesOf are what a container is to show, parents before children.
func treesOf(cfg Config) ([]tree, error) {
	var trees []tree
	for _, m := range cfg.Mounts {
		trees = append(trees, tree{target: m.Target, sources: []string{m.Source}})
	}
	lower := 0
	for _, c := range cfg.Layers {
		options, err := c.options()
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree{target: c.Target, sources: slices.Clone(c.Lower), upper: options})
		lower += len(c.Lower)
	}
	if lower > maxTrees {
		return nil, fmt.Errorf("%d lower folders in all; give up to %d", lower, maxTrees)
	}
	slices.SortStableFunc(trees, func(a, b tree) int {
		return len(filepath.Clean(a.target)) - len(filepath.Clean(b.target))
	})
	return trees, nil
}

// resolve follows the links of all sources once and for all.
func (t *tree) resolve(mounts map[string]bool) error {
	for i, source := range t.sources {
		resolved, folder, err := resolveMount(Mount{source, t.target}, mounts)
		if err != nil {
			return err
		}
		if t.upper != "" && !folder {
			return fmt.Errorf("layers at %s: %s is no folder", short(t.target), short(source))
		}
		for _, before := range t.sources[:i] {
			if within(before, resolved.Source) || within(resolved.Source, before) {
				return fmt.Errorf("layers at %s: of %s and %s one lies in the other; give folders apart", short(t.target), short(before), short(resolved.Source))
			}
		}
		t.sources[i], t.folder = resolved.Source, folder
		if i == len(t.sources)-1 {
			t.target = resolved.Target
		}
	}
	return nil
}

// resolveMount follows the links of a mount's source once and for all, and
// says whether it is a folder.
func resolveMount(m Mount, mounts map[string]bool) (_ Mount, folder bool, err error) {
	fail := func(format string, args ...any) (Mount, bool, error) {
		return m, false, fmt.Errorf("mount of %s at %s: %w", short(m.Source), short(m.Target), fmt.Errorf(format, args...))
	}
	for _, path := range []string{m.Source, m.Target} {
		switch {
		case !filepath.IsAbs(path):
			return fail("%s is not an absolute path", short(path))
		case strings.ContainsRune(path, 0):
			return fail("%s holds a NUL, where the kernel would take the path to end", short(path))
		case len(path) >= unix.PathMax:
			return fail("a path of %d bytes; the kernel takes %d", len(path), unix.PathMax-1)
		}
	}
	target := filepath.Clean(m.Target)
	for _, own := range []string{"/work", "/dev", "/proc", "/sys"} {
		if target == "/" || within(target, own) {
			return fail("the place is the sandbox's own; choose one that is not /, /work, /dev, /proc or /sys, nor below")
		}
	}
	for _, part := range strings.Split(target, "/") {
		if len(part) > maxName {
			return fail("a name of %d bytes; the kernel takes %d", len(part), maxName)
		}
	}
	source, err := filepath.EvalSymlinks(m.Source)
	if err != nil {
		return fail("%w", err)
	}
	if place, bad := shown(source, mounts); bad {
		return fail("it would show the kernel's own files at %s; show other folders, one by one", place)
	}
	info, err := os.Stat(source)
	if err != nil {
		return fail("%w", err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return fail("it is %s; only folders and regular files are shown (Config.Devices gives the usual devices)", kindOf(info.Mode()))
	}
	return Mount{source, target}, info.IsDir(), nil
}

const maxName = 255 // NAME_MAX

// checkPlace says whether there will be a place for a mount, given those that
// come before it.
func (l layout) checkPlace(t tree) error {
	for _, before := range l.trees {
		switch {
		case t.target == before.target:
			return fmt.Errorf("mount of %s at %s: %s is there already; each place takes one", short(t.sources[0]), short(t.target), short(before.sources[0]))
		case !within(t.target, before.target):
			continue
		case !before.folder:
			return fmt.Errorf("mount of %s at %s: %s, which is no folder, is at %s", short(t.sources[0]), short(t.target), short(before.sources[0]), short(before.target))
		}
	}
	parent, inner := l.parent(t.target)
	if parent == nil {
		return nil
	}
	// Nothing is ever made in a source: it is the host's. Of layers the topmost
	// that has the place counts.
	var place string
	var info os.FileInfo
	var err error
	for _, source := range parent.sources {
		place = filepath.Join(source, inner)
		if info, err = os.Lstat(place); err == nil {
			break
		}
	}
	if err == nil && info.IsDir() != t.folder || err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is %s", short(place), kindOf(info.Mode()))
	}
	if resolved, linked := filepath.EvalSymlinks(place); err == nil && linked == nil && resolved != place {
		err = fmt.Errorf("%s leads through a link", short(place))
	}
	if err != nil {
		return fmt.Errorf("mount of %s at %s, inside %s: %w; make an empty %s of that name there for it", short(t.sources[0]), short(t.target), short(parent.target), err, noun(t.folder))
	}
	return nil
}

// parent is the innermost mount that a target lies in, and where in it; nil
// for one that lies in the root.
func (l layout) parent(target string) (parent *tree, inner string) {
	for i := range l.trees {
		if t := &l.trees[i]; t.target != target && within(target, t.target) && (parent == nil || len(t.target) > len(parent.target)) {
			parent, inner = t, strings.TrimPrefix(target, t.target)
		}
	}
	return parent, inner
}

func noun(folder bool) string {
	if folder {
		return "folder"
	}
	return "file"
}

func kindOf(mode os.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a folder"
	case mode&os.ModeSymlink != 0:
		return "a link"
	case mode&os.ModeNamedPipe != 0:
		return "a pipe"
	case mode&os.ModeSocket != 0:
		return "a socket"
	case mode&os.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// short quotes a path for a message, cut if somebody made it very long.
func short(path string) string {
	const most = 200
	if len(path) > most {
		return fmt.Sprintf("%q...", path[:most])
	}
	if strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) || path == "" {
		return fmt.Sprintf("%q", path)
	}
	return path
}

// kernelFileSystems show the machine rather than files.
var kernelFileSystems = []string{
	"proc", "sysfs", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "configfs", "devpts", "devtmpfs", "mqueue",
	"bpf", "pstore", "efivarfs", "fusectl", "binfmt_misc", "selinuxfs", "nsfs", "rpc_pipefs", "nfsd",
}

// kernelMounts are the machine's mounts, with whether such a file system is
// there.
func kernelMounts() (map[string]bool, error) {
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("%w (mount /proc for the judge: mount -t proc proc /proc)", err)
	}
	mounts := map[string]bool{"/proc": true, "/sys": true} // also where nothing is mounted there
	for line := range strings.Lines(string(b)) {
		head, tail, _ := strings.Cut(line, " - ")
		left, right := strings.Fields(head), strings.Fields(tail)
		if len(left) > 4 && len(right) > 0 {
			point := unescapeMount.Replace(left[4])
			mounts[point] = mounts[point] || slices.Contains(kernelFileSystems, right[0])
		}
	}
	return mounts, nil
}

// shown gives a place at which showing a folder would show the machine.
func shown(source string, mounts map[string]bool) (place string, bad bool) {
	holder := ""
	for point, special := range mounts {
		if special && within(point, source) {
			return point, true
		}
		if within(source, point) && len(point) > len(holder) {
			holder = point
		}
	}
	return holder, mounts[holder]
}

// unescapeMount undoes how mountinfo writes names.
var unescapeMount = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func within(path, dir string) bool {
	return path == dir || dir == "/" || strings.HasPrefix(path, dir+"/")
}

// Descriptors of the init while it builds: whatever it opens then gets the
// next number, so steps can be written down before they run.
const (
	initLifeline = iota
	initReady
	initStub
	initInput
	initFirstFree
)

// script writes down how a fresh clone becomes the container's init. Mounts
// are taken while it still is the judge's user, who can see their sources;
// the root is built as the container's own.
//
// Lower layers that the judge has taken itself come as descriptors.
func (l layout) script(s *script, id identity, lower []*os.File, lifeline, ready, mapped, stub int) {
	scratch := s.addr(unsafe.Pointer(new([8]byte)))
	s.call("wait for user map", unix.SYS_READ, uintptr(mapped), scratch, 1)
	s.dup("lifeline", lifeline, initLifeline, 0)
	s.dup("ready pipe", ready, initReady, unix.O_CLOEXEC)
	s.dup("stub", stub, initStub, unix.O_CLOEXEC)
	s.dup("keep a number free", initStub, initInput, unix.O_CLOEXEC)
	free := initFirstFree
	for _, f := range lower {
		s.dup(layerStep+"take "+short(f.Name()), int(f.Fd()), free, unix.O_CLOEXEC)
		free++
	}
	s.call("close files", unix.SYS_CLOSE_RANGE, uintptr(free), uintptr(^uint32(0)), 0)
	s.call("set umask", unix.SYS_UMASK, 0o022)
	s.call("make mounts private", unix.SYS_MOUNT, 0, s.str("/"), 0, unix.MS_REC|unix.MS_PRIVATE, 0)

	// Every source takes two numbers: where it is, and the copy to mount. A
	// link that has come into its path since New is not followed.
	take := func(source string, folder bool) int {
		s.openPath(takeStep+short(source), source, folder, unix.RESOLVE_NO_SYMLINKS)
		s.call(takeStep+short(source), unix.SYS_OPEN_TREE, uintptr(free), s.str(""), unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE|unix.AT_EMPTY_PATH)
		free += 2
		return free - 1
	}
	taken := make([][]int, len(l.trees)) // the copies of the sources of each tree
	given := initFirstFree
	for i, t := range l.trees {
		for _, source := range t.sources {
			if t.upper != "" && lower != nil {
				taken[i] = append(taken[i], given)
				given++
			} else {
				taken[i] = append(taken[i], take(source, t.folder))
			}
		}
	}
	var devices []int
	for _, name := range l.devices {
		devices = append(devices, take("/dev/"+name, false))
	}
	if id.privileged {
		s.call("drop groups", unix.SYS_SETGROUPS, 0, 0)
		s.becomeUser(0)
	}
	s.makeInput(free)
	l.buildRoot(s, taken, devices, free)
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

// buildRoot makes the new root out of what was taken and moves into it. The number
// free is that of the next descriptor.
func (l layout) buildRoot(s *script, taken [][]int, devices []int, free int) {
	const readOnly = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID
	// Any folder that no mount comes from does as the place to build.
	s.call("mount root", unix.SYS_MOUNT, s.str("tmpfs"), s.str("/proc"), s.str("tmpfs"), unix.MS_NOSUID|unix.MS_NODEV, s.str("size=64k,mode=0755"))
	s.call("enter root", unix.SYS_CHDIR, s.str("/proc"))
	put := func(fd int, target string, folder bool) {
		if parent, _ := l.parent(target); parent == nil {
			s.makePlace(target, folder)
		}
		s.openPath("find "+target, target[1:], folder, unix.RESOLVE_NO_SYMLINKS|unix.RESOLVE_BENEATH)
		s.call("mount "+target, unix.SYS_MOVE_MOUNT, uintptr(fd), s.str(""), uintptr(free), s.str(""), unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH)
		free++
	}
	protect := func(target string, set uint64, fds ...int) {
		for _, fd := range fds {
			s.setAttr("protect "+target, fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, set)
		}
	}
	if l.layered {
		l.prepareLayers(s)
	}
	for i, t := range l.trees {
		protect(t.target, readOnly|unix.MOUNT_ATTR_NODEV, taken[i]...)
		fd := taken[i][0]
		if t.upper != "" {
			l.mountLayers(s, t, i, taken[i], free)
			fd, free = free+1, free+2
		}
		put(fd, t.target, t.folder)
	}
	if l.layered {
		l.dropLayers(s)
	}
	for i, name := range l.devices {
		protect("/dev/"+name, readOnly|unix.MOUNT_ATTR_NOEXEC, devices[i])
		put(devices[i], "/dev/"+name, false)
	}
	s.call("pivot root", unix.SYS_PIVOT_ROOT, s.str("."), s.str("."))
	s.call("drop the host's root", unix.SYS_UMOUNT2, s.str("."), unix.MNT_DETACH)
	s.call("enter root", unix.SYS_CHDIR, s.str("/"))
	if l.workOptions != "" {
		s.makePlace("/work", true)
		s.mountTmpfs("/work", l.workOptions)
	}
	s.setAttr("make root read-only", unix.AT_FDCWD, "/", 0, readOnly|unix.MOUNT_ATTR_NODEV)
}

// takeStep begins the names of steps that look for a source.
const takeStep = "take "

// openPath takes hold of a file without opening it.
func (s *script) openPath(name, path string, folder bool, resolve uint64) {
	how := &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: resolve}
	if folder {
		how.Flags |= unix.O_DIRECTORY
	}
	s.call(name, unix.SYS_OPENAT2, atFDCWD, s.str(path), s.addr(unsafe.Pointer(how)), unsafe.Sizeof(*how))
}

// makePlace makes what a mount goes over, in the current folder.
func (s *script) makePlace(target string, folder bool) {
	parts := strings.Split(target[1:], "/")
	for i := range parts {
		path := strings.Join(parts[:i+1], "/")
		var made *step
		if i < len(parts)-1 || folder {
			made = s.call("make /"+path, unix.SYS_MKDIRAT, atFDCWD, s.str(path), 0o755)
		} else {
			made = s.call("make /"+path, unix.SYS_MKNODAT, atFDCWD, s.str(path), unix.S_IFREG|0o644, 0)
		}
		made.tolerated = uintptr(unix.EEXIST)
	}
}

// becomeUser changes to a user and group of the container. Other groups must
// have been dropped.
func (s *script) becomeUser(id uintptr) {
	s.call("set group", unix.SYS_SETRESGID, id, id, id)
	s.call("set user", unix.SYS_SETRESUID, id, id, id)
}
