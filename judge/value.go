package judge

import (
	"slices"
	"time"
)

// Amount is a quantity in the unit of its board, such as nanoseconds.
type Amount int64

// Time is an amount of nanoseconds.
func (a Amount) Time() time.Duration { return time.Duration(a) }

// Value is what a judging comes to on one board.
type Value struct {
	Board Board `json:"board"`
	// Once is the total over the timed test cases, in single runs; zero where it is not
	// known or may not be seen.
	Once Amount `json:"once,omitempty"`
	// Missed is the part of every total, of single runs as well, that test cases count
	// for which were not passed, see Grade.Missed.
	Missed Amount `json:"missed,omitempty"`
	// Fixed is the part of every run that a program costs at least which reads its input
	// and does nothing; zero where only what it does counts.
	Fixed Amount `json:"fixed,omitempty"`
	// Measured are the repeated timings; zero where the problem has no reference or
	// nothing that is timed passed.
	Measured Measured `json:"measured,omitzero"`
}

// Total is what boards compare: the measured total where there is one, else that of
// single runs.
func (v Value) Total() Amount {
	if v.Measured.Is() {
		return v.Measured.Total
	}
	return v.Once
}

// Values are what a judging comes to, one for each board.
type Values []Value

// On is the value on a board, zero where there is none.
func (v Values) On(b Board) Value {
	for i := range v {
		if v[i].Board == b {
			return v[i]
		}
	}
	return Value{Board: b}
}

// At is the value on a board, to be changed in place; it is added if there is none.
func (v *Values) At(b Board) *Value {
	i := slices.IndexFunc(*v, func(one Value) bool { return one.Board == b })
	if i < 0 {
		i, *v = len(*v), append(*v, Value{Board: b})
	}
	return &(*v)[i]
}

// Each are the values changed by a function; these stay as they are.
func (v Values) Each(change func(*Value)) Values {
	out := slices.Clone(v)
	for i := range out {
		change(&out[i])
	}
	return out
}

// Measuring is what is the same of all boards, since they are measured in the same
// rounds: how much there was of it, and why it ended or has no result.
func (v Values) Measuring() Measured {
	var tried Measured
	for i := range v {
		switch m := v[i].Measured; {
		case m.Is():
			return m
		case m.Unmeasured() && !tried.Unmeasured():
			tried = m
		}
	}
	return tried
}
