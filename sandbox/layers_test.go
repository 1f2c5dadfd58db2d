package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// layered gives a container with layers, or skips the test where there can be none.
func layered(t *testing.T, cfg Config) *Container {
	t.Helper()
	if err := tryLayers(); err != nil {
		t.Skip("needs layers:", err)
	}
	return container(t, cfg)
}

// lower makes a folder of the host with files in it.
func lower(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// held is all that is in a folder, with what could be changed about it.
func held(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		text := ""
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(b)
		}
		st := info.Sys().(*syscall.Stat_t)
		all[path] = fmt.Sprint(text, " ", info.Mode(), st.Uid, st.Gid, st.Nlink, info.ModTime(), st.Ctim)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// inTree runs a behaviour of testdata/layers.c.
func inTree(t *testing.T, c *Container, keep bool, args ...string) string {
	t.Helper()
	facts, err := c.Run(context.Background(), Command{Program: compiled(t, "layers.c"), Args: append([]string{"layers"}, args...), KeepWork: keep})
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return string(facts.Stdout)
}

var base = map[string]string{"file": "file", "appended": "a", "removed": "x", "old": "old", "mode": "m", "folder/kept": "kept", "outer/inner/leaf": "leaf"}

// A program changes everything there is, and the folder on the host nothing.
func TestLayers(t *testing.T) {
	dir := lower(t, base)
	c := layered(t, Config{Layers: []Layers{{Target: "/tree", Lower: []string{dir}, UpperBytes: 1 << 20}}})
	before := held(t, dir)
	names := []string{"show", "/tree/file", "/tree/appended", "/tree/removed", "/tree/folder/moved", "/tree/new", "/tree/outer/inner/leaf", "/tree/folder/kept"}
	const changed = "/tree/file: changed\n/tree/appended: a+\n/tree/removed: No such file or directory\n/tree/folder/moved: old\n/tree/new: new\n/tree/outer/inner/leaf: No such file or directory\n/tree/folder/kept: kept\n"
	if got := inTree(t, c, false, "change"); got != "" {
		t.Fatalf("could not:\n%s", got)
	}
	if got := inTree(t, c, true, names...); got != changed {
		t.Errorf("the next run with KeepWork found:\n%swant:\n%s", got, changed)
	}
	if text, err := c.ReadFile("/tree/folder/moved", 10); err != nil || string(text) != "old" {
		t.Errorf("the judge read %q, error %v", text, err)
	}
	if text, err := c.ReadFile("/tree/made/symlink", 10); !errors.Is(err, ErrNotFile) {
		t.Errorf("the judge followed a link to %q, error %v", text, err)
	}
	if now := held(t, dir); !maps.Equal(now, before) {
		t.Errorf("the folder on the host was\n%v\nand is\n%v", before, now)
	}
	const fresh = "/tree/file: file\n/tree/appended: a\n/tree/removed: x\n/tree/folder/moved: No such file or directory\n/tree/new: No such file or directory\n/tree/outer/inner/leaf: leaf\n/tree/folder/kept: kept\n"
	if got := inTree(t, c, false, names...); got != fresh {
		t.Errorf("the next run without found:\n%swant:\n%s", got, fresh)
	}
}

// The topmost lower folder that has a file shows it, and folders are merged. What
// is mounted or layered inside layers is not theirs.
func TestLayersOfSeveralFolders(t *testing.T) {
	top, bottom := lower(t, map[string]string{"both": "top", "folder/a": "a", "inner/x": "hidden", "given/x": "hidden"}), lower(t, map[string]string{"both": "bottom", "folder/b": "b"})
	other := lower(t, map[string]string{"x": "inner"})
	c := layered(t, Config{
		Layers: []Layers{
			{Target: "/tree/inner", Lower: []string{other}, UpperBytes: 1 << 20},
			{Target: "/tree/", Lower: []string{top, bottom}, UpperBytes: 1 << 20, UpperInodes: 10}},
		Mounts: []Mount{{other, "/tree/given"}}})
	const want = "/tree/both: top\n/tree/folder/a: a\n/tree/folder/b: b\n/tree/inner/x: inner\n/tree/given/x: inner\n"
	if got := inTree(t, c, false, "show", "/tree/both", "/tree/folder/a", "/tree/folder/b", "/tree/inner/x", "/tree/given/x"); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	for name, text := range map[string]string{"/tree/inner/x": "1", "/tree/new/y": "2", "/tree/both": "3"} {
		if err := c.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Error(err)
		}
		if got, err := c.ReadFile(name, 10); err != nil || string(got) != text {
			t.Errorf("%s: got %q, error %v", name, got, err)
		}
	}
	if list, err := c.ReadDir("/tree/folder"); err != nil || len(list) != 2 {
		t.Errorf("folder: got %v, error %v", list, err)
	}
	if err := c.EmptyWork(); err != nil {
		t.Fatal(err)
	}
	if got, err := c.ReadFile("/tree/both", 10); err != nil || string(got) != "top" {
		t.Errorf("after EmptyWork: got %q, error %v", got, err)
	}
	for _, name := range []string{"/tree/given/x", "/other", "/tree/../etc/passwd", "x"} {
		if got, err := c.ReadFile(name, 100); err == nil {
			t.Errorf("the judge read %s: %q", name, got)
		}
	}
	if err := c.WriteFile("/tree/big", make([]byte, 2<<20), 0o644); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("wrote more than fits: error %v", err)
	}
}

