package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
)

// Party is one of several programs that run together.
type Party struct {
	Container *Container // its own; no other party's
	Command   Command
	// Feeds is the index of the party whose standard input this one's
	// standard output is; -1 for none, as which it is collected.
	Feeds int
}

// RunTogether runs several programs at once, connected by pipes: a submission
// and the interactor that talks to it, say. Each has its own container, so
// that they share nothing but the pipes, and its own limits. When one ends its
// pipes end with it, and the others find that out as from any pipe: the end of
// the input, or SIGPIPE. Facts.Ended tells who was first. What goes through a
// pipe between parties is not counted; time limits bound it.
//
// The error is about the sandbox; then all parties are stopped.
func RunTogether(ctx context.Context, parties ...Party) ([]Facts, error) {
	pipes, err := connect(parties)
	if err != nil {
		return nil, fmt.Errorf("run together: %w", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	facts := make([]Facts, len(parties))
	errs := make([]error, len(parties))
	var all sync.WaitGroup
	for i, p := range parties {
		cmd := p.Command
		if pipes[i].stdin != nil {
			cmd.Stdin = pipes[i].stdin
		}
		cmd.Stdout = pipes[i].stdout
		cmd.letGo = pipes[i].close
		all.Go(func() {
			defer cmd.letGo()
			if facts[i], errs[i] = p.Container.Run(ctx, cmd); errs[i] != nil {
				stop(errs[i])
			}
		})
	}
	all.Wait()
	return facts, errors.Join(errs...)
}

// ends are the judge's copies of a party's ends of pipes. As long as they are
// open nobody sees the end of what comes through.
type ends struct{ stdin, stdout *os.File }

func (e *ends) close() {
	for _, f := range []**os.File{&e.stdin, &e.stdout} {
		if *f != nil {
			_ = (*f).Close()
			*f = nil
		}
	}
}

func connect(parties []Party) (_ []ends, err error) {
	list := make([]ends, len(parties))
	defer func() {
		if err != nil {
			for i := range list {
				list[i].close()
			}
		}
	}()
	seen := map[*Container]bool{}
	for i, p := range parties {
		if p.Container == nil || seen[p.Container] {
			return nil, fmt.Errorf("party %d needs a container of its own", i)
		}
		seen[p.Container] = true
		if p.Command.Stdout != nil || p.Command.Window != nil {
			return nil, fmt.Errorf("party %d has a Stdout or a Window of its own", i)
		}
		if p.Feeds < 0 {
			continue
		}
		if p.Feeds >= len(parties) || list[p.Feeds].stdin != nil || parties[p.Feeds].Command.Stdin != nil {
			return nil, fmt.Errorf("party %d feeds party %d, which is not there or has another input", i, p.Feeds)
		}
		if list[p.Feeds].stdin, list[i].stdout, err = pipeAbove(); err != nil {
			return nil, fmt.Errorf("pipe: %w", err)
		}
	}
	return list, nil
}
