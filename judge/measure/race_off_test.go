//go:build !race

package measure

// trialsFor is how many trials a simulation runs.
func trialsFor(n int) int { return n }
