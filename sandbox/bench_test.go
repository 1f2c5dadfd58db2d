package sandbox

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// BenchmarkRun compares sandboxed runs of a static no-op with a bare vfork,
// exec and wait of the same file, one of each in turn.
func BenchmarkRun(b *testing.B) {
	program := compiled(b, "nop.c")
	for _, v := range []struct {
		name string
		cfg  Config
	}{
		{"without-work", Config{}},
		{"with-fresh-work", Config{WorkBytes: 16 << 20}},
	} {
		b.Run(v.name, func(b *testing.B) {
			c := container(b, v.cfg)
			var plain, boxed samples
			var cpu, real samples
			for b.Loop() {
				run := runBare(b, program)
				plain = append(plain, run.total)
				start := time.Now()
				facts, err := c.Run(context.Background(), Command{Program: program, Args: []string{"nop"}})
				boxed = append(boxed, time.Since(start))
				if err != nil || !facts.Exited {
					b.Fatal(facts, err)
				}
				cpu = append(cpu, facts.CPU-run.cpu)
				real = append(real, facts.Real-run.real)
			}
			report(b, plain, "bare")
			report(b, boxed, "boxed")
			b.ReportMetric(us(boxed.at(0.5)-plain.at(0.5)), "us-over-p50")
			b.ReportMetric(us(boxed.at(0.95)-plain.at(0.95)), "us-over-p95")
			b.ReportMetric(float64(boxed.at(0.5))/float64(plain.at(0.5)), "boxed/bare")
			b.ReportMetric(us(cpu.at(0.5)), "us-cpu-error")
			b.ReportMetric(us(real.at(0.5)), "us-real-error")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkNew is a container from nothing to ready, and away again.
func BenchmarkNew(b *testing.B) {
	var made, closed samples
	for b.Loop() {
		start := time.Now()
		c, err := New(context.Background(), Config{WorkBytes: 16 << 20})
		made = append(made, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
		closed = append(closed, time.Since(start))
	}
	report(b, made, "new")
	report(b, closed, "close")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkWindow is a window of a program that does nothing with an empty
// input: its floor, below which no program can come.
func BenchmarkWindow(b *testing.B) {
	policy := FIFO
	if err := CanSchedule(policy); err != nil {
		b.Log("without real-time scheduling:", err)
		policy = Normal
	}
	c := container(b, Config{Policy: policy, CPUs: []int{runtime.NumCPU() - 1}})
	cmd := Command{Program: compiled(b, "null.c"), Args: []string{"null"}}
	var real, cpu samples
	for b.Loop() {
		cmd.Window = &Window{}
		facts, err := c.Run(context.Background(), cmd)
		if err != nil || !facts.Window.Closed {
			b.Fatal(facts, err)
		}
		real, cpu = append(real, facts.Window.Real), append(cpu, facts.Window.CPU)
	}
	for name, s := range map[string]samples{"real": real, "cpu": cpu} {
		b.ReportMetric(us(s.at(0.5)), "us-"+name+"-p50")
		b.ReportMetric(us(s.at(0.99)), "us-"+name+"-p99")
	}
	b.ReportMetric(0, "ns/op")
}

// bare is one run of a program by vfork, exec and wait, as C does it:
// syscall.ForkExec would take 45 µs more.
type bare struct {
	cpu   time.Duration // as wait says: the fork is in it
	real  time.Duration // from just before exec, as Facts.Real
	total time.Duration
}

func runBare(b *testing.B, program *os.File) bare {
	b.Helper()
	var begun unix.Timespec
	s := &script{}
	s.unblockSignals()
	argv, envp := s.strs([]string{"nop"}), s.strs(nil)
	s.call("read clock", unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, s.addr(unsafe.Pointer(&begun)))
	s.call("exec", unix.SYS_EXECVEAT, program.Fd(), s.str(""), argv, envp, unix.AT_EMPTY_PATH)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := clockNow()
	pid, err := s.start(&cloneArgs{flags: unix.CLONE_VM | unix.CLONE_VFORK | cloneClearSighand, exitSignal: uint64(unix.SIGCHLD)})
	if err := errors.Join(err, s.failure()); err != nil {
		b.Fatal(err)
	}
	var usage unix.Rusage
	if _, err := wait4(pid, &usage); err != nil {
		b.Fatal(err)
	}
	end := clockNow()
	return bare{time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), end - time.Duration(begun.Nano()), end - start}
}

type samples []time.Duration

func (s samples) at(q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[int(q*float64(len(sorted)-1))]
}

func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func report(b *testing.B, s samples, name string) {
	b.ReportMetric(us(s.at(0.5)), "us-"+name+"-p50")
	b.ReportMetric(us(s.at(0.95)), "us-"+name+"-p95")
}
