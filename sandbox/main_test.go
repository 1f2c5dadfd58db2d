package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sandbox-test-")
	if err != nil {
		panic(err)
	}
	binaries.dir = dir
	code := m.Run()
	fmt.Print(figures.peers, figures.rest)
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// binaries are the compiled programs of testdata, by source name.
var binaries struct {
	mu  sync.Mutex
	dir string
	all map[string]*os.File
}

// compiled gives a static executable of a program in testdata.
func compiled(t testing.TB, source string) *os.File {
	t.Helper()
	binaries.mu.Lock()
	defer binaries.mu.Unlock()
	if f := binaries.all[source]; f != nil {
		return f
	}
	compiler := "gcc"
	if strings.HasSuffix(source, ".cpp") {
		compiler = "g++"
	}
	target := filepath.Join(binaries.dir, strings.ReplaceAll(source, ".", "_"))
	out, err := exec.Command(compiler, "-O1", "-w", "-static", "-pthread", "-o", target, filepath.Join("testdata", source)).CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound), bytes.Contains(out, []byte("cannot find -l")):
		t.Skipf("needs a compiler that links statically: %v\n%s", err, out)
	case err != nil:
		t.Fatalf("%s: %v\n%s", source, err, out)
	}
	if err := os.Chmod(target, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(target)
	if err != nil {
		t.Fatal(err)
	}
	if binaries.all == nil {
		binaries.all = map[string]*os.File{}
	}
	binaries.all[source] = f
	return f
}

// container makes one that the test closes, or skips the test where none can
// be made.
func container(t testing.TB, cfg Config) *Container {
	t.Helper()
	c, err := New(context.Background(), cfg)
	if err != nil {
		if os.Geteuid() == 0 {
			t.Fatal(err)
		}
		t.Skip("needs user namespaces:", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return c
}

// emulated says that processors are emulated and by how much tests stretch
// the times that they give to programs: JUDGE_SLOW=20, say.
func emulated() (factor float64, is bool) {
	factor, err := strconv.ParseFloat(os.Getenv("JUDGE_SLOW"), 64)
	if err != nil || factor <= 1 {
		return 1, false
	}
	return factor, true
}

// stretch makes a limit one that only a program hits that must.
func stretch(d time.Duration) time.Duration {
	factor, _ := emulated()
	return time.Duration(float64(d) * factor)
}

func unsafeOffset[S, F any](s *S, field *F) uintptr {
	return uintptr(unsafe.Pointer(field)) - uintptr(unsafe.Pointer(s))
}
