package main

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"contest/judge"
)

// screen is what the live view shows after some messages, without colours.
func screen(msgs ...tea.Msg) string {
	m := &liveModel{c: &cli{width: 40}}
	for _, msg := range msgs {
		m.Update(msg)
	}
	return m.View().Content
}

func ran(ordinal int, v judge.Verdict) judge.Event {
	return judge.Event{State: judge.Running, Total: 3, Run: &judge.Run{Ordinal: ordinal, Verdict: v, Timed: true, Real: 2e6, CPU: 1e6}}
}

func TestLiveView(t *testing.T) {
	for _, tc := range []struct {
		name string
		msgs []tea.Msg
		want []string
		not  string
	}{
		{"nothing yet", nil, nil, "test"},
		{"a tick before anything", []tea.Msg{tick{}}, nil, "test"},
		{"queued", []tea.Msg{judge.Event{State: judge.Queued, Ahead: 2}}, []string{"waiting, 2 ahead"}, "test"},
		{"compiling", []tea.Msg{judge.Event{State: judge.Compiling}}, []string{"compiling"}, "test"},
		{"running", []tea.Msg{ran(1, judge.Accepted), ran(2, judge.Wrong)},
			[]string{"test 2/3 · passed 1 · real 2.000 ms · CPU 1.000 ms", "✓✗"}, "compiling"},
		{"begun again", []tea.Msg{ran(1, judge.Wrong), ran(2, judge.Wrong), ran(1, judge.Accepted)}, []string{"test 1/3", "✓"}, "✗"},
	} {
		got := screen(tc.msgs...)
		for _, want := range tc.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", tc.name, want, got)
			}
		}
		if strings.Contains(got, tc.not) {
			t.Errorf("%s: %q is in\n%s", tc.name, tc.not, got)
		}
	}
}

func TestLiveViewFitsTheWidth(t *testing.T) {
	var msgs []tea.Msg
	for i := range 100 {
		msgs = append(msgs, ran(i+1, judge.Accepted))
	}
	marks := 0
	for _, line := range strings.Split(screen(msgs...), "\n")[1:] {
		n := strings.Count(line, "✓")
		if n > 36 {
			t.Errorf("a line of %d marks on a terminal of 40 columns", n)
		}
		marks += n
	}
	if marks != 100 {
		t.Errorf("%d marks for 100 runs", marks)
	}
}
