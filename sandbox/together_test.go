package sandbox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// talk runs two programs of testdata/talk.c, each of which feeds the other.
func talk(t *testing.T, ctx context.Context, first, second string) ([]Facts, error) {
	t.Helper()
	wall := 20 * time.Second
	if first == "silent" {
		wall = 500 * time.Millisecond
	}
	parties := make([]Party, 2)
	for i, how := range []string{first, second} {
		parties[i] = Party{Container: container(t, Config{}), Feeds: 1 - i, Command: Command{
			Program: compiled(t, "talk.c"), Args: append([]string{"talk"}, strings.Fields(how)...),
			Limits: Limits{CPU: stretch(500 * time.Millisecond), Wall: stretch(wall), MemoryBytes: 64 << 20},
		}}
	}
	return RunTogether(ctx, parties...)
}

func TestRunTogether(t *testing.T) {
	for _, tc := range []struct{ first, second, want string }{
		{"ask 1000", "echo", "exit 0; exit 0"},
		{"ask 3", "leave", "signal 13; exit 0|exit 2; exit 0"},
		{"flood", "leave", "signal 13; exit 0"},
		{"linger", "leave", "exit 0; exit 0"},
		{"flood", "swallow", "signal 9, cpu limit; exit 0|signal 9, cpu limit; exit 0, cpu limit|signal 9, cpu limit; signal 9, cpu limit|exit 0; signal 9, cpu limit|signal 13; signal 9, cpu limit"},
		{"silent", "echo", "signal 9, wall limit; exit 0|signal 9, wall limit; exit 0, wall limit|signal 9, wall limit; signal 9, wall limit"},
		{"attack", "echo", "exit 0; exit 0|exit 0; signal 13"},
	} {
		t.Run(tc.first+" and "+tc.second, func(t *testing.T) {
			facts, err := talk(t, context.Background(), tc.first, tc.second)
			if err != nil {
				t.Fatal(err)
			}
			got := outcome(facts[0]) + "; " + outcome(facts[1])
			ok := false
			for want := range strings.SplitSeq(tc.want, "|") {
				ok = ok || got == want
			}
			if !ok {
				t.Errorf("%s, want %s", got, tc.want)
			}
			if tc.first == "linger" && facts[1].Ended >= facts[0].Ended {
				t.Errorf("the one who left ended at %v, the other at %v", facts[1].Ended, facts[0].Ended)
			}
		})
	}
}

// A chain: the end of each is the end of the input of the next.
func TestRunTogetherInAChain(t *testing.T) {
	var parties []Party
	for i, how := range []string{"ask 1", "echo", "echo"} {
		feeds := i + 1
		if i == 2 {
			feeds = -1
		}
		parties = append(parties, Party{Container: container(t, Config{}), Feeds: feeds, Command: Command{
			Program: compiled(t, "talk.c"), Args: append([]string{"talk"}, strings.Fields(how)...)}})
	}
	facts, err := RunTogether(t.Context(), parties...)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(facts[2].Stdout); got != "0\n" {
		t.Errorf("the last one passed on %q; %+v", got, facts)
	}
}

func TestRunTogetherIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	time.AfterFunc(20*time.Millisecond, func() { stop(why) })
	if _, err := talk(t, ctx, "silent", "echo"); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

func TestRunTogetherRefuses(t *testing.T) {
	a, b := container(t, Config{}), container(t, Config{})
	cmd := Command{Program: compiled(t, "talk.c"), Args: []string{"talk", "leave"}}
	for _, tc := range []struct {
		parties []Party
		want    string
	}{
		{[]Party{{a, cmd, 1}, {a, cmd, 0}}, "party 1 needs a container of its own"},
		{[]Party{{a, cmd, 1}, {nil, cmd, 0}}, "party 1 needs a container of its own"},
		{[]Party{{a, cmd, 2}, {b, cmd, 0}}, "party 0 feeds party 2, which is not there"},
		{[]Party{{a, cmd, 1}, {b, cmd, 1}}, "party 1 feeds party 1, which is not there or has another input"},
	} {
		if _, err := RunTogether(t.Context(), tc.parties...); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("got %v, want %q", err, tc.want)
		}
	}
}
