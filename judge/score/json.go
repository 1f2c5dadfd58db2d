package score

import (
	"encoding/json"
	"slices"
	"time"

	"contest/judge"
)

// rowJSON is a row as it is written: totals by the names that they have on boards of
// times, and what readers want to know of how they were measured.
type rowJSON struct {
	plainRow
	Missed int           `json:"missed,omitempty"`
	Time   *judge.Amount `json:"time_ns,omitempty"`
	Low    judge.Amount  `json:"low_ns,omitempty"`
	High   judge.Amount  `json:"high_ns,omitempty"`
	Real   judge.Amount  `json:"real_ns"`
	CPU    judge.Amount  `json:"cpu_ns"`
	// Value and its interval are those of boards that are not of times, Others the totals
	// on those.
	Value     *judge.Amount                `json:"value,omitempty"`
	ValueLow  judge.Amount                 `json:"low,omitempty"`
	ValueHigh judge.Amount                 `json:"high,omitempty"`
	Others    map[judge.Board]judge.Amount `json:"values,omitempty"`
	measuredJSON
}

type plainRow Row // without methods

// measuredJSON is judge.Measured, field by field, or converting one into the other
// does not compile.
type measuredJSON struct {
	Total     judge.Amount  `json:"-"`
	Ratio     float64       `json:"ratio,omitempty"`
	Low       float64       `json:"-"`
	High      float64       `json:"-"`
	HalfWidth float64       `json:"half_width,omitempty"`
	Freedom   float64       `json:"-"`
	Rounds    int           `json:"rounds,omitempty"`
	Sessions  int           `json:"sessions,omitempty"`
	Pairs     int           `json:"pairs,omitempty"`
	Disturbed int           `json:"disturbed,omitempty"`
	AtFloor   int           `json:"-"`
	Review    int           `json:"-"`
	Stop      string        `json:"stop,omitempty"`
	Again     bool          `json:"again,omitempty"`
	Surcharge time.Duration `json:"-"`
}

// Wire is the row as wire.Shaped.
func (r Row) Wire() any {
	out := rowJSON{
		plainRow: plainRow(r), measuredJSON: measuredJSON(r.Measured), Missed: r.Missed.Tests,
		Real: r.Values.On(judge.RealBoard).Total(), CPU: r.Values.On(judge.CPUBoard).Total(),
	}
	if r.Scale.Time() {
		out.Time, out.Low, out.High = &r.Value, r.Low, r.High
	} else {
		out.Value, out.ValueLow, out.ValueHigh = &r.Value, r.Low, r.High
	}
	for _, v := range r.Values {
		if slices.Contains(judge.TimeBoards, v.Board) {
			continue
		}
		if out.Others == nil {
			out.Others = map[judge.Board]judge.Amount{}
		}
		out.Others[v.Board] = v.Total()
	}
	return out
}

// MarshalJSON implements json.Marshaler.
func (r Row) MarshalJSON() ([]byte, error) { return json.Marshal(r.Wire()) }

// UnmarshalJSON implements json.Unmarshaler. What a row is written without stays zero.
func (r *Row) UnmarshalJSON(data []byte) error {
	var in rowJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*r = Row(in.plainRow)
	r.Missed.Tests, r.Measured = in.Missed, judge.Measured(in.measuredJSON)
	r.Values = judge.Values{{Board: judge.RealBoard, Once: in.Real}, {Board: judge.CPUBoard, Once: in.CPU}}
	for board, total := range in.Others {
		r.Values = append(r.Values, judge.Value{Board: board, Once: total})
	}
	switch {
	case in.Time != nil:
		r.Value, r.Low, r.High = *in.Time, in.Low, in.High
	case in.Value != nil:
		r.Value, r.Low, r.High = *in.Value, in.ValueLow, in.ValueHigh
	}
	return nil
}
