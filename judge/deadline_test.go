package judge

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestDeadlineIsInclusiveOfItsMinute(t *testing.T) {
	d, err := ParseDeadline("2026-02-04 23:59", zone(t, "Asia/Dubai"))
	if err != nil {
		t.Fatal(err)
	}
	cutoff := time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)
	if !d.Cutoff.Equal(cutoff) {
		t.Fatalf("cutoff = %v, want %v", d.Cutoff.UTC(), cutoff)
	}
	for _, tc := range []struct {
		offset time.Duration
		want   bool
	}{{-time.Minute, true}, {-time.Nanosecond, true}, {0, false}, {time.Nanosecond, false}, {time.Hour, false}} {
		if got := d.Allows(cutoff.Add(tc.offset), time.Time{}); got != tc.want {
			t.Errorf("a receipt %v from the cutoff: allowed = %t, want %t", tc.offset, got, tc.want)
		}
	}
}

// What JSON cannot write, or lies further away than 64 bits of nanoseconds reach, is
// refused where it is written.
func TestTimesTooFarAway(t *testing.T) {
	for _, text := range []string{"9999-12-31 23:59", "3000-01-01 00:00:00", "2200-01-01 00:00", "1969-12-31 23:59", "0026-02-04 23:59"} {
		_, deadlineErr := ParseDeadline(text, time.UTC)
		_, startErr := ParseTime(text, time.UTC)
		for _, err := range []error{deadlineErr, startErr} {
			var in *Invalid
			if !errors.As(err, &in) || !strings.Contains(in.Message, "too far away") || !strings.Contains(in.Hint, "1970 to 2199") {
				t.Errorf("%s: got %v", text, err)
			}
		}
	}
	for _, text := range []string{"2199-12-31 23:59", "1970-01-01 00:00"} {
		d, err := ParseDeadline(text, zone(t, "Asia/Dubai"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if _, err := d.Cutoff.UTC().MarshalJSON(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDeadlineToTheSecondIsExclusive(t *testing.T) {
	d, err := ParseDeadline("2026-02-04 23:59:30", zone(t, "Asia/Dubai"))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 2, 4, 19, 59, 30, 0, time.UTC); !d.Cutoff.Equal(want) {
		t.Errorf("cutoff = %v, want %v", d.Cutoff.UTC(), want)
	}
}

func TestDeadlineTicket(t *testing.T) {
	d, err := ParseDeadline("2026-02-04 23:59", zone(t, "Asia/Dubai"))
	if err != nil {
		t.Fatal(err)
	}
	before, at := d.Cutoff.Add(-time.Nanosecond), d.Cutoff
	for _, tc := range []struct {
		name            string
		receipt, ticket time.Time
		want            bool
	}{
		{"announced in time, body within the grace", at.Add(d.Grace - 1), before, true},
		{"announced in time, body after the grace", at.Add(d.Grace), before, false},
		{"announced at the cutoff", at, at, false},
		{"announced never", at, time.Time{}, false},
		{"announced late, received in time by a clock set back", before, at, true},
	} {
		if got := d.Allows(tc.receipt, tc.ticket); got != tc.want {
			t.Errorf("%s: allowed = %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestNoDeadline(t *testing.T) {
	var d Deadline
	if !d.Allows(time.Now(), time.Time{}) {
		t.Error("a contest without a deadline refuses submissions")
	}
	if d.String() != "none" {
		t.Errorf("String() = %q, want none", d.String())
	}
}

func TestDeadlineRefusesWhatNoClockShows(t *testing.T) {
	for _, tc := range []struct{ text, zone, want string }{
		{"2026-03-29 02:30", "Europe/Berlin", "never happens"},
		{"2026-10-25 02:30", "Europe/Berlin", "happens twice"},
		{"2026-02-30 12:00", "Asia/Dubai", "not a date and time"},
		{"2026-02-04", "Asia/Dubai", "not a date and time"},
		{"2026-02-04 24:00", "Asia/Dubai", "not a date and time"},
		{"2026-02-04 23:59:60", "Asia/Dubai", "not a date and time"},
		{"tomorrow", "Asia/Dubai", "not a date and time"},
		{"2026-02-04 9:05", "Asia/Dubai", "not a date and time"},
		{"2026-02-04 23:59:30.5", "Asia/Dubai", "not a date and time"},
		{"2026-10-25 02:30", "Antarctica/Troll", "happens twice"},
		{"", "Asia/Dubai", "not a date and time"},
	} {
		_, err := ParseDeadline(tc.text, zone(t, tc.zone))
		if err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseDeadline(%q, %s) = %v, want %q", tc.text, tc.zone, err, tc.want)
		}
		var in *Invalid
		if errors.As(err, &in) && in.Hint == "" {
			t.Errorf("ParseDeadline(%q, %s): no hint", tc.text, tc.zone)
		}
	}
}

func TestDeadlineReadsTheSameEverywhere(t *testing.T) {
	d, err := ParseDeadline("2026-02-04 23:59", zone(t, "Asia/Dubai"))
	if err != nil {
		t.Fatal(err)
	}
	want := "2026-02-04 23:59 Asia/Dubai (+04:00), that whole minute counts; cutoff 2026-02-04 20:00:00 UTC"
	if got := d.String(); got != want {
		t.Errorf("String() = %q\n   want %q", got, want)
	}
	if got, want := Stamp(d.Cutoff, d.Zone), "2026-02-05 00:00:00 +04:00 (2026-02-04 20:00:00 UTC)"; got != want {
		t.Errorf("Stamp = %q, want %q", got, want)
	}
}

func FuzzParseDeadline(f *testing.F) {
	for _, s := range []string{"2026-02-04 23:59", "2026-02-04 23:59:30", "2026-03-29 02:30", "0000-01-01 00:00", "2026-02-04T23:59"} {
		f.Add(s)
	}
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDeadline(s, berlin)
		if err != nil {
			return
		}
		if d.Allows(d.Cutoff, time.Time{}) || !d.Allows(d.Cutoff.Add(-1), time.Time{}) {
			t.Errorf("ParseDeadline(%q): the cutoff %v is not the first instant that is too late", s, d.Cutoff)
		}
		again, err := ParseDeadline(d.Written, berlin)
		if err != nil || !again.Cutoff.Equal(d.Cutoff) {
			t.Errorf("ParseDeadline(%q) = %v, written again %v, %v", s, d.Cutoff, again.Cutoff, err)
		}
	})
}

func TestStamp(t *testing.T) {
	dubai := time.FixedZone("Dubai", 4*3600)
	for _, tc := range []struct {
		at   time.Time
		zone *time.Location
		want string
	}{
		{time.Date(2026, 2, 4, 19, 59, 59, 0, time.UTC), dubai, "2026-02-04 23:59:59 +04:00 (19:59:59 UTC)"},
		{time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC), dubai, "2026-02-05 00:00:00 +04:00 (2026-02-04 20:00:00 UTC)"},
		{time.Date(2026, 2, 5, 0, 0, 0, 0, dubai), time.UTC, "2026-02-04 20:00:00 UTC"},
	} {
		if got := Stamp(tc.at, tc.zone); got != tc.want {
			t.Errorf("%v in %v: got %q, want %q", tc.at, tc.zone, got, tc.want)
		}
	}
}
