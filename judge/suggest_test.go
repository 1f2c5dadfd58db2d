package judge

import "testing"

func TestSuggest(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"smu", `did you mean "sum"?`},
		{"Sum", `did you mean "sum"?`},
		{"ledgr", `did you mean "ledger"?`},
		{"chess", "known here: ledger, sum"},
	} {
		if got := Suggest(tc.name, []string{"sum", "ledger"}); got != tc.want {
			t.Errorf("Suggest(%q) = %s, want %s", tc.name, got, tc.want)
		}
	}
	if got := Suggest("sum", nil); got != "there are none yet" {
		t.Errorf("without names: %s", got)
	}
}

func TestWhichProblem(t *testing.T) {
	for _, c := range []struct {
		ids        []ProblemID
		name, file string
		want       ProblemID
		err        string
	}{
		{[]ProblemID{"a"}, "", "", "a", ""},
		{[]ProblemID{"a"}, "", "b.cpp", "a", ""},
		{[]ProblemID{"a"}, "b", "a.cpp", "", `no problem "b"`},
		{[]ProblemID{"a", "b"}, "b", "a.cpp", "b", ""},
		{[]ProblemID{"a", "b"}, "", "B.cpp", "b", ""},
		{[]ProblemID{"a", "b"}, "", "main.cpp", "", "which problem?"},
		{[]ProblemID{"a", "b"}, "", "", "", "which problem?"},
		{[]ProblemID{"a", "b"}, "B", "", "", `no problem "B"`},
		{nil, "", "", "", `no problem ""`},
	} {
		got, err := WhichProblem(c.ids, c.name, c.file)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("of %q, named %q, file %q: got %q, %v; want %q, %q", c.ids, c.name, c.file, got, err, c.want, c.err)
		}
	}
}
