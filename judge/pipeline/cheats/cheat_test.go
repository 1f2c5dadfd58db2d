package cheats

import (
	"strings"
	"testing"

	"contest/judge"
)

func TestHeader(t *testing.T) {
	c, err := parseCheat("x", "// tries: much\n// attacks: caches\n// expect: RTE | gains nothing\n// because: of\n// work: memory\n// timing: process\n// threads: 4\n// rounds: 2\n// needs: amd64\nint main() {}\n// needs: nothing\n")
	if err != nil || c.tries != "much" || c.accepted() != gainsNothing || c.work != "memory" || c.timing != judge.WholeProcess || c.threads != 4 || c.rounds != 2 || len(c.needs) != 1 {
		t.Errorf("got %+v, error %v", c, err)
	}
	for text, want := range map[string]string{
		"int main() {}": "first comment",
		"// tries: much\n// attacks: caches\nint main() {}":                             "expect",
		"// tries: much\n// attacks: caches\n// expect: WA | RTE\n":                     "reason",
		"// tries: much\n// attacks: caches\n// expect: AC\n":                           "not known",
		"// tries: much\n// attacks: caches\n// expect: WA\n// wants: x\n":              "no such key",
		"// tries: much\n// attacks: caches\n// expect: WA\n// work: none\n":            "not known",
		"// tries: much\n// attacks: caches\n// expect: WA\n// needs: luck\n":           "not known",
		"// tries: much\n// attacks: caches\n// expect: WA\n// threads: 0\n":            "is none",
		"// tries: much\n// attacks: caches\n// expect: WA\n// timing: sundial\n":       "is none",
		"// tries: much\n// expect: WA\n":                                               "there are: answers, budget",
		"// tries: " + strings.Repeat("x", 100) + "\n// attacks: caches\n// expect: WA": "at most",
	} {
		if _, err := parseCheat("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want one with %q", text, err, want)
		}
	}
}
