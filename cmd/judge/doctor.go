package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/build"
	"contest/judge/contest"
	"contest/judge/machine"
	"contest/judge/measure"
	"contest/judge/store"
	"contest/sandbox"
)

// checkup is what doctor found, as it prints it in JSON.
type checkup struct {
	Compilers []compilerCheck `json:"compilers"`
	Sandbox   sandbox.Report  `json:"sandbox"`
	// Judges: submissions can be compiled and run here. Fit: with all that an
	// official contest needs that ranks by time, as judge serve looks at it, and no
	// cheat is known to gain anything.
	Judges bool        `json:"judges"`
	Fit    bool        `json:"fit"`
	Timing timingCheck `json:"timing"`
	// Cheats are what was shown by trying them, now or the last time; nil if
	// they never were.
	Cheats *cheatsReport `json:"cheats,omitempty"`
	// Disk is the room where the contest keeps its data; nil outside of a contest.
	Disk *judge.Disk `json:"disk,omitempty"`
}

// compilerCheck is an installed compiler and whether what it makes runs.
type compilerCheck struct {
	build.Toolchain
	Works bool   `json:"works"`
	Found string `json:"found"` // why not
}

func newDoctor(c *cli) *cobra.Command {
	var opt doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine lacks and how to mend it",
		Long: `Doctor tries everything that judging on this machine relies on: the compilers,
what keeps programs in, what limits and counts what they use, and what times
them. Each protection is present (✓) or missing: ✗ if something is refused
without it, ! if something is only worse. What is missing is explained: what it
protects, what to do, and what is refused until then. What this machine does not
tell is unknown (?), which is not good.

With --aa it also times two programs, one that computes and one that waits for
memory, each against itself, as submissions are timed against the reference. That
takes 15 to 60 seconds in which nothing else should run; in a contest folder
no judge may. It says how much single runs vary, whether slow runs come in a row,
what an empty window takes, whether a program equals itself, and the smallest
gap between two programs that this machine can tell: the decisive check, as it
sees what virtual machines hide.

With --cheats it judges some hundred submissions that try to be timed wrongly,
and measures each until it is known whether it gains anything. That takes some
minutes, wants the machine for itself like --aa, and is remembered for machines of
this class: in the contest around here, or else among what this user's programs
remember. From then on doctor says what was shown, and judge serve refuses to rank by
time where a cheat gains.

It ends with status 0 if programs can be judged here, even if only for practice,
with status 8 if not, and with status 10 if the self-test is red or a cheat
succeeds: a machine that publishes no official ranks by time unless the organiser
says so. In JSON, "fit" says whether official contests can be held.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			run := func() error { return runDoctor(cmd.Context(), c, opt) }
			if opt.SelfTest || opt.Cheats {
				return c.quietly(cmd.Context(), opt.whole(), run)
			}
			return run()
		},
	}
	cmd.Flags().BoolVar(&opt.SelfTest, "aa", false, "time a program against itself: what gap can be told here")
	cmd.Flags().BoolVar(&opt.Cheats, "cheats", false, "try to be timed wrongly in every way that is known, some minutes")
	cmd.Flags().StringVar(&opt.Only, "only", "", "with --cheats: only those whose names match this regular expression; nothing is remembered")
	return cmd
}

type doctorOptions struct {
	SelfTest bool
	Cheats   bool
	Only     string
}

func runDoctor(ctx context.Context, c *cli, opt doctorOptions) error {
	list, err := opt.cheats()
	if err != nil {
		return err
	}
	chosen, err := c.chosenCPUs()
	if err != nil {
		return err
	}
	found := examine(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	if found.Timing = untimed("not looked at, as no program can be judged here"); found.Judges {
		if found.Timing, err = examineTiming(ctx, found.Compilers, chosen); err != nil {
			return err
		}
	}
	if found.Disk, err = c.contestDisk(); err != nil {
		return err
	}
	if !opt.whole() && found.Timing.Unable == "" {
		c.recallCheats(ctx, &found)
	}
	if !c.json {
		c.checkup(found)
	}
	if opt.SelfTest && found.Timing.Unable == "" {
		if found.Timing.SelfTest, err = c.selfTest(ctx, found.working()[0], chosen); err != nil {
			return err
		}
		if !c.json {
			c.selfTested(*found.Timing.SelfTest)
		}
	}
	if opt.Cheats && found.Judges {
		if err := c.tryCheats(ctx, &found, list, chosen, opt.whole()); err != nil {
			return err
		}
	}
	found.Fit = found.Judges && !found.Sandbox.Degraded && len(found.unfitToRank()) == 0 && found.status() == nil
	if c.json {
		if err := c.printJSON(found); err != nil {
			return err
		}
	} else {
		c.verdictOn(found)
	}
	return c.said(found.status())
}

// contestDisk is the room where the contest in whose folder this is keeps its
// data; nil outside of one.
func (c *cli) contestDisk() (*judge.Disk, error) {
	folder, err := c.folder()
	if err != nil {
		return nil, nil // chosenCPUs said what is wrong with one that was named
	}
	settings, err := contest.ReadSettings(folder.Settings())
	if err != nil {
		return nil, err
	}
	dir := folder.State()
	if _, err := os.Stat(dir); err != nil {
		dir = string(folder) // nothing was kept yet
	}
	disk, err := store.Disk(dir)
	disk = settings.Limits.Reserve(disk)
	return &disk, err
}

// working are the compilers that submissions can have, the default first.
func (found checkup) working() build.Toolchains {
	var tools build.Toolchains
	for _, t := range found.Compilers {
		if t.Works {
			tools = append(tools, t.Toolchain)
		}
	}
	return tools
}

// status is how doctor ends.
func (found checkup) status() error {
	if !found.Judges {
		missing, _ := found.missing()
		return &exitError{Status: exitJudge, Err: errors.New("this machine cannot judge yet; missing: " + strings.Join(missing, ", ")), Hint: "mend what is marked with ✗ above"}
	}
	if s := found.Timing.SelfTest; s != nil && s.Light == measure.Red {
		return &exitError{Status: exitVerify, Err: errors.New("this machine cannot rank programs by time"),
			Hint: "mend what is marked with ✗ and ! above, stop all other work and try again; or measure on another machine"}
	}
	if found.Cheats.triedAndFailed() {
		return &exitError{Status: exitVerify, Err: errors.New("on this machine cheats succeed: it cannot rank programs by time"),
			Hint: "stop all other work and try again; or measure on another machine. docs/measuring.md, \"Cheats\", says what each row means"}
	}
	return nil
}

// examine takes about a second, most of it for the compilers.
func examine(ctx context.Context) checkup {
	found := checkup{Sandbox: sandbox.Check(), Compilers: []compilerCheck{}}
	for _, t := range build.Detect() {
		check := compilerCheck{Toolchain: t}
		switch err := errors.New("not tried, as no program can be run here"); {
		case found.Sandbox.Unusable:
			check.Found = err.Error()
		default:
			if err = t.Try(ctx); err != nil {
				check.Found = err.Error()
			}
			check.Works = err == nil
		}
		found.Judges = found.Judges || check.Works
		found.Compilers = append(found.Compilers, check)
	}
	return found
}

// groupTitles say what the protections of a group are for, in order.
var groupTitles = []struct {
	group       sandbox.Group
	title, says string
}{
	{sandbox.Isolation, "Isolation", "a program reaches nothing but what it is given"},
	{sandbox.Closing, "Kernel", "a program reaches no part of it in which holes are found"},
	{sandbox.Limiting, "Limits", "a program uses no more than it may, and what it uses is known"},
}

func (c *cli) checkup(found checkup) {
	c.heading("Compilers", "submissions become programs, linked statically")
	for _, p := range compilerFindings(found.Compilers) {
		c.finding(p)
	}
	for _, g := range groupTitles {
		c.heading(g.title, g.says)
		var last sandbox.Protection
		for _, p := range found.Sandbox.Protections {
			if p.Group == g.group {
				c.finding(sameAs(last, p))
				last = p
			}
		}
	}
	c.timing(found.Timing)
	if found.Disk != nil {
		c.heading("Disk", "the contest's data can be written while it runs")
		mark := c.style.good.Render("✓")
		if found.Disk.Full() {
			mark = c.style.warn.Render("!")
		}
		c.printf("%s %s\n", mark, c.disk(*found.Disk))
	}
}

// compilerFindings are the compilers as if they were protections. Only the
// lack of all of them has a consequence.
func compilerFindings(list []compilerCheck) []sandbox.Protection {
	const install = "apt-get install g++"
	any := slices.ContainsFunc(list, func(t compilerCheck) bool { return t.Works })
	var out []sandbox.Protection
	for _, t := range list {
		p := sandbox.Protection{Name: "compiler " + string(t.ID), Present: t.Works, Found: t.Version, Meaning: "compiles and links; what it made runs"}
		if !t.Works {
			p.Found = t.Version + ": " + t.Found
			p.Meaning, p.Cure, p.Without = "compiles submissions", install+", which brings libc.a and libstdc++.a for static linking", "it cannot be used"
			if !any {
				p.Refused = sandbox.RefusesPrograms
			}
		}
		out = append(out, p)
	}
	if len(list) == 0 {
		out = append(out, sandbox.Protection{Name: "compiler", Found: "neither g++ nor clang++", Meaning: "compiles submissions",
			Cure: install, Without: "nothing can be judged", Refused: sandbox.RefusesPrograms})
	}
	return out
}

func (c *cli) heading(title, says string) {
	c.printf("\n%s\n", c.style.bold.Render(title)+c.style.faint.Render(", so that "+says))
}

const (
	nameColumn  = 25
	labelColumn = 11
)

func (c *cli) finding(p sandbox.Protection) {
	if p.Present {
		text := p.Meaning
		if p.Found != "works" {
			text = p.Found + " · " + p.Meaning
		}
		c.hang(c.style.good.Render("✓")+" "+p.Name, 2+nameColumn, text, c.style.faint)
		return
	}
	mark := c.style.warn.Render("!")
	if p.Refused != sandbox.RefusesNothing {
		mark = c.style.bad.Render("✗")
	}
	c.hang(mark+" "+c.style.bold.Render(p.Name), 2+nameColumn, p.Found, lipgloss.NewStyle())
	for _, line := range []struct{ label, text string }{
		{"protects", p.Meaning}, {"without it", p.Without}, {"refused", refusal(p.Refused)}, {"mend", p.Cure},
	} {
		if line.text != "" {
			c.hang("    "+c.style.faint.Render(line.label), 4+labelColumn, line.text, lipgloss.NewStyle())
		}
	}
}

// sameAs says what is missing for the reason that the one before is only once.
func sameAs(last, p sandbox.Protection) sandbox.Protection {
	if !p.Present && !last.Present && p.Found == last.Found && p.Cure == last.Cure {
		p.Found, p.Cure = "likewise", "the same"
	}
	return p
}

func refusal(r sandbox.Refusal) string {
	switch r {
	case sandbox.RefusesPrograms:
		return "everything: no program is compiled or run"
	case sandbox.RefusesOfficial:
		return "official contests (judge serve --degraded holds one for practice)"
	}
	return "nothing"
}

// hang prints text in lines that begin below each other, right of head.
func (c *cli) hang(head string, column int, text string, style lipgloss.Style) {
	width := max(20, min(c.width, 110)-column)
	if lipgloss.Width(head) >= column {
		c.printf("%s\n", head)
		head = ""
	}
	for _, line := range wrap(text, width) {
		c.printf("%s%s%s\n", head, strings.Repeat(" ", column-lipgloss.Width(head)), style.Render(line))
		head = ""
	}
}

// wrap breaks text between words. A word longer than width, such as a path
// that is to be copied, stays whole.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && lipgloss.Width(line)+1+lipgloss.Width(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// missing are the names of protections without which something is refused; worse
// counts those without which something is only worse.
func (found checkup) missing() (names []string, worse int) {
	for _, p := range found.protections() {
		switch {
		case p.Present:
		case p.Refused != sandbox.RefusesNothing:
			names = append(names, p.Name)
		default:
			worse++
		}
	}
	return names, worse
}

func (found checkup) protections() []sandbox.Protection {
	return slices.Concat(compilerFindings(found.Compilers), found.Sandbox.Protections)
}

// unfitToRank are the reasons for which judge serve does not rank by time here.
func (found checkup) unfitToRank() []string {
	reasons := slices.Clone(found.Timing.Refused)
	if found.Timing.Unable != "" {
		reasons = append(reasons, "nothing can be measured")
	}
	if found.Cheats != nil && found.Cheats.Failed > 0 {
		reasons = append(reasons, "cheats")
	}
	return reasons
}

// verdictOn is the last word, about everything. What doctor ends with as an error is
// said there.
func (c *cli) verdictOn(found checkup) {
	if found.status() != nil {
		return
	}
	missing, worse := found.missing()
	all := len(found.protections())
	counts := fmt.Sprintf("%d of %d protections present", all-len(missing)-worse, all)
	if worse > 0 {
		counts += fmt.Sprintf(", %d only worse (!)", worse)
	}
	unfit, times := found.unfitToRank(), found.Timing.quality()
	mark, says := c.style.warn.Render("!"), ""
	switch {
	case found.Sandbox.Degraded:
		says = fmt.Sprintf("this machine judges for practice; official contests are refused: %s, missing %s", counts, strings.Join(slices.Concat(missing, unfit), ", "))
	case len(unfit) > 0:
		says = fmt.Sprintf("this machine is ready for contests that do not rank by time: %s; ranks by time are refused: %s", counts, strings.Join(unfit, ", "))
	default:
		says = "this machine is ready for official contests: " + counts + "; " + times
		if len(found.Timing.levels()[machine.Red]) == 0 {
			mark = c.style.good.Render("✓")
		}
	}
	c.printf("\n")
	c.hang(mark, 2, says, lipgloss.NewStyle())
	if found.Timing.Unable == "" && (found.Timing.SelfTest == nil || found.Cheats == nil) {
		c.hang("", 2, "What gap between programs it can tell, the self-test measures: judge doctor --aa. Whether cheats gain anything: judge doctor --cheats.", c.style.faint)
	}
}
