package judge

// Demand is when a version of a problem must be verified before submissions are
// judged with it.
type Demand string

// The demands: always, or of one that takes the place of another once the contest is
// open, or never.
const (
	DemandAlways  Demand = "always"
	DemandChanges Demand = "changes"
	DemandNever   Demand = "never"
)

// VerificationState is what is known of a package.
type VerificationState string

// The states of a package.
const (
	Unverified VerificationState = "unverified" // it is looked at when nothing else is judged
	Verified   VerificationState = "verified"
	Refuted    VerificationState = "failed"
)

// Verification is whether what a package says of itself holds: its input validators
// accept its inputs, and its example submissions get the verdicts of their folders.
type Verification struct {
	Problem ProblemID         `json:"problem"`
	Version string            `json:"version"`
	State   VerificationState `json:"state"`
	// Live says that submissions are judged with this version; else they are with the
	// one before, if there was one.
	Live   bool     `json:"live"`
	Faults []string `json:"faults,omitempty"` // why it failed
	// Trouble is what kept the judge from verifying it when it last tried.
	Trouble string `json:"trouble,omitempty"`
}
