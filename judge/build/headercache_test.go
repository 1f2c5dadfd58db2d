package build

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// small puts a header of a few bytes, made of one file, into a new cache.
func small(t *testing.T) (h *headers, key, input string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h = precompilingIn(t, dir).headers
	input = filepath.Join(t.TempDir(), "vector")
	if err := os.WriteFile(input, []byte("#include <bits/move.h>\n# include \"own.h\"\n#if __has_include( <tbb.h>)\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	key = strings.Repeat("ab", 32)
	// The input counts as read long after it was written.
	if err := h.store(key, madeHeader{[]byte("precompiled"), []string{input}}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	return h, key, input
}

// shorten cuts a file that not even its owner may write to as it is.
func shorten(path string, size int64) error {
	return errors.Join(os.Chmod(path, 0o644), os.Truncate(path, size))
}

func TestHeaderIsKept(t *testing.T) {
	h, key, input := small(t)
	found, err := h.load(key)
	if err != nil {
		t.Fatal(err)
	}
	if !found.unchanged() {
		t.Error("it has changed")
	}
	for _, name := range []string{"vector", "own.h", "tbb.h"} {
		if !shadows(one(name, ""), found.Included) {
			t.Errorf("a file named %s may stand in for a header", name)
		}
	}
	if shadows(one("move.h", ""), found.Included) {
		t.Error("move.h is never looked for in the submission's folder")
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(input), "new"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if found.unchanged() {
		t.Error("a new file beside the headers is overlooked")
	}
}

// Whatever happened to a header, it is not used.
func TestDamagedHeaderIsNotUsed(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, damage := range map[string]func(file, about, input string){
		"another byte": func(file, _, _ string) {
			must(os.Chmod(file, 0o644))
			must(os.WriteFile(file, []byte("Precompiled"), 0))
		},
		"truncated": func(file, _, _ string) { must(shorten(file, 4)) },
		"longer": func(file, _, _ string) {
			must(os.Chmod(file, 0o644))
			must(os.WriteFile(file, []byte("precompiled\n"), 0))
		},
		"gone":           func(file, _, _ string) { must(os.Remove(file)) },
		"others write":   func(file, _, _ string) { must(os.Chmod(file, 0o666)) },
		"open folder":    func(file, _, _ string) { must(os.Chmod(filepath.Dir(file), 0o777)) },
		"second name":    func(file, _, _ string) { must(os.Link(file, filepath.Join(t.TempDir(), "second"))) },
		"another file":   func(file, _, _ string) { must(os.WriteFile(filepath.Join(filepath.Dir(file), "a"), nil, 0o444)) },
		"a link":         func(file, _, _ string) { must(os.Rename(file, file+"x")); must(os.Symlink(file+"x", file)) },
		"manifest empty": func(_, about, _ string) { must(shorten(about, 0)) },
		"manifest of another": func(_, about, _ string) {
			text, err := os.ReadFile(about)
			must(err)
			must(os.Chmod(about, 0o600))
			must(os.WriteFile(about, bytes.Replace(text, []byte("abab"), []byte("cdcd"), 1), 0))
		},
		"input changed": func(_, _, input string) { must(os.WriteFile(input, []byte("#include <bits/moved.h>\n"), 0)) },
		"input gone":    func(_, _, input string) { must(os.Remove(input)) },
		"foreign file": func(file, _, _ string) {
			if os.Geteuid() == 0 {
				must(os.Chown(file, 61001, -1))
				return
			}
			must(os.Remove(file))
		},
		"foreign manifest": func(_, about, _ string) {
			if os.Geteuid() == 0 {
				must(os.Chown(about, 61001, -1))
				return
			}
			must(os.Remove(about))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, key, input := small(t)
			found, err := h.load(key)
			must(err)
			damage(found.file.Path, filepath.Join(found.path, manifestName), input)
			if strings.Contains(name, "input") && found.unchanged() {
				t.Error("who used it before does not notice")
			}
			if again, err := h.load(key); err == nil {
				t.Errorf("it is used: %+v", again.manifest)
			}
		})
	}
}

func TestKeyOfAHeader(t *testing.T) {
	tool := precompiling(t)
	key := func(tool Toolchain, flags ...string) string {
		t.Helper()
		k, err := tool.headers.key(t.Context(), tool, flags)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	newer := tool
	newer.Version = "g++ 99"
	seen := map[string]string{}
	for name, k := range map[string]string{
		"none": key(tool), "O2": key(tool, "-O2"), "O3": key(tool, "-O3"), "in order": key(tool, "-O2", "-O3"), "the other way": key(tool, "-O3", "-O2"),
		"one word": key(tool, "-O2 -O3"), "another version": key(newer, "-O2"),
	} {
		if other := seen[k]; other != "" {
			t.Errorf("%q and %q have one key", name, other)
		}
		seen[k] = name
	}
	if again := key(precompiling(t), "-O2"); seen[again] != "O2" {
		t.Error("another judge has another key")
	}
	// The compiler replaced in place, with the same words for its version.
	fake := tool
	fake.Path = filepath.Join(t.TempDir(), "g++")
	var keys [2]string
	for i, comment := range []string{"", "# newer\n"} {
		if err := os.WriteFile(fake.Path, []byte("#!/bin/sh\n"+comment+"exec "+tool.Path+" \"$@\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		keys[i] = key(fake, "-O2")
	}
	if keys[0] == keys[1] {
		t.Error("a compiler that was replaced keeps its key")
	}
}

// The cache is bounded: what was unused for longest goes, what is in use stays.
func TestHeadersGiveWay(t *testing.T) {
	h, _, input := small(t)
	now := time.Now()
	for i := range keptHeaders {
		key := strings.Repeat(string(rune('0'+i)), 64)
		if err := h.store(key, madeHeader{[]byte("x"), []string{input}}, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		used := now.Add(-time.Duration(i+2) * time.Hour)
		if err := os.Chtimes(filepath.Join(h.dir, key, manifestName), used, used); err != nil {
			t.Fatal(err)
		}
	}
	for _, left := range []string{newPrefix + "1", "notes"} {
		if err := os.MkdirAll(filepath.Join(h.dir, left, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.makeRoom("fresh"); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range list {
		names = append(names, d.Name()[:min(4, len(d.Name()))])
	}
	if got, want := strings.Join(names, " "), "0000 1111 2222 3333 abab note"; got != want {
		t.Errorf("left are %s, want %s", got, want)
	}
	for _, d := range list {
		_ = os.Chtimes(filepath.Join(h.dir, d.Name(), manifestName), now, now)
	}
	if err := h.store(strings.Repeat("e", 64), madeHeader{[]byte("x"), []string{input}}, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := h.makeRoom("fresh"); err == nil {
		t.Error("headers in use gave way")
	}
}

// Only one judge at a time makes headers in a folder; a second goes without.
func TestHeadersAreMadeByOne(t *testing.T) {
	h, _, _ := small(t)
	unlock, err := h.lock()
	if err != nil {
		t.Fatal(err)
	}
	other := &headers{dir: h.dir, logger: slog.Default()}
	if _, err := other.lock(); !errors.Is(err, errNotNow) {
		t.Errorf("a second lock: %v", err)
	}
	unlock()
	unlock, err = other.lock()
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
