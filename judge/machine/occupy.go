package machine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// occupied is how often it is looked whether CPUs are free again.
const occupied = 5 * time.Millisecond

// Occupy waits until no other judge on this machine is timing something on
// these CPUs, and keeps them until release: two real-time programs on one CPU
// take turns, and both appear to be slow. Whoever has them gives them up after
// each round.
//
// The locks are names of abstract sockets, which go with the process, need no
// file and hold between users; they do not reach into other network
// namespaces.
func Occupy(ctx context.Context, cpus []int) (release func(), err error) {
	var held []int
	release = func() {
		for _, fd := range held {
			_ = unix.Close(fd)
		}
	}
	for _, cpu := range slices.Sorted(slices.Values(cpus)) { // in order, or two could wait for each other
		fd, err := occupy(ctx, cpu)
		if err != nil {
			release()
			return nil, fmt.Errorf("wait for CPU %d: %w", cpu, err)
		}
		held = append(held, fd)
	}
	return release, nil
}

// occupy stands in line first: whoever gives a CPU up and wants it again at
// once would otherwise always be faster than those who look now and then.
func occupy(ctx context.Context, cpu int) (fd int, err error) {
	line, err := bind(ctx, fmt.Sprintf("@judge times next on CPU %d", cpu))
	if err != nil {
		return -1, err
	}
	defer unix.Close(line)
	return bind(ctx, fmt.Sprintf("@judge times on CPU %d", cpu))
}

// bind waits until nobody else has the name.
func bind(ctx context.Context, name string) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	for {
		err := unix.Bind(fd, &unix.SockaddrUnix{Name: name})
		if err == nil {
			return fd, nil
		}
		if errors.Is(err, unix.EADDRINUSE) {
			select {
			case <-time.After(occupied):
				continue
			case <-ctx.Done():
				err = context.Cause(ctx)
			}
		}
		_ = unix.Close(fd)
		return -1, err
	}
}
