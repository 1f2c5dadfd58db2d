// Package wire writes what programs read: JSON of the API, pages, static files
// and commands. Instants are in UTC with three decimals everywhere, since readers
// of contest feeds refuse what Go writes by default: as many decimals as there
// are, and offsets.
package wire

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Layout is how instants are written; they have to be in UTC.
const Layout = "2006-01-02T15:04:05.000Z"

// Instant writes an instant. What is below a millisecond is cut off, so that
// nothing that was before a deadline is written as after it.
func Instant(t time.Time) string { return t.UTC().Format(Layout) }

// Shaped is what has another JSON than its fields: that of what Wire returns.
type Shaped interface{ Wire() any }

// options are those of encoding/json but for instants and what is Shaped: wherever an
// instant stands, in whatever type, it is written by Instant, which a MarshalJSON
// would not see to. That is what this package needs the next version of encoding/json
// for; the standard library has it as an experiment.
var options = json.JoinOptions(
	jsonv1.DefaultOptionsV1(),
	json.WithMarshalers(json.JoinMarshalers(
		json.MarshalToFunc(func(enc *jsontext.Encoder, t time.Time) error {
			if y := t.UTC().Year(); y < 0 || y > 9999 {
				return fmt.Errorf("an instant of the year %d cannot be written", y)
			}
			return enc.WriteToken(jsontext.String(Instant(t)))
		}),
		json.MarshalToFunc(func(enc *jsontext.Encoder, v Shaped) error { return json.MarshalEncode(enc, v.Wire()) }),
	)),
)

// Marshal is v as JSON, as encoding/json writes it, with instants as Instant
// writes them.
func Marshal(v any) ([]byte, error) { return json.Marshal(v, options) }

// MarshalIndent is Marshal for people: indented by two spaces.
func MarshalIndent(v any) ([]byte, error) {
	return json.Marshal(v, options, jsontext.WithIndent("  "))
}
