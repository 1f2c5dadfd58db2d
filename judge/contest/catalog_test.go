package contest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"contest/judge"
)

// textLoader loads a "problem" whose name is the text of its problem.yaml; the
// text "broken" cannot be loaded.
func textLoader(_ context.Context, dir string, _ judge.Contest) (judge.Problem, error) {
	text, err := os.ReadFile(filepath.Join(dir, "problem.yaml"))
	if err != nil {
		return judge.Problem{}, err
	}
	name := strings.TrimSpace(string(text))
	if name == "broken" {
		return judge.Problem{}, errors.New("problem.yaml:1: this is broken")
	}
	return judge.Problem{ID: judge.ProblemID(filepath.Base(dir)), Name: name, Version: name}, nil
}

// settleInTests is short: tests write whole files.
const settleInTests = time.Millisecond

// watched opens a new contest and watches it until the test ends.
func watched(t *testing.T, load Loader) (*Catalog, Folder, <-chan struct{}) {
	t.Helper()
	return watchedWith(t, Options{Load: load})
}

func watchedWith(t *testing.T, opt Options) (*Catalog, Folder, <-chan struct{}) {
	t.Helper()
	folder := Folder(t.TempDir())
	write(t, folder.Settings(), "name: Test\n")
	changed := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(t.Context())
	opt.Logger, opt.Changed, opt.Settle = slog.New(slog.DiscardHandler), func() { changed <- struct{}{} }, cmp.Or(opt.Settle, settleInTests)
	c, err := Open(ctx, folder, opt)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- c.Watch(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return c, folder, changed
}

// write saves a file at once, so that no reader sees it empty.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(t.TempDir(), "new")
	if err := os.WriteFile(temp, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temp, path); err != nil {
		t.Fatal(err)
	}
}

// until waits for changes until ok; nothing here takes a minute.
func until(t *testing.T, changed <-chan struct{}, what string, ok func() bool) {
	t.Helper()
	timeout := time.After(time.Minute)
	for !ok() {
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("%s did not happen", what)
		}
	}
}

func names(c *Catalog) string {
	var out []string
	for _, p := range c.Problems() {
		out = append(out, p.Name)
	}
	return strings.Join(out, " ")
}

func TestCatalogFollowsTheFolder(t *testing.T) {
	c, folder, changed := watched(t, textLoader)
	yaml := filepath.Join(folder.Problems(), "b", "problem.yaml")
	write(t, yaml, "first")
	until(t, changed, "loading a dropped folder", func() bool { return names(c) == "first" })

	write(t, filepath.Join(folder.Problems(), "a", "problem.yaml"), "other")
	until(t, changed, "loading a second folder", func() bool { return names(c) == "other first" })

	// Editors write a new file and rename it into place, or write in place.
	write(t, yaml, "second")
	until(t, changed, "an atomic save", func() bool { return names(c) == "other second" })
	if err := os.WriteFile(yaml, []byte("in place"), 0o644); err != nil {
		t.Fatal(err)
	}
	until(t, changed, "a save in place", func() bool { return names(c) == "other in place" })
	write(t, yaml, "second")
	until(t, changed, "another save", func() bool { return names(c) == "other second" })

	write(t, yaml, "broken")
	until(t, changed, "noticing the broken package", func() bool { return len(c.Broken()) == 1 })
	if names(c) != "other second" {
		t.Errorf("a broken package changed the problems to %q", names(c))
	}
	if got, want := c.Broken()[0], "problems/b: problem.yaml:1: this is broken"; got != want {
		t.Errorf("Broken() = %q, want %q", got, want)
	}

	write(t, yaml, "third")
	until(t, changed, "mending it", func() bool { return names(c) == "other third" && len(c.Broken()) == 0 })

	write(t, folder.Settings(), "name: Test\nproblems: [b, a]\n")
	until(t, changed, "new settings", func() bool { return names(c) == "third other" })
	write(t, folder.Settings(), "name: Test\nproblms: [b]\n")
	until(t, changed, "noticing broken settings", func() bool { return len(c.Broken()) == 1 })
	if names(c) != "third other" {
		t.Errorf("broken settings changed the order to %q", names(c))
	}

	if err := os.RemoveAll(filepath.Join(folder.Problems(), "b")); err != nil {
		t.Fatal(err)
	}
	until(t, changed, "removing a folder", func() bool { return names(c) == "other" })
	if p, err := c.ForJudging("b"); err != nil || p.Name != "third" {
		t.Errorf("a submission to the removed problem is judged by %q, %v; want the last good version", p.Name, err)
	}
}

func TestCatalogReadsAgainWhatWasSavedMeanwhile(t *testing.T) {
	loads := make(chan string)
	goOn := make(chan struct{})
	load := func(ctx context.Context, dir string, contest judge.Contest) (judge.Problem, error) {
		p, err := textLoader(ctx, dir, contest)
		loads <- p.Name
		<-goOn
		return p, err
	}
	c, folder, changed := watched(t, load)
	yaml := filepath.Join(folder.Problems(), "a", "problem.yaml")
	write(t, yaml, "half")
	for got := <-loads; got != "half"; got = <-loads { // the folder may be seen before its file
		goOn <- struct{}{}
	}
	write(t, yaml, "whole text")
	goOn <- struct{}{}
	if got := <-loads; got != "whole text" {
		t.Fatalf("loaded %q after the save", got)
	}
	if names(c) != "" {
		t.Errorf("the half-saved package was taken over: %q", names(c))
	}
	goOn <- struct{}{}
	until(t, changed, "loading the whole", func() bool { return names(c) == "whole text" })
}

