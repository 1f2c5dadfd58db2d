package measure

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"contest/judge"
)

// Baseline is what is frozen of a problem when it is first measured on a
// machine class: the times that totals are made of and floors rest on.
type Baseline struct {
	Tests []Frozen `json:"tests"`
}

// Frozen are the times of one test case, of some rounds: the reference's least and
// the medians of all else.
type Frozen struct {
	Name      string `json:"name"`
	Reference Sample `json:"reference"`
	Null      Sample `json:"null"` // of a program that reads its input and does nothing
	Calm      Calm   `json:"calm"` // of the null program
	// LeastStartup is the least CPU time before READY of the null program.
	LeastStartup time.Duration `json:"least_startup_ns,omitempty"`
}

// Freeze sums up runs of the reference and of the null program. The reference's
// times are what a test weighs in every total from then on, and a machine only
// ever adds to them, for seconds on end if it does
// (docs/decisions/0012-least-times-of-the-reference.md).
func Freeze(name string, reference, null []Observation) (Frozen, error) {
	if len(reference) == 0 || len(null) == 0 {
		return Frozen{}, fmt.Errorf("test %s: %w: freeze needs runs of the reference and of the null program", name, ErrNoPairs)
	}
	f := Frozen{Name: name, Reference: middle(reference), Null: middle(null)}
	for _, o := range reference {
		f.Reference.Real, f.Reference.CPU = min(f.Reference.Real, o.Real), min(f.Reference.CPU, o.CPU)
	}
	f.Calm.Idle = middleOf(null, func(o Observation) time.Duration { return max(0, o.Real-o.CPU) })
	f.Calm.Involuntary, f.LeastStartup = null[0].Involuntary, null[0].Startup
	for _, o := range null {
		f.Calm.Involuntary, f.LeastStartup = min(f.Calm.Involuntary, o.Involuntary), min(f.LeastStartup, o.Startup)
	}
	for _, o := range slices.Concat(reference, null) {
		f.Calm.Voluntary = max(f.Calm.Voluntary, o.Voluntary)
	}
	return f, nil
}

func middle(runs []Observation) Sample {
	return Sample{
		Real:    middleOf(runs, func(o Observation) time.Duration { return o.Real }),
		CPU:     middleOf(runs, func(o Observation) time.Duration { return o.CPU }),
		Startup: middleOf(runs, func(o Observation) time.Duration { return o.Startup }),
	}
}

func middleOf(runs []Observation, get func(Observation) time.Duration) time.Duration {
	values := make([]time.Duration, len(runs))
	for i, o := range runs {
		values[i] = get(o)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// Metric is how a board counts times against this baseline. The start of the null
// program is the same whatever the test case, so the least of all is the credit:
// of more, as much would be free work.
func (b Baseline) Metric(board judge.Board) Metric {
	m := Metric{Board: board}
	for i, t := range b.Tests {
		if i == 0 || t.LeastStartup < m.Credit {
			m.Credit = t.LeastStartup
		}
	}
	return m
}

// Scatter is by how much a start varies on this machine: what the null program's
// takes beyond the credit, in the middle of all tests. Less work than that before
// READY cannot be told from none by a single run.
func (b Baseline) Scatter() time.Duration {
	var startups []time.Duration
	for _, t := range b.Tests {
		startups = append(startups, t.Null.Startup)
	}
	if len(startups) == 0 {
		return 0
	}
	slices.Sort(startups)
	return startups[len(startups)/2] - b.Metric(judge.CPUBoard).Credit
}

// LeastTimes is how many times the scatter of starts the reference must take on a
// timed test, so that what cannot be told stays below 1 %.
const LeastTimes = 100

// Short are the tests on which the reference takes less than LeastTimes the
// scatter of starts, in their order, on the faster of both boards.
func (b Baseline) Short() []Frozen {
	var out []Frozen
	for _, t := range b.Tests {
		if min(t.Reference.Real, t.Reference.CPU) < LeastTimes*b.Scatter() {
			out = append(out, t)
		}
	}
	return out
}

// For lists the tests of these names, in their order, as a board scores them. All
// have been frozen.
func (b Baseline) For(board judge.Board, names []string) []Test {
	m := b.Metric(board)
	var out []Test
	for _, name := range names {
		t, ok := b.Find(name)
		if !ok {
			continue
		}
		reference := max(1, m.Time(t.Reference))
		null := max(1, m.Time(t.Null))
		out = append(out, Test{Name: t.Name, Reference: reference, Floor: FloorRatio(null, reference)})
	}
	return out
}

// Find is the frozen times of one test.
func (b Baseline) Find(name string) (Frozen, bool) {
	i := slices.IndexFunc(b.Tests, func(t Frozen) bool { return t.Name == name })
	if i < 0 {
		return Frozen{}, false
	}
	return b.Tests[i], true
}

// maxRecord bounds what a stored record may unpack to, in bytes.
const maxRecord = 256 << 20

// Encode writes a session or a baseline for keeping: JSON, gzip. Raw times are kept in a form that anybody can read without this program.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	err := json.NewEncoder(z).Encode(v)
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("pack a record of measuring: %w", err)
	}
	return b.Bytes(), nil
}

// Decode reads what Encode wrote.
func Decode[T any](data []byte) (v T, err error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(z, maxRecord)).Decode(&v)
	}
	if err != nil {
		return v, fmt.Errorf("unpack a record of measuring: %w", err)
	}
	return v, nil
}
