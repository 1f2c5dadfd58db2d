package score

import (
	"cmp"
	"maps"
	"slices"

	"contest/judge"
)

// Rule is what a problem's boards compare before any value. A problem names its rule;
// one more is a file beside passed.go, a line in rules, and a board in
// testdata/boards.
type Rule struct {
	// Key of a grade: more is better. Without any there is no place on a board, and only
	// among equal keys values decide.
	Key func(judge.Grade) float64
	// Less says what a grade with a worse key did, as "passed less".
	Less string
}

// defaultRule is that of problems which name none.
const defaultRule = "passed"

// rules are all there are, by the names that problems call them.
var rules = map[string]Rule{
	defaultRule: passedRule,
}

// RuleOf is the scoring rule of a problem. Names are checked when packages are read;
// one that is not known is the default.
func RuleOf(p judge.Problem) Rule {
	if r, ok := rules[cmp.Or(p.Scoring, defaultRule)]; ok {
		return r
	}
	return rules[defaultRule]
}

// RuleNames are the names of all scoring rules, the default one first.
func RuleNames() []string {
	names := slices.Sorted(maps.Keys(rules))
	i := slices.Index(names, defaultRule)
	return append([]string{defaultRule}, slices.Delete(names, i, i+1)...)
}
