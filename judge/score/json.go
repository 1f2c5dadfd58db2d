package score

import (
	"encoding/json"
	"time"

	"contest/judge"
)

// rowJSON is a row as it is written: with what its readers want to know of how it
// was measured.
type rowJSON struct {
	plainRow
	measuredJSON
}

type plainRow Row // without methods

// measuredJSON is judge.Measured, field by field, or converting one into the other
// does not compile.
type measuredJSON struct {
	Total     time.Duration `json:"-"`
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
func (r Row) Wire() any { return rowJSON{plainRow(r), measuredJSON(r.Measured)} }

// MarshalJSON implements json.Marshaler.
func (r Row) MarshalJSON() ([]byte, error) { return json.Marshal(r.Wire()) }

// UnmarshalJSON implements json.Unmarshaler. What a row is written without stays zero.
func (r *Row) UnmarshalJSON(data []byte) error {
	var in rowJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*r = Row(in.plainRow)
	r.Measured = judge.Measured(in.measuredJSON)
	return nil
}
