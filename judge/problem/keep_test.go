package problem

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestKeep(t *testing.T) {
	f := generated().with("include/cpp/a.h", "// a\n").with("data/secret/b/1.in", "in").with("data/secret/b/1.ans", "ans")
	dir, cache := f.write(t), filepath.Join(t.TempDir(), "packages")
	p, err := Load(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := p.Keep(cache)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if len(kept.Files) != 1+2*len(kept.Tests) {
		t.Errorf("kept are %v", kept.Files)
	}
	for _, path := range kept.Files.Paths() {
		data, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(path, cache) {
			t.Errorf("%s: %v", path, err)
		}
		if filepath.Base(path) == "a.h" && string(data) != "// a\n" {
			t.Errorf("%s: got %q", path, data)
		}
	}
	if kept.Version != p.Version || strings.HasPrefix(p.Files[0].Path, cache) {
		t.Error("the version changed, or the package that was kept")
	}
	if again, err := p.Keep(cache); err != nil || !slices.Equal(again.Files, kept.Files) {
		t.Errorf("keep again: got %v, error %v", again, err)
	}
	damaged := kept.AnswerPath(kept.Tests[0])
	put(t, damaged, "")
	if _, err := mustLoad(t, f, "").Keep(cache); err != nil {
		t.Errorf("keep after damage: %v", err)
	}
	if data, err := os.ReadFile(damaged); err != nil || string(data) != "3\n" {
		t.Errorf("after damage: got %q, error %v", data, err)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestKeepChanged(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"saved":   func(path string) error { return os.WriteFile(path, []byte("5\n"), 0o644) },
		"removed": os.Remove,
	} {
		dir, cache := good().write(t), t.TempDir()
		p, err := Load(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := change(p.AnswerPath(p.Tests[1])); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Keep(cache); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: got %v, want ErrChanged", name, err)
		}
		if left, _ := os.ReadDir(cache); len(left) > 0 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	}
}
