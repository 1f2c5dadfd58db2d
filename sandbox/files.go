package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The work folder belongs to hostile programs. The judge goes into it only
// while none of them lives, never through a link of any kind, and opens
// regular files alone, without waiting for whatever a name turns out to be.

var (
	// ErrNotFile is given for what is there but is no regular file: a
	// folder, a link, a pipe.
	ErrNotFile = errors.New("not a regular file")
	// ErrTooLarge is given for a file above the reader's cap.
	ErrTooLarge = errors.New("file is too large")
)

const beneath = unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV

// WriteFile puts a file into the work folder as it is now, for a run with
// KeepWork, or with an absolute name below a target of Config.Layers into those. Folders on the way are made; the file belongs to the program's
// user. A file that cannot be written whole is not there afterwards. After a
// run that was killed the folder is empty by then.
func (c *Container) WriteFile(name string, data []byte, mode fs.FileMode) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.repair(); err != nil {
		return fmt.Errorf("set up container: %w", err)
	}
	folder, inner, err := c.in.folder(name)
	if err == nil {
		c.used = true
		c.in.thread.do(func() { err = c.asProgram(func() error { return writeBeneath(folder, inner, data, mode) }) })
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", short(name), err)
	}
	return nil
}

var (
	errNoWork  = errors.New("container has no work folder: give it one with Config.WorkBytes")
	errOutside = errors.New("the name leads out of the work folder or is empty: give one below it, without a leading slash, or one below a target of Config.Layers")
)

// asProgram runs f on the container's thread with the program's user as the
// one who owns new files: others do not exist for the container's tmpfs.
func (c *Container) asProgram(f func() error) error {
	if !c.id.privileged {
		return f()
	}
	_, _, _ = unix.RawSyscall(unix.SYS_SETFSGID, uintptr(c.id.uid), 0, 0)
	_, _, _ = unix.RawSyscall(unix.SYS_SETFSUID, uintptr(c.id.uid), 0, 0)
	err := f()
	_, _, _ = unix.RawSyscall(unix.SYS_SETFSUID, 0, 0, 0)
	_, _, _ = unix.RawSyscall(unix.SYS_SETFSGID, uintptr(os.Getegid()), 0, 0)
	return err
}

func writeBeneath(work int, name string, data []byte, mode fs.FileMode) error {
	if !filepath.IsLocal(name) {
		return errOutside
	}
	name = filepath.Clean(name)
	for i, r := range name {
		if r != '/' {
			continue
		}
		if err := makeFolder(work, name[:i]); err != nil {
			return err
		}
	}
	f, err := openBeneath(work, name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		// By its name: on a descriptor the filter of a secluded container refuses it, also
		// to this thread. The name has no link in it, or it could not have been opened, and
		// no program lives that could put one there.
		err = unix.Fchmodat(work, name, uint32(mode.Perm()), 0)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		// Half a file is worse than none. No program lives that could have
		// put a link into the path by now.
		err = errors.Join(err, unix.Unlinkat(work, name, 0))
	}
	return err
}

// makeFolder makes the last part of a path whose other parts exist.
func makeFolder(work int, path string) error {
	parent, base := filepath.Split(path)
	dir, err := unix.Openat2(work, filepath.Join(".", parent), &unix.OpenHow{
		Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: beneath})
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	if err := unix.Mkdirat(dir, base, 0o755); err != nil && !errors.Is(err, unix.EEXIST) {
		return err
	}
	return nil
}

// openBeneath opens a regular file below the work folder.
func openBeneath(work int, name string, flags uint64, mode uint64) (*os.File, error) {
	fd, err := unix.Openat2(work, name, &unix.OpenHow{
		Flags: flags | unix.O_CLOEXEC | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY, Mode: mode, Resolve: beneath})
	switch {
	case errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENXIO), errors.Is(err, unix.EISDIR), errors.Is(err, unix.ENODEV):
		return nil, ErrNotFile
	case err != nil:
		return nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, errors.Join(ErrNotFile, f.Close())
	}
	return f, nil
}

// ReadFile reads a regular file of at most max bytes from the work folder as
// the last run left it, or with an absolute name from layers. What a program can do to make that fail gives
// fs.ErrNotExist, ErrNotFile, ErrTooLarge or fs.ErrPermission.
func (c *Container) ReadFile(name string, max int64) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	folder, inner, err := c.lastInside().folder(name)
	var data []byte
	if err == nil {
		data, err = readBeneath(folder, inner, max)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", short(name), err)
	}
	return data, nil
}

// lastInside is what the last run used; nil for nothing.
func (c *Container) lastInside() *inside {
	if c.in != nil {
		return c.in
	}
	return c.spent
}

