package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/pipeline"
)

// begins says which final is held.
func (c *cli) begins(f judge.Final) {
	if c.json {
		return
	}
	c.notef("%s, %s\n", c.finalHead(f), plural(len(f.Finalists), "finalist"))
	for _, one := range f.Finalists {
		if text := one.ChosenText(); text != "" {
			c.notef("%s: submission %d, %s\n", one.Contestant, one.Submission, text)
		}
	}
	if f.Rounds > 0 {
		c.notef("going on after round %d\n", f.Rounds)
	}
}

func (c *cli) finalHead(f judge.Final) string {
	head := fmt.Sprintf("%s  %s", c.style.bold.Render(fmt.Sprintf("final %q of %s", f.Name, f.Problem)), c.style.accent.Render(boardName(f.Board)))
	if f.Practice {
		head += "  " + c.style.warn.Render("practice, decides nothing")
	}
	return head
}

func finalTerms(f judge.Final) string {
	return fmt.Sprintf("  %s for %s, %s, at most %s; machine class %s, %s scheduling", plural(len(f.Finalists), "finalist"),
		plural(f.Prizes, "prize"), plural(len(f.Tests), "timed test"), plural(f.MaxRounds, "round"), f.Class, f.Scheduling)
}

// finalStanding prints a final as far as it has come.
func (c *cli) finalStanding(f judge.Final) {
	c.printf("%s\n%s\n", c.finalHead(f), finalTerms(f))
	if f.Degraded != "" {
		c.printf("  %s %s\n", c.style.warn.Render("timed on a machine that is not fit for an official contest:"), f.Degraded)
	}
	if !f.Done() {
		c.printf("  not finished: %s; judge final --resume -p %s --board %s --name %s goes on\n", plural(f.Rounds, "round"), f.Problem, f.Board, f.Name)
		return
	}
	s := f.Standing
	c.printf("  %s after %s; %d of %s disturbed\n", finalStop(s.Stop), plural(f.Rounds, "round"), s.Disturbed, plural(s.Pairs, "pair"))
	if fresh := f.Fresh; fresh != nil {
		c.printf("  on tests made for it: %s timed, %d run once; seed %d, from the secret with SHA-256 %s\n", plural(len(f.Tests), "test"), len(fresh.Checked), fresh.Seed, fresh.Commitment)
	}
	rows := [][]string{}
	for _, p := range s.Places {
		one, _ := f.Finalist(p.Submission)
		row := []string{"  " + finalRank(p), one.RankText(), string(one.Contestant), strconv.FormatInt(int64(p.Submission), 10), "", "", finalNote(f, one, p)}
		if m := p.Measured; m.Is() {
			total, margin := m.Milliseconds()
			ratio, ratioMargin := m.Relative()
			row[4], row[5] = total+" ms ±"+margin, ratio+" ±"+ratioMargin
		}
		rows = append(rows, row)
	}
	c.printf("%s\n", c.table([]string{"  final", "before", "contestant", "submission", "time", "of the reference", ""}, rows, 3, 4, 5))
	c.matches(f)
}

// finalNote says what there is to say of a finalist.
func finalNote(f judge.Final, one judge.Finalist, p judge.FinalPlace) string {
	notes := slices.DeleteFunc([]string{one.ChosenText(), cmp.Or(p.Out, f.LostText(p))}, func(s string) bool { return s == "" })
	return strings.Join(notes, "; ")
}

// finalRank is a rank of a final with the range of places in doubt.
func finalRank(p judge.FinalPlace) string {
	if p.Out != "" {
		return "out"
	}
	text := p.RankText()
	if doubt := p.RangeText(); doubt != "" {
		text += " (" + doubt + ")"
	}
	return text
}

func finalStop(stop string) string {
	switch stop {
	case pipeline.FinalDecided:
		return "decided"
	case pipeline.FinalRounds:
		return "ended, not all told apart,"
	case pipeline.FinalAlone:
		return "ended, without rivals,"
	case pipeline.FinalUnstable:
		return "nothing decided, too much disturbed,"
	}
	return stop
}

