package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// look runs testdata/alike.c on an input and gives what it says.
func look(t *testing.T, c *Container, windowed bool, input []byte, args ...string) string {
	t.Helper()
	cmd := Command{Program: compiled(t, "alike.c"), Args: append([]string{"alike"}, args...)}
	if windowed {
		cmd.Window, cmd.Env = &Window{Input: input}, []string{"JUDGE_WINDOW=1"}
	} else {
		path := filepath.Join(t.TempDir(), "input")
		if err := os.WriteFile(path, input, 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.Stdin = f
	}
	facts, err := c.Run(t.Context(), cmd)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	if windowed && !facts.Window.Closed || !windowed && (!facts.Exited || facts.ExitStatus != 0) {
		t.Fatalf("%v: %s, %+v, output %.300q", args, outcome(facts), facts.Window, facts.Stdout)
	}
	return string(facts.Stdout)
}

// inAndOut runs a test with files as input and in windows, where small and large
// inputs come by other ways.
func inAndOut(t *testing.T, test func(t *testing.T, windowed bool, size int)) {
	for _, way := range []struct {
		name     string
		windowed bool
		size     int
	}{{"file", false, 5000}, {"small window", true, 100}, {"window", true, PipeInput + 1}} {
		t.Run(way.name, func(t *testing.T) {
			if way.windowed {
				grouped(t)
			}
			test(t, way.windowed, way.size)
		})
	}
}

// What a program asks of its descriptors, beyond what libc asks, is refused: a
// socket would show the host's network, a file the host's disk.
func TestDescriptorsShowNothing(t *testing.T) {
	inAndOut(t, func(t *testing.T, windowed bool, size int) {
		c := container(t, Config{Secluded: true, Devices: true})
		if got := look(t, c, windowed, make([]byte, size), "ask"); !strings.HasSuffix(got, "ok\n") || strings.Count(got, "\n") != 2 {
			t.Errorf("got\n%s", got)
		}
	})
}

// A window's socket is of the container's network namespace, so that even what a
// filter forgot would find nothing to show.
func TestSocketsAreTheContainers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: an ordinary user's thread cannot enter the namespace")
	}
	c := container(t, Config{})
	namespace := func(pair [2]int, err error) uint64 {
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(pair[0])
		defer unix.Close(pair[1])
		cookie, err := unix.GetsockoptUint64(pair[0], unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
		if errors.Is(err, unix.ENOPROTOOPT) {
			t.Skip("needs Linux 5.14 to tell namespaces apart")
		}
		if err != nil {
			t.Fatal(err)
		}
		return cookie
	}
	host := namespace(makeSockets())
	var pair [2]int
	var err error
	c.in.thread.do(func() { pair, err = makeSockets() })
	if own := namespace(pair, err); own == host {
		t.Errorf("a container's sockets and the host's are of the namespace %d", own)
	}
}

// An input is a file of the container's own, whoever's it was.
func TestInputIsNotTheHosts(t *testing.T) {
	inAndOut(t, func(t *testing.T, windowed bool, size int) {
		if windowed && size <= PipeInput {
			t.Skip("a pipe is not looked at")
		}
		c := container(t, Config{Secluded: true})
		got := look(t, c, windowed, make([]byte, size), "see")
		const tmpfs, readOnly = 0x1021994, unix.O_RDONLY | 0x8000 /* O_LARGEFILE */
		for _, want := range []string{"inode 2, mode 100600,", fmt.Sprintf("links 0, %d bytes, file system %x, flags %x\n", size, tmpfs, readOnly)} {
			if !strings.Contains(strings.Replace(got, "links 1", "links 0", 1), want) {
				t.Errorf("%q is not in\n%s", want, got)
			}
		}
	})
}

// A run finds what the one before it found, whatever that did without failing:
// made what the kernel numbers for the whole machine, or left processes behind.
func TestRunsLookAlike(t *testing.T) {
	inAndOut(t, func(t *testing.T, windowed bool, size int) {
		if windowed && size <= PipeInput {
			t.Skip("pipes have the kernel's numbers, which programs cannot move")
		}
		c := container(t, Config{Secluded: true, Devices: true, CPUs: []int{0}})
		want := look(t, c, windowed, make([]byte, size), "see")
		deeds := []string{"map 3000", "see"}
		if windowed { // else leaving a process is a failure, of which the next run may know
			deeds = append(deeds, "leave")
		}
		for _, deed := range deeds {
			look(t, c, windowed, make([]byte, size), strings.Fields(deed)...)
			if got := look(t, c, windowed, make([]byte, size), "see"); got != want {
				t.Errorf("after %s a run saw\n%s\nand before\n%s", deed, got, want)
			}
		}
	})
}

// By which descriptor the judge executes a program is the judge's business.
func TestProgramIsExecutedAlike(t *testing.T) {
	c := container(t, Config{})
	program := compiled(t, "alike.c")
	var seen []string
	programFile := ends(nil).highest() + 1
	for _, at := range []int{programFile, 40, 41} {
		f, err := os.Open(program.Name())
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd := Command{Program: f, Args: []string{"alike", "see"}}
		if at != programFile {
			fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, at)
			if err != nil {
				t.Fatal(err)
			}
			cmd.Program = os.NewFile(uintptr(fd), "program")
			defer cmd.Program.Close()
		}
		facts, err := c.Run(t.Context(), cmd)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(facts.Stdout), "\n")
		seen = append(seen, lines[max(0, len(lines)-2)])
	}
	if want := fmt.Sprintf("executed as /dev/fd/%d", programFile); seen[0] != seen[1] || seen[1] != seen[2] || !strings.HasSuffix(seen[0], want) {
		t.Errorf("by three descriptors a program saw %q, want each to end with %q", seen, want)
	}
}

// A pipe that the program made smaller, that keeps packets apart, or whose pages
// hold a byte each, is full long before it is half full. Its answer arrives.
func TestFullPipes(t *testing.T) {
	inAndOut(t, func(t *testing.T, windowed bool, size int) {
		c := container(t, Config{Secluded: true})
		for how, want := range map[string]string{
			"shrink 5000": strings.Repeat("x\n", 5000), "packets 2000": strings.Repeat("x\n", 2000), "splice 2000": strings.Repeat("i", 2000),
		} {
			if how == "splice 2000" && size < 2000 {
				continue // a pipe is not spliced from an offset
			}
			if got := look(t, c, windowed, bytes.Repeat([]byte("i"), size), strings.Fields(how)...); got != want {
				t.Errorf("%s: got %d bytes, want %d", how, len(got), len(want))
			}
		}
	})
}
