package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"contest/judge"
	"contest/judge/measure"
)

// comparison is what an interval allows to say of two programs.
type comparison string

// Comparisons. Equal is a finding: any difference is below what counts.
const (
	faster    comparison = "faster"
	slower    comparison = "slower"
	equal     comparison = "equal"
	undecided comparison = "undecided"
)

// compared says for each measured board which side is faster.
func compared(j judge.Judging) map[judge.Board]comparison {
	out := map[judge.Board]comparison{}
	for _, b := range judge.TimeBoards {
		if m := j.On(b).Measured; m.Is() {
			out[b] = compare(m)
		}
	}
	return out
}

func compare(m judge.Measured) comparison {
	floor := math.Log1p(measure.DefaultFloor)
	low, high, gap := math.Log(m.Low), math.Log(m.High), math.Log(m.Ratio)
	switch {
	case -floor <= low && high <= floor:
		return equal
	case high < 0 && gap < -floor:
		return faster
	case low > 0 && gap > floor:
		return slower
	}
	return undecided
}

// benched prints what bench found.
func (c *cli) benched(b bench) {
	j := b.Judging
	c.compilerSaid(j)
	if b.failed != "" {
		c.printf("%s: ", b.failed)
	}
	c.printf("%s", c.verdict(j.Verdict))
	if j.Verdict == judge.Compile {
		c.printf("\n")
		return
	}
	c.printf(": passed %d of %d\n", j.Passed, j.Total)
	if j.Verdict != judge.Accepted {
		c.notPassed(b.Runs)
		return
	}
	if len(b.Compared) == 0 {
		if j.Values.Measuring().Stop == judge.OverBudget {
			c.printf("not measured: the budget was used up; it does not hold for who asks for a number of rounds, such as --rounds 3\n")
		}
		return
	}
	board := b.board()
	m := j.On(board).Measured
	c.printf("\n%s\n\n", c.style.bold.Render(sentence(m, board, b.Against)))
	c.benchTotals(b)
	c.benchTests(b.Tests[board], board, b.Against)
	c.benchLimits(b, m)
}

// board is the one that is told first: of one thread CPU time is what the
// program does, of several real time is what is wanted.
func (b bench) board() judge.Board {
	first := judge.CPUBoard
	if b.problem.Threads > 1 {
		first = judge.RealBoard
	}
	if _, measured := b.Compared[first]; measured && slices.Contains(b.problem.Boards, first) {
		return first
	}
	for _, board := range b.problem.Boards {
		if _, measured := b.Compared[board]; measured {
			return board
		}
	}
	return first
}

// sentence is the result in words.
func sentence(m judge.Measured, board judge.Board, against string) string {
	time := boardWord(board) + " time"
	ratio, margin := m.Relative()
	switch compare(m) {
	case faster, slower:
		return fmt.Sprintf("%s than %s: %s ±%s times its %s", compare(m), against, ratio, margin, time)
	case equal:
		return fmt.Sprintf("as fast as %s within %s %%, by %s", against, percentText(measure.DefaultFloor), time)
	}
	return fmt.Sprintf("not told apart from %s: %s ±%s times its %s", against, ratio, margin, time)
}

func percentText(share float64) string { return strconv.FormatFloat(100*share, 'g', 2, 64) }

// notPassed lists some of the runs that did not pass.
func (c *cli) notPassed(runs []judge.Run) {
	const most = 5
	more := 0
	for _, r := range runs {
		switch {
		case r.Verdict == judge.Accepted || r.Verdict == judge.NotRun:
		case more < most:
			c.printf("%s %-20s %s\n", c.mark(r.Verdict), r.TestCase, strings.TrimSpace(string(r.Verdict)+" "+how(r)))
			more++
		default:
			more++
		}
	}
	if more > most {
		c.printf("  and %d more\n", more-most)
	}
}

