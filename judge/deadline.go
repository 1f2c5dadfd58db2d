package judge

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the contest's zone must be known on machines without zone files
)

// DefaultGrace is how long after the cutoff the body of an upload may still
// arrive whose ticket was opened before it.
const DefaultGrace = 120 * time.Second

// Deadline is the end of a contest. Cutoff is derived once from what the
// organiser wrote; every comparison and every surface uses Cutoff.
type Deadline struct {
	// Written is the organiser's text, such as "2026-02-04 23:59"; empty means
	// that the contest has no end.
	Written string
	Zone    *time.Location
	// Cutoff is the first instant that is too late.
	Cutoff time.Time
	Grace  time.Duration
}

const (
	toTheMinute = "2006-01-02 15:04"
	toTheSecond = time.DateTime
)

// ParseDeadline reads a deadline in zone. Written to the minute it includes
// that whole minute; written to the second it means that second, exclusive.
func ParseDeadline(text string, zone *time.Location) (Deadline, error) {
	t, err := ParseTime(text, zone)
	if err != nil {
		return Deadline{}, err
	}
	d := Deadline{Written: asWritten(text), Zone: zone, Cutoff: t, Grace: DefaultGrace}
	if len(d.Written) == len(toTheMinute) {
		d.Cutoff = t.Add(time.Minute)
	}
	return d, nil
}

// ParseTime reads an instant in zone, to the minute or to the second.
func ParseTime(text string, zone *time.Location) (time.Time, error) {
	written := asWritten(text)
	if len(written) <= len(toTheMinute) {
		return parseLocal(toTheMinute, written, zone)
	}
	return parseLocal(toTheSecond, written, zone)
}

// asWritten is a date and a time with one blank between them.
func asWritten(text string) string {
	return strings.Join(strings.Fields(strings.Replace(text, "T", " ", 1)), " ")
}

// Starts and deadlines lie in these years: what lies between two of them, and their
// nanoseconds since 1970, fit into 64 bits, and the years into four digits.
const (
	firstYear = 1970
	lastYear  = 2199
)

// parseLocal is time.ParseInLocation that refuses what a clock on the wall in
// zone never showed, or showed twice: money may hang on that hour.
func parseLocal(layout, text string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(layout, text, zone)
	if err != nil || len(text) != len(layout) { // "9:05" and fractions pass Parse
		return time.Time{}, &Invalid{
			Message: fmt.Sprintf("%q is not a date and time", text),
			Hint:    `write it as "2026-02-04 23:59" (that whole minute counts) or "2026-02-04 23:59:30"`,
		}
	}
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, &Invalid{
			Message: fmt.Sprintf("%q is too far away", text),
			Hint:    fmt.Sprintf("choose a year from %d to %d; without the line there is no limit", firstYear, lastYear),
		}
	}
	if t.Format(layout) != text {
		return time.Time{}, &Invalid{
			Message: fmt.Sprintf("%q never happens in %s: the clocks skip it", text, zone),
			Hint:    "choose a time before or after the change of the clocks",
		}
	}
	for _, shift := range []time.Duration{-2 * time.Hour, -time.Hour, -30 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour} {
		if t.Add(shift).In(zone).Format(layout) == text {
			return time.Time{}, &Invalid{
				Message: fmt.Sprintf("%q happens twice in %s: the clocks go back", text, zone),
				Hint:    "choose a time before or after the change of the clocks",
			}
		}
	}
	return t, nil
}

// Allows says whether a body received at receipt counts. A ticket opened
// before the cutoff (zero: there was none) gives the body Grace to arrive.
func (d Deadline) Allows(receipt, ticket time.Time) bool {
	if d.Cutoff.IsZero() || receipt.Before(d.Cutoff) {
		return true
	}
	return !ticket.IsZero() && ticket.Before(d.Cutoff) && receipt.Before(d.Cutoff.Add(d.Grace))
}

// String prints the deadline in the contest's zone and in UTC, the same on
// every surface: "2026-02-04 23:59 Asia/Dubai (+04:00), that whole minute
// counts; cutoff 2026-02-04 20:00:00 UTC".
func (d Deadline) String() string {
	if d.Cutoff.IsZero() {
		return "none"
	}
	return fmt.Sprintf("%s %s (%s), %s; cutoff %s UTC", d.Written, d.Zone,
		d.Cutoff.In(d.Zone).Format("-07:00"), d.rule(), d.Cutoff.UTC().Format(time.DateTime))
}

func (d Deadline) rule() string {
	if len(d.Written) == len(toTheMinute) {
		return "that whole minute counts"
	}
	return "before that second"
}

// Stamp prints an instant in zone and in UTC, the same on every surface:
// "2026-02-04 23:59:59 +04:00 (19:59:59 UTC)", where the zone is UTC only once.
func Stamp(t time.Time, zone *time.Location) string {
	local, utc := t.In(zone), t.UTC()
	if zone == time.UTC || zone.String() == "UTC" {
		return utc.Format(time.DateTime + " UTC")
	}
	layout := time.TimeOnly
	if local.Format(time.DateOnly) != utc.Format(time.DateOnly) {
		layout = time.DateTime
	}
	return fmt.Sprintf("%s (%s UTC)", local.Format("2006-01-02 15:04:05 -07:00"), utc.Format(layout))
}