func TestCatalogOneSlowProblemDoesNotHoldUpTheOthers(t *testing.T) {
	goOn := make(chan struct{})
	load := func(ctx context.Context, dir string, contest judge.Contest) (judge.Problem, error) {
		if filepath.Base(dir) == "slow" {
			<-goOn
		}
		return textLoader(ctx, dir, contest)
	}
	c, folder, changed := watched(t, load)
	write(t, filepath.Join(folder.Problems(), "slow", "problem.yaml"), "slow")
	write(t, filepath.Join(folder.Problems(), "quick", "problem.yaml"), "quick")
	until(t, changed, "the quick problem", func() bool { return names(c) == "quick" })
	close(goOn)
	until(t, changed, "the slow problem", func() bool { return names(c) == "quick slow" })
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, SettingsFile), "name: x\n")
	deep := filepath.Join(dir, "problems", "a", "data")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(deep); err != nil || string(got) != dir {
		t.Errorf("Find(%s) = %s, %v", deep, got, err)
	}
	if _, err := Find(t.TempDir()); !errors.Is(err, judge.ErrNotFound) {
		t.Errorf("a folder without a contest: %v", err)
	}
}

func TestLockIsHeldOnce(t *testing.T) {
	folder := Folder(t.TempDir())
	if err := folder.Prepare(); err != nil {
		t.Fatal(err)
	}
	lock, err := folder.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.TryLock(); !errors.Is(err, ErrLocked) {
		t.Errorf("a second lock: %v, want ErrLocked", err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := folder.TryLock()
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	again.Release()
}

func TestCatalogTriesAgainWhatFailedOnOurSide(t *testing.T) {
	folder := Folder(t.TempDir())
	write(t, folder.Settings(), "name: Test\n")
	write(t, filepath.Join(folder.Problems(), "a", "problem.yaml"), "a")
	fail := true
	load := func(ctx context.Context, dir string, contest judge.Contest) (judge.Problem, error) {
		if fail {
			return judge.Problem{}, errors.New("no space left")
		}
		return textLoader(ctx, dir, contest)
	}
	c, err := Open(t.Context(), folder, Options{Load: load, Logger: slog.New(slog.DiscardHandler), Settle: settleInTests})
	if err != nil {
		t.Fatal(err)
	}
	if names(c) != "" || len(c.Broken()) != 1 {
		t.Fatalf("problems %q, broken %q", names(c), c.Broken())
	}
	fail = false
	c.scanProblems(t.Context()) // as every 30 s
	c.loading.Wait()
	if names(c) != "a" || len(c.Broken()) != 0 {
		t.Errorf("after the cause was mended: problems %q, broken %q", names(c), c.Broken())
	}
}

func TestCatalogLoadsAgainForAnotherTestSet(t *testing.T) {
	sets := make(chan string)
	goOn := make(chan struct{})
	load := func(ctx context.Context, dir string, contest judge.Contest) (judge.Problem, error) {
		sets <- contest.TestSet
		<-goOn
		p, err := textLoader(ctx, dir, contest)
		p.Name += " " + contest.TestSet
		return p, err
	}
	c, folder, changed := watched(t, load)
	write(t, filepath.Join(folder.Problems(), "a", "problem.yaml"), "a")
	if set := <-sets; set != "full" {
		t.Fatalf("loaded the %s set", set)
	}
	write(t, folder.Settings(), "name: Test\ntest_set: demo\n")
	until(t, changed, "new settings", func() bool { return c.Contest().TestSet == "demo" })
	goOn <- struct{}{}
	for {
		select {
		case set := <-sets:
			goOn <- struct{}{}
			if set == "demo" {
				until(t, changed, "the demo set", func() bool { return names(c) == "a demo" })
				return
			}
		case <-time.After(time.Minute):
			t.Fatalf("the problem was not loaded again; it is %q", names(c))
		}
	}
}

func TestCatalogFollowsLinks(t *testing.T) {
	c, folder, changed := watched(t, textLoader)
	outside := t.TempDir()
	write(t, filepath.Join(outside, "problem.yaml"), "first")
	if err := os.MkdirAll(folder.Problems(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(folder.Problems(), "linked")); err != nil {
		t.Fatal(err)
	}
	until(t, changed, "loading a linked folder", func() bool { return names(c) == "first" })
	write(t, filepath.Join(outside, "problem.yaml"), "second")
	until(t, changed, "an edit behind the link", func() bool { return names(c) == "second" })
}

func TestCatalogNamesWhatIsMissing(t *testing.T) {
	folder := Folder(t.TempDir())
	write(t, folder.Settings(), "name: Test\nproblems: [a, b]\n")
	write(t, filepath.Join(folder.Problems(), "a", "problem.yaml"), "a")
	c, err := Open(t.Context(), folder, Options{Load: textLoader, Logger: slog.New(slog.DiscardHandler), Settle: settleInTests})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Broken(), "\n"); !strings.Contains(got, `problems names "b"`) {
		t.Errorf("Broken() = %q", got)
	}
}
