package check

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"contest/judge"
)

func tolerance(absolute, relative float64) judge.Validation {
	var v judge.Validation
	if absolute >= 0 {
		v.AbsoluteTolerance = &absolute
	}
	if relative >= 0 {
		v.RelativeTolerance = &relative
	}
	return v
}

func TestOutput(t *testing.T) {
	plain := judge.Validation{}
	cased := judge.Validation{CaseSensitive: true}
	spaced := judge.Validation{SpaceSensitive: true}
	for _, test := range []struct {
		name           string
		v              judge.Validation
		answer, output string
		message        string // empty: accepted
	}{
		{"equal", plain, "1 2\n", "1 2\n", ""},
		{"both empty", plain, "", "", ""},
		{"only whitespace", plain, " \n", "\t\v\f\r", ""},
		{"other whitespace", plain, "1 2\n3\n", "\n1\t\t2 3", ""},
		{"case", plain, "Yes\n", "YES\n", ""},
		{"case counts", cased, "Yes\n", "YES\n", `token 1: got "YES", want "Yes"`},
		{"case of letters beyond ASCII", plain, "Ä", "ä", `token 1: got "ä", want "Ä"`},
		{"neighbours of letters", plain, "[", "{", `token 1: got "{", want "["`},
		{"no-break space is no whitespace", plain, "1\u00a02", "1 2", `token 1: got "1", want "1\u00a02"`},
		{"a token differs", plain, "1 2 3", "1 5 3", `token 2: got "5", want "2"`},
		{"too few", plain, "1 2", "1\n", `token 2: the output ends, want "2"`},
		{"too many", plain, "1", "1 2", `token 2: got "2", want the end of the output`},
		{"nothing", plain, "1", "", `token 1: the output ends, want "1"`},
		{"numbers are text", plain, "1.0", "1.00", `token 1: got "1.00", want "1.0"`},
		{"a beginning", plain, "12", "1", `token 1: got "1", want "12"`},
		{"control characters", plain, "a", "\x1b[31m\x00", `token 1: got "\x1b[31m\x00", want "a"`},
		{"a long token", plain, strings.Repeat("a", 100), "b", `token 1: got "b", want "` + strings.Repeat("a", 40) + `"...`},

		{"spaces", spaced, "1 2\n", "1  2\n", `whitespace before token 2: got "  ", want " "`},
		{"spaces at the end", spaced, "1\n", "1", `whitespace before token 2: got "", want "\n"`},
		{"spaces at the beginning", spaced, "1", " 1", `whitespace before token 1: got " ", want ""`},
		{"spaces are right", spaced, "YES\n", "yes\n", ""},
		{"spaces and another token", spaced, "1 2", "1 3", `token 2: got "3", want "2"`},

		{"within absolute", tolerance(1e-3, -1), "1.000", "1.0009", ""},
		{"not within absolute", tolerance(1e-3, -1), "1.000", "1.002", `token 1: got "1.002", want "1.000"`},
		{"within relative", tolerance(-1, 1e-3), "1000", "1000.9", ""},
		{"relative is of the answer", tolerance(-1, 0.5), "1", "2", `token 1: got "2", want "1"`},
		{"relative is of the answer, other way", tolerance(-1, 0.5), "2", "1", ""},
		{"relative to zero", tolerance(-1, 0.5), "0", "0.0", ""},
		{"not relative to zero", tolerance(-1, 0.5), "0", "1e-9", `token 1: got "1e-9", want "0"`},
		{"within either", tolerance(1e-6, 1e-6), "1000000", "1000000.5", ""},
		{"other forms", tolerance(1e-9, -1), "100 .5 -3 7.", "1e2 +0.5 -3.0e0 7", ""},
		{"negative zero", tolerance(0, -1), "0", "-0", ""},
		{"text among numbers", tolerance(1, 1), "area: 5", "AREA: 5.5", ""},
		{"a number for text", tolerance(1, 1), "abc", "1", `token 1: got "1", want "abc"`},
		{"text for a number", tolerance(1, 1), "1", "abc", `token 1: got "abc", want "1"`},
		{"nan", tolerance(1, 1), "1", "nan", `token 1: got "nan", want "1"`},
		{"inf", tolerance(1, 1), "1", "inf", `token 1: got "inf", want "1"`},
		{"out of range", tolerance(1, 1), "1", "1e999", `token 1: got "1e999", want "1"`},
		{"beyond doubles, just within relative", tolerance(1, 1), "1e999", "2e999", ""},
		{"beyond doubles, not within relative", tolerance(1, 1), "1e999", "2.0001e999", `token 1: got "2.0001e999", want "1e999"`},
		{"beyond doubles, equal", tolerance(1e-6, 1e-6), "1e400", "10e399", ""},
		{"beyond doubles, infinitely far", tolerance(1e-6, 1e-6), "1e400", "1e1000000000000", `token 1: got "1e1000000000000", want "1e400"`},
		{"below doubles", tolerance(-1, 0.1), "1e-400", "1.1e-400", ""},
		{"below doubles, not within", tolerance(-1, 0.1), "1e-400", "1.10001e-400", `token 1: got "1.10001e-400", want "1e-400"`},
		{"nothing, nearly", tolerance(1e-6, -1), "0", "1e-99999999999999999999", ""},
		{"an answer beyond exponents", tolerance(1, 1), "1e99999999999999999999", "1.0e99999999999999999999",
			`token 1: got "1.0e99999999999999999999", want "1e99999999999999999999"`},
		{"an exponent with zeros", tolerance(0, -1), "1e2", "1e0000000000000000000000000002", ""},

		{"at relative", tolerance(-1, 1e-6), "331997010.5000000", "331997342.4970105", ""},
		{"past relative", tolerance(-1, 1e-6), "331997010.5", "331997342.49701051", `token 1: got "331997342.49701051", want "331997010.5"`},
		{"at absolute", tolerance(0.1, -1), "0.3", "0.4", ""},
		{"at absolute, two", tolerance(0.1, -1), "0.7 5.05 -0.05", "0.8 5.15 0.05", ""},
		{"past absolute", tolerance(0.1, -1), "0.3", "0.40000000000000000000000000000001", `token 1: got "0.40000000000000000000000000000001", want "0.3"`},
		{"at one", tolerance(1e-6, -1), "1", "1.000001 ", ""},
		{"at one, below", tolerance(1e-6, -1), "1", "0.999999", ""},
		{"integers that no double tells apart", tolerance(0, -1), "9007199254740992", "9007199254740993", `token 1: got "9007199254740993", want "9007199254740992"`},
		{"at relative of many digits", tolerance(-1, 0.123456789), "-1000000000", "-1123456789", ""},
		{"a decimal zero, only relative", tolerance(-1, 1e-6), "0", "0.0", ""},
		{"equal and out of range", tolerance(1, 1), "1e999 x", "1e999 X", ""},
		{"hex", tolerance(100, -1), "1", "0x1", `token 1: got "0x1", want "1"`},
		{"hex in the answer is text", tolerance(100, -1), "0x1", "0X1", ""},
		{"infinity in the answer is text", tolerance(100, -1), "inf", "INF", ""},
		{"underscores", tolerance(100, -1), "1", "1_0", `token 1: got "1_0", want "1"`},
		{"a point alone", tolerance(100, -1), "1", ".", `token 1: got ".", want "1"`},
		{"an exponent alone", tolerance(100, -1), "1", "1e", `token 1: got "1e", want "1"`},
		{"two signs", tolerance(100, -1), "1", "--1", `token 1: got "--1", want "1"`},
	} {
		ok, message := Compare(test.v, []byte(test.answer), []byte(test.output))
		if ok != (test.message == "") || message != test.message {
			t.Errorf("%s: Compare(%q, %q): got %v %s, want %s", test.name, test.answer, test.output, ok, message, test.message)
		}
	}
}

