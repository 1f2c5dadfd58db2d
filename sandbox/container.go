package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Container is a prepared place that runs one program at a time. It repairs
// itself: after a run that had to be killed the next one gets a new inside.
type Container struct {
	cfg     Config
	layout  layout
	id      identity
	groups  cgroups
	hard    map[int]uint64
	ignored []uintptr // signals
	cancel  int       // eventfd that interrupts the wait for a program

	closing sync.Once
	ending  atomic.Bool // Close was called: nothing is begun any more

	mu      sync.Mutex
	in      *inside  // nil: to be made anew
	group   *group   // nil: to be made anew, or there are no control groups
	spent   *inside  // killed, kept for its work folder
	used    bool     // the work folder may hold something
	checked *os.File // the program that was last found fit to run; nil for those inside
	current startedRun
	chunk   [chunkBytes]byte // what programs write comes through here
}

// errClosed is returned by the methods of a closed container.
var errClosed = errors.New("container is closed")

// containers counts what this process made, to give each its own user.
var containers atomic.Uint32

// New prepares a container.
func New(ctx context.Context, cfg Config) (_ *Container, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := cfg.Policy.validate(); err != nil {
		return nil, err
	}
	c := &Container{cfg: cfg, id: newIdentity(containers.Add(1)), cancel: -1}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("set up container: %w", err), c.Close())
		}
	}()
	if c.groups, err = cgroupsForContainer(); err != nil {
		return nil, err
	}
	c.groups.sweep()
	quietChildren()
	lastNumber() // opens its file once, now and not in the middle of a run
	c.ignored = ignoredSignals()
	if err := checkCPUs(cfg.CPUs); err != nil {
		return nil, err
	}
	if c.layout, err = newLayout(cfg); err != nil {
		return nil, err
	}
	if c.hard, err = hardLimits(); err != nil {
		return nil, err
	}
	if c.cancel, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, err
	}
	if c.id.privileged {
		// Children share this memory until exec: nobody may look into it,
		// and no kernel may dump it because of them.
		if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
			return nil, fmt.Errorf("forbid dumps: %w", err)
		}
	}
	return c, c.repair()
}

// repair makes anew what the last run left unusable.
func (c *Container) repair() error {
	if c.ending.Load() {
		return errClosed
	}
	if c.group == nil && c.groups.version != 0 {
		group, err := c.groups.newGroup(c.cfg.CPUs)
		if err != nil {
			return err
		}
		c.group = group
	}
	if c.in == nil {
		if err := c.dropSpent(); err != nil {
			return err
		}
		in, err := enter(c.layout, c.id, c.threadCPUs(), c.cfg)
		if err != nil {
			return explain(err)
		}
		c.in, c.used = in, false
	}
	return nil
}

// threadCPUs are the CPUs that the container's thread is bound to.
func (c *Container) threadCPUs() []int {
	switch {
	case c.cfg.Policy.realtime() && len(c.cfg.CPUs) > 0:
		// Handing over on one CPU takes 5 µs, between two 28 to 41 µs.
		return c.cfg.CPUs[:1]
	case c.groups.cpuset:
		return nil // the control group binds the programs, and this thread stays off
	}
	return c.cfg.CPUs
}

// explain adds the cure to errors that are the host's doing.
func explain(err error) error {
	var step *stepError
	switch {
	case errors.As(err, &step) && strings.HasPrefix(step.step, takeStep):
		return fmt.Errorf("%w (what is mounted has changed since the container was made: put it back, or make a new container)", err)
	case errors.As(err, &step) && strings.HasPrefix(step.step, layerStep):
		return fmt.Errorf("%w (layers need Linux 6.6 or newer with overlayfs: modprobe overlay)", err)
	case errors.Is(err, unix.ENOSPC):
		return fmt.Errorf("%w (raise /proc/sys/user/max_user_namespaces and its neighbours)", err)
	case errors.As(err, &step) && os.Geteuid() != 0,
		errors.Is(err, unix.EPERM):
		return fmt.Errorf("%w (run the judge as root, or allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0)", err)
	case errors.Is(err, unix.ENOSYS):
		return fmt.Errorf("%w (Linux 5.12 or newer is needed)", err)
	}
	return err
}

// condemn has the inside and the control group replaced before the next run.
// The work folder stays readable until then.
func (c *Container) condemn() error {
	var err error
	if c.in != nil {
		err = c.in.kill()
		c.spent, c.in = c.in, nil
	}
	return errors.Join(err, c.dropGroup())
}

func (c *Container) dropGroup() error {
	if c.group == nil {
		return nil
	}
	err := c.group.remove()
	c.group = nil
	return err
}

func (c *Container) dropSpent() error {
	if c.spent == nil {
		return nil
	}
	err := c.spent.leave()
	c.spent = nil
	return err
}

// Close stops what runs inside, whose Run then gives an error, and removes
// every trace. It may be called twice.
func (c *Container) Close() error {
	var err error
	c.closing.Do(func() {
		c.ending.Store(true)
		if c.cancel >= 0 {
			// Read by nobody later: no run comes after this.
			_, _ = unix.Write(c.cancel, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		}
		err = c.close()
	})
	return err
}

func (c *Container) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	if c.in != nil {
		err = c.in.leave()
		c.in = nil
	}
	err = errors.Join(err, c.dropSpent(), c.dropGroup())
	if c.cancel >= 0 {
		err = errors.Join(err, unix.Close(c.cancel))
	}
	return err
}
