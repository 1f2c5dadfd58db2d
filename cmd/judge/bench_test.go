package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/contest"
)

// BenchmarkSubmit measures, for the flagship's whole test set, the time from
// handing a submission in to its final verdict against what nobody can save:
// compiling and the sum of the runs' own real times. The target of "x/floor"
// is 1.15. Generating the test cases is not part of it.
func BenchmarkSubmit(b *testing.B) {
	dir := b.TempDir()
	if err := writeContest(dir, initOptions{Name: "Bench", Zone: "UTC"}); err != nil {
		b.Fatal(err)
	}
	flagship := filepath.Join("..", "..", "problems", "block-validation")
	if err := os.CopyFS(filepath.Join(dir, "problems", "block-validation"), os.DirFS(flagship)); err != nil {
		b.Fatal(err)
	}
	c := &cli{out: io.Discard, err: io.Discard, width: 80, style: newStyles()}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	err := c.serve(ctx, contest.Folder(dir), serveOptions{Listen: "127.0.0.1:0", Quiet: true, Degraded: true, Ready: func(ctx context.Context, in *instance, url string) error {
		client, err := api.NewClient(url, in.api.OwnerToken)
		if err != nil {
			return err
		}
		for _, name := range []string{"reference.cpp", "fast_sha.cpp"} {
			b.Run(name, func(b *testing.B) {
				benchmarkSubmit(ctx, b, client, filepath.Join(flagship, "submissions", "accepted", name))
			})
		}
		return nil
	}})
	if err != nil {
		b.Fatal(err)
	}
}

func benchmarkSubmit(ctx context.Context, b *testing.B, client *api.Client, path string) {
	files, err := readSources([]string{path})
	if err != nil {
		b.Fatal(err)
	}
	var total, floor time.Duration
	tests := 0
	for i := 0; b.Loop(); i++ {
		// The same sources of another contestant are another submission.
		who := judge.Contestant("c" + string(rune('a'+i%26)) + time.Now().Format("150405.000000"))
		start := time.Now()
		receipt, err := client.Submit(ctx, api.NewSubmission{Contestant: who, Problem: "block-validation", Files: files})
		if err != nil {
			b.Fatal(err)
		}
		if err := client.Watch(ctx, receipt.Submission.ID, func(judge.Progress) {}); err != nil {
			b.Fatal(err)
		}
		total += time.Since(start)
		d, err := client.Submission(ctx, receipt.Submission.ID)
		if err != nil {
			b.Fatal(err)
		}
		if d.Judging.Verdict != judge.Accepted {
			b.Fatalf("verdict %s on %s", d.Judging.Verdict, d.Judging.FirstFailed)
		}
		floor += d.Judging.Compile
		for _, r := range d.Runs {
			floor += r.Real
		}
		tests = len(d.Runs)
	}
	b.ReportMetric(float64(tests), "tests")
	b.ReportMetric(total.Seconds()/float64(b.N), "s/verdict")
	b.ReportMetric(total.Seconds()/floor.Seconds(), "x/floor")
	b.ReportMetric(0, "ns/op")
}
