package judge

import (
	"fmt"
	"slices"
	"strings"
)

// Suggest is a hint which of the names there are may have been meant: the
// nearest if one is near, otherwise all of them.
func Suggest(name string, names []string) string {
	if len(names) == 0 {
		return "there are none yet"
	}
	names = slices.Sorted(slices.Values(names))
	best, nearest := "", max(1, len(name)/4)+1
	for _, n := range names {
		if d := editDistance(strings.ToLower(name), strings.ToLower(n)); d < nearest {
			best, nearest = n, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "known here: " + strings.Join(names, ", ")
}

// editDistance counts the insertions, removals, replacements and swaps of
// neighbours that turn a into b.
func editDistance(a, b string) int {
	if len(a) > 64 {
		return len(a) // nobody mistypes a name that long
	}
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
