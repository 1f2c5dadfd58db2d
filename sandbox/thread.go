package sandbox

import "runtime"

// thread is an operating system thread of its own. A container's children
// are cloned from one: it carries the seccomp filter and the process
// namespace that they inherit, and the container's init dies with it.
type thread struct {
	calls chan func()
	done  chan struct{}
	ended chan struct{}
}

func newThread() *thread {
	t := &thread{calls: make(chan func()), done: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(t.ended)
		// Never unlocked: the thread ends with the goroutine, as nobody else
		// may run in the state it is in.
		runtime.LockOSThread()
		for f := range t.calls {
			f()
			t.done <- struct{}{}
		}
	}()
	return t
}

// do runs f on the thread and waits for it.
func (t *thread) do(f func()) {
	t.calls <- f
	<-t.done
}

// stop ends the thread.
func (t *thread) stop() {
	close(t.calls)
	<-t.ended
}
