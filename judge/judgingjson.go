package judge

import (
	"encoding/json"
	"slices"
)

// judgingJSON is a judging as it is written: the two times of every judging by their
// names, values on other boards as a list.
type judgingJSON struct {
	plainJudging
	Real     Amount       `json:"real_ns,omitzero"`
	CPU      Amount       `json:"cpu_ns,omitzero"`
	Measured measuredJSON `json:"measured,omitzero"`
	Others   []Value      `json:"values,omitempty"`
}

type plainJudging Judging // without methods

type measuredJSON struct {
	Real   Measured   `json:"real"`
	CPU    Measured   `json:"cpu"`
	Fixed  timesJSON  `json:"fixed,omitzero"`
	Missed missedJSON `json:"missed,omitzero"`
}

type timesJSON struct {
	Real Amount `json:"real_ns"`
	CPU  Amount `json:"cpu_ns"`
}

type missedJSON struct {
	Tests int    `json:"tests"`
	Set   string `json:"set"`
	timesJSON
}

// Wire is the judging as wire.Shaped.
func (j Judging) Wire() any {
	real, cpu := j.On(RealBoard), j.On(CPUBoard)
	return judgingJSON{
		plainJudging: plainJudging(j), Real: real.Once, CPU: cpu.Once,
		Measured: measuredJSON{
			Real: real.Measured, CPU: cpu.Measured, Fixed: timesJSON{real.Fixed, cpu.Fixed},
			Missed: missedJSON{j.Missed.Tests, j.Missed.Set, timesJSON{real.Missed, cpu.Missed}},
		},
		Others: slices.DeleteFunc(slices.Clone(j.Values), func(v Value) bool { return slices.Contains(TimeBoards, v.Board) }),
	}
}

// MarshalJSON implements json.Marshaler.
func (j Judging) MarshalJSON() ([]byte, error) { return json.Marshal(j.Wire()) }

// UnmarshalJSON implements json.Unmarshaler.
func (j *Judging) UnmarshalJSON(data []byte) error {
	var in judgingJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*j = Judging(in.plainJudging)
	m := in.Measured
	j.Missed = Missed{m.Missed.Tests, m.Missed.Set}
	for _, v := range []Value{
		{RealBoard, in.Real, m.Missed.Real, m.Fixed.Real, m.Real},
		{CPUBoard, in.CPU, m.Missed.CPU, m.Fixed.CPU, m.CPU},
	} {
		if v != (Value{Board: v.Board}) {
			j.Values = append(j.Values, v)
		}
	}
	j.Values = append(j.Values, in.Others...)
	return nil
}
