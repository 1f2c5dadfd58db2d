package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Process is one of several programs that run together.
type Process struct {
	Container *Container // its own; no other process's
	Command   Command
}

// Pipe joins two processes: what From writes To reads. It may also lead back to
// the process that it comes from.
type Pipe struct{ From, To End }

// End is where a process holds an end of a pipe.
type End struct {
	Process    int // index into the list of processes
	Descriptor int // 1 (From) or 0 (To), or 3 to MaxDescriptor
}

// MaxDescriptor is the highest descriptor at which a process may hold a pipe. It
// must also be at least 2 below its Limits.OpenFiles.
const MaxDescriptor = 63

// RunTogether runs several programs at once, joined by pipes in whatever way: a
// submission and the interactor that talks to it, a chain, a manager of several
// submissions. Each has its own container, so that they share nothing but the
// pipes, and its own limits. A process that holds no pipe at its standard input or
// output has there what its command says.
//
// When a process ends, so do its ends of pipes, and the others find that out as
// from any pipe: the end of the input, or SIGPIPE. Nobody else holds an end, the
// judge least of all. Facts.Ended tells who was first. What goes through pipes is
// not counted; time limits bound it.
//
// The error is about the sandbox; then all processes are stopped.
func RunTogether(ctx context.Context, processes []Process, pipes []Pipe) ([]Facts, error) {
	commands, err := join(processes, pipes)
	if err != nil {
		return nil, fmt.Errorf("run together: %w", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	facts := make([]Facts, len(processes))
	errs := make([]error, len(processes))
	var all sync.WaitGroup
	for i, p := range processes {
		all.Go(func() {
			defer commands[i].joined.letGo()
			if facts[i], errs[i] = p.Container.Run(ctx, commands[i]); errs[i] != nil {
				stop(errs[i])
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		for _, f := range facts {
			if f.Output != nil {
				_ = f.Output.Close()
			}
		}
		return nil, err
	}
	return facts, nil
}

// ends are the judge's copies of the ends of pipes that a process gets, by its
// descriptors. As long as they are open nobody sees the end of what comes through.
type ends map[int]*os.File

// letGo closes them; it may be called twice.
func (e ends) letGo() {
	for _, f := range e {
		_ = f.Close()
	}
}

// highest is the highest descriptor with a pipe, and at least 2.
func (e ends) highest() int {
	most := 2
	for descriptor := range e {
		most = max(most, descriptor)
	}
	return most
}

// join makes the pipes and gives every command its ends.
func join(processes []Process, pipes []Pipe) (_ []Command, err error) {
	commands := make([]Command, len(processes))
	defer func() {
		if err != nil {
			for i := range commands {
				commands[i].joined.letGo()
			}
		}
	}()
	seen := map[*Container]bool{nil: true}
	for i, p := range processes {
		if seen[p.Container] {
			return nil, fmt.Errorf("process %d needs a container of its own", i)
		}
		seen[p.Container] = true
		commands[i] = p.Command
		commands[i].joined = ends{}
	}
	for i, p := range pipes {
		if err := errors.Join(checkEnd(commands, p.From, 1), checkEnd(commands, p.To, 0)); err != nil {
			return nil, fmt.Errorf("pipe %d: %w", i, err)
		}
		r, w, err := pipeBeyond()
		if err != nil {
			return nil, fmt.Errorf("pipe %d: %w", i, err)
		}
		from, to := commands[p.From.Process].joined, commands[p.To.Process].joined
		if from[p.From.Descriptor] != nil || to[p.To.Descriptor] != nil || p.From == p.To {
			_, _ = r.Close(), w.Close()
			return nil, fmt.Errorf("pipe %d: another pipe is at one of its ends already", i)
		}
		from[p.From.Descriptor], to[p.To.Descriptor] = w, r
	}
	return commands, nil
}

// checkEnd refuses what no process can hold. Of the descriptors below 3 only one
// is for this kind of end.
func checkEnd(commands []Command, e End, standard int) error {
	switch {
	case e.Process < 0 || e.Process >= len(commands):
		return fmt.Errorf("there is no process %d", e.Process)
	case e.Descriptor != standard && (e.Descriptor < 3 || e.Descriptor > MaxDescriptor):
		return fmt.Errorf("process %d cannot hold it at descriptor %d: give %d, or 3 to %d", e.Process, e.Descriptor, standard, MaxDescriptor)
	}
	return nil
}

// checkJoined refuses a command that has something else where a pipe is to be, or
// whose limits leave no room for its pipes. A window has both its ends of its own.
func checkJoined(cmd Command) error {
	in, out := cmd.joined[0] != nil, cmd.joined[1] != nil
	switch {
	case in && cmd.Stdin != nil:
		return errors.New("a pipe is at its standard input, and Stdin is set: leave that nil")
	case out && cmd.OutputFile:
		return errors.New("a pipe is at its standard output, and OutputFile is set: there is nothing to keep")
	case (in || out) && cmd.Window != nil:
		return errors.New("a pipe is at its standard input or output, which its window needs: join others")
	case cmd.joined.highest()+2 > cmd.Limits.OpenFiles:
		return fmt.Errorf("a pipe is at descriptor %d, and it may have %d open files: allow %d", cmd.joined.highest(), cmd.Limits.OpenFiles, cmd.joined.highest()+2)
	}
	return nil
}

// pipeBeyond makes a pipe whose descriptors are beyond all that processes hold, so
// that none is in the way while the others are put in place.
func pipeBeyond() (r, w *os.File, err error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, err
	}
	var files [2]*os.File
	for i, fd := range p {
		moved, failed := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, MaxDescriptor+2)
		err = errors.Join(err, failed, unix.Close(fd))
		if failed == nil {
			files[i] = os.NewFile(uintptr(moved), "pipe")
		}
	}
	if err != nil {
		_, _ = files[0].Close(), files[1].Close()
		return nil, nil, err
	}
	return files[0], files[1], nil
}

// place puts the pipes where the program is to hold them. Nothing that has a number
// of the judge's may be used afterwards.
func (e ends) place(s *script) {
	for descriptor, f := range e {
		s.dup("set up a pipe", int(f.Fd()), descriptor, 0)
	}
}
