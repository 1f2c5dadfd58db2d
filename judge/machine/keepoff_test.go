package machine

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestKeepOff(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := affinities()[unix.Gettid()]
	if before.Count() < 2 {
		t.Skip("needs two CPUs")
	}
	cpus, err := MeasuringCPUs(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	restore := KeepOff(cpus)
	during := affinities()[unix.Gettid()]
	if during.IsSet(cpus[0]) || during.Count() != before.Count()-1 {
		t.Errorf("kept off CPU %v, a thread has %d CPUs", cpus, during.Count())
	}
	born := make(chan int)
	go func() {
		runtime.LockOSThread() // and never unlocked: a thread of its own
		born <- unix.Gettid()
		<-born
	}()
	thread := <-born
	restore()
	all := affinities()
	if all[unix.Gettid()] != before {
		t.Error("this thread does not have its CPUs back")
	}
	if all[thread] != before {
		t.Error("a thread born meanwhile does not have all CPUs")
	}
	close(born)
}

func TestKeepOffEverything(t *testing.T) {
	before := affinities()
	all := thisHost().allowed()
	restore := KeepOff(all)
	defer restore()
	for thread, set := range affinities() {
		if had, ok := before[thread]; ok && set != had {
			t.Error("a thread was moved although no CPU would have remained")
		}
	}
}
