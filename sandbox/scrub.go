package sandbox

import "unsafe"

// lineSize is that of a cache line in bytes, as nearly every CPU has it. On one
// with longer lines a line is touched and flushed more than once.
const lineSize = 64

// scrub pushes what the caches hold of earlier programs out of them, by reading
// and writing all of memory, and then throws memory out of them as well. Left
// there, its lines would have to make room for those of the program, and which of
// them do is the cache's own choice: programs that wait for memory then vary
// several times as much from run to run (docs/decisions/0011-flushed-scrub.md).
func scrub(memory []byte) {
	for i := 0; i < len(memory); i += lineSize {
		memory[i]++
	}
	flush(unsafe.SliceData(memory), len(memory))
}

// flush writes the lines from start on, size bytes of them, back to memory and
// drops them from all caches.
//
//go:noescape
func flush(start *byte, size int)
