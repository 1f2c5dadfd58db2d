package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/contest"
	"contest/leaderboard/browsertest"
)

// sumPackage is the smallest problem that can be ranked.
var sumPackage = map[string]string{
	"problem.yaml":                 "problem_format_version: 2025-09\nname: Sum\nuuid: 7e9cf70d-5eb0-4c75-8d1f-2c1a1f2a3b4c\nlimits:\n  time_limit: 5.0\n",
	"statement/problem.en.md":      "Add two numbers.\n",
	"data/sample/1.in":             "1 2\n",
	"data/sample/1.ans":            "3\n",
	"data/secret/1.in":             "10 20\n",
	"data/secret/1.ans":            "30\n",
	"submissions/accepted/sum.cpp": sumSolution,
}

const sumSolution = "#include <cstdio>\nint main() { int a, b; if (std::scanf(\"%d %d\", &a, &b) == 2) std::printf(\"%d\\n\", a + b); }\n"

// sumContest makes a contest with one small problem.
func sumContest(t *testing.T) contest.Folder {
	t.Helper()
	dir := t.TempDir()
	if err := writeContest(dir, initOptions{Name: "Spring contest", Zone: "Asia/Dubai"}); err != nil {
		t.Fatal(err)
	}
	for name, text := range sumPackage {
		path := filepath.Join(dir, "problems", "sum", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return contest.Folder(dir)
}

// served runs a contest for the time of test.
func served(t *testing.T, folder contest.Folder, test func(ctx context.Context, client *api.Client, url string)) {
	t.Helper()
	c := &cli{out: io.Discard, err: io.Discard, width: 80, style: newStyles()}
	err := c.serve(t.Context(), folder, serveOptions{Listen: "127.0.0.1:0", Quiet: true, Degraded: true, Ready: func(ctx context.Context, in *instance, url string) error {
		client, err := api.NewClient(url, in.api.OwnerToken)
		if err != nil {
			return err
		}
		test(ctx, client, url)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPageFollowsTheContest watches the page in a real browser while a
// submission is made, judged and ranked by everything that is real.
func TestPageFollowsTheContest(t *testing.T) {
	browser := browsertest.Start(t)
	served(t, sumContest(t), func(ctx context.Context, client *api.Client, url string) {
		page, cancel := context.WithTimeout(browser, 5*time.Minute)
		defer cancel()
		if err := chromedp.Do(page, chromedp.Navigate(url+"/")); err != nil {
			t.Error(err)
			return
		}
		// A mark in the page: it must change without being loaded anew.
		if _, err := chromedp.Run(page, chromedp.Evaluate[bool]("window.sameDocument = true")); err != nil {
			t.Error(err)
			return
		}
		for i, who := range []judge.Contestant{"anna", "boris"} {
			in := api.NewSubmission{Contestant: who, Problem: "sum", Files: []judge.File{{Name: "sum.cpp", Data: []byte(sumSolution + fmt.Sprintf("// %d\n", i))}}}
			receipt, err := client.Submit(ctx, in)
			if err != nil {
				t.Error(err)
				return
			}
			if err := client.Watch(ctx, receipt.Submission.ID, func(judge.Progress) {}); err != nil {
				t.Error(err)
				return
			}
			wait := fmt.Sprintf("window.sameDocument && document.body.innerText.includes(%q)", who)
			if _, err := chromedp.Run(page, chromedp.Poll[bool](wait, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(time.Minute))); err != nil {
				t.Errorf("%s did not appear on the open page: %v", who, err)
			}
		}
	})
}