func (c *cli) benchTotals(b bench) {
	j := b.Judging
	boards := slices.DeleteFunc(slices.Clone(judge.TimeBoards), func(b judge.Board) bool { return !j.On(b).Measured.Is() })
	printRows(c, []column[judge.Board]{
		{Cell: func(b judge.Board) string { return "  " + boardWord(b) }},
		{Head: "total", Right: true, Cell: func(b judge.Board) string {
			total, _ := j.On(b).Measured.Milliseconds()
			return c.style.bold.Render(total + " ms")
		}},
		{Cell: func(b judge.Board) string {
			_, margin := j.On(b).Measured.Milliseconds()
			return "±" + margin
		}},
		{Head: "ratio", Cell: func(b judge.Board) string {
			ratio, margin := j.On(b).Measured.Relative()
			return ratio + " ±" + margin
		}},
		{Head: "95 % interval", Spare: 1, Cell: func(b judge.Board) string {
			return ratioText(j.On(b).Measured.Low) + " to " + ratioText(j.On(b).Measured.High)
		}},
		{Cell: func(b judge.Board) string { return string(compare(j.On(b).Measured)) }},
	}, boards)
	m := j.On(b.board()).Measured
	c.say(" ", fmt.Sprintf("over %s in %s; %d of %s disturbed and repeated; ended: %s", plural(j.TimedPassed, "timed test"),
		plural(b.Rounds, "round"), m.Disturbed, plural(m.Pairs, "pair"), stopWord(m.Stop, m.Again)))
	for _, board := range judge.TimeBoards {
		m := j.On(board).Measured
		if c.verbose && m.AtFloor > 0 {
			c.printf("  %s: %s held at the floor: no program can take less\n", boardWord(board), plural(m.AtFloor, "test"))
		}
		if c.verbose && m.Surcharge > 0 {
			c.printf("  %s: %s ms in a round of all tests for work before READY, in the total\n", boardWord(board), judge.RoughMilliseconds(m.Surcharge))
		}
	}
}

func ratioText(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }

// benchTests prints the tests with the highest and the lowest ratios.
func (c *cli) benchTests(tests []judge.MeasuredTest, board judge.Board, against string) {
	const most = 5
	rows := slices.Clone(tests)
	slices.SortStableFunc(rows, func(a, b judge.MeasuredTest) int { return cmp.Compare(b.Ratio, a.Ratio) })
	if more := len(rows) - 2*most; more > 0 {
		rows = slices.Replace(rows, most, most+more, judge.MeasuredTest{TestCase: fmt.Sprintf("… %d more", more)})
	}
	told := func(cell func(judge.MeasuredTest) string) func(judge.MeasuredTest) string {
		return func(t judge.MeasuredTest) string {
			if t.Pairs == 0 {
				return ""
			}
			return cell(t)
		}
	}
	c.printf("\n")
	printRows(c, []column[judge.MeasuredTest]{
		{Cell: func(judge.MeasuredTest) string { return "" }}, // indents
		{Head: "test, slowest first", Cut: true, Cell: func(t judge.MeasuredTest) string { return t.TestCase }},
		{Head: boardWord(board) + " ratio", Right: true, Cell: told(func(t judge.MeasuredTest) string { return ratioText(t.Ratio) })},
		{Head: "interval", Cell: told(func(t judge.MeasuredTest) string { return ratioText(t.Low) + " to " + ratioText(t.High) })},
		{Head: boardWord(board) + " of " + shortened(against, len("the reference")), Right: true, Spare: 2,
			Cell: told(func(t judge.MeasuredTest) string { return judge.RoughMilliseconds(t.Reference) + " ms" })},
		{Head: "pairs", Right: true, Spare: 1, Cell: told(func(t judge.MeasuredTest) string { return strconv.Itoa(t.Pairs) })},
	}, rows)
}

