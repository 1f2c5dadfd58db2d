package storetest

import (
	"testing"

	"contest/judge"
)

func testContestants(t *testing.T, f *fixture) {
	ctx := t.Context()
	ok(t, f.AddContestant(ctx, organiser, "Bob", ""))
	for _, taken := range []judge.Contestant{"Bob", "bob", "BOB", "Alice"} {
		wantErr(t, f.AddContestant(ctx, organiser, taken, ""), judge.ErrConflict)
	}
	ok(t, f.EnsureContestant(ctx, organiser, "Bob"))
	wantErr(t, f.EnsureContestant(ctx, organiser, "bob"), judge.ErrConflict)
	wantErr(t, f.AddContestant(ctx, organiser, "no spaces", ""), judge.ErrInvalid)
	wantErr(t, f.EnsureContestant(ctx, organiser, ""), judge.ErrInvalid)

	all, err := f.Contestants(ctx)
	ok(t, err)
	if len(all) != 2 || all[0].Handle != "alice" || all[1].Handle != "Bob" {
		t.Fatalf("contestants: got %v, want alice and Bob", all)
	}
	want(t, "created is stamped", all[0].Created.IsZero(), false)
}

func testTokens(t *testing.T, f *fixture) {
	ctx := t.Context()
	ok(t, f.AddContestant(ctx, organiser, "bob", hash("b")))
	who, err := f.ContestantByToken(ctx, hash("b"))
	ok(t, err)
	want(t, "token's contestant", who, "bob")

	_, err = f.ContestantByToken(ctx, "") // alice has none
	wantErr(t, err, judge.ErrNotFound)
	wantErr(t, f.AddContestant(ctx, organiser, "carol", hash("b")), judge.ErrConflict)
	wantErr(t, f.SetToken(ctx, organiser, "alice", hash("b")), judge.ErrConflict)
	wantErr(t, f.SetToken(ctx, organiser, "nobody", hash("c")), judge.ErrNotFound)

	ok(t, f.SetToken(ctx, organiser, "bob", hash("c")))
	_, err = f.ContestantByToken(ctx, hash("b"))
	wantErr(t, err, judge.ErrNotFound)
	ok(t, f.SetToken(ctx, organiser, "bob", ""))
	ok(t, f.SetToken(ctx, organiser, "alice", "")) // two without a token
	all, err := f.Contestants(ctx)
	ok(t, err)
	want(t, "bob has a token", all[1].HasToken, false)
}