func TestIsDecimal(t *testing.T) {
	for _, good := range []string{"0", "-0", "+1", "1.", ".5", "-.5e-3", "1E+10", "007"} {
		if !isDecimal([]byte(good)) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "1 ", "1.2.3", "0x1", "inf", "NaN", "1_0", "1f", "1,5", "\u0661"} {
		if isDecimal([]byte(bad)) {
			t.Errorf("%q is taken for a number", bad)
		}
	}
}

func FuzzOutput(f *testing.F) {
	f.Add("1 2\n", "1  2", uint8(0), 1e-6)
	f.Add("Yes 1e3", "yes 1000.0", uint8(15), 1e-6)
	f.Add("\x00\xff", "\u2028 \v", uint8(2), 0.0)
	f.Fuzz(func(t *testing.T, a, b string, flags uint8, e float64) {
		v := judge.Validation{CaseSensitive: flags&1 != 0, SpaceSensitive: flags&2 != 0}
		if e = math.Abs(e); flags&4 != 0 && e-e == 0 {
			v.AbsoluteTolerance = &e
		}
		if flags&8 != 0 && e-e == 0 {
			v.RelativeTolerance = &e
		}
		ok, message := Compare(v, []byte(a), []byte(b))
		if ok != (message == "") || len(message) > 200 || !utf8.ValidString(message) || strings.ContainsFunc(message, unicode.IsControl) {
			t.Errorf("Compare(%q, %q): got %v %q", a, b, ok, message)
		}
		if same, why := Compare(v, []byte(a), []byte(strings.Clone(a))); !same {
			t.Errorf("Compare(%q, the same): %s", a, why)
		}
		if other, _ := Compare(v, []byte(b), []byte(a)); v.RelativeTolerance == nil && v.AbsoluteTolerance == nil && other != ok {
			t.Errorf("%q and %q: got %v, the other way round %v", a, b, ok, other)
		}
		if v.AbsoluteTolerance == nil && v.RelativeTolerance == nil && ok != slow(v, a, b) {
			t.Errorf("Compare(%q, %q): got %v, want %v", a, b, ok, !ok)
		}
	})
}

