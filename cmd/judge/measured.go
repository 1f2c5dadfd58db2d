package main

import (
	"fmt"
	"math"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/score"
)

// timeOn is a total without its interval; without any test that was passed there
// is none.
func timeOn(j judge.Judging, b judge.Board) string {
	if j.TimedPassed == 0 {
		return total(0)
	}
	if m := j.On(b).Measured; m.Is() {
		value, _ := m.Milliseconds()
		return value + " ms"
	}
	return total(j.On(b).Once.Time())
}

// totals prints both times, with what was measured of them and what of each
// run is no work.
func (c *cli) totals(j judge.Judging) {
	c.times(j)
	if real, cpu := j.On(judge.RealBoard).Fixed, j.On(judge.CPUBoard).Fixed; real > 0 {
		c.printf("  times are of whole processes; one that does nothing takes: real %s ms · CPU %s ms\n",
			judge.RoughMilliseconds(real.Time()), judge.RoughMilliseconds(cpu.Time()))
	}
}

func (c *cli) times(j judge.Judging) {
	m := j.Values.Measuring()
	if !m.Is() {
		if j.TimedPassed == 0 {
			c.printf("  no timed test was passed, so there is no time\n")
			return
		}
		c.printf("  over %s: real %s · CPU %s\n", timedTests(j), c.style.bold.Render(timeOn(j, judge.RealBoard)), c.style.bold.Render(timeOn(j, judge.CPUBoard)))
		switch {
		case !m.Unmeasured():
		case m.Stop == judge.OverBudget:
			c.printf("  from one run each; not measured: the budget was used up\n")
		default:
			c.printf("  from one run each: %s; %d of %s beside the reference were disturbed by the machine\n",
				stopWord(m.Stop, m.Again), m.Disturbed, plural(m.Pairs, "pair"))
		}
		return
	}
	c.printf("  over %s, with the 95 %% interval:\n", timedTests(j))
	rows := [][]string{}
	for _, b := range judge.TimeBoards {
		m := j.On(b).Measured
		if !m.Is() {
			rows = append(rows, []string{"  " + boardWord(b), timeOn(j, b), "", "measured once"})
			continue
		}
		time, margin := m.Milliseconds()
		ratio, ratioMargin := m.Relative()
		rows = append(rows, []string{"  " + boardWord(b), c.style.bold.Render(time + " ms"), "±" + margin, ratio + " ±" + ratioMargin + " × the reference"})
	}
	c.printf("%s\n", c.table(nil, rows, 1))
	c.how(j, m)
}

// timedTests says what totals are over.
func timedTests(j judge.Judging) string {
	missed := j.Missed.Tests
	if missed == 0 {
		return plural(j.TimedPassed, "timed test") + " passed"
	}
	return fmt.Sprintf("%s, %d of them not passed and counted at the time limit", plural(j.TimedPassed+missed, "timed test"), missed)
}

// how prints how a judging was measured, and what there is to say about it.
func (c *cli) how(j judge.Judging, m judge.Measured) {
	c.printf("  measured in %s, %s; %d of %s disturbed and repeated; ended: %s\n",
		plural(m.Rounds, "round"), plural(m.Sessions, "session"), m.Disturbed, plural(m.Pairs, "pair"), stopWord(m.Stop, m.Again))
	if c.verbose && (j.Class != "" || j.Scheduling != "") {
		c.printf("  machine class %s, %s scheduling\n", orElse(j.Class, "unknown"), orElse(j.Scheduling, "unknown"))
	}
	for _, b := range judge.TimeBoards {
		m := j.On(b).Measured
		if c.verbose && m.Surcharge > 0 {
			c.printf("  %s: %s in a round of all tests for work before READY, in the total\n", boardWord(b), judge.RoughMilliseconds(m.Surcharge)+" ms")
		}
		if c.verbose && m.AtFloor > 0 {
			c.printf("  %s: %s held at the floor\n", boardWord(b), plural(m.AtFloor, "test"))
		}
		if m.Review > 0 {
			c.printf("  %s\n", c.style.warn.Render(fmt.Sprintf("%s: %s so fast that a person should look", boardWord(b), plural(m.Review, "test"))))
		}
	}
}

