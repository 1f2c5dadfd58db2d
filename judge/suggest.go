package judge

import (
	"fmt"
	"path"
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

// WhichProblem is the problem that is named or, where none is, the one that a file's
// name stands for, or the only one there is: *NotFound, or *Ambiguous.
func WhichProblem(ids []ProblemID, name, file string) (ProblemID, error) {
	names := make([]string, len(ids))
	base := strings.TrimSuffix(file, path.Ext(file))
	for i, id := range ids {
		if string(id) == name || name == "" && (len(ids) == 1 || strings.EqualFold(string(id), base)) {
			return id, nil
		}
		names[i] = string(id)
	}
	switch {
	case len(ids) == 0:
		return "", &NotFound{Kind: "problem", Name: name, Hint: NoProblems(true)}
	case name == "":
		return "", &Ambiguous{Message: "which problem?", Hint: "name one with -p: " + strings.Join(names, ", ")}
	}
	return "", &NotFound{Kind: "problem", Name: name, Hint: Suggest(name, names)}
}

// NoProblems says that a contest is empty and, to its organiser, how that ends.
func NoProblems(organiser bool) string {
	if organiser {
		return "the contest has no problems yet: put a package into problems/ (docs/problem-format.md)"
	}
	return "the contest has no problems yet"
}

// Plural is a number with what it counts, whose plural ends with an s.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
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
