package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// output is the program's standard output and standard error.
type output [2]stream

// stream collects one of them up to a limit.
type stream struct {
	r, w  int
	data  []byte
	file  *os.File // gets what comes once it was diverted; nil: everything is in data
	moved bool     // to file
	size  int64    // of what was kept, wherever
	err   error    // of keeping it
	limit int64
	chunk []byte // what is read into first; the container's
	over  bool   // there was more
	ended bool   // nothing will come any more
	room  int    // what the pipe holds, where that matters
	seen  int    // what was in it when it was last looked at
}

// chunkBytes is how much of an output is read at once.
const chunkBytes = 64 << 10

// open makes the pipes. Standard output that goes elsewhere needs none.
func (o *output) open(l Limits, elsewhere bool, chunk []byte) error {
	o[0].limit, o[1].limit = l.OutputBytes, l.ErrorBytes
	for i := range o {
		o[i].r, o[i].w, o[i].chunk = -1, -1, chunk
	}
	for i := range o {
		if i == 0 && elsewhere {
			continue
		}
		p, err := makePipe()
		if err != nil {
			return err
		}
		var errs [2]error
		o[i].r, errs[0] = above(p[0])
		o[i].w, errs[1] = above(p[1])
		if err := errors.Join(errs[:]...); err != nil {
			return fmt.Errorf("pipe: %w", err)
		}
	}
	return nil
}

// makePipe is pipe2 with the filter's pass.
func makePipe() ([2]int, error) {
	var p [2]int32
	_, _, errno := unix.RawSyscall(unix.SYS_PIPE2, uintptr(unsafe.Pointer(&p)), unix.O_CLOEXEC, filterPass())
	if errno != 0 {
		return [2]int{-1, -1}, fmt.Errorf("pipe: %w", errno)
	}
	return [2]int{int(p[0]), int(p[1])}, nil
}

func (o *output) closeWriters() {
	for i := range o {
		if o[i].w >= 0 {
			_ = unix.Close(o[i].w)
			o[i].w = -1
		}
	}
}

func (o *output) close() {
	o.closeWriters()
	for i := range o {
		if o[i].r >= 0 {
			_ = unix.Close(o[i].r)
			o[i].r = -1
		}
	}
}

// drain reads what is left once every writer is dead.
func (o *output) drain() error {
	for i := range o {
		for o[i].r >= 0 && !o[i].ended {
			n, err := unix.IoctlGetInt(o[i].r, unix.TIOCINQ)
			if err != nil {
				return fmt.Errorf("drain output: %w", err)
			}
			if n == 0 || !o[i].read() {
				break
			}
		}
	}
	if out := &o[0]; out.file != nil && !out.moved { // its window never opened
		early := out.data
		out.divert()
		out.keep(early)
	}
	return o[0].err
}

// widen gives the pipe room for what a program usually writes at once.
func (s *stream) widen() {
	s.room, _ = unix.FcntlInt(uintptr(s.r), unix.F_SETPIPE_SZ, pipeRoom)
	if s.room <= 0 {
		s.room = pipePage
	}
}

// pipeRoom is what everybody may have of a pipe, in bytes.
const pipeRoom = 1 << 20

// relieve empties a pipe that is half full, and one in which as much is as there
// was the last time: its writer may be waiting, since a pipe of another size, or
// one that keeps packets apart, can be full with less.
func (s *stream) relieve() error {
	stuck := false
	for range pipeRoom / pipePage {
		n, err := unix.IoctlGetInt(s.r, unix.TIOCINQ)
		if err != nil {
			return fmt.Errorf("look for output: %w", err)
		}
		stuck = stuck || n == s.seen
		s.seen = n
		if n == 0 || n < s.room/2 && !stuck || !s.read() || s.over {
			return nil
		}
	}
	return nil
}

// pipePage is what a pipe holds at least; every packet in it takes a page.
const pipePage = 4096

// read takes what is there; false means that nothing will come any more. It
// must only be called when there is something, or it waits.
func (s *stream) read() bool {
	n, err := unix.Read(s.r, s.chunk)
	if n > 0 {
		s.keep(s.chunk[:n])
	}
	return n > 0 || errors.Is(err, unix.EINTR)
}

// keep keeps some output, up to the limit. If a file cannot take it the run is
// ended as at the limit; drain says why.
func (s *stream) keep(b []byte) {
	room := s.limit - s.size
	s.over = s.over || int64(len(b)) > room
	b = b[:min(int64(len(b)), room)]
	s.size += int64(len(b))
	if !s.moved {
		s.data = append(s.data, b...)
	} else if _, err := s.file.Write(b); err != nil && s.err == nil {
		s.over, s.err = true, fmt.Errorf("keep standard output in a file: %w", err)
	}
}

// divert begins anew, and has what comes go to the file if there is one.
func (s *stream) divert() {
	s.data, s.size, s.moved = s.data[:0], 0, s.file != nil
}

// newOutputFile makes a file in memory for standard output. It is the judge who
// writes into it what comes through a pipe: so its pages are no memory of the
// program's, and no program can seek, cut, map or leave holes in it.
func newOutputFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("output", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("make a file for standard output: %w", err)
	}
	if fd, err = above(fd); err != nil {
		return nil, fmt.Errorf("make a file for standard output: %w", err)
	}
	return os.NewFile(uintptr(fd), "output"), nil
}

// seal makes a file in memory one that nobody can change, and opens it for reading.
func seal(f *os.File) (*os.File, error) {
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		return nil, fmt.Errorf("seal standard output: %w", err)
	}
	sealed, err := os.Open("/proc/self/fd/" + strconv.Itoa(int(f.Fd())))
	if err != nil {
		return nil, fmt.Errorf("open standard output: %w", err)
	}
	return sealed, nil
}
