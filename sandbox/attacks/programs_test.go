package attacks

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// compilerFlags are roughly those of a contestant's program.
var compilerFlags = []string{"-O1", "-w", "-static", "-pthread"}

// programs are the compiled programs of run, by the attack's name.
type programs map[string]*os.File

// buildPrograms compiles what is not in the folder yet. Names there hold a
// hash of all that goes into a program, so nothing is ever out of date.
func buildPrograms(t *testing.T, attacks []attack, scratch string) programs {
	dir := os.Getenv("JUDGE_ATTACKS_BIN")
	if dir == "" {
		dir = filepath.Join(scratch, "bin")
	}
	must(t, os.MkdirAll(dir, 0o755))
	source := filepath.Join(scratch, "source")
	must(t, os.CopyFS(source, sources))
	header, err := sources.ReadFile("run/attack.h")
	must(t, err)

	built := programs{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	turn := make(chan struct{}, runtime.NumCPU())
	for _, a := range attacks {
		if a.compiles() {
			continue
		}
		workers.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			hash := sha256.Sum256(slices.Concat(header, []byte(a.text), []byte(strings.Join(compilerFlags, " "))))
			f, err := buildProgram(filepath.Join(source, a.name), filepath.Join(dir, fmt.Sprintf("%s-%x", path.Base(a.name), hash[:6])))
			if err != nil {
				t.Errorf("%s: %v", a.name, err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			built[a.name] = f
		})
	}
	workers.Wait()
	if t.Failed() {
		t.FailNow()
	}
	t.Cleanup(func() {
		for _, f := range built {
			_ = f.Close()
		}
	})
	return built
}

func buildProgram(source, target string) (*os.File, error) {
	if f, err := os.Open(target); err == nil {
		return f, nil
	}
	compiler := "gcc"
	if _, err := os.Stat(source + ".cpp"); err == nil {
		compiler = "g++"
	}
	file := source + map[string]string{"gcc": ".c", "g++": ".cpp"}[compiler]
	args := append(slices.Clone(compilerFlags), "-o", target+".new", file)
	if out, err := exec.Command(compiler, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	if err := os.Chmod(target+".new", 0o755); err != nil {
		return nil, err
	}
	if err := os.Rename(target+".new", target); err != nil {
		return nil, err
	}
	return os.Open(target)
}

// TestPrograms compiles every program of run and nothing else, to fill
// JUDGE_ATTACKS_BIN for a machine without a compiler.
func TestPrograms(t *testing.T) {
	if os.Getenv("JUDGE_ATTACKS_BIN") == "" {
		t.Skip("JUDGE_ATTACKS_BIN names no folder")
	}
	attacks, err := readAttacks()
	must(t, err)
	buildPrograms(t, attacks, t.TempDir())
}
