package measure

import (
	"reflect"
	"testing"
	"time"

	"contest/judge"
)

func TestFreeze(t *testing.T) {
	run := func(real, cpu, startup time.Duration, involuntary int64) Observation {
		return Observation{Real: real, CPU: cpu, Startup: startup, Voluntary: 2, Involuntary: involuntary}
	}
	f, err := Freeze("a", []Observation{run(100, 90, 5, 4), run(900, 800, 6, 4), run(950, 810, 7, 9)},
		[]Observation{run(12, 8, 4, 5), run(10, 8, 2, 3), run(11, 8, 3, 4)})
	if err != nil {
		t.Fatal(err)
	}
	want := Frozen{Name: "a", Reference: Sample{Real: 100, CPU: 90, Startup: 6}, Null: Sample{Real: 11, CPU: 8, Startup: 3},
		Calm: Calm{Idle: 3, Voluntary: 2, Involuntary: 3}, LeastStartup: 2}
	if f != want {
		t.Errorf("got %+v, want %+v", f, want)
	}
	b := Baseline{Tests: []Frozen{f}}
	tests := b.For(judge.CPUBoard, []string{"a", "b"})
	if len(tests) != 1 || tests[0].Reference != 90+4 || tests[0].Floor != 9.0/94 {
		t.Errorf("tests of the CPU board: %+v", tests)
	}
	if _, err := Freeze("a", nil, nil); err == nil {
		t.Error("froze nothing")
	}
}

// Nothing is free but what the cheapest start took in any test, and a test is too
// short if starts vary by more than 1 % of it, on either board.
func TestCreditAndShort(t *testing.T) {
	test := func(name string, real, cpu, null, least time.Duration) Frozen {
		return Frozen{Name: name, Reference: Sample{Real: real, CPU: cpu}, Null: Sample{Startup: null}, LeastStartup: least}
	}
	b := Baseline{Tests: []Frozen{
		test("long", 5000, 5000, 70, 60), test("one thread of many", 3000, 9000, 80, 40), test("short", 2000, 2000, 90, 50), test("just right", 4000, 4000, 80, 55),
	}}
	for _, board := range []judge.Board{judge.RealBoard, judge.CPUBoard} {
		if got := b.Metric(board); got != (Metric{Board: board, Credit: 40}) {
			t.Errorf("%s: %+v", board, got)
		}
	}
	if got := b.Scatter(); got != 80-40 {
		t.Errorf("starts scatter by %d, want 40", got)
	}
	var short []string
	for _, f := range b.Short() {
		short = append(short, f.Name)
	}
	if want := []string{"one thread of many", "short"}; !reflect.DeepEqual(short, want) {
		t.Errorf("too short are %q, want %q", short, want)
	}
	if (Baseline{}).Scatter() != 0 || (Baseline{}).Short() != nil {
		t.Error("a baseline without tests has short ones")
	}
}

func TestEncode(t *testing.T) {
	want := []Pair{{Session: "s", Round: 1, Test: "t", Reference: Sample{Real: 3, CPU: 2, Startup: 1}, CandidateDisturbed: []Disturbance{Steal}}}
	data, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode[[]Pair](data)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range [][]byte{nil, data[:len(data)/2], []byte("{}")} {
		if _, err := Decode[[]Pair](bad); err == nil {
			t.Errorf("decoded %q", bad)
		}
	}
}

func FuzzDecode(f *testing.F) {
	data, err := Encode([]Pair{{Session: "s"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		pairs, err := Decode[[]Pair](data)
		if err != nil {
			return
		}
		if _, err := Encode(pairs); err != nil {
			t.Errorf("decoded, but not encoded: %v", err)
		}
	})
}
