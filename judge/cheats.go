package judge

import (
	"fmt"
	"strings"
	"time"
)

// Cheats is what a run of the suite of cheats showed of a machine class: that
// submissions which try to be timed wrongly gain nothing there, or how many do.
type Cheats struct {
	Finished time.Time `json:"finished"`
	Judge    string    `json:"judge"` // its version
	Suite    string    `json:"suite"` // a hash of the cheats
	CheatCounts
}

// CheatCounts say how the cheats ended. What a noisy machine cannot decide is
// unsure, and no failure.
type CheatCounts struct {
	OK      int `json:"ok"`
	Failed  int `json:"failed"`
	Unsure  int `json:"unsure"`
	Skipped int `json:"skipped"` // they prove nothing on such a machine
}

// All is how many there are that prove something.
func (n CheatCounts) All() int { return n.OK + n.Failed + n.Unsure }

// String is such as "94 of 96 gained nothing, 1 ended wrongly, 1 unsure".
func (n CheatCounts) String() string {
	parts := []string{fmt.Sprintf("%d of %d gained nothing", n.OK, n.All())}
	if n.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d ended wrongly", n.Failed))
	}
	if n.Unsure > 0 {
		parts = append(parts, fmt.Sprintf("%d unsure", n.Unsure))
	}
	return strings.Join(parts, ", ")
}

// Date is when it was shown.
func (c Cheats) Date() string { return c.Finished.UTC().Format(time.DateOnly) }

// CheatRun is a run of the suite with what the organiser alone is told: the
// cheats that succeed.
type CheatRun struct {
	Class string `json:"class"`
	Cheats
	Failures []CheatFailure `json:"failures"`
}

// CheatFailure is a cheat that did not end as it must.
type CheatFailure struct {
	Cheat      string `json:"cheat"`
	Protection string `json:"protection"` // what is wrong with it
	Why        string `json:"why"`        // in a few words
}

// Lacking says what is wrong, with the cheats that tell of it:
// "what ran before leaves something in the caches (poisons-cache: the reference 1.2 times slower)".
func (r CheatRun) Lacking() string {
	var order []string
	told := map[string][]string{}
	for _, f := range r.Failures {
		if told[f.Protection] == nil {
			order = append(order, f.Protection)
		}
		told[f.Protection] = append(told[f.Protection], f.Cheat+": "+f.Why)
	}
	for i, protection := range order {
		order[i] = fmt.Sprintf("%s (%s)", protection, strings.Join(told[protection], ", "))
	}
	return strings.Join(order, "; ")
}
