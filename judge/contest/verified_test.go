package contest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/yamlfile"
)

// proofs is a verifier that is told what it finds.
type proofs struct {
	known sync.Map // version -> yamlfile.Errors
	asked chan string
	found chan any // yamlfile.Errors or error
}

func (p *proofs) Verified(pr judge.Problem) (yamlfile.Errors, bool) {
	f, ok := p.known.Load(pr.Version)
	if !ok {
		return nil, false
	}
	return f.(yamlfile.Errors), true
}

func (p *proofs) Verify(ctx context.Context, _ string, _ judge.Contest, pr judge.Problem) (yamlfile.Errors, error) {
	select {
	case p.asked <- pr.Version:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case f := <-p.found:
		if err, ok := f.(error); ok && !errors.Is(err, judge.ErrInvalid) {
			return nil, err
		}
		faults, _ := f.(yamlfile.Errors)
		return faults, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var good = yamlfile.Errors(nil)

func bad(what string) yamlfile.Errors {
	return yamlfile.Errors{{File: "data/secret/1.ans", Message: what}}
}

// verifications prints what is known of each problem: "a v1 unverified live".
func verifications(c *Catalog) string {
	var out []string
	for _, v := range c.Verifications() {
		text := string(v.Problem) + " " + v.Version + " " + string(v.State)
		if v.Live {
			text += " live"
		}
		out = append(out, strings.Join(append([]string{text}, v.Faults...), ": "))
	}
	return strings.Join(out, ", ")
}

// TestChangesWaitToBeVerified: the first version of a problem is live at once. One that
// takes its place while the contest is open is once it is verified.
func TestChangesWaitToBeVerified(t *testing.T) {
	p := &proofs{asked: make(chan string), found: make(chan any)}
	c, folder, changed := watchedWith(t, Options{Load: textLoader, Verify: p})
	yaml := filepath.Join(folder.Problems(), "a", "problem.yaml")
	write(t, yaml, "v1")
	if got := <-p.asked; got != "v1" || names(c) != "v1" || verifications(c) != "a v1 unverified live" {
		t.Fatalf("verifying %q: problems %q, %s", got, names(c), verifications(c))
	}
	p.found <- good
	until(t, changed, "the verification", func() bool { return verifications(c) == "a v1 verified live" })

	write(t, yaml, "v2")
	if got := <-p.asked; got != "v2" || names(c) != "v1" || verifications(c) != "a v2 unverified" {
		t.Fatalf("verifying %q: problems %q, %s", got, names(c), verifications(c))
	}
	p.found <- bad("it is wrong")
	until(t, changed, "the failure", func() bool { return verifications(c) == "a v2 failed: data/secret/1.ans: it is wrong" })
	if names(c) != "v1" {
		t.Errorf("a version that failed is live: %q", names(c))
	}

	// One that comes while another is verified takes its place there.
	write(t, yaml, "v3")
	<-p.asked
	write(t, yaml, "v4")
	if got := <-p.asked; got != "v4" || names(c) != "v1" || len(c.Loaded()) != 2 {
		t.Fatalf("verifying %q, problems %q, %d loaded; want v4, v1 and both", got, names(c), len(c.Loaded()))
	}
	p.found <- good
	until(t, changed, "the fourth version", func() bool { return names(c) == "v4" && verifications(c) == "a v4 verified live" })

	// What was verified before needs not wait.
	p.known.Store("v5", good)
	write(t, yaml, "v5")
	until(t, changed, "a version that is known to be good", func() bool { return names(c) == "v5" })

	// An organiser who cannot wait says so.
	write(t, yaml, "v6")
	<-p.asked
	write(t, folder.Settings(), "name: Test\nverified: never\n")
	if got := <-p.asked; got != "v6" {
		t.Fatalf("verifying %q", got)
	}
	if names(c) != "v6" {
		t.Errorf("with verified: never the problem is %q", names(c))
	}
	p.found <- bad("it is wrong")
	until(t, changed, "its failure", func() bool { return verifications(c) == "a v6 failed live: data/secret/1.ans: it is wrong" })
}

// TestVerifiedAlways: a problem that must be verified is not there before.
func TestVerifiedAlways(t *testing.T) {
	folder := Folder(t.TempDir())
	write(t, folder.Settings(), "name: Test\nverified: always\n")
	write(t, filepath.Join(folder.Package("a"), "problem.yaml"), "a1")
	write(t, filepath.Join(folder.Package("b"), "problem.yaml"), "b1")
	p := &proofs{asked: make(chan string), found: make(chan any)}
	p.known.Store("b1", good)
	changed := make(chan struct{}, 100)
	c, err := Open(t.Context(), folder, Options{
		Load: textLoader, Verify: p, Logger: slog.New(slog.DiscardHandler), Settle: settleInTests, Changed: func() { changed <- struct{}{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(c); got != "b1" {
		t.Errorf("open with %q, want the verified one", got)
	}
	c.verifyAll(t.Context())
	<-p.asked
	p.found <- errors.New("no compiler")
	until(t, changed, "our own failure", func() bool {
		v := c.Verifications()[0]
		return v.State == judge.Unverified && v.Trouble == "no compiler"
	})
	c.verifyAll(t.Context()) // as every 30 s
	<-p.asked
	p.found <- good
	until(t, changed, "the verification", func() bool { return names(c) == "a1 b1" })
}

// TestPreparingNeedsNoVerification: before the contest opens changes are live at once.
func TestPreparingNeedsNoVerification(t *testing.T) {
	p := &proofs{asked: make(chan string, 10), found: make(chan any)}
	c, folder, changed := watchedWith(t, Options{Load: textLoader, Verify: p})
	write(t, folder.Settings(), "name: Test\nstart: 2099-01-01 12:00\n")
	until(t, changed, "the start", func() bool { return !c.Contest().Start.IsZero() })
	for _, version := range []string{"v1", "v2"} {
		write(t, filepath.Join(folder.Package("a"), "problem.yaml"), version)
		until(t, changed, version, func() bool { return names(c) == version })
	}
}

// TestPackageIsLoadedOnceItSettled: a package that is copied slowly is not live in
// parts; one that was moved to its place is whole, and so is one that is old.
func TestPackageIsLoadedOnceItSettled(t *testing.T) {
	const settle = time.Hour
	c := &Catalog{Options: Options{Settle: settle}}
	elsewhere, dir := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "a")
	write(t, filepath.Join(elsewhere, "data", "1.in"), "1")
	seen, err := look(elsewhere)
	if err != nil || seen.changed.IsZero() {
		t.Fatalf("a package that was just written: %+v, %v", seen, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if c.quiet(ended, elsewhere, seen) {
		t.Error("a package that was just written is taken for whole")
	}
	// A copy that keeps times is as new as any.
	if err := os.Chtimes(filepath.Join(elsewhere, "data", "1.in"), time.Time{}, time.Now().Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if seen, err = look(elsewhere); err != nil || c.quiet(ended, elsewhere, seen) {
		t.Errorf("a file with an old time is taken for an old file: %+v, %v", seen, err)
	}
	for moved := false; !moved; { // until the clock of the file system has gone on
		if err := os.Rename(elsewhere, dir); err != nil {
			t.Fatal(err)
		}
		if seen, err = look(dir); err != nil {
			t.Fatal(err)
		}
		moved = seen.changed.IsZero()
		elsewhere, dir = dir, elsewhere
	}
	if !c.quiet(t.Context(), elsewhere, seen) {
		t.Error("a package that was moved to its place is not taken for whole")
	}
	write(t, filepath.Join(elsewhere, "data", "2.in"), "2")
	if seen, err = look(elsewhere); err != nil || c.quiet(ended, elsewhere, seen) {
		t.Errorf("a package that was changed after it was moved is taken for whole: %+v, %v", seen, err)
	}
	c.Settle = time.Nanosecond
	if !c.quiet(t.Context(), elsewhere, seen) {
		t.Error("a package that stays as it is is never taken for whole")
	}
}

// TestOnlyWhatSettledIsLoaded: what is still being copied is not loaded, while what
// was moved to its place is at once.
func TestOnlyWhatSettledIsLoaded(t *testing.T) {
	c, folder, changed := watchedWith(t, Options{Load: textLoader, Settle: time.Hour})
	write(t, filepath.Join(folder.Package("copied"), "problem.yaml"), "copied")
	elsewhere := filepath.Join(string(folder), "moved")
	write(t, filepath.Join(elsewhere, "problem.yaml"), "moved")
	time.Sleep(50 * time.Millisecond) // the clock of a file system goes in steps
	if err := os.Rename(elsewhere, folder.Package("moved")); err != nil {
		t.Fatal(err)
	}
	until(t, changed, "loading what was moved", func() bool { return names(c) != "" })
	if got := names(c); got != "moved" {
		t.Errorf("loaded %q, want what was moved to its place alone", got)
	}
}
