package wire

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"contest/judge"
)

// What a contestant's own machine judges by comes over the wire whole.
func TestProblemOverTheWire(t *testing.T) {
	tolerance := 1e-6
	p := judge.Problem{
		ID: "sum", Name: "Sum", Version: "v", Limits: judge.Limits{Time: time.Second, MemoryBytes: 1 << 20, OutputBytes: 3, CodeBytes: 4, CompileTime: 5, CompileMemoryBytes: 6, ValidationTime: 7},
		Validation: judge.Validation{CaseSensitive: true, AbsoluteTolerance: &tolerance}, Boards: []judge.Board{judge.CPUBoard}, Scales: map[judge.Board]judge.Scale{"gas": {Unit: "gas"}}, Scoring: "points", Threads: 2, CompilerFlags: []string{"-DX"},
		StopAfterTimeouts: 3, Timing: judge.WholeProcess, Feedback: judge.TimesFeedback, FreshFinal: true,
	}
	text, err := Marshal(NewProblem(p).WithRules(p))
	if err != nil {
		t.Fatal(err)
	}
	var read Problem
	if err := json.Unmarshal(text, &read); err != nil || !reflect.DeepEqual(read.Trial(), p) {
		t.Errorf("%s\nreads as %+v, %v\nwant %+v", text, read.Trial(), err, p)
	}
	// Every field that the noun itself writes is among them: a new one has to be, too.
	whole, err := Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var noun, shape map[string]any
	if err := json.Unmarshal(whole, &noun); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		t.Fatal(err)
	}
	delete(shape, "tests") // a number here, and there the test cases
	if !reflect.DeepEqual(noun, shape) {
		t.Errorf("got  %v\nwant %v", shape, noun)
	}
}

// Lists of servers of before have three of the limits, by other names.
func TestProblemOfAnEarlierServer(t *testing.T) {
	var got Problem
	err := json.Unmarshal([]byte(`{"id":"sum","name":"Sum","version":"v","time_limit_ns":5,"memory_bytes":6,"code_bytes":7,"threads":1,"boards":["real"],"tests":8}`), &got)
	want := Problem{ID: "sum", Name: "Sum", Version: "v", Limits: judge.Limits{Time: 5, MemoryBytes: 6, CodeBytes: 7}, Threads: 1, Boards: []judge.Board{judge.RealBoard}, Tests: 8}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}
