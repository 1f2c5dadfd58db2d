package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestGroupDir(t *testing.T) {
	mount := t.TempDir()
	if err := os.MkdirAll(filepath.Join(mount, "a/b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ root, path, want string }{
		{"/", "/", mount},
		{"/", "/a/b", mount + "/a/b"},
		{"/docker/1", "/docker/1/a", mount + "/a"},
		{"/docker/1", "/docker/1", mount},
		{"/", "/docker/1", mount}, // a path of the host's, seen from a container
		{"/", "/../other", mount},
	} {
		if got := groupDir(mount, test.root, test.path); got != test.want {
			t.Errorf("mount of %s, group %s: got %s, want %s", test.root, test.path, got, test.want)
		}
	}
}

func TestCounterParse(t *testing.T) {
	for _, test := range []struct {
		key, text string
		scale     int64
		want      int64
		bad       bool
	}{
		{"", "123\n", 1, 123, false},
		{"", "123\n\x00\x00rest", 1, 123, false},
		{"usage_usec", "usage_usec 7\nuser_usec 5\n", 1000, 7000, false},
		{"oom_kill", "oom_kill_disable 1\nunder_oom 0\noom_kill 2\n", 1, 2, false},
		{"oom_kill", "oom_group_kill 4\noom_kill 3\n", 1, 3, false},
		{"oom_kill", "oom 3\n", 1, 0, true},
		{"", "max\n", 1, 0, true},
		{"", "", 1, 0, true},
	} {
		got, err := counter{key: test.key, scale: test.scale}.parse([]byte(test.text))
		if got != test.want && !test.bad || (err != nil) != test.bad {
			t.Errorf("%s of %q: got %d, error %v; want %d", test.key, test.text, got, err, test.want)
		}
	}
}

// Groups go when their process is gone, or when its number is another's now.
func TestSweep(t *testing.T) {
	base := t.TempDir()
	start, err := startTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	own := fmt.Sprintf("judge-%d-%d-0", os.Getpid(), start)
	names := map[string]bool{ // whether it stays
		own: true,
		fmt.Sprintf("judge-%d-%d-0", os.Getpid(), start+1): false,
		"judge-4194305-1-3": false,
		"judge-self":        true,
		"judge-1":           true,
		"other":             true,
	}
	for name := range names {
		if err := os.Mkdir(filepath.Join(base, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cgroups{base: map[string]string{"memory": base}}.sweep()
	for name, stays := range names {
		if _, err := os.Stat(filepath.Join(base, name)); (err == nil) != stays {
			t.Errorf("%s: stays is %v, want %v", name, err == nil, stays)
		}
	}
}

func TestLimitDefaults(t *testing.T) {
	got, err := Limits{}.withDefaults()
	if err != nil || got != DefaultLimits() {
		t.Errorf("no limits: got %+v, error %v", got, err)
	}
	some := Limits{CPU: time.Millisecond, Processes: 1, MemoryBytes: 64 << 20}
	got, err = some.withDefaults()
	if err != nil || got.CPU != some.CPU || got.Processes != 1 || got.MemoryBytes != some.MemoryBytes || got.Wall != DefaultLimits().Wall {
		t.Errorf("%+v: got %+v, error %v", some, got, err)
	}
	for _, bad := range []Limits{{CPU: -1}, {Wall: -1}, {StackBytes: -1}, {Processes: -1}, {OpenFiles: -1}, {OpenFiles: 2}, {MemoryBytes: 1000}} {
		if _, err := bad.withDefaults(); err == nil {
			t.Errorf("%+v: got no error", bad)
		}
	}
}

// The first limit in the order of the constants is the one reported.
func TestSettle(t *testing.T) {
	limits := Limits{CPU: time.Second, Wall: 2 * time.Second}
	for _, test := range []struct {
		name   string
		facts  Facts
		killed Limit
		over   bool
		oom    bool
		want   Limit
	}{
		{name: "nothing", facts: Facts{Exited: true}, want: NoLimit},
		{name: "all", facts: Facts{CPU: 3 * time.Second, Real: 3 * time.Second}, killed: WallLimit, over: true, oom: true, want: MemoryLimit},
		{name: "output before times", facts: Facts{CPU: 3 * time.Second, Real: 3 * time.Second}, killed: CPULimit, over: true, want: OutputLimit},
		{name: "CPU before wall", facts: Facts{CPU: 3 * time.Second, Real: 3 * time.Second}, killed: WallLimit, want: CPULimit},
		{name: "ended above the CPU limit", facts: Facts{Exited: true, CPU: time.Second + 1}, want: CPULimit},
		{name: "at the limits", facts: Facts{Exited: true, CPU: time.Second, Real: 2 * time.Second}, want: NoLimit},
		{name: "the kernel's backstop", facts: Facts{Signal: syscall.SIGXCPU, CPU: 2 * time.Second}, want: CPULimit},
		{name: "the backstop's signal, from itself", facts: Facts{Signal: syscall.SIGXCPU}, want: NoLimit},
		{name: "ended above the wall limit", facts: Facts{Exited: true, Real: 2*time.Second + 1}, want: WallLimit},
	} {
		r := &startedRun{limits: limits, killed: test.killed}
		r.pipes[0].over = test.over
		test.facts.settle(r, test.oom)
		if test.facts.Hit != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.facts.Hit, test.want)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, err := range []error{syscall.EPERM, syscall.ENOSPC, syscall.ENOSYS} {
		wrapped := explain(fmt.Errorf("namespaces: %w", err))
		if !errors.Is(wrapped, err) || wrapped.Error() == "namespaces: "+err.Error() {
			t.Errorf("%v: got %v, want a cure", err, wrapped)
		}
	}
}
