//go:build race

package measure

// trialsFor thins out simulations, which the race detector slows ten times
// and which share no memory.
func trialsFor(n int) int { return max(n/10, 4) }
