#!/bin/sh
# Go 1.26's os/exec and criyle/go-sandbox v0.13.6 on Linux: the peak memory of a program
# is at least that of the judge that started it.
#
# Both take it from the ru_maxrss of wait4(2), whose manual page says "maximum resident set
# size used". The guess is that it is the program's. But both start programs in the
# parent's own memory (CLONE_VM, until the program is executed), and on execve(2) the
# kernel carries over the largest size that the memory which is left behind ever had:
# the parent's. A program that does nothing "takes" what the judge takes; it cannot be
# measured below that, and a judge that has once held the outputs of a large test is
# above the limit of most problems. A shell is small, so that a first try with time(1) on
# the command line shows nothing of it.
#
# Output seen:
#   a judge of a few MiB
#     os/exec:    /bin/true takes less than 32 MiB: true
#     go-sandbox: Normal, less than 32 MiB: true
#   a judge of 256 MiB
#     os/exec:    /bin/true takes 256 MiB and more: true
#     go-sandbox: Memory Limit Exceeded at a limit of 64 MiB: true
#
# Why a contest judge cares: memory is a verdict. Of a judge that measures it like this the
# same sources are accepted after a restart and refused after a large test case. The peak
# of a control group (memory.peak, memory.max_usage_in_bytes) has no such floor.
#
# go-sandbox makes user namespaces; where that is not allowed its lines are "skipped".
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
export GOPATH="$dir/go" GOFLAGS=-modcacherw
mkdir "$dir/main"
cd "$dir/main"
cat >go.mod <<'END'
module finding

go 1.26

require github.com/criyle/go-sandbox v0.13.6
END
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/criyle/go-sandbox/pkg/seccomp"
	"github.com/criyle/go-sandbox/runner"
	"github.com/criyle/go-sandbox/runner/unshare"
)

const mib = 1 << 20

// byOsExec is the peak memory of a program that does nothing, in MiB.
func byOsExec() int64 {
	c := exec.Command("/bin/true")
	if err := c.Run(); err != nil {
		log.Fatal(err)
	}
	return c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
}

// bySandbox is the same of go-sandbox, with a filter that allows everything.
func bySandbox() runner.Result {
	r := unshare.Runner{
		Args: []string{"/bin/true"}, WorkDir: "/", Seccomp: seccomp.Filter{{Code: 0x06, K: 0x7fff0000}},
		Limit: runner.Limit{TimeLimit: time.Second, MemoryLimit: 64 * mib},
	}
	return r.Run(context.Background())
}

func main() {
	fmt.Println("a judge of a few MiB")
	fmt.Println("  os/exec:    /bin/true takes less than 32 MiB:", byOsExec() < 32)
	small := bySandbox()
	works := small.Status != runner.StatusRunnerError
	if works {
		fmt.Println("  go-sandbox: Normal, less than 32 MiB:", small.Status == runner.StatusNormal && small.Memory < 32*mib)
	} else {
		fmt.Fprintln(os.Stderr, "go-sandbox skipped: no user namespaces here:", small.Error)
	}
	fmt.Println("a judge of 256 MiB")
	held := make([]byte, 256*mib)
	for i := 0; i < len(held); i += os.Getpagesize() {
		held[i] = 1
	}
	fmt.Println("  os/exec:    /bin/true takes 256 MiB and more:", byOsExec() >= 256)
	if works {
		large := bySandbox()
		fmt.Println("  go-sandbox: Memory Limit Exceeded at a limit of 64 MiB:", large.Status == runner.StatusMemoryLimitExceeded)
	}
	runtime.KeepAlive(held)
}
END
go mod tidy >log 2>&1 || { cat log >&2; exit 1; }
go run . >out
cat out
! grep -q false out
