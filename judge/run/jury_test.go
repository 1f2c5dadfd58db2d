package run

import (
	"context"
	"errors"
	"testing"

	"contest/judge"
	"contest/judge/check"
	"contest/sandbox"
)

// counting accepts "yes" and counts how often it is asked.
type counting struct{ asked int }

func (c *counting) Validate(_ context.Context, o check.Output) (check.Feedback, error) {
	c.asked++
	switch string(o.Data) {
	case "yes":
		return check.Feedback{Accepted: true, TeamMessage: "well done", JudgeMessage: "fine"}, nil
	case "broken":
		return check.Feedback{}, errors.New("it ended with status 1")
	}
	return check.Feedback{TeamMessage: "no", JudgeMessage: "it is no"}, nil
}

func TestJury(t *testing.T) {
	v := &counting{}
	j := NewJury(judge.Problem{Limits: judge.Limits{OutputBytes: 100, MemoryBytes: 100, Time: 1000}, Threads: 1}, v)
	one, two := judge.TestCase{Name: "secret/1"}, judge.TestCase{Name: "secret/2"}
	printed := func(text string) sandbox.Facts { return sandbox.Facts{Exited: true, Stdout: []byte(text)} }
	for _, tc := range []struct {
		name  string
		test  judge.TestCase
		facts sandbox.Facts
		want  Result
		asked int
	}{
		{"right", one, printed("yes"), Result{judge.Accepted, "", "well done", "fine"}, 1},
		{"the same again", one, printed("yes"), Result{judge.Accepted, "", "", ""}, 1},
		{"the same on another test", two, printed("yes"), Result{judge.Accepted, "", "well done", "fine"}, 2},
		{"wrong", one, printed("no"), Result{judge.Wrong, "", "no", "it is no"}, 3},
		{"wrong again", one, printed("no"), Result{judge.Wrong, "", "no", "it is no"}, 4},
		{"too long", one, sandbox.Facts{Exited: true, Hit: sandbox.OutputLimit}, Result{judge.Output, "it printed more than 100 bytes", "", ""}, 4},
	} {
		got, err := j.Judge(t.Context(), tc.test, tc.facts)
		if err != nil || got != tc.want || v.asked != tc.asked {
			t.Errorf("%s: got %+v, %v, asked %d times; want %+v, %d", tc.name, got, err, v.asked, tc.want, tc.asked)
		}
	}
	if got, err := j.Judge(t.Context(), one, printed("broken")); err == nil || got != (Result{}) {
		t.Errorf("a validator that fails: got %+v, %v", got, err)
	}
	if _, pending := j.Glance(one, printed("no")); !pending {
		t.Error("an output that was refused is decided at a glance")
	}
	unknown := judge.Problem{ID: "p", Type: "scoring"}
	if _, err := Run(t.Context(), Case{Problem: unknown}); err == nil {
		t.Error("a problem of an unknown type is run")
	}
}
