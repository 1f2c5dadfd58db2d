package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Layers are an overlay that the container's own root mounts, in its user
// namespace: whatever a hole in the kernel's overlay would give away is no more
// than that user has. Its upper layer is a tmpfs of its own, limited in bytes and
// inodes. Both, and the lower layers, are mounted where no program sees them, and
// are out of its reach once the overlay stands.
//
// To change a file of a lower layer the kernel makes a copy with the same owner,
// who must exist in the container, and whose file the program must be allowed to
// change. A judge with privileges therefore shows the overlay its lower layers
// through mounts that give the folder's owner the number of the program's user.
// Without privileges the judge's own user is the program's.

// Layers shows folders of the host inside the container as one folder in which
// programs may change everything. The folders stay as they are: what is written,
// removed or renamed is kept in memory above them, for as long as /work is. What
// belongs to the owner of a lower folder belongs to the programs' user inside;
// files of others are seen, and can only be changed by making others in their place.
type Layers struct {
	Target string   // absolute path inside the container
	Lower  []string // absolute paths of folders on the host, the topmost first
	// UpperBytes and UpperInodes size what may be written above them; with
	// UpperInodes zero 4096 files and folders. A change takes a copy of the whole file.
	UpperBytes  int64
	UpperInodes int64
}

const (
	maxLower = 16 // of one folder: the kernel takes 255 bytes for their places
	maxTrees = 64 // lower layers of a container
	// layerInodes are those of the upper layer that are the overlay's own.
	layerInodes = 5
)

// layerStep begins the names of steps that mount layers.
const layerStep = "layers: "

func (c Layers) options() (string, error) {
	switch {
	case len(c.Lower) == 0 || len(c.Lower) > maxLower:
		return "", fmt.Errorf("layers at %s: %d lower folders; give 1 to %d", short(c.Target), len(c.Lower), maxLower)
	case c.UpperBytes == 0:
		return "", fmt.Errorf("layers at %s: no room above them; give UpperBytes, or mount the folder read-only", short(c.Target))
	}
	options, err := tmpfsOptions("layers at "+short(c.Target), c.UpperBytes, c.UpperInodes, layerInodes)
	return options + ",mode=0700", err
}

// lowerTrees are copies of the mounts of all lower layers, in the order of the
// layout, with the folder's owner as the program's user. Only a judge with
// privileges has to make them, and can.
func (l layout) lowerTrees(id identity) (trees []*os.File, err error) {
	for _, t := range l.trees {
		if t.upper == "" || !id.privileged {
			continue
		}
		for _, source := range t.sources {
			f, err := lowerTree(source, id)
			if err != nil {
				closeAll(trees)
				return nil, fmt.Errorf("%slower folder %s: %w", layerStep, short(source), err)
			}
			trees = append(trees, f)
		}
	}
	return trees, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

func lowerTree(source string, id identity) (*os.File, error) {
	fd, err := unix.Openat2(unix.AT_FDCWD, source, &unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS})
	if err != nil {
		return nil, fmt.Errorf("open: %w (it has changed since the container was made: put it back, or make a new container)", err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	users, err := userNamespace(mapping(st.Uid, id.uid), mapping(st.Gid, id.uid))
	if err != nil {
		return nil, fmt.Errorf("map its owner: %w", err)
	}
	defer users.Close()
	tree, err := unix.OpenTree(fd, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH)
	if err != nil {
		return nil, fmt.Errorf("copy the mount: %w", err)
	}
	defer unix.Close(tree)
	attr := &unix.MountAttr{Attr_set: lowerAttributes | unix.MOUNT_ATTR_IDMAP, Userns_fd: uint64(users.Fd())}
	if err := unix.MountSetattr(tree, "", unix.AT_EMPTY_PATH, attr); err != nil {
		return nil, fmt.Errorf("give its owner the number of the program's user (an idmapped mount): %w (put it on a file system that has them, as ext4, XFS, Btrfs or tmpfs, and not an overlay: in a container runtime, a volume)", err)
	}
	// Beyond the numbers that the container's init gives them.
	moved, err := unix.FcntlInt(uintptr(tree), unix.F_DUPFD_CLOEXEC, initFirstFree+maxTrees)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(moved), source), nil
}

const lowerAttributes = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV

func mapping(inside uint32, outside int) string { return fmt.Sprintf("%d %d 1\n", inside, outside) }

// userNamespace makes one with these maps, by a child that lives until it is open.
func userNamespace(uids, gids string) (_ *os.File, err error) {
	r, w, err := pipeAbove()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	defer w.Close()
	s := &script{}
	s.dup("wait", int(r.Fd()), 0, 0)
	s.call("wait", unix.SYS_CLOSE_RANGE, 1, uintptr(^uint32(0)), 0) // so that it sees the judge's end, too
	s.call("wait", unix.SYS_READ, 0, s.addr(unsafe.Pointer(new([8]byte))), 1)
	s.call("exit", unix.SYS_EXIT_GROUP, 0)
	pid, err := s.start(&cloneArgs{flags: unix.CLONE_NEWUSER | unix.CLONE_VM | cloneClearSighand, exitSignal: uint64(unix.SIGCHLD)})
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = w.Close()
		_, waited := wait4(pid, nil)
		err = errors.Join(err, waited, s.failure())
	}()
	proc := "/proc/" + strconv.Itoa(pid)
	if err := errors.Join(os.WriteFile(proc+"/uid_map", []byte(uids), 0), os.WriteFile(proc+"/gid_map", []byte(gids), 0)); err != nil {
		return nil, err
	}
	return os.Open(proc + "/ns/user")
}