// boardWord is a board as a line begins with it.
func boardWord(b judge.Board) string {
	if b == judge.CPUBoard {
		return "CPU"
	}
	return string(b)
}

// stopWord says why measuring ended.
func stopWord(stop string, again bool) string {
	if again {
		return "unstable, to be measured again"
	}
	switch stop {
	case "precise":
		return "precise enough"
	case "rounds":
		return "the last round"
	case judge.OverBudget:
		return "the budget"
	}
	return stop
}

// place prints where a submission stands on a board, or, where another one of its
// contestant stands there, that one's rank as that one's.
func (c *cli) standing(p api.Standing) {
	rank := c.rank(p)
	if !p.Counts {
		rank = fmt.Sprintf("submission %d stands: %s", p.Stands, rank)
		if p.Why != "" {
			rank += "\n" + c.style.faint.Render("              this one is "+p.Why)
		}
	}
	c.printf("  board %-4s  %s%s\n", p.Board, rank, c.choiceNote(p))
	if text := gain(p); text != "" {
		c.printf("              %s\n", c.style.faint.Render(text))
	}
}

// gain compares a submission with the contestant's own that stood when it came.
func gain(p api.Standing) string {
	var text string
	switch n := p.PassedMore; {
	case n > 0:
		text = plural(n, "test") + " more"
	case n < 0:
		text = plural(-n, "test") + " fewer"
	case math.Abs(p.TimesStood-1) < 0.0005: // it would read 0.0 %
		return ""
	case p.TimesStood > 1:
		text = fmt.Sprintf("%.1f %% more time", 100*(p.TimesStood-1))
	case p.TimesStood > 0:
		text = fmt.Sprintf("%.1f %% less time", 100*(1-p.TimesStood))
	default:
		return ""
	}
	which := "stood before"
	if p.Stood == p.Stands {
		which = "stands"
	}
	return fmt.Sprintf("%s than submission %d, which %s", text, p.Stood, which)
}

// rank is a place in words: "rank 2= of 9, in doubt from 2 to 4".
func (c *cli) rank(p api.Standing) string {
	if p.Rank == 0 {
		text := "no rank: measured on another machine, which cannot be compared"
		if c.owner {
			text += "; judge rejudge measures it again"
		}
		return text
	}
	text := "rank " + c.style.bold.Render(p.RankText()) + fmt.Sprintf(" of %d", p.Of)
	if best, worst, doubt := p.Range(); doubt {
		text += fmt.Sprintf(", in doubt from %d to %d", best, worst)
	}
	return text
}

// choiceNote says which submission was chosen for the final, and why it is ignored.
func (c *cli) choiceNote(p api.Standing) string {
	if p.Chosen == 0 {
		return ""
	}
	return "\n              " + c.choice(p)
}

func (c *cli) choice(p api.Standing) string {
	text := score.ChoiceText(p.Chosen, p.Ignored)
	if p.Ignored != "" {
		text = c.style.warn.Render(text)
	}
	return text
}

// rowNotes are the reservations about a row, for its last column.
func rowNotes(r score.Row) string {
	text := ""
	add := func(yes bool, note string) {
		if !yes {
			return
		}
		if text != "" {
			text += ", "
		}
		text += note
	}
	add(r.OtherClass, "other machine")
	add(r.Stop == judge.Unstable, stopWord(r.Stop, r.Again))
	add(r.Stop == judge.OverBudget && !r.Measured.Is(), "not measured: the budget was used up")
	add(r.Measured.Is() && r.Stop != judge.Unstable && r.Pairs > 0 && 20*r.Disturbed > r.Pairs, fmt.Sprintf("%d of %d disturbed", r.Disturbed, r.Pairs))
	add(r.Scheduling == "normal", "normal scheduling")
	return text
}
