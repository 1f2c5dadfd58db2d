package judge

import (
	"slices"
	"strings"
)

// Suggest is a hint which of the names there are may have been meant.
func Suggest(name string, names []string) string {
	if len(names) == 0 {
		return "there are none yet"
	}
	best := slices.MinFunc(names, func(a, b string) int { return distance(name, a) - distance(name, b) })
	if distance(name, best) <= max(1, len(name)/3) {
		return "did you mean " + best + "?"
	}
	return "there are: " + strings.Join(names, ", ")
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			next := diagonal
			if a[i] != b[j] {
				next = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
