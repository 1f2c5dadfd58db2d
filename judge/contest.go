package judge

import (
	"cmp"
	"net/netip"
	"time"
)

// Contest is one contest's settings, as read from contest.yaml.
type Contest struct {
	Name string
	// About is a line or two under the name on the page; may be empty.
	About string
	// Prizes is free text for the page, such as "$100,000 to $200,000"; may be empty.
	Prizes string
	Zone   *time.Location
	// Start is when submissions open; zero means they always were.
	Start    time.Time
	Deadline Deadline
	// TestSet is the size of generated test sets: "full" or "demo".
	TestSet string
	// Problems lists the problems in order; empty means every folder of
	// problems/ by name.
	Problems []ProblemID
	// Verified is when a version of a problem must be verified before it is live.
	Verified Demand
	// Measure is how submissions are timed against the reference.
	Measure Measure
	// Limits are what each contestant may use.
	Limits Quota
	// Database is the address of the PostgreSQL database that the contest is kept in;
	// empty means SQLite in the contest's folder. It may hold a password.
	Database string
	// Listen is the address that `judge serve` takes, such as "127.0.0.1:8080".
	Listen string
	// Commitment is the SHA-256 of the contest's secret, in hexadecimal, as the
	// settings publish it; empty if they do not.
	Commitment string
	// Access bounds what those may take who come to the server.
	Access Access
}

// Access says how much of the server's connections anybody may take. Zero
// numbers mean those of DefaultAccess.
type Access struct {
	Connections int // at once, of all
	// ConnectionsPerAddress are those at once from one address on which no
	// token was shown; ConnectionsPerAccount those on which its token was.
	ConnectionsPerAddress int
	ConnectionsPerAccount int
	Streams               int // of events, at once, of all
	StreamsPerAddress     int // without a token
	StreamsPerAccount     int
	// TrustedProxies are believed when they say for whom they ask.
	TrustedProxies []netip.Prefix
}

// DefaultAccess is enough for a thousand spectators; more of them poll.
var DefaultAccess = Access{
	Connections: 4096, ConnectionsPerAddress: 256, ConnectionsPerAccount: 64,
	Streams: 2000, StreamsPerAddress: 100, StreamsPerAccount: 20,
}

// WithDefaults has the numbers of DefaultAccess for those that are zero.
func (a Access) WithDefaults() Access {
	d := DefaultAccess
	return Access{
		Connections:           cmp.Or(a.Connections, d.Connections),
		ConnectionsPerAddress: cmp.Or(a.ConnectionsPerAddress, d.ConnectionsPerAddress),
		ConnectionsPerAccount: cmp.Or(a.ConnectionsPerAccount, d.ConnectionsPerAccount),
		Streams:               cmp.Or(a.Streams, d.Streams),
		StreamsPerAddress:     cmp.Or(a.StreamsPerAddress, d.StreamsPerAddress),
		StreamsPerAccount:     cmp.Or(a.StreamsPerAccount, d.StreamsPerAccount),
		TrustedProxies:        a.TrustedProxies,
	}
}

// Measure says how much measuring a contest pays for. Zero fields mean the
// defaults of DefaultMeasure.
type Measure struct {
	Rounds    int           // most rounds of one session
	Precision float64       // relative half-width of the 95 % interval that is enough
	Budget    time.Duration // machine time for one submission
	CPUs      []int         // that timed runs get; empty: the judge chooses
}

// MostRounds is more than anybody waits for.
const MostRounds = 1000

// DefaultMeasure stops at +-0.5 %, 20 rounds or two minutes.
var DefaultMeasure = Measure{Rounds: 20, Precision: 0.005, Budget: 2 * time.Minute}

// Open says whether the contest takes submissions at t; late ones count as
// open, since they are judged as practice.
func (c Contest) Open(t time.Time) bool { return !t.Before(c.Start) }

// InTime is the one function that decides whether a submission counts.
func (c Contest) InTime(s Submission) bool { return c.Deadline.Allows(s.Receipt, s.Ticket) }

// LateBy is how long after the cutoff a submission was received; zero when it
// is in time.
func (c Contest) LateBy(s Submission) time.Duration {
	if c.InTime(s) {
		return 0
	}
	return max(s.Receipt.Sub(c.Deadline.Cutoff), 1)
}