// staging is where layers stand until the overlay does: a place in the new root
// that no mount can have.
const staging = "sys"

// prepareLayers makes the place where layers stand.
func (l layout) prepareLayers(s *script) {
	s.makePlace("/"+staging, true)
	s.call(layerStep+"make room", unix.SYS_MOUNT, s.str("tmpfs"), s.str(staging), s.str("tmpfs"), unix.MS_NOSUID|unix.MS_NODEV, s.str("size=64k,mode=0700"))
}

// dropLayers leaves them to the overlays alone.
func (l layout) dropLayers(s *script) {
	s.call(layerStep+"hide", unix.SYS_UMOUNT2, s.str(staging), unix.MNT_DETACH)
	s.call(layerStep+"hide", unix.SYS_UNLINKAT, atFDCWD, s.str(staging), unix.AT_REMOVEDIR)
}

// mountLayers mounts an overlay nowhere, with the lower layers that were taken as
// descriptors; number is that of the next descriptor, and the overlay's is the one after.
func (l layout) mountLayers(s *script, t tree, which int, taken []int, number int) {
	what := func(step string) string { return layerStep + step + " for " + t.target }
	var lower []string
	for i, fd := range taken {
		place := fmt.Sprintf("%s/%d.%d", staging, which, i)
		s.call(what("make a place"), unix.SYS_MKDIRAT, atFDCWD, s.str(place), 0o755)
		s.call(what("mount the lower folder "+short(t.sources[i])), unix.SYS_MOVE_MOUNT, uintptr(fd), s.str(""), atFDCWD, s.str(place), unix.MOVE_MOUNT_F_EMPTY_PATH)
		lower = append(lower, place)
	}
	top := fmt.Sprintf("%s/%d", staging, which)
	upper, work := s.str(top+"/upper"), s.str(top+"/work")
	s.call(what("make a place"), unix.SYS_MKDIRAT, atFDCWD, s.str(top), 0o755)
	s.call(what("mount the upper layer"), unix.SYS_MOUNT, s.str("tmpfs"), s.str(top), s.str("tmpfs"), unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOATIME, s.str(t.upper))
	s.call(what("make the upper layer"), unix.SYS_MKDIRAT, atFDCWD, upper, 0o755)
	s.call(what("make the upper layer"), unix.SYS_MKDIRAT, atFDCWD, work, 0o700)
	s.call(what("make the upper layer"), unix.SYS_FCHOWNAT, atFDCWD, upper, programID, programID, 0)
	// Without them the overlay mounts, and fails later: a folder cannot be removed.
	name := s.str("user.judge")
	s.call(what("mark files in memory (user attributes on tmpfs, Linux 6.6)"), unix.SYS_SETXATTR, upper, name, name, 1, 0)
	s.call(what("mark files in memory"), unix.SYS_REMOVEXATTR, upper, name)

	s.call(what("open overlay"), unix.SYS_FSOPEN, s.str("overlay"), unix.FSOPEN_CLOEXEC)
	set := func(key, value string) {
		s.call(what("set "+key), unix.SYS_FSCONFIG, uintptr(number), unix.FSCONFIG_SET_STRING, s.str(key), s.str(value), 0)
	}
	s.call(what("set userxattr"), unix.SYS_FSCONFIG, uintptr(number), unix.FSCONFIG_SET_FLAG, s.str("userxattr"), 0, 0)
	set("index", "off")
	set("lowerdir", strings.Join(lower, ":"))
	set("upperdir", top+"/upper")
	set("workdir", top+"/work")
	s.call(what("make the overlay"), unix.SYS_FSCONFIG, uintptr(number), unix.FSCONFIG_CMD_CREATE, 0, 0, 0)
	s.call(what("mount the overlay"), unix.SYS_FSMOUNT, uintptr(number), unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV|unix.MOUNT_ATTR_NOATIME)
}

// openLayers takes hold of the folders that programs may change.
func (in *inside) openLayers(l layout) error {
	for _, t := range l.trees {
		if t.upper == "" {
			continue
		}
		fd, err := unix.Open(fmt.Sprintf("/proc/%d/root%s", in.pid, t.target), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("open %s: %w", short(t.target), err)
		}
		in.layers = append(in.layers, layer{t.target, fd})
	}
	return nil
}

// layer is the judge's hold on a folder that programs may change: an O_PATH
// descriptor.
type layer struct {
	target string
	fd     int
}

func (in *inside) closeLayers() {
	for _, l := range in.layers {
		_ = unix.Close(l.fd)
	}
	in.layers = nil
}