// slow is the comparison without tolerance in its plainest form.
func slow(v judge.Validation, a, b string) bool {
	fold := func(s string) string {
		if v.CaseSensitive {
			return s
		}
		return asciiLower(s)
	}
	if v.SpaceSensitive {
		return fold(a) == fold(b)
	}
	split := func(s string) []string {
		return strings.FieldsFunc(latin(fold(s)), func(r rune) bool { return strings.ContainsRune(" \f\n\r\t\v", r) })
	}
	x, y := split(a), split(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func asciiLower(s string) string {
	out := []byte(s)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// latin makes each byte a character, so that bytes that are no UTF-8 stay
// apart.
func latin(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// repeated is at least 8 MiB of tokens.
func repeated(token func(i int) string) []byte {
	var out []byte
	for i := 0; len(out) < 8<<20; i++ {
		out = append(append(out, token(i)...), ' ')
	}
	return out
}

func BenchmarkOutput(b *testing.B) {
	e := 1e-6
	near := judge.Validation{AbsoluteTolerance: &e, RelativeTolerance: &e}
	integers := repeated(func(i int) string { return strconv.Itoa(i * 7919) })
	words := repeated(func(i int) string { return "x" + strconv.Itoa(i) })
	floats := repeated(func(i int) string { return "0" + strconv.FormatFloat(float64(i)/7, 'f', 6, 64) })
	for _, bench := range []struct {
		name           string
		v              judge.Validation
		answer, output []byte
	}{
		{"integers", judge.Validation{}, integers, append([]byte("\n"), integers...)},
		{"other case", judge.Validation{}, words, bytes.ToUpper(words)},
		{"floats", near, floats, bytes.ReplaceAll(floats, []byte(" 0"), []byte(" +"))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.output)))
			b.ReportAllocs()
			for b.Loop() {
				if ok, why := Compare(bench.v, bench.answer, bench.output); !ok {
					b.Fatal(why)
				}
			}
		})
	}
}
