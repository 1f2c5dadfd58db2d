package pipeline

import (
	"strings"
	"testing"
	"time"

	"contest/judge"
)

// The memory of a run is a bound here as everywhere.
func TestUsedMemoryIsABound(t *testing.T) {
	p := judge.Problem{Limits: judge.Limits{Time: time.Second, MemoryBytes: 64 << 20}}
	got := used(p, []judge.Run{{TestCase: "secret/1", Verdict: judge.Accepted, CPU: time.Millisecond, Real: time.Millisecond, MemoryBytes: 300 << 10}})
	if want := "<1 MiB of 64 MiB (0 %) of memory"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want %q at its end", got, want)
	}
}
