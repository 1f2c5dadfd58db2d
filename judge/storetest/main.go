package storetest

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// childEnv names the part that a re-executed test binary plays.
const childEnv = "JUDGE_STORETEST_CHILD"

// Main runs a package's tests: call it from TestMain. Started again by Child,
// the binary plays that part of children instead. The shared PostgreSQL server
// is stopped at the end.
func Main(m *testing.M, children map[string]func() error) {
	if name := os.Getenv(childEnv); name != "" {
		os.Exit(play(name, children))
	}
	code := m.Run()
	if s := sharedStarted.Load(); s != nil {
		s.remove()
	}
	os.Exit(code)
}

func play(name string, children map[string]func() error) int {
	part, ok := children[name]
	if name == submitterChild {
		part, ok = submitForever, true
	}
	err := fmt.Errorf("no child %q", name)
	if ok {
		err = part()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// Child is this test binary once more, playing a part of Main's children. The
// caller starts and kills it.
func Child(name string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), childEnv+"="+name), env...)
	cmd.Stderr = os.Stderr
	return cmd
}
