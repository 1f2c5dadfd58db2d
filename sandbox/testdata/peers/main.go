// Go-sandbox runs programs in one container of the library of that name, which
// go-judge is made of, for BenchmarkPeers: no control group, nothing emptied
// between runs. For a line with the path of a program it runs it; for an empty
// line it makes another container and closes it. It answers with how long that
// took and, for a program, the CPU time that the library reports, both in ns.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/criyle/go-sandbox/container"
	"github.com/criyle/go-sandbox/runner"
)

func main() {
	if err := container.Init(); err != nil {
		fail(err)
	}
	root, err := os.MkdirTemp("", "go-sandbox-")
	if err != nil {
		fail(err)
	}
	defer os.Remove(root)
	builder := &container.Builder{Root: root}
	box, err := builder.Build()
	if err != nil {
		fail(err)
	}
	defer box.Destroy()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		fail(err)
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "" {
			start := time.Now()
			another, err := builder.Build()
			if err != nil {
				fail(err)
			}
			fmt.Println(time.Since(start).Nanoseconds(), 0)
			_ = another.Destroy()
			continue
		}
		program, err := os.Open(lines.Text())
		if err != nil {
			fail(err)
		}
		start := time.Now()
		result := box.Execve(context.Background(), container.ExecveParam{
			Args: []string{"/bin/true"}, Env: []string{"PATH=/"}, ExecFile: program.Fd(), Files: []uintptr{null.Fd(), null.Fd(), null.Fd()},
		})
		took := time.Since(start)
		_ = program.Close()
		if result.Status != runner.StatusNormal {
			fail(result)
		}
		fmt.Println(took.Nanoseconds(), result.Time.Nanoseconds())
	}
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, "go-sandbox:", why)
	os.Exit(1)
}
