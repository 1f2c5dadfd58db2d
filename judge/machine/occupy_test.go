package machine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// Numbers of CPUs that no machine has: other tests may be timing.
const someCPU, otherCPU = 1 << 20, 1<<20 + 1

func TestOccupy(t *testing.T) {
	release, err := Occupy(t.Context(), []int{otherCPU, someCPU})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Occupy(ctx, []int{someCPU}); !errors.Is(err, context.Canceled) {
		t.Errorf("an occupied CPU: got %v, want to wait until the context ends", err)
	}
	free := make(chan error)
	go func() {
		again, err := Occupy(t.Context(), []int{someCPU})
		if err == nil {
			again()
		}
		free <- err
	}()
	release()
	if err := <-free; err != nil {
		t.Errorf("after release: %v", err)
	}
	// What could not be had whole is given back.
	release, err = Occupy(t.Context(), []int{otherCPU})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := Occupy(ctx, []int{someCPU, otherCPU}); err == nil {
		t.Error("got a CPU that was occupied")
	}
	again, err := Occupy(t.Context(), []int{someCPU})
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// Whoever gives a CPU up and wants it again lets those have it first who
// waited.
func TestOccupyInTurns(t *testing.T) {
	release, err := Occupy(t.Context(), []int{someCPU})
	if err != nil {
		t.Fatal(err)
	}
	held := make(chan string, 2)
	var players sync.WaitGroup
	play := func(name string) {
		release, err := Occupy(t.Context(), []int{someCPU})
		if err != nil {
			t.Error(err)
			return
		}
		held <- name
		release()
	}
	players.Go(func() { play("who waited") })
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for { // until somebody stands in line
		line, err := bind(gone, fmt.Sprintf("@judge times next on CPU %d", someCPU))
		if err != nil {
			break
		}
		_ = unix.Close(line)
	}
	players.Go(func() { play("who comes again") })
	release()
	players.Wait()
	if first := <-held; first != "who waited" {
		t.Errorf("%s had it first", first)
	}
}
