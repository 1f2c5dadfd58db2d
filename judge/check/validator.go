package check

import (
	"context"
	"os"

	"contest/judge"
)

// Validator decides whether an output is right: an output validator of the ICPC
// problem package format.
type Validator interface {
	// Validate judges an output. An error is a failure of the validator, and says
	// nothing about the output.
	Validate(context.Context, Output) (Feedback, error)
}

// Output is what a program printed, with the files of its test case.
type Output struct {
	Input  string   // path of the input file
	Answer string   // path of the answer file
	Args   []string // of the validator for this test case
	Data   []byte
}

// Feedback is what an output validator says.
type Feedback struct {
	Accepted     bool
	TeamMessage  string // for the contestant
	JudgeMessage string // for the organiser alone
	// Difference is what of the output differs first, for whoever may see the test
	// case; from the default output validator.
	Difference string
}

// Default is the default output validator. It compares with the answer file.
type Default judge.Validation

// Validate says where the first difference is.
func (d Default) Validate(_ context.Context, o Output) (Feedback, error) {
	answer, err := os.ReadFile(o.Answer)
	if err != nil {
		return Feedback{}, err
	}
	ok, why := Compare(judge.Validation(d), answer, o.Data)
	return Feedback{Accepted: ok, Difference: why}, nil
}
