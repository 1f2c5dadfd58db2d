package wire

import (
	"encoding/json"
	"testing"
	"time"

	"contest/judge"
)

func TestInstantsHaveThreeDecimals(t *testing.T) {
	dubai := time.FixedZone("", 4*60*60)
	at := func(nanoseconds int) time.Time { return time.Date(2026, 2, 4, 23, 59, 59, nanoseconds, dubai) }
	type inner struct {
		At   time.Time  `json:"at"`
		Ptr  *time.Time `json:"ptr,omitempty"`
		None time.Time  `json:"none,omitzero"`
	}
	one := at(120_000_000)
	for _, c := range []struct {
		v    any
		want string
	}{
		{at(0), `"2026-02-04T19:59:59.000Z"`},
		{at(999_999_999), `"2026-02-04T19:59:59.999Z"`}, // cut: it is before the deadline
		{inner{At: at(500_000_000), Ptr: &one}, `{"at":"2026-02-04T19:59:59.500Z","ptr":"2026-02-04T19:59:59.120Z"}`},
		{[]any{map[string]any{"x": at(1)}, struct{ inner }{inner{At: at(1)}}}, `[{"x":"2026-02-04T19:59:59.000Z"},{"at":"2026-02-04T19:59:59.000Z"}]`},
	} {
		if got, err := Marshal(c.v); err != nil || string(got) != c.want {
			t.Errorf("Marshal(%v) = %s, %v, want %s", c.v, got, err, c.want)
		}
	}
}

// But for instants the JSON is what encoding/json writes.
func TestEverythingElseIsAsEncodingJSONWritesIt(t *testing.T) {
	v := map[string]any{
		"nothing": []int(nil), "bytes": []byte("a"), "names": []judge.Contestant{"<b>&\u2028"}, "ns": 3 * time.Second, "float": 1e21, "sum": map[int]string{10: "b", 9: "a"},
		"run": judge.Run{TestCase: "sample/1", Verdict: judge.Accepted}, "entry": judge.Problem{ID: "p", Boards: []judge.Board{judge.RealBoard}},
	}
	got, err := Marshal(v)
	want, wantErr := json.Marshal(v)
	if err != nil || wantErr != nil || string(got) != string(want) {
		t.Errorf("got  %s, %v\nwant %s, %v", got, err, want, wantErr)
	}
	got, err = MarshalIndent(v)
	want, wantErr = json.MarshalIndent(v, "", "  ")
	if err != nil || wantErr != nil || string(got) != string(want) {
		t.Errorf("indented: got  %s, %v\nwant %s, %v", got, err, want, wantErr)
	}
	for _, v := range []any{make(chan int), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if text, err := Marshal(v); err == nil {
			t.Errorf("%v was written: %s", v, text)
		}
	}
}
