package judge

// Grade is how much of a problem a judging solved. Boards compare it before any
// value; what of it they compare is for the problem's scoring rule to say.
type Grade struct {
	Verdict     Verdict `json:"verdict"`
	FirstFailed string  `json:"first_failed,omitempty"` // the first test case that is not AC
	Passed      int     `json:"passed"`
	Total       int     `json:"total"`        // test cases
	TimedPassed int     `json:"timed_passed"` // timed test cases that passed; without any there is no value
	// Missed are the other timed test cases.
	Missed Missed `json:"-"` // see judgingJSON
	// Points are zero where the problem gives none.
	Points float64 `json:"points,omitempty"`
	// Groups are the test groups inside of the secret data; nil where it has none.
	Groups []GroupGrade `json:"groups,omitempty"`
}

// Missed are the timed test cases that a judging did not pass. Each counts at the
// limit in every total, so that totals are over all timed test cases.
type Missed struct {
	Tests int
	// Set names them: it is the same for those who missed the same test cases.
	Set string
}

// GroupGrade is the grade of one test group.
type GroupGrade struct {
	Name   string  `json:"name"` // such as "secret/large"
	Passed int     `json:"passed"`
	Total  int     `json:"total"`
	Points float64 `json:"points,omitempty"`
}
