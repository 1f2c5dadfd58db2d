#!/bin/sh
# github.com/elastic/go-seccomp-bpf v1.6.0: errno 0 cannot be asked for.
#
# ActionErrno carries its errno in its low bits. The kernel gives the caller just
# that number, and with 0 the call is left out and returns 0. The library makes
# EPERM of it without a word; every other errno stays as it was asked for.
#
# Output seen:
#   asked for errno  0: getppid gives EPERM
#   asked for errno  1: getppid gives EPERM
#   asked for errno 38: getppid gives ENOSYS
#
# Why a contest judge cares: calls that are to do nothing and look as if they had
# worked (fsync, say) are refused instead, and a right program that checks them
# fails. Such a rule has to be written in BPF of one's own.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
export GOPATH="$dir/go" GOFLAGS=-modcacherw
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.24
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) == 2 {
		filtered(os.Args[1])
		return
	}
	ok := true
	for _, c := range []struct{ asked, got syscall.Errno }{{0, unix.EPERM}, {unix.EPERM, unix.EPERM}, {unix.ENOSYS, unix.ENOSYS}} {
		out, err := exec.Command(os.Args[0], strconv.Itoa(int(c.asked))).CombinedOutput()
		if err != nil {
			log.Fatalf("%v: %s", err, out)
		}
		fmt.Printf("asked for errno %2d: getppid gives %s\n", int(c.asked), out)
		ok = ok && string(out) == unix.ErrnoName(c.got)
	}
	if !ok {
		fmt.Println("CHANGED: this is not what was found")
		os.Exit(1)
	}
}

// filtered loads a filter for getppid into this process and prints what the call gives.
func filtered(arg string) {
	errno, err := strconv.Atoi(arg)
	if err != nil {
		log.Fatal(err)
	}
	err = seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionAllow,
			Syscalls:      []seccomp.SyscallGroup{{Names: []string{"getppid"}, Action: seccomp.ActionErrno | seccomp.Action(errno)}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, _, e := unix.RawSyscall(unix.SYS_GETPPID, 0, 0, 0); e != 0 {
		fmt.Print(unix.ErrnoName(e))
		return
	}
	fmt.Print("no error")
}
END
go get github.com/elastic/go-seccomp-bpf@v1.6.0 2>get.log || { cat get.log; exit 1; }
go build -o finding . && ./finding
