package score_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/score"
	"contest/judge/wire"
)

// A row is written with what its readers are told of how it was measured, and
// instants as everywhere; fields that are an organiser's are left out.
func TestRowOnTheWire(t *testing.T) {
	row := score.Row{
		Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 2, Tied: true}, Group: 1, Contestant: "a", Submission: 2, Language: "g++",
		Grade: judge.Grade{Verdict: judge.Accepted, Passed: 3, Total: 3, TimedPassed: 2, Missed: judge.Missed{Tests: 1}}, Value: 10,
		Values: judge.Values{{Board: judge.RealBoard, Once: 10}, {Board: judge.CPUBoard, Once: 11}}, Low: 9, High: 12, Class: "c", Scheduling: "fifo", Submissions: 1,
		Receipt: time.Date(2026, 2, 4, 23, 59, 0, 1, time.FixedZone("", 4*60*60)),
		Measured: judge.Measured{
			Total: 10, Ratio: .5, Low: .45, High: .6, HalfWidth: .1, Freedom: 4, Rounds: 5, Sessions: 2, Pairs: 50, Disturbed: 1, AtFloor: 1, Review: 1,
			Stop: judge.Unstable, Again: true, Surcharge: 3,
		},
	}
	const want = `{"rank":1,"best":1,"worst":2,"tied":true,"group":1,"contestant":"a","submission":2,"language":"g++","verdict":"AC","passed":3,"total":3,` +
		`"timed_passed":2,"class":"c","scheduling":"fifo","submissions":1,"receipt":"2026-02-04T19:59:00.000Z",` +
		`"missed":1,"time_ns":10,"low_ns":9,"high_ns":12,"real_ns":10,"cpu_ns":11,"ratio":0.5,"half_width":0.1,"rounds":5,"sessions":2,"pairs":50,"disturbed":1,"stop":"unstable","again":true}`
	text, err := wire.Marshal(score.Scoreboard{Rows: []score.Row{row}}.Rows)
	if err != nil || string(text) != "["+want+"]" {
		t.Errorf("got  %s, %v\nwant [%s]", text, err, want)
	}
	var got score.Row
	if err := json.Unmarshal([]byte(want), &got); err != nil {
		t.Fatal(err)
	}
	row.Receipt = time.Date(2026, 2, 4, 19, 59, 0, 0, time.UTC)
	row.Measured = judge.Measured{Ratio: .5, HalfWidth: .1, Rounds: 5, Sessions: 2, Pairs: 50, Disturbed: 1, Stop: judge.Unstable, Again: true}
	if !reflect.DeepEqual(got, row) {
		t.Errorf("read again: got %+v\nwant %+v", got, row)
	}
}
