package judge

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Kind is why a judging is done: the classes of priority, in order.
type Kind int

// The kinds of judgings. Those of a later kind wait for all of an earlier one,
// but see Patience.
const (
	Official Kind = iota + 1 // the judging of what was received in time
	Repeated                 // rejudgings, and judgings that only measure again
	Practice                 // of what was late
)

var kindNames = map[Kind]string{Official: "official", Repeated: "again", Practice: "practice"}

// String is the kind as API and commands write it.
func (k Kind) String() string { return kindNames[k] }

// MarshalText implements encoding.TextMarshaler.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Kind) UnmarshalText(text []byte) error {
	for kind, name := range kindNames {
		if name == string(text) {
			*k = kind
			return nil
		}
	}
	return fmt.Errorf("%q is no kind of judging: %w", text, ErrInvalid)
}

// Patience is how long judgings of a later kind wait for those of earlier ones.
// After that they take part among the official ones, all of them together as
// if they were one contestant more: nobody waits for ever, and nobody is
// delayed by more than one of them.
const Patience = time.Hour

// Turn is what judgings take turns in: an account in a class.
type Turn struct {
	Class   Kind
	Account Contestant // empty for those that Patience has moved up
}

// Waiting is a judging that waits, or is being worked.
type Waiting struct {
	Submission SubmissionID `json:"submission,omitempty"`
	Judging    JudgingID    `json:"-"`
	Epoch      int          `json:"-"`
	Problem    ProblemID    `json:"problem"`
	Contestant Contestant   `json:"contestant,omitempty"`
	Kind       Kind         `json:"kind"`
	State      JudgingState `json:"state"`
	Reason     string       `json:"reason,omitempty"` // why it waits again, or later
	Since      time.Time    `json:"since"`            // when it came, or was claimed
	Due        time.Time    `json:"due,omitzero"`     // when it may start at the earliest
	Restarted  bool         `json:"restarted,omitempty"`
	// Held says that the account is disabled: it waits until that is enabled.
	Held bool `json:"held,omitempty"`
	// Ahead counts the judgings that start before it.
	Ahead int `json:"ahead"`
}

// Turn is the account and class that a judging takes its turn in.
func (w Waiting) Turn(now time.Time) Turn {
	if w.Kind != Official && now.Sub(w.Due) >= Patience {
		return Turn{Class: Official}
	}
	return Turn{Class: w.Kind, Account: w.Contestant}
}

// Ready says whether it may start now.
func (w Waiting) Ready(now time.Time) bool { return !w.Held && !w.Due.After(now) }

// position is where a judging stands in the queue.
type position struct {
	class Kind
	round int       // how many of its own account are before it
	taken time.Time // when its account had its last turn
	first Waiting   // the account's next one
}

// InTurn sorts judgings that wait into the order in which they start if
// nothing else comes, and sets Ahead. taken is when each account had its last
// turn. Contestants take turns in each class: the one whose last turn is
// longest ago is next, who never had one before all others. Among an account's
// own, those that were started once go first, then those that came first. What
// waits for a time stands where it would if that had come, in nobody's way;
// what is held stands last.
func InTurn(list []Waiting, taken map[Turn]time.Time, now time.Time) []Waiting {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b Waiting) int { return compareOwn(a, b, now) })
	positions := make(map[JudgingID]position, len(out))
	firsts, rounds := map[Turn]Waiting{}, map[Turn]int{}
	for _, w := range out {
		t := w.Turn(now)
		if rounds[t] == 0 {
			firsts[t] = w
		}
		positions[w.Judging] = position{class: t.Class, round: rounds[t], taken: taken[t], first: firsts[t]}
		rounds[t]++
	}
	slices.SortFunc(out, func(a, b Waiting) int {
		p, q := positions[a.Judging], positions[b.Judging]
		return cmp.Or(
			FalseFirst(a.Held, b.Held),
			cmp.Compare(p.class, q.class), cmp.Compare(p.round, q.round), p.taken.Compare(q.taken),
			p.first.Due.Compare(q.first.Due), cmp.Compare(p.first.Judging, q.first.Judging),
			cmp.Compare(a.Judging, b.Judging),
		)
	})
	ready := 0
	for i := range out {
		if out[i].Ready(now) {
			out[i].Ahead = ready
			ready++
		} else {
			out[i].Ahead = i
		}
	}
	return out
}

// compareOwn orders the judgings of one account: what may start now first.
func compareOwn(a, b Waiting, now time.Time) int {
	return cmp.Or(
		FalseFirst(!a.Ready(now), !b.Ready(now)), FalseFirst(!a.Restarted, !b.Restarted),
		a.Due.Compare(b.Due), cmp.Compare(a.Judging, b.Judging),
	)
}

// FalseFirst compares as cmp.Compare does, false before true.
func FalseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Queue is what runs and what waits.
type Queue struct {
	Paused  bool      `json:"paused"` // nothing new is started
	Held    Hold      `json:"held,omitzero"`
	Running []Waiting `json:"running"`
	Waiting []Waiting `json:"waiting"` // see InTurn
}
