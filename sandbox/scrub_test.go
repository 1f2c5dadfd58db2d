package sandbox

import (
	"bytes"
	"testing"
)

// What a scrub touches is one byte of each line, and nothing outside of it.
func TestScrubTouchesItsMemoryAlone(t *testing.T) {
	for _, size := range []int{0, 1, lineSize - 1, lineSize, 10*lineSize + 1, 1 << 20} {
		const margin = lineSize + 1
		got := make([]byte, margin+size+margin)
		want := bytes.Clone(got)
		for i := 0; i < size; i += lineSize {
			want[margin+i]++
		}
		scrub(got[margin : margin+size])
		if !bytes.Equal(got, want) {
			t.Errorf("scrub of %d bytes left other memory than expected", size)
		}
	}
	scrub(nil)
}
