package leaderboard

import (
	"strings"
	"testing"
	"time"

	"contest/judge"
)

func TestFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{ms(0), "0.000"}, {ms(1), "0.000"}, {ms(1499), "0.001"}, {ms(12345678), "12.346"}, {ms(1234567890123), "1\u202f234\u202f567.890"},
		{ratio(15, 10), "1.50"}, {ratio(10, 10), "1.00"}, {ratio(999, 10), "99.9"}, {ratio(123456, 1), "123\u202f456"}, {ratio(5, 0), ""},
		{size(0), "0 B"}, {size(1023), "1023 B"}, {size(1 << 30), "1 GiB"}, {size(3 << 19), "1.5 MiB"}, {size(4321), "4.2 KiB"},
		{judge.Span(time.Nanosecond), "0.001 ms"}, {judge.Span(2 * time.Second), "2 s"}, {judge.Span(1500 * time.Millisecond), "1.5 s"},
		{judge.Span(time.Minute), "1 min"}, {judge.Span(26*time.Hour + 5*time.Second + 1), "1 d 2 h 6 s"},
		{plural(1, "test", "tests"), "1 test"}, {plural(0, "test", "tests"), "0 tests"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestSlugIsSafeAsAFileAndAsAnAddress(t *testing.T) {
	for _, who := range append(hostileNames, "", ".", "..", "ok-name", "A") {
		s := slug(who)
		if strings.ContainsAny(s, "/\\?#%<>\"' ") || strings.HasPrefix(s, ".") || s == "" {
			t.Errorf("slug(%q) = %q", who, s)
		}
		if who.Validate() == nil && s != string(who) {
			t.Errorf("slug(%q) = %q", who, s)
		}
	}
}

func TestMeasuredFormats(t *testing.T) {
	d := func(ms float64) judge.Amount { return judge.Amount(ms * 1e6) }
	for _, c := range []struct{ got, want string }{
		{millis(d(87.3142), d(86.9), d(87.7)).Value + " ±" + millis(d(87.3142), d(86.9), d(87.7)).Margin, "87.31 ±0.41"},
		{millis(d(1234567.8), d(1234000), d(1235000)).Value, "1\u202f234\u202f570"},
		{about(d(87.3142).Time()), "87.31"}, {about(d(0.0012345).Time()), "0.001234"}, {about(d(123456).Time()), "123\u202f500"}, {about(0), "0.000"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
