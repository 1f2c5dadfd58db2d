package score

import "contest/judge"

// passedRule counts test cases that were passed, each as much as any other.
var passedRule = Rule{
	Key:  func(g judge.Grade) float64 { return float64(g.Passed) },
	Less: "passed less",
}
