package judge

import "testing"

func TestQuote(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"line", "a\n", "  | a"},
		{"lines", "a\nb\n\n", "  | a\n  | b"},
		{"empty line", "a\n\nb", "  | a\n  | \n  | b"},
		{"carriage return", "a\rrank 1", "  | a\uFFFDrank 1"},
		{"escape", "\x1b[2Ared\x9b", "  | \uFFFD[2Ared\uFFFD"},
		{"line ends of Unicode", "a\u0085b\u2028c\u2029d\ve\f", "  | a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFD"},
		{"direction", "a\u202eb\u2066c", "  | a\uFFFDb\uFFFDc"},
		{"tab", "a\tb", "  | a\tb"},
		{"no UTF-8", "a\xff\xfeb", "  | a\uFFFDb"},
	} {
		if got := Quote(c.text); got != c.want {
			t.Errorf("%s: Quote(%q) = %q, want %q", c.name, c.text, got, c.want)
		}
	}
}
