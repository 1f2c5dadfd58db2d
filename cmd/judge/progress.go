package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"contest/judge"
	"contest/judge/api"
)

// progress shows the events of a judging as they come.
type progress interface {
	event(judge.Progress)
	close()
}

// watching is a progress of events that come from a server.
type watching interface {
	progress
	lost(api.Retry) // they cannot be had just now
}

// progress draws live on a terminal and prints plain lines elsewhere.
func (c *cli) progress() watching {
	switch {
	case c.json:
		return silent{c}
	case c.tty:
		return newLive(c, false)
	}
	return &plain{c: c}
}

// passing is a progress for one of many judgings, each of which ends in a line
// of its own: what was drawn goes when it is closed.
func (c *cli) passing() progress {
	if c.json || !c.tty {
		return silent{c}
	}
	return newLive(c, true)
}

// silent tells only that a server does not answer.
type silent struct{ c *cli }

func (silent) event(judge.Progress) {}
func (s silent) lost(r api.Retry)   { s.c.retrying(r) }
func (silent) close()               {}

// plain prints one line a step, for logs and pipes.
type plain struct {
	c     *cli
	state judge.JudgingState
	ahead int
	held  string // what keeps judgings from starting
}

func (p *plain) event(ev judge.Progress) {
	if ev.State == judge.Queued && (p.state != judge.Queued || p.ahead != ev.Ahead || p.held != ev.Held.What) {
		p.c.notef("queued, %d ahead%s\n", ev.Ahead, heldNote(ev.Held))
	}
	if ev.State == judge.Compiling && p.state != judge.Compiling {
		p.c.notef("compiling\n")
	}
	if ev.State == judge.Measuring && (p.state != judge.Measuring || ev.Look.Rounds == 0) {
		p.c.notef("measuring beside the reference\n")
	}
	p.state, p.ahead, p.held = ev.State, ev.Ahead, ev.Held.What
	if r := ev.Run; r != nil {
		facts := ""
		if !r.Hidden || r.Real > 0 {
			facts = fmt.Sprintf("  real %12s  CPU %12s", ms(r.Real), ms(r.CPU))
		}
		if !r.Hidden {
			facts += "  " + judge.BelowMemory(r.MemoryBytes)
		}
		p.c.notef("test %*d/%d %-24s %-3s%s\n", len(strconv.Itoa(ev.Total)), r.Ordinal, ev.Total, r.TestCase, r.Verdict, facts)
	}
}

// heldNote says to whoever waits why nothing starts.
func heldNote(h judge.Hold) string {
	if !h.Is() {
		return ""
	}
	return "\n  " + h.String() + ": nothing starts until it ends"
}

// looked is a line on how far measuring has come.
func looked(l judge.Look) string {
	text := fmt.Sprintf("round %d of %d", l.Rounds+1, l.Next)
	if l.HalfWidth > 0 {
		text += fmt.Sprintf(" · %.3f × the reference ±%.2g %%", l.Ratio, 100*l.HalfWidth)
	}
	return text
}

func (p *plain) lost(r api.Retry) { p.c.retrying(r) }

func (p *plain) close() {}

// live draws a judging in place: one mark for each test case.
type live struct {
	program *tea.Program
	passing bool
	done    chan struct{}
	once    sync.Once
}

func newLive(c *cli, passing bool) *live {
	l := &live{passing: passing, done: make(chan struct{})}
	// The signal handler stays main's: Ctrl-C cancels the context, and the
	// terminal is not taken into raw mode. The output is the terminal itself,
	// because a writer around it has no size.
	l.program = tea.NewProgram(&liveModel{c: c}, tea.WithOutput(os.Stderr), tea.WithInput(nil), tea.WithoutSignalHandler())
	go func() {
		defer close(l.done)
		_, _ = l.program.Run()
	}()
	return l
}

func (l *live) event(ev judge.Progress) { l.program.Send(ev) }

func (l *live) lost(r api.Retry) { l.program.Send(r) }

func (l *live) close() {
	l.once.Do(func() {
		if l.passing {
			l.program.Send(wipe{})
		}
		l.program.Send(tea.QuitMsg{})
		<-l.done
	})
}

type liveModel struct {
	c     *cli
	last  judge.Progress
	runs  []judge.Run
	retry *api.Retry // while the server does not answer
	frame int        // of the spinner
	wiped bool
}

type (
	tick struct{}
	wipe struct{}
)

func (m *liveModel) Init() tea.Cmd { return nextTick() }

func nextTick() tea.Cmd {
	return tea.Tick(100*time.Millisecond, func(time.Time) tea.Msg { return tick{} })
}

// Update takes one event in.
func (m *liveModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.c.width = msg.Width
	case wipe:
		m.wiped = true
	case tick:
		m.frame++
		return m, nextTick()
	case api.Retry:
		m.retry = &msg
	case judge.Progress:
		m.retry = nil
		if msg.Run != nil && msg.Run.Ordinal <= len(m.runs) {
			m.runs = nil // the judging began again
		}
		if msg.State == judge.Compiling {
			m.runs = nil
		}
		if msg.Run != nil {
			m.runs = append(m.runs, *msg.Run)
		}
		m.last = msg
	}
	return m, nil
}

var spinner = []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

// View draws the state in words and a grid of marks.
func (m *liveModel) View() tea.View {
	if m.wiped {
		return tea.NewView("")
	}
	var b strings.Builder
	c := m.c
	spin := string(spinner[m.frame%len(spinner)])
	switch m.last.State {
	case judge.Done:
		spin = " "
	case judge.Queued:
		fmt.Fprintf(&b, "%s waiting, %d ahead%s\n", c.style.accent.Render(spin), m.last.Ahead, heldNote(m.last.Held))
	case judge.Compiling:
		fmt.Fprintf(&b, "%s compiling\n", c.style.accent.Render(spin))
	}
	if len(m.runs) > 0 {
		m.drawRuns(&b, spin)
	}
	if l := m.last.Look; l != nil && m.last.State == judge.Measuring {
		fmt.Fprintf(&b, "%s measuring beside the reference · %s\n", c.style.accent.Render(spin), looked(*l))
	}
	if r := m.retry; r != nil {
		fmt.Fprintf(&b, "%s no answer: %s\n  trying again in %s; what was submitted is safe\n", c.style.warn.Render(spin), r.Cause, waitText(*r, time.Now()))
	}
	return tea.NewView(b.String())
}

func (m *liveModel) drawRuns(b *strings.Builder, spin string) {
	c := m.c
	passed := 0
	var real, cpu time.Duration
	untold := false
	for _, r := range m.runs {
		untold = untold || r.Hidden && r.Real == 0
		if r.Verdict == judge.Accepted {
			passed++
			if r.Timed {
				real, cpu = real+r.Real, cpu+r.CPU
			}
		}
	}
	total := max(m.last.Total, len(m.runs))
	times := ""
	if !untold {
		times = fmt.Sprintf(" · one run each: real %s · CPU %s", ms(real), ms(cpu))
	}
	fmt.Fprintf(b, "%s test %d/%d · passed %s%s\n", c.style.accent.Render(spin), len(m.runs), total,
		c.style.good.Render(fmt.Sprint(passed)), times)
	columns := min(max(c.width-4, 10), 75)
	for i, r := range m.runs {
		if i%columns == 0 {
			b.WriteString("  ")
		}
		b.WriteString(c.mark(r.Verdict))
		if i%columns == columns-1 || i == len(m.runs)-1 {
			b.WriteByte('\n')
		}
	}
}
