package machine

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// What the caches are swept with is given back at once, and not when Go next looks for
// garbage, which may be hours later.
func TestMemoryIsGivenBack(t *testing.T) {
	const size = 128 << 20
	memory, giveBack, err := Place{Scrub: size}.Memory()
	if err != nil {
		t.Fatal(err)
	}
	if len(memory) != size {
		t.Errorf("got %d bytes, want %d", len(memory), size)
	}
	for i := 0; i < len(memory); i += 4096 {
		memory[i]++
	}
	touched := resident(t)
	giveBack()
	if left := resident(t); touched-left < size/2 {
		t.Errorf("given back: %d of %d MiB", (touched-left)>>20, size>>20)
	}
}

// resident is the memory of this process in bytes.
func resident(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
