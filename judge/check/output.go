package check

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"contest/judge"
)

const (
	maxMessage = 200 // bytes of a message
	maxQuoted  = 40  // bytes of a token or of whitespace that a message quotes
)

// Compare compares a submission's output with the answer. The texts are split
// at whitespace (space, FF, LF, CR, HT, VT) and compared token by token, in
// any case of ASCII letters unless v says otherwise. With a tolerance, a
// token of the answer that is a decimal number is compared as one: what
// stands in its place must be a decimal number too (no inf, nan or hex) and
// within either tolerance, the relative one taken of the answer, in exact decimal
// arithmetic.
//
// The message says, for the organiser, where the first difference is.
func Compare(v judge.Validation, answer, output []byte) (ok bool, message string) {
	if bytes.Equal(answer, output) {
		return true, ""
	}
	near := tolerancesOf(v)
	want, got := scanner{text: answer}, scanner{text: output}
	for n := 1; ; n++ {
		wantSpace, gotSpace := want.space(), got.space()
		if v.SpaceSensitive && !bytes.Equal(wantSpace, gotSpace) {
			return false, capped(fmt.Sprintf("whitespace before token %d: got %s, want %s", n, quote(gotSpace), quote(wantSpace)))
		}
		w, g := want.token(), got.token()
		switch {
		case len(w) == 0 && len(g) == 0:
			return true, ""
		case len(g) == 0:
			return false, capped(fmt.Sprintf("token %d: the output ends, want %s", n, quote(w)))
		case len(w) == 0:
			return false, capped(fmt.Sprintf("token %d: got %s, want the end of the output", n, quote(g)))
		case !sameToken(v, near, w, g):
			return false, capped(fmt.Sprintf("token %d: got %s, want %s", n, quote(g), quote(w)))
		}
	}
}

// scanner walks over a text; what it returns are parts of the text.
type scanner struct {
	text []byte
	at   int
}

// space takes the whitespace that comes next, which may be none.
func (s *scanner) space() []byte {
	start, i := s.at, s.at
	for i < len(s.text) && isSpace(s.text[i]) {
		i++
	}
	s.at = i
	return s.text[start:i]
}

// token takes the token that comes next; it is empty only at the end.
func (s *scanner) token() []byte {
	start, i := s.at, s.at
	for i < len(s.text) && !isSpace(s.text[i]) {
		i++
	}
	s.at = i
	return s.text[start:i]
}

func isSpace(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

func sameToken(v judge.Validation, t tolerances, want, got []byte) bool {
	if bytes.Equal(want, got) {
		return true
	}
	if t.any() && isDecimal(want) {
		return isDecimal(got) && t.near(want, got)
	}
	return !v.CaseSensitive && equalFold(want, got)
}

// isDecimal says whether a token is an optional sign, digits with at most one
// point among or beside them, and an optional exponent.
func isDecimal(token []byte) bool {
	i := skipSign(token, 0)
	whole := skipDigits(token, i)
	digits := whole - i
	i = whole
	if i < len(token) && token[i] == '.' {
		fraction := skipDigits(token, i+1)
		digits += fraction - (i + 1)
		i = fraction
	}
	if digits == 0 {
		return false
	}
	if i < len(token) && (token[i] == 'e' || token[i] == 'E') {
		start := skipSign(token, i+1)
		i = skipDigits(token, start)
		if i == start {
			return false
		}
	}
	return i == len(token)
}

func skipSign(token []byte, i int) int {
	if i < len(token) && (token[i] == '+' || token[i] == '-') {
		i++
	}
	return i
}

func skipDigits(token []byte, i int) int {
	for i < len(token) && token[i]-'0' <= 9 {
		i++
	}
	return i
}

func equalFold(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c-'A' <= 'Z'-'A' {
		c += 'a' - 'A'
	}
	return c
}

// quote shows the beginning of a text with control characters escaped.
func quote(text []byte) string {
	if len(text) > maxQuoted {
		return strconv.Quote(string(text[:maxQuoted])) + "..."
	}
	return strconv.Quote(string(text))
}

func capped(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage-3], "") + "..."
}
