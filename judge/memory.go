package judge

import "fmt"

// BelowMemory prints the memory of a run, in bytes, as a bound: what the kernel
// counts is at least what was used, and up to 256 KiB for each CPU more. It is "–"
// where the kernel does not tell.
func BelowMemory(bytes int64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprintf("<%d MiB", bytes>>20+1)
}
