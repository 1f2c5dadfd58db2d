package judge

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// The JSON of a judging has the two times by their names, however many boards there are.
func TestJudgingJSON(t *testing.T) {
	m := Measured{Total: 7, Ratio: .5, Low: .4, High: .6, HalfWidth: .1, Rounds: 3, Sessions: 1, Pairs: 9, Stop: "precise"}
	j := Judging{
		ID: 1, Submission: 2, State: Done, Epoch: 1, MemoryBytes: 5, Compile: 6, Queued: time.Date(2026, 2, 4, 0, 0, 0, 0, time.UTC),
		Grade:  Grade{Verdict: Wrong, FirstFailed: "secret/1", Passed: 2, Total: 3, TimedPassed: 1, Missed: Missed{1, "s"}, Points: 1.5, Groups: []GroupGrade{{"secret/g", 1, 2, 1.5}}},
		Values: Values{{RealBoard, 10, 3, 1, m}, {CPUBoard, 11, 4, 2, Measured{}}, {"gas", 12, 0, 0, Measured{}}},
	}
	const none = `{"total_ns":0,"ratio":0,"low":0,"high":0,"half_width":0,"rounds":0,"sessions":0,"pairs":0,"disturbed":0,"stop":""}`
	const want = `{"id":1,"submission":2,"state":"done","epoch":1,"verdict":"WA","first_failed":"secret/1","passed":2,"total":3,"timed_passed":1,` +
		`"points":1.5,"groups":[{"name":"secret/g","passed":1,"total":2,"points":1.5}],"memory_bytes":5,"compile_ns":6,"queued":"2026-02-04T00:00:00Z",` +
		`"real_ns":10,"cpu_ns":11,"measured":{"real":{"total_ns":7,"ratio":0.5,"low":0.4,"high":0.6,"half_width":0.1,"rounds":3,"sessions":1,"pairs":9,"disturbed":0,"stop":"precise"},` +
		`"cpu":` + none + `,"fixed":{"real_ns":1,"cpu_ns":2},"missed":{"tests":1,"set":"s","real_ns":3,"cpu_ns":4}},"values":[{"board":"gas","once":12}]}`
	for _, c := range []struct {
		j    Judging
		want string
	}{{j, want}, {Judging{State: Queued}, `{"id":0,"submission":0,"state":"queued","epoch":0,"verdict":"","passed":0,"total":0,"timed_passed":0,"compile_ns":0}`}} {
		text, err := json.Marshal(c.j)
		if err != nil || string(text) != c.want {
			t.Errorf("got  %s, %v\nwant %s", text, err, c.want)
		}
		var got Judging
		if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, c.j) {
			t.Errorf("read again: %v\ngot  %+v\nwant %+v", err, got, c.j)
		}
	}
}

func TestValues(t *testing.T) {
	values := Values{{Board: RealBoard, Once: 10}, {Board: CPUBoard, Once: 5, Measured: Measured{Total: 7, Rounds: 3}}}
	if real, cpu, none := values.On(RealBoard).Total(), values.On(CPUBoard).Total(), values.On("gas"); real != 10 || cpu != 7 || none != (Value{Board: "gas"}) {
		t.Errorf("totals %d and %d, want 10 of single runs and 7 as measured; of no value %+v", real, cpu, none)
	}
	more := values.Each(func(v *Value) { v.Once++ })
	more.At("gas").Once, more.At(RealBoard).Once = 1, 2
	if len(values) != 2 || values[0].Once != 10 || values[1].Once != 5 || len(more) != 3 || more.On("gas").Once != 1 || more.On(RealBoard).Once != 2 || more.On(CPUBoard).Once != 6 {
		t.Errorf("%+v became %+v", values, more)
	}
	if m := values.Measuring(); m.Rounds != 3 {
		t.Errorf("measured: %+v", m)
	}
	spoilt := Measured{Stop: Unstable, Again: true}
	if m := (Values{{Board: RealBoard, Measured: spoilt}, {Board: CPUBoard, Measured: spoilt}}).Measuring(); m != spoilt {
		t.Errorf("measured without a result: %+v", m)
	}
}