// folder is the folder that a name lies in, and the name there: /work, or of layers
// the innermost.
func (in *inside) folder(name string) (folder int, inner string, err error) {
	if in == nil {
		return -1, "", errNoWork
	}
	if !filepath.IsAbs(name) {
		if in.work < 0 {
			return -1, "", errNoWork
		}
		return in.work, name, nil
	}
	name = filepath.Clean(name)
	longest := ""
	for _, l := range in.layers {
		if within(name, l.target) && len(l.target) > len(longest) {
			folder, longest = l.fd, l.target
		}
	}
	if longest == "" {
		return -1, "", errOutside
	}
	return folder, cmp.Or(strings.TrimPrefix(name[len(longest):], "/"), "."), nil
}

func readBeneath(work int, name string, max int64) ([]byte, error) {
	if !filepath.IsLocal(name) {
		return nil, errOutside
	}
	f, err := openBeneath(work, name, unix.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > max {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, info.Size(), max)
	}
	data := make([]byte, info.Size())
	_, err = io.ReadFull(f, data)
	return data, err
}

// ReadDir lists a folder of the work folder ("." is the work folder itself),
// sorted by name, or with an absolute name one of layers. Nothing is followed: a link is listed as one.
func (c *Container) ReadDir(name string) ([]fs.DirEntry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	folder, inner, err := c.lastInside().folder(name)
	var list []fs.DirEntry
	if err == nil {
		list, err = listBeneath(folder, inner)
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", short(name), err)
	}
	return list, nil
}

func listBeneath(work int, name string) ([]fs.DirEntry, error) {
	if !filepath.IsLocal(name) {
		return nil, errOutside
	}
	fd, err := unix.Openat2(work, name, &unix.OpenHow{
		Flags: unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC | unix.O_NOFOLLOW, Resolve: beneath})
	if err != nil {
		return nil, err
	}
	dir := os.NewFile(uintptr(fd), name)
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(names, strings.Compare)
	list := make([]fs.DirEntry, 0, len(names))
	for _, base := range names {
		e := entry{name: base}
		if err := unix.Fstatat(fd, base, &e.st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// entry is a name in the work folder as it was when it was listed.
type entry struct {
	name string
	st   unix.Stat_t
}

func (e entry) Name() string               { return e.name }
func (e entry) IsDir() bool                { return e.Type().IsDir() }
func (e entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Size() int64                { return e.st.Size }
func (e entry) ModTime() time.Time         { return time.Unix(e.st.Mtim.Unix()) }
func (e entry) Sys() any                   { return nil }

func (e entry) Mode() fs.FileMode {
	mode := fs.FileMode(e.st.Mode & 0o777)
	switch e.st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return mode
	case unix.S_IFDIR:
		return mode | fs.ModeDir
	case unix.S_IFLNK:
		return mode | fs.ModeSymlink
	case unix.S_IFIFO:
		return mode | fs.ModeNamedPipe
	case unix.S_IFSOCK:
		return mode | fs.ModeSocket
	}
	return mode | fs.ModeIrregular
}

// EmptyWork empties the work folder, and has layers as they are on the host, for a container that goes from one
// owner's files to another's: a run with KeepWork sees all that is there.
func (c *Container) EmptyWork() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.repair(); err != nil {
		return fmt.Errorf("set up container: %w", err)
	}
	if !c.used || c.in.work < 0 && !c.layout.layered {
		return nil
	}
	if c.layout.layered {
		if err := errors.Join(c.condemn(), c.repair()); err != nil {
			return fmt.Errorf("set up container: %w", err)
		}
		return nil
	}
	var err error
	c.in.thread.do(func() { err = c.emptyWork() })
	if err != nil {
		return errors.Join(fmt.Errorf("empty work folder: %w", err), c.condemn())
	}
	c.used = false
	return nil
}

func (c *Container) emptyWork() error {
	s := &c.in.child
	s.reset()
	s.enterNamespaces(c.in.pidfd, runNamespaces)
	c.in.closeWork()
	c.remountWork(s)
	pid, err := s.start(&cloneArgs{flags: unix.CLONE_VM | unix.CLONE_VFORK | cloneClearSighand, exitSignal: uint64(unix.SIGCHLD)})
	if err != nil {
		return err
	}
	if _, err := wait4(pid, nil); err != nil {
		return err
	}
	if err := s.failure(); err != nil {
		return err
	}
	return c.in.openWork()
}

func (c *Container) remountWork(s *script) {
	s.call("unmount /work", unix.SYS_UMOUNT2, s.str("/work"), unix.MNT_DETACH, filterPass())
	s.mountTmpfs("/work", c.layout.workOptions)
}
