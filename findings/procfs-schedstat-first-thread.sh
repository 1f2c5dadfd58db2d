#!/bin/sh
# prometheus/procfs v0.23.0: Proc.Schedstat() is that of the first thread only.
#
# Its documentation says "current schedstat information for the process", and its
# neighbour Proc.Stat() is about all threads. The kernel's /proc/PID/schedstat is not:
# a process whose first thread sleeps while another works for a second has run for
# almost nothing by one and for a second by the other. What the working thread waited for
# a CPU is missing in the same way, and of threads that have ended it is nowhere.
#
# Output seen:
#   Stat().CPUTime()                    at least 0.9 s: true
#   Schedstat().RunningNanoseconds      at most 0.1 s:  true
#   the same, of the thread that worked at least 0.9 s: true
#
# Why a contest judge cares: a wall limit that leaves out the time for which a program was
# ready and had no CPU (so that load costs no verdict) is built on this figure. Taken of
# the process it says 0 for every program that works in another thread than its first, and
# such a program is killed by its neighbours' load. It has to be read in
# /proc/PID/task/*/schedstat, or the limit be one of CPU time.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
export GOPATH="$dir/go" GOFLAGS=-modcacherw
mkdir "$dir/main"
cd "$dir/main"
cat >go.mod <<'END'
module finding

go 1.26

require github.com/prometheus/procfs v0.23.0
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"runtime"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// The first thread of the process is main's.
func init() { runtime.LockOSThread() }

func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		log.Fatal(err)
	}
	return time.Duration(t.Nano())
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func main() {
	worked, leave := make(chan int), make(chan bool)
	go func() {
		runtime.LockOSThread()
		for threadTime() < time.Second {
		}
		worked <- unix.Gettid()
		<-leave
	}()
	thread := <-worked
	process := must(procfs.Self())
	all := must(process.Stat()).CPUTime()
	first := must(process.Schedstat()).RunningNanoseconds
	threads := must(must(procfs.AllThreads(process.PID)), error(nil))
	fmt.Printf("Stat().CPUTime()                    at least 0.9 s: %v\n", all > 0.9)
	fmt.Printf("Schedstat().RunningNanoseconds      at most 0.1 s:  %v\n", first < 1e8)
	for _, t := range threads {
		if t.PID == thread {
			fmt.Printf("the same, of the thread that worked at least 0.9 s: %v\n", must(t.Schedstat()).RunningNanoseconds > 9e8)
		}
	}
	close(leave)
}
END
sed -i 's/must(must(procfs.AllThreads(process.PID)), error(nil))/must(procfs.AllThreads(process.PID))/' main.go
go mod tidy -e >/dev/null 2>&1
go run . | tee "$dir/got"
cat >"$dir/want" <<'END'
Stat().CPUTime()                    at least 0.9 s: true
Schedstat().RunningNanoseconds      at most 0.1 s:  true
the same, of the thread that worked at least 0.9 s: true
END
diff "$dir/want" "$dir/got"
