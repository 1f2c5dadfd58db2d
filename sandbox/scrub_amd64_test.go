package sandbox

import "testing"

// CPUs without CLFLUSHOPT are flushed with CLFLUSH, which all others have too.
func TestScrubWithOrderedFlush(t *testing.T) {
	defer func(was bool) { canFlushUnordered = was }(canFlushUnordered)
	canFlushUnordered = false
	TestScrubTouchesItsMemoryAlone(t)
}
