package judge

// Role is what somebody may do in a contest. Who has several acts in one at a time, as
// a token is made for one.
type Role string

const (
	AsContestant Role = "contestant" // with what is one's own
	AsOrganiser  Role = "organiser"  // with everything
	AsJudge      Role = "judge"      // the program itself: it judges, looks at the clock, loads problems
)

// Actor is who does something. The zero Actor is somebody unknown, who may read what is
// public.
type Actor struct {
	Name    string `json:"name,omitempty"` // a contestant's handle; may be empty for the others
	Role    Role   `json:"role,omitempty"`
	Through string `json:"through,omitempty"` // what it is done with, such as "api" or "judge final"; empty if that is not known
}

// Contestant is the actor's handle; empty if it does not act as a contestant.
func (a Actor) Contestant() Contestant {
	if a.Role != AsContestant {
		return ""
	}
	return Contestant(a.Name)
}

// Is says whether the actor acts as one who has the role.
func (a Actor) Is(r Role) bool { return a.Role == r }

// String is the actor in a sentence: "alice", "the organiser", "organiser bob".
func (a Actor) String() string {
	switch {
	case a.Role == "":
		return "somebody"
	case a.Name == "":
		return "the " + string(a.Role)
	case a.Role == AsContestant:
		return a.Name
	}
	return string(a.Role) + " " + a.Name
}
