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
