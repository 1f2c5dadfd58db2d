package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/contest"
	"contest/judge/machine"
	"contest/judge/measure"
)

// timingCheck is what doctor found about measuring.
type timingCheck struct {
	Machine judge.Machine `json:"machine"`
	// Unable says why nothing can be measured here; then nothing follows.
	Unable   string            `json:"unable,omitempty"`
	CPUs     []int             `json:"cpus"`
	Findings []machine.Finding `json:"findings"`
	// Refused are the findings for which judge serve refuses to rank by time; the
	// other red ones may be of the moment.
	Refused  []string          `json:"refused,omitempty"`
	SelfTest *machine.SelfTest `json:"self_test,omitempty"`
}

// chosenCPUs are those that the contest around here measures on.
func (c *cli) chosenCPUs() ([]int, error) {
	folder, err := c.folder()
	if errors.Is(err, judge.ErrNotFound) || err != nil && c.contestDir == "" {
		return nil, nil // doctor needs no contest
	}
	if err != nil {
		return nil, err
	}
	settings, err := contest.ReadSettings(folder.Settings())
	return settings.Measure.CPUs, err
}

// examineTiming takes two seconds in which the judge does nothing else.
func examineTiming(ctx context.Context, compilers []compilerCheck, chosen []int) (timingCheck, error) {
	cpus, err := machine.MeasuringCPUs(1, chosen)
	if err != nil {
		return untimed(err.Error()), nil
	}
	setup := machine.Setup{CPUs: cpus}
	if len(compilers) > 0 {
		setup.Compiler, setup.Flags = compilers[0].Version, compilers[0].Flags
	}
	found := timingCheck{Machine: machine.Identify(setup), CPUs: cpus}
	policy, _ := machine.Policy(1)
	for _, f := range machine.RedFindings(machine.Place{CPUs: cpus}) {
		found.Refused = append(found.Refused, f.Name)
	}
	found.Findings, err = machine.Check(ctx, machine.Place{CPUs: cpus, Policy: policy})
	return found, err
}

// untimed is a machine that nothing can be measured on.
func untimed(why string) timingCheck {
	return timingCheck{Unable: why, CPUs: []int{}, Findings: []machine.Finding{}}
}

// level is the mark of a finding.
func (c *cli) level(l machine.Level) string {
	switch l {
	case machine.Good:
		return c.style.good.Render("✓")
	case machine.Yellow:
		return c.style.warn.Render("!")
	case machine.Red:
		return c.style.bad.Render("✗")
	case machine.Unknown:
		return c.style.warn.Render("?")
	}
	return c.style.faint.Render("·")
}

func (c *cli) timing(t timingCheck) {
	c.heading("Timing", "times are the program's own doing")
	if t.Unable != "" {
		c.hang(c.style.bad.Render("✗")+" "+c.style.bold.Render("measuring"), 2+nameColumn, t.Unable, lipgloss.NewStyle())
		return
	}
	c.hang(c.level(machine.Info)+" machine class", 2+nameColumn, t.Machine.Class+" · "+orElse(t.Machine.Name(), "unknown")+" · only times of one class are compared", c.style.faint)
	for _, f := range t.Findings {
		c.timingFinding(f)
	}
}

func (c *cli) timingFinding(f machine.Finding) {
	if f.Level != machine.Yellow && f.Level != machine.Red {
		between := " · "
		if f.Level == machine.Unknown {
			between = ", wanted: "
		}
		c.hang(c.level(f.Level)+" "+f.Name, 2+nameColumn, f.Found+between+f.Meaning, c.style.faint)
		return
	}
	c.hang(c.level(f.Level)+" "+c.style.bold.Render(f.Name), 2+nameColumn, f.Found, lipgloss.NewStyle())
	for _, line := range []struct{ label, text string }{{"wanted", f.Meaning}, {"mend", f.Cure}} {
		c.hang("    "+c.style.faint.Render(line.label), 4+labelColumn, line.text, lipgloss.NewStyle())
	}
}

// levels are the names of what was found, by how good it is.
func (t timingCheck) levels() map[machine.Level][]string {
	names := map[machine.Level][]string{}
	for _, f := range t.Findings {
		names[f.Level] = append(names[f.Level], f.Name)
	}
	return names
}

// quality says how good times are just now.
func (t timingCheck) quality() string {
	names := t.levels()
	red, yellow, unknown := names[machine.Red], names[machine.Yellow], names[machine.Unknown]
	switch {
	case len(red) > 0:
		return "but just now times are spoilt: " + strings.Join(red, ", ")
	case len(yellow)+len(unknown) > 0:
		return fmt.Sprintf("times scatter more than they need to: %d not as wanted (!), %d unknown (?)", len(yellow), len(unknown))
	}
	return "nothing known here spoils times"
}

// quietly runs do while no judge works in the contest around here, if there
// is one. Where something is to be remembered in a contest in which nothing was
// judged yet, the folder for that, and for the lock, is made.
func (c *cli) quietly(ctx context.Context, remember bool, do func() error) error {
	folder, err := c.folder()
	if err != nil {
		return do()
	}
	if remember {
		if err := folder.Prepare(); err != nil {
			return err
		}
	}
	return c.undisturbed(ctx, folder, exitJudge, do)
}

