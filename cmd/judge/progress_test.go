package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"contest/judge"
	"contest/judge/api"
)

// screen is what the live view shows after some messages, without colours.
func screen(msgs ...tea.Msg) string {
	m := &liveModel{c: &cli{width: 40}}
	for _, msg := range msgs {
		m.Update(msg)
	}
	return m.View().Content
}

func ran(ordinal int, v judge.Verdict) judge.Progress {
	return judge.Progress{State: judge.Running, Total: 3, Run: &judge.Run{Ordinal: ordinal, Verdict: v, Timed: true, Real: 2e6, CPU: 1e6}}
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
		{"queued", []tea.Msg{judge.Progress{State: judge.Queued, Ahead: 2}}, []string{"waiting, 2 ahead"}, "test"},
		{"held", []tea.Msg{judge.Progress{State: judge.Queued, Held: judge.Hold{What: "the final of sum"}}},
			[]string{"waiting, 0 ahead\n  the final of sum has the machine for itself: nothing starts until it ends"}, "test"},
		{"compiling", []tea.Msg{judge.Progress{State: judge.Compiling}}, []string{"compiling"}, "test"},
		{"running", []tea.Msg{ran(1, judge.Accepted), ran(2, judge.Wrong)},
			[]string{"test 2/3 · passed 1 · one run each: real 2.000 ms · CPU 1.000 ms", "✓✗"}, "compiling"},
		{"no answer", []tea.Msg{ran(1, judge.Accepted), api.Retry{Cause: "nobody listens there", Next: time.Now().Add(7500 * time.Millisecond), Until: time.Now().Add(9*time.Minute - time.Second/2)}},
			[]string{"test 1/3", "no answer: nobody listens there", "trying again in 8 s, for 9 min more", "safe"}, "tcp"},
		{"an answer again", []tea.Msg{api.Retry{Cause: "nobody listens there"}, ran(1, judge.Accepted)}, []string{"test 1/3"}, "no answer"},
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

// Who waits in vain for a verdict is told that nothing is lost, and how to go on.
func TestWatchingEndsWithoutTheServer(t *testing.T) {
	t.Setenv("JUDGE_SERVER", "")
	t.Setenv("JUDGE_CONTEST", "")
	c := &cli{server: "https://judge.example"}
	err := c.safe(7, fmt.Errorf("%w at %s: nobody listens there", api.ErrNetwork, c.server))
	status, hint := classify(err)
	if want := "no answer from the server at https://judge.example: nobody listens there; submission 7 is safe and will be judged"; err.Error() != want || status != exitNetwork {
		t.Errorf("got status %d, %v, want %d, %s", status, err, exitNetwork, want)
	}
	if want := "judge watch 7 --server https://judge.example goes on watching"; hint != want {
		t.Errorf("hint %q, want %q", hint, want)
	}
	refused := &judge.Refusal{Code: "late", Message: "late"}
	if err := c.safe(7, refused); !errors.Is(err, refused) {
		t.Errorf("a refusal becomes %v", err)
	}
}
