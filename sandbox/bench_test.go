package sandbox

import (
	"context"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
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
			var bare, boxed samples
			var cpu, real samples
			for b.Loop() {
				usage, d := runBare(b, program)
				bare = append(bare, d)
				start := time.Now()
				facts, err := c.Run(context.Background(), Command{Program: program, Args: []string{"nop"}})
				boxed = append(boxed, time.Since(start))
				if err != nil || !facts.Exited {
					b.Fatal(facts, err)
				}
				cpu = append(cpu, facts.CPU-usage)
				real = append(real, facts.Real-d)
			}
			report(b, bare, "bare")
			report(b, boxed, "boxed")
			b.ReportMetric(us(boxed.at(0.5)-bare.at(0.5)), "us-over-p50")
			b.ReportMetric(us(boxed.at(0.95)-bare.at(0.95)), "us-over-p95")
			b.ReportMetric(float64(boxed.at(0.5))/float64(bare.at(0.5)), "boxed/bare")
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

func runBare(b *testing.B, program *os.File) (cpu, total time.Duration) {
	b.Helper()
	start := time.Now()
	pid, err := syscall.ForkExec(program.Name(), []string{"nop"}, &syscall.ProcAttr{Files: []uintptr{0, 1, 2}})
	if err != nil {
		b.Fatal(err)
	}
	var usage syscall.Rusage
	if _, err := syscall.Wait4(pid, nil, 0, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), time.Since(start)
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
