package machine

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge/measure"
)

// A step that was disturbed is played once more at the end of the round, however that
// goes; a test that is allotted several pairs counts its attempts on.
func TestPlay(t *testing.T) {
	steps := []measure.Step{{Test: 1}, {Test: 0}, {Test: 1}}
	p := Player{CPUs: []int{someCPU}}
	var got []string
	err := p.Play(t.Context(), steps, func(step measure.Step, attempt int) (bool, error) {
		got = append(got, fmt.Sprintf("%d attempt %d", step.Test, attempt))
		if release, err := Occupy(expired(t), p.CPUs); err == nil {
			release()
			t.Error("the CPUs are not held")
		}
		return step.Test == 1, nil
	})
	if diff := cmp.Diff([]string{"1 attempt 0", "0 attempt 0", "1 attempt 1", "1 attempt 2", "1 attempt 3"}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	broken := errors.New("broken")
	if err := p.Play(t.Context(), steps, func(measure.Step, int) (bool, error) { return false, broken }); err != broken {
		t.Errorf("got %v, want %v", err, broken)
	}
}

// Who has to wait for the CPUs says how long.
func TestPlayWaits(t *testing.T) {
	release, err := Occupy(t.Context(), []int{someCPU})
	if err != nil {
		t.Fatal(err)
	}
	p := Player{CPUs: []int{someCPU}}
	if err := p.Play(expired(t), nil, nil); !errors.Is(err, context.DeadlineExceeded) || p.Waited != 0 {
		t.Errorf("while others have the CPU: %v after %v", err, p.Waited)
	}
	const held = 30 * time.Millisecond
	time.AfterFunc(held, release)
	began := time.Now()
	if err := p.Play(t.Context(), nil, nil); err != nil || p.Waited <= 0 || p.Waited > time.Since(began) {
		t.Errorf("%v; it waited %v", err, p.Waited)
	}
}

// expired is a context of which no time is left soon.
func expired(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
