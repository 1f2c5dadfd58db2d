package main

import (
	"strings"
	"testing"

	"contest/judge"
)

func TestHow(t *testing.T) {
	for _, test := range []struct {
		run  judge.Run
		want string
	}{
		{judge.Run{Verdict: judge.Accepted, Signal: 9}, ""},
		{judge.Run{Verdict: judge.Wrong, Signal: 9, Message: `token 1: got "1", want "2"`}, `token 1: got "1", want "2"`},
		{judge.Run{Verdict: judge.Crash, Signal: 11}, "signal 11 (segmentation fault)"},
		{judge.Run{Verdict: judge.Crash, Signal: 6, Message: "it could not start a thread"}, "signal 6 (aborted): it could not start a thread"},
		{judge.Run{Verdict: judge.Crash, ExitStatus: 3}, "exit status 3"},
		{judge.Run{Verdict: judge.TimeOut, Limit: "cpu"}, "cpu limit"},
		{judge.Run{Verdict: judge.TimeOut, Limit: "ready", Message: "slow"}, "not ready in time: slow"},
		{judge.Run{Verdict: judge.TimeOut, Message: "it took 3s of real time; the limit is 2s"}, "it took 3s of real time; the limit is 2s"},
		{judge.Run{Verdict: judge.Wrong, TeamMessage: "no", JudgeMessage: "3 > 2"}, "validator: no; for the organiser: 3 > 2"},
		{judge.Run{Verdict: judge.Accepted, TeamMessage: "3 edges\ntoo many"}, "validator: 3 edges too many"},
		{judge.Run{Verdict: judge.Wrong, Message: "no path", TeamMessage: "look at \x1b[1m2"}, "no path; validator: look at \uFFFD[1m2"},
	} {
		if got := how(test.run); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.run, got, test.want)
		}
	}
}

func TestHeadAndTail(t *testing.T) {
	lines := strings.Repeat("x\n", mostLines)
	long := strings.Repeat("x", mostShown)
	for _, test := range []struct{ name, got, want string }{
		{"nothing", head(nil), ""},
		{"short", head([]byte("1 2\n")), "1 2\n"},
		{"just so many lines", head([]byte(lines)), lines},
		{"a line more", head([]byte(lines + "y")), lines + "[1 byte more]"},
		{"long", head([]byte(long + "yz")), long + "\n[2 bytes more]"},
		{"no text", head([]byte("\x00\xff\x01\x80abc")), "[7 bytes that are no text]"},
		{"a text with an odd byte", head([]byte("a word with \xff in it")), "a word with \xff in it"},
		{"end of nothing", tail(nil), ""},
		{"end of a short one", tail([]byte(lines)), lines},
		{"end after a line", tail([]byte("y\n" + strings.TrimSuffix(lines, "\n"))), "[2 bytes before]\n" + strings.TrimSuffix(lines, "\n")},
		{"end of a long one", tail([]byte("yz" + long)), "[2 bytes before]\n" + long},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}