// matches prints every comparison.
func (c *cli) matches(f judge.Final) {
	if len(f.Standing.Matches) == 0 {
		return
	}
	name := func(id judge.SubmissionID) string {
		one, _ := f.Finalist(id)
		return string(one.Contestant)
	}
	rows := [][]string{}
	for _, m := range f.Standing.Matches {
		if m.Outcome == "passed more" {
			rows = append(rows, []string{"  " + name(m.A) + " : " + name(m.B), "", "", "more tests passed, whatever the times", ""})
			continue
		}
		interval := ""
		if m.Outcome != "same" {
			interval = fmt.Sprintf("%s to %s", ratioText(m.Low), ratioText(m.High))
		}
		rows = append(rows, []string{"  " + name(m.A) + " : " + name(m.B), ratioText(m.Ratio), interval, outcomeText(m, name), strconv.Itoa(m.Rounds)})
	}
	c.printf("\n%s\n", c.table([]string{"  every two", "ratio", "corrected interval", "", "rounds"}, rows, 1, 4))
}

func outcomeText(m judge.FinalMatch, name func(judge.SubmissionID) string) string {
	switch {
	case m.Outcome == "same":
		return "the same program"
	case m.Outcome == "separated" && m.Ratio > 1:
		return name(m.B) + " is faster"
	case m.Outcome == "separated":
		return name(m.A) + " is faster"
	}
	return m.Outcome
}

// finalLooks shows how far a final has come: on one line of a terminal, or a
// line when there is news. Everybody else learns it from the hold.
type finalLooks struct {
	c    *cli
	hold *hold
	last string // line or news
}

func (c *cli) finalProgress(h *hold) *finalLooks { return &finalLooks{c: c, hold: h} }

func (p *finalLooks) look(l pipeline.FinalLook) {
	text, news := finalProgressText(l)
	var ends time.Time
	if l.ToLast > 0 {
		ends = time.Now().Add(l.ToLast)
	}
	p.hold.say(text, ends)
	switch {
	case p.c.json:
	case p.c.tty:
		p.c.notef("\r\x1b[K%s", text+finalTimes(l))
		p.last = text
	case news != p.last:
		p.c.notef("%s\n", text+finalTimes(l))
		p.last = news
	}
}

// finalProgressText says how far a final is, and what of that is news to somebody who
// reads lines.
func finalProgressText(l pipeline.FinalLook) (text, news string) {
	if l.Doing != "" {
		return l.Doing, l.Doing
	}
	var more []string
	if l.Undecided >= 0 {
		more = append(more, plural(l.Undecided, "pair")+" undecided")
	}
	if l.Out > 0 {
		more = append(more, plural(l.Out, "finalist")+" out")
	}
	round := fmt.Sprintf("round %d of %d", l.Rounds+1, l.Next)
	if l.Next < l.Last {
		round += fmt.Sprintf(" (%d at most)", l.Last)
	}
	known := strconv.FormatBool(l.Step > 0 || l.Rounds > 0) // then the times are of what was played
	return strings.Join(append([]string{round}, more...), ", "), strings.Join(append([]string{strconv.Itoa(l.Next), known}, more...), ", ")
}

// finalTimes says how long it will take.
func finalTimes(l pipeline.FinalLook) string {
	switch {
	case l.ToLast <= 0:
		return ""
	case l.Next < l.Last:
		return fmt.Sprintf("; about %s left to the next look, %s at most", judge.Span(roughly(l.ToNext)), judge.Span(roughly(l.ToLast)))
	}
	return fmt.Sprintf("; about %s left", judge.Span(roughly(l.ToLast)))
}

// roughly is a time that is not known to the second.
func roughly(d time.Duration) time.Duration {
	if d < time.Minute {
		return max(d.Round(time.Second), time.Second)
	}
	return d.Round(time.Minute)
}

func (p *finalLooks) close() {
	if p.c.tty && p.last != "" {
		p.c.notef("\r\x1b[K")
	}
}
