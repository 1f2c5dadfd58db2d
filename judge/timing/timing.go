// Package timing times programs: on CPUs of their own, in rounds in which they take
// turns with the reference of their problem. Sessions of submissions and finals are made
// of such rounds, and so are the baselines that their totals rest on. What a judging is
// and what it comes to is left to pipeline; what the times say, to measure.
package timing

import (
	"context"
	"sync"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/machine"
)

// Records is what timing has to remember; *store.DB does.
type Records interface {
	// Baseline is judge.ErrNotFound where nothing was frozen yet.
	Baseline(ctx context.Context, p judge.ProblemID, version, class string) (judge.Baseline, error)
	// Freeze keeps a baseline unless there is one, and returns the one that counts.
	Freeze(ctx context.Context, b judge.Baseline) (judge.Baseline, error)
	// Sessions are those that were measured of a program, and of others that the
	// same sources were compiled to, oldest first.
	Sessions(ctx context.Context, p judge.ProblemID, version string, lang judge.LanguageID, sourceHash, programHash, class string) ([]judge.Session, error)
	SaveMachine(ctx context.Context, m judge.Machine) error
}

// Timer times programs on this machine. It may be used by several goroutines.
type Timer struct {
	tools   build.Toolchains
	records Records
	machine func() judge.Machine

	// quiet is read-locked while programs are timed, and locked while the judge itself
	// keeps the processors busy with something else.
	quiet sync.RWMutex

	reference build.Latest
	probes    probeCache
	start     startCache
	fixed     fixedCache
}

// New is a timer that compiles with tools. Without records (nil) there are neither
// sessions nor finals: nothing is ranked then.
func New(tools build.Toolchains, records Records) *Timer {
	return &Timer{tools: tools, records: records, machine: sync.OnceValue(func() judge.Machine { return identify(tools) })}
}

// Machine is this machine and its class: only times of one class are compared.
func (t *Timer) Machine() judge.Machine { return t.machine() }

func identify(tools build.Toolchains) judge.Machine {
	var setup machine.Setup
	if tool, err := tools.Find(""); err == nil { // else nothing will be compiled here
		setup.Compiler, setup.Flags = tool.Version, tool.Flags
	}
	setup.CPUs, _ = machine.MeasuringCPUs(1, nil)
	return machine.Identify(setup)
}

// Quiet waits until this judge keeps the processors busy with nothing else, and has it
// stay so until end. Who runs programs whose times count asks for it, once.
func (t *Timer) Quiet() (end func()) {
	t.quiet.RLock()
	return t.quiet.RUnlock
}

// Busy waits until nobody has asked for quiet, and has nobody get it until end. Who
// keeps the processors busy asks for it.
func (t *Timer) Busy() (end func()) {
	t.quiet.Lock()
	return t.quiet.Unlock
}
