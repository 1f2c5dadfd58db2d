package judge

import "testing"

func TestBelowMemory(t *testing.T) {
	for bytes, want := range map[int64]string{0: "–", 1: "<1 MiB", 1<<20 - 1: "<1 MiB", 1 << 20: "<2 MiB", 64<<20 + 1: "<65 MiB", 3 << 30: "<3073 MiB"} {
		if got := BelowMemory(bytes); got != want {
			t.Errorf("%d bytes: got %q, want %q", bytes, got, want)
		}
	}
}
