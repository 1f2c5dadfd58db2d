package judge

import "time"

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
