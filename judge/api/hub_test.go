package api

import (
	"testing"

	"contest/judge"
)

// The end of an attempt that was given up leaves its successor's stream alone.
func TestHubSuccessor(t *testing.T) {
	h := NewHub()
	tell, end := h.Begin(1)
	first, _ := h.open(1)
	tell(judge.Progress{State: judge.Compiling})
	tellNext, endNext := h.Begin(1)
	tell(judge.Progress{State: judge.Running})
	end()
	tellNext(judge.Progress{State: judge.Compiling})
	second, _ := h.open(1)
	if second == nil {
		t.Fatal("the end of the first attempt ended the second")
	}
	for _, c := range []struct {
		name  string
		s     *stream
		steps int
		ended bool
	}{{"first", first, 1, true}, {"second", second, 1, false}} {
		if steps, ended, _ := h.after(c.s, 0); len(steps) != c.steps || ended != c.ended {
			t.Errorf("%s attempt: got %d steps, ended: %v; want %d, %v", c.name, len(steps), ended, c.steps, c.ended)
		}
	}
	endNext()
	if s, _ := h.open(1); s != nil {
		t.Error("a stream is open after its end")
	}
}
