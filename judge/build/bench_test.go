package build

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkCompile compiles one file that includes <bits/stdc++.h> in three
// ways, one of each in turn: with plain g++ outside the sandbox, with Compile
// and no precompiled header, with Compile and one. The target of
// "x/plain-g++" is 0.5. What Compile spends around the compiler (container,
// sources in, program out) is "ms-around"; linking alone is "ms-link".
func BenchmarkCompile(b *testing.B) {
	src := one("a.cpp", solution)
	bare, err := Detect().Find("g++")
	if err != nil {
		b.Fatal(err)
	}
	tool := precompiling(b)
	start := time.Now()
	if tool.headers.find(b.Context(), tool, src) == nil {
		b.Fatal("no precompiled header")
	}
	b.Logf("making the header or finding it: %v", time.Since(start))
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.cpp"), src.Files[0].Data, 0o600); err != nil {
		b.Fatal(err)
	}
	var outside, without, with, around, link samples
	gxx(b, dir, bare, "-c", "a.cpp")
	for b.Loop() {
		for range rounds {
			outside = append(outside, gxx(b, dir, bare, "-o", "a", "a.cpp"))
			total, _ := timed(b, bare, src)
			without = append(without, total)
			total, compiler := timed(b, tool, src)
			with, around = append(with, total), append(around, total-compiler)
			link = append(link, gxx(b, dir, bare, "-o", "a", "a.o"))
		}
	}
	b.ReportMetric(outside.median(), "ms-plain-g++")
	b.ReportMetric(without.median(), "ms-without")
	b.ReportMetric(with.median(), "ms-with")
	b.ReportMetric(around.median(), "ms-around")
	b.ReportMetric(link.median(), "ms-link")
	b.ReportMetric(with.median()/outside.median(), "x/plain-g++")
	b.ReportMetric(with.median()/without.median(), "x/without")
	b.ReportMetric(0, "ns/op")
}

// rounds make a median of one loop.
const rounds = 7

func gxx(b *testing.B, dir string, tool Toolchain, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(tool.Path, slices.Concat(tool.Flags, args, tool.Libraries)...)
	cmd.Dir = dir
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return time.Since(start)
}

func timed(b *testing.B, tool Toolchain, src Source) (total, compiler time.Duration) {
	b.Helper()
	start := time.Now()
	res, err := Compile(context.Background(), tool, src, JuryLimits)
	total = time.Since(start)
	if err != nil || res.Program == nil {
		b.Fatal(err, res.Output)
	}
	res.Program.Close()
	return total, res.Took
}

type samples []time.Duration

// median is in milliseconds.
func (s samples) median() float64 {
	return slices.Sorted(slices.Values(s))[len(s)/2].Seconds() * 1000
}