// reasons lists what disturbed runs, most frequent first.
func (b bench) reasons() string {
	names := slices.SortedFunc(maps.Keys(b.Disturbances), func(x, y measure.Disturbance) int {
		return cmp.Or(cmp.Compare(b.Disturbances[y], b.Disturbances[x]), cmp.Compare(x, y))
	})
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = fmt.Sprintf("%s %d", n, b.Disturbances[n])
	}
	return strings.Join(parts, ", ")
}

// fewTests is so few that one odd test case shows in the total.
const fewTests = 10

// benchLimits says what keeps the interval from being narrower.
func (c *cli) benchLimits(b bench, m judge.Measured) {
	c.printf("\nwhat limits the precision on this machine\n")
	say := func(name, text string) {
		c.printf("  %-14s%s\n", name, wrapAt(text, 16, max(c.width, 60)))
	}
	cpus := make([]string, len(b.CPUs))
	for i, n := range b.CPUs {
		cpus[i] = strconv.Itoa(n)
	}
	if s := b.Judging.Scheduling; c.verbose && s != "" && s != "normal" {
		say("scheduling", fmt.Sprintf("nothing: real-time (%s) on CPU %s", s, strings.Join(cpus, ", ")))
	}
	if n := b.problem.Threads; n > len(b.CPUs) {
		say("CPUs", fmt.Sprintf("the problem allows %s; here they share %s: threads that pay elsewhere do not here", plural(n, "thread"), plural(len(b.CPUs), "CPU")))
	}
	for _, f := range b.Limits {
		say(f.Name, strings.TrimSuffix(f.Found+": "+f.Cure, ": "))
	}
	if share := float64(m.Disturbed) / float64(max(m.Pairs, 1)); share > 0.05 {
		text := fmt.Sprintf("%.0f %% of the pairs were disturbed (%s): stop other work; judge doctor --aa says how small a gap this machine can tell", 100*share, b.reasons())
		if b.Spoilt > 0 {
			text += fmt.Sprintf(". Of %s no pair was undisturbed, so all pairs are in the result, which the judge would not do", plural(b.Spoilt, "test"))
		}
		say("disturbances", text)
	}
	if b.Judging.TimedPassed < fewTests {
		say("tests", fmt.Sprintf("%s only: a total over more of them scatters less", plural(b.Judging.TimedPassed, "timed test")))
	}
	if m.Stop == string(measure.Rounds) || m.Stop == string(measure.Budget) {
		say("rounds", fmt.Sprintf("ended by %s after %d: more narrow the interval, such as --rounds %d", stopWord(m.Stop, m.Again), b.Rounds, min(2*max(b.Rounds, 10), judge.MostRounds)))
	}
	if m.Stop == string(measure.Precise) {
		say("precision", fmt.Sprintf("±%s %% was enough to stop: --precision 0.1%% asks for more", percentText(m.HalfWidth)))
	}
}

// wrapAt breaks a text into lines that go on below its beginning.
func wrapAt(text string, indent, width int) string {
	lines := strings.Split(lipgloss.NewStyle().Width(width-indent).Render(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// rounds shows a judging and then its rounds: live on a terminal, and a line
// at each look at the interval elsewhere.
func (c *cli) rounds(against string) progress {
	if c.json || c.tty {
		return c.passing()
	}
	return &roundLines{c: c, against: against}
}

type roundLines struct {
	c       *cli
	against string
	state   judge.JudgingState
	width   float64
}

func (p *roundLines) event(ev judge.Progress) {
	if ev.State != p.state {
		switch ev.State {
		case judge.Compiling:
			p.c.notef("compiling\n")
		case judge.Running:
			p.c.notef("running %s\n", plural(ev.Total, "test"))
		case judge.Measuring:
			p.c.notef("measuring beside %s\n", p.against)
		}
	}
	p.state = ev.State
	if l := ev.Look; l != nil && l.HalfWidth != p.width {
		p.width = l.HalfWidth
		p.c.notef("%s\n", looked(*l))
	}
}

func (p *roundLines) close() {}
