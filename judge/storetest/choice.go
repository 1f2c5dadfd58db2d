package storetest

import (
	"errors"
	"testing"

	"contest/judge"
)

// testChoice: a contestant chooses one entry of a problem, until a final begins
// there that is no practice.
func testChoice(t *testing.T, f *fixture) {
	ctx := t.Context()
	first, second := f.submit(t, "first").Submission.ID, f.submit(t, "second").Submission.ID
	elsewhere := Submission("alice", "first")
	elsewhere.Problem = "other"
	other, _, err := f.Submit(ctx, elsewhere, nil)
	ok(t, err)
	chosen := func(what, wantFirst, wantSecond string) {
		t.Helper()
		list, err := f.Entries(ctx, "echo")
		ok(t, err)
		want(t, what+": the first in the list", list[0].ChosenBy, wantFirst)
		want(t, what+": the second in the list", list[1].ChosenBy, wantSecond)
		e, err := f.Entry(ctx, second)
		ok(t, err)
		want(t, what+": the second", e.ChosenBy, wantSecond)
	}
	wantRefused := func(err error, code string) {
		t.Helper()
		if r, ok := errors.AsType[*judge.Refusal](err); !ok || r.Code != code {
			t.Errorf("got error %v, want a refusal %q", err, code)
		}
	}
	chosen("before", "", "")
	wantErr(t, f.Choose(ctx, alice, 99), judge.ErrNotFound)
	wantRefused(f.Unchoose(ctx, alice, first), "not-chosen")

	changed, cancel := f.Subscribe()
	defer cancel()
	ok(t, f.Choose(ctx, alice, first))
	<-changed
	ok(t, f.Choose(ctx, alice, other.Submission.ID))
	ok(t, f.Choose(ctx, alice, first))
	chosen("the first", "alice", "")
	ok(t, f.Choose(ctx, organiser, second))
	chosen("then the second", "", "the organiser")
	wantRefused(f.Unchoose(ctx, alice, first), "not-chosen")
	ok(t, f.Unchoose(ctx, alice, second))
	chosen("neither", "", "")
	ok(t, f.Choose(ctx, alice, first))

	practice := aFinal("echo", "practice")
	practice.Practice = true
	_, err = f.BeginFinal(ctx, organiser, practice)
	ok(t, err)
	ok(t, f.Choose(ctx, alice, second))
	prizes := aFinal("echo", "prizes")
	prizes.Practice = false
	_, err = f.BeginFinal(ctx, organiser, prizes)
	ok(t, err)
	wantRefused(f.Choose(ctx, alice, first), "final-began")
	wantRefused(f.Unchoose(ctx, alice, second), "final-began")
	chosen("once the final began", "", "alice")
	ok(t, f.Unchoose(ctx, alice, other.Submission.ID))
}
