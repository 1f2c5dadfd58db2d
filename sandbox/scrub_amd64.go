package sandbox

// canFlushUnordered says that this CPU has CLFLUSHOPT, which unlike CLFLUSH does
// not wait for the line before.
var canFlushUnordered = hasFlushUnordered()

func hasFlushUnordered() bool