// What a run that was killed left in layers can be read, and the next finds
// nothing of it.
func TestLayersAfterAKill(t *testing.T) {
	dir := lower(t, base)
	c := layered(t, Config{Layers: []Layers{{Target: "/tree", Lower: []string{dir}, UpperBytes: 1 << 20}}})
	if err := c.WriteFile("/tree/file", []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if f := behave(t, c, Limits{Wall: 50 * time.Millisecond}, true, "sleep"); f.Hit != WallLimit {
		t.Fatal(outcome(f))
	}
	if text, err := c.ReadFile("/tree/file", 10); err != nil || string(text) != "changed" {
		t.Errorf("after the kill: got %q, error %v", text, err)
	}
	if got := inTree(t, c, true, "show", "/tree/file"); got != "/tree/file: file\n" {
		t.Errorf("the next run found %q", got)
	}
}

func TestLayersLeaveNothing(t *testing.T) {
	dir := lower(t, base)
	layered(t, Config{}) // what stays open for good is open, the program too
	compiled(t, "layers.c")
	before := traces(t)
	c := layered(t, Config{Layers: []Layers{{Target: "/tree", Lower: []string{dir, lower(t, nil)}, UpperBytes: 1 << 20}}})
	for range 3 {
		inTree(t, c, false, "change")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	after := traces(t)
	for _, what := range []string{"descriptors", "mounts", "groups", "processes"} { // of threads Go makes more by itself
		if before[what] != after[what] {
			t.Errorf("%s: %d before, %d after", what, before[what], after[what])
		}
	}
}

func TestBadLayers(t *testing.T) {
	dir := lower(t, base)
	one := func(l Layers) Config { return Config{Layers: []Layers{l}} }
	for _, tc := range []struct {
		cfg  Config
		want string
	}{
		{one(Layers{Target: "/tree", UpperBytes: 1}), "layers at /tree: 0 lower folders; give 1 to 16"},
		{one(Layers{Target: "/tree", Lower: make([]string, 17), UpperBytes: 1}), "17 lower folders"},
		{one(Layers{Target: "/tree", Lower: []string{dir}}), "no room above them; give UpperBytes"},
		{one(Layers{Target: "/tree", Lower: []string{dir}, UpperBytes: -1}), "layers at /tree of -1 bytes"},
		{one(Layers{Target: "/tree", Lower: []string{dir}, UpperBytes: 1, UpperInodes: -1}), "layers at /tree for -1 files"},
		{one(Layers{Target: "/tree", Lower: []string{dir + "/file"}, UpperBytes: 1}), "is no folder"},
		{one(Layers{Target: "/tree", Lower: []string{dir, dir + "/absent"}, UpperBytes: 1}), "no such file"},
		{one(Layers{Target: "/tree", Lower: []string{dir + "/folder", dir}, UpperBytes: 1}), "one lies in the other"},
		{one(Layers{Target: "/tree", Lower: []string{"relative"}, UpperBytes: 1}), "not an absolute path"},
		{one(Layers{Target: "/work/tree", Lower: []string{dir}, UpperBytes: 1}), "the place is the sandbox's own"},
		{one(Layers{Target: "/tree", Lower: []string{"/proc"}, UpperBytes: 1}), "kernel's own files"},
		{Config{Mounts: []Mount{{dir, "/tree"}}, Layers: []Layers{{Target: "/tree", Lower: []string{dir}, UpperBytes: 1}}}, "is there already"},
		{Config{Layers: []Layers{{Target: "/tree", Lower: []string{dir}, UpperBytes: 1}, {Target: "/tree/absent", Lower: []string{dir}, UpperBytes: 1}}}, "make an empty folder of that name"},
		{Config{Layers: slices.Repeat([]Layers{{Target: "/tree", Lower: slices.Repeat([]string{dir}, 16), UpperBytes: 1}}, 5)}, "80 lower folders in all; give up to 64"},
	} {
		refused(t, "layers", tc.cfg, tc.want)
	}
}

// A lower folder that is not there any more is an error that names it.
func TestLayersVanish(t *testing.T) {
	dir := lower(t, base)
	c := layered(t, Config{Layers: []Layers{{Target: "/tree", Lower: []string{dir + "/folder"}, UpperBytes: 1 << 20}}})
	inTree(t, c, false, "show", "/tree/kept")
	if err := os.Rename(dir+"/folder", dir+"/elsewhere"); err != nil {
		t.Fatal(err)
	}
	_, err := c.Run(context.Background(), Command{Program: compiled(t, "layers.c"), Args: []string{"layers", "show"}})
	if err == nil || !strings.Contains(err.Error(), dir+"/folder") || !strings.Contains(err.Error(), "put it back") {
		t.Errorf("got error %v", err)
	}
	if err := os.Rename(dir+"/elsewhere", dir+"/folder"); err != nil {
		t.Fatal(err)
	}
	if got := inTree(t, c, false, "show", "/tree/kept"); got != "/tree/kept: kept\n" {
		t.Errorf("put back: got %q", got)
	}
}
