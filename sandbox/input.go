package sandbox

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Every container has one file for standard input, in a tmpfs of its own that is
// mounted nowhere. What a run gets to read is copied there before and dropped
// after it, so that nothing of the input is the host's: no disk to flush, no file
// system to look at, no times or pages that an earlier run has touched. It is
// always the same inode. A file in memory (memfd) would not do: the kernel numbers
// those together with the shared memory that programs map, so that one run could
// tell the next by how much it mapped.

// makeInput makes the file and leaves it open as descriptor initInput. The number
// free is that of the next descriptor.
func (s *script) makeInput(free int) {
	const place = "/proc" // any folder that no mount comes from
	s.mountTmpfs(place, "size=0,nr_inodes=2,mode=0700")
	s.call("make input", unix.SYS_OPENAT, atFDCWD, s.str(place+"/input"), unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600)
	s.dup("make input", free, initInput, 0)
	s.call("make input", unix.SYS_CLOSE, uintptr(free))
	s.call("hide input", unix.SYS_UMOUNT2, s.str(place), unix.MNT_DETACH)
}

// openInput takes hold of the file.
func (in *inside) openInput() (err error) {
	in.input, err = os.OpenFile(fmt.Sprintf("/proc/%d/fd/%d", in.pid, initInput), os.O_RDWR, 0)
	if err != nil {
		err = fmt.Errorf("open the container's input: %w", err)
	}
	return err
}

// hold makes the input what write writes, and opens it for a program.
func (in *inside) hold(write func(io.Writer) error) (*os.File, error) {
	if err := in.input.Truncate(0); err != nil {
		return nil, fmt.Errorf("empty the input: %w", err)
	}
	if _, err := in.input.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("rewind the input: %w", err)
	}
	if err := write(in.input); err != nil {
		return nil, fmt.Errorf("hold the input in memory: %w", err)
	}
	f, err := os.Open("/proc/self/fd/" + strconv.Itoa(int(in.input.Fd())))
	if err != nil {
		return nil, fmt.Errorf("open the input: %w", err)
	}
	return f, nil
}

// drop gives the input's memory back once nobody reads it any more. If it could
// not, the next hold says so.
func (in *inside) drop(f *os.File) {
	_ = f.Close()
	_ = in.input.Truncate(0)
}

// ownInput puts the container's own file in the place of one of the host's. What
// is no file, as a pipe between programs, is left as it is.
func (c *Container) ownInput(cmd *Command) (drop func(), err error) {
	if cmd.Stdin == nil {
		return func() {}, nil
	}
	info, err := cmd.Stdin.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return func() {}, err
	}
	in, from := c.in, cmd.Stdin
	f, err := in.hold(func(to io.Writer) error {
		_, err := io.Copy(to, from)
		return err
	})
	if err != nil {
		return func() {}, err
	}
	cmd.Stdin = f
	return func() { in.drop(f) }, nil
}