// selfTest times the probes against themselves and says so while it does.
func (c *cli) selfTest(ctx context.Context, t build.Toolchain, chosen []int) (*machine.SelfTest, error) {
	cpus, err := machine.MeasuringCPUs(1, chosen)
	if err != nil {
		return nil, err
	}
	policy, _ := machine.Policy(1)
	probes, err := machine.Build(func(f judge.File) (*os.File, error) {
		res, err := build.Compile(ctx, t, build.Source{Files: []judge.File{f}}, build.JuryLimits)
		if err == nil && res.Program == nil {
			err = fmt.Errorf("%s does not compile it:\n%s", t.Name, judge.Quote(res.Output))
		}
		if err != nil {
			return nil, err
		}
		return res.Program.Program, nil
	})
	if err != nil {
		return nil, err
	}
	defer probes.Close()
	found, err := probes.SelfTest(ctx, machine.Place{CPUs: cpus, Policy: policy}, c.counter("timing a program against itself"))
	c.wipeLine()
	return &found, err
}

// counter draws how far something has come, on a terminal; nil elsewhere.
func (c *cli) counter(what string) func(done, all int) {
	if !c.tty || c.json {
		return nil
	}
	last := -1
	return func(done, all int) {
		if now := 100 * done / max(all, 1); now != last {
			last = now
			c.notef("\r%s %3d %%", c.style.faint.Render(what), now)
		}
	}
}

// wipeLine takes away what a counter drew.
func (c *cli) wipeLine() {
	if c.tty && !c.json {
		c.notef("\r%s\r", strings.Repeat(" ", min(c.width, 60)-1))
	}
}

// selfTested prints a self-test.
func (c *cli) selfTested(s machine.SelfTest) {
	c.heading("Self-test", "it is known what this machine can tell apart")
	c.hang("", 2, fmt.Sprintf("%s, each against itself, in %d rounds on CPU %d (%s): %s in %.1f s. An empty window takes %s, 1 %% of them more than %s.",
		plural(s.Tests, "test"), s.Rounds, s.CPUs[0], s.Scheduling, plural(s.Runs, "run"), s.Took.Seconds(), micro(s.Empty.P50), micro(s.Empty.P99)), lipgloss.NewStyle())
	row := func(name string, cell func(machine.KindResult) string) []string {
		return []string{"  " + name, cell(s.Real.Compute), cell(s.Real.Memory), cell(s.CPU.Compute), cell(s.CPU.Memory)}
	}
	rows := [][]string{
		row("one run varies by", func(r machine.KindResult) string { return percents(r.CoV) }),
		row("  without outliers", func(r machine.KindResult) string { return percents(r.Robust) }),
		row("slow after slow", func(r machine.KindResult) string { return fmt.Sprintf("%.2f", r.Autocorrelation) }),
		row("ratio to itself", func(r machine.KindResult) string { return fmt.Sprintf("%.4f", r.Ratio) }),
		row("  95 % interval", func(r machine.KindResult) string { return "±" + percents((r.Interval.High-r.Interval.Low)/2) }),
		{"  gap told on a board", "", "", "", ""},
	}
	for i, g := range s.Real.Compute.Gaps {
		rows = append(rows, row("  "+plural(g.Rounds, "round"), func(r machine.KindResult) string { return percents(r.Gaps[i].Board) }))
	}
	rows = append(rows, []string{"  gap told in a final", "", "", "", ""})
	for i, g := range s.Real.Compute.Gaps {
		rows = append(rows, row("  "+plural(g.Rounds, "round"), func(r machine.KindResult) string { return percents(r.Gaps[i].Final) }))
	}
	c.printf("\n%s\n\n", trimLines(c.table([]string{"", "real, compute", "real, memory", "CPU, compute", "CPU, memory"}, rows, 1, 2, 3, 4)))
	for _, b := range []struct {
		name string
		of   machine.BoardResult
	}{{"Real time", s.Real}, {"CPU time", s.CPU}} {
		i := b.of.Score.Interval
		c.hang("", 2, fmt.Sprintf("%s, all tests: ratio to itself %.4f (%.4f to %.4f), %d of %d pairs disturbed", b.name, b.of.Score.Ratio, i.Low, i.High, b.of.Tally.Disturbed, b.of.Tally.Pairs), lipgloss.NewStyle())
	}
	c.hang("", 2, "The scrub: "+s.Scrub.Says()+".", lipgloss.NewStyle())
	c.printf("\n")
	c.light(s)
}

// light is the verdict of a self-test.
func (c *cli) light(s machine.SelfTest) {
	says := map[measure.Light]string{
		measure.Green:  "green: this machine can hold a contest by time",
		measure.Yellow: "yellow: this machine can hold a contest by time, with reservations",
		measure.Red:    "red: ranks by time are not official here",
	}[s.Light]
	mark := map[measure.Light]machine.Level{measure.Green: machine.Good, measure.Yellow: machine.Yellow, measure.Red: machine.Red}[s.Light]
	c.hang(c.level(mark), 2, says, c.style.bold)
	for _, reason := range s.Reasons {
		c.hang("  -", 4, reason, lipgloss.NewStyle())
	}
}

func micro(d time.Duration) string { return fmt.Sprintf("%.0f µs", float64(d)/1e3) }

// percents prints a share with two or more digits.
func percents(x float64) string {
	if x < 0.01 {
		return fmt.Sprintf("%.2f %%", 100*x)
	}
	return fmt.Sprintf("%.1f %%", 100*x)
}

// trimLines drops what a table pads its last column with.
func trimLines(text string) string {
	lines := slices.Collect(strings.SplitSeq(text, "\n"))
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
