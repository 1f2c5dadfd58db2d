package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
// line when there is news.
type finalLooks struct {
	c    *cli
	last string
}

func (c *cli) finalProgress() *finalLooks { return &finalLooks{c: c} }

func (p *finalLooks) look(l pipeline.FinalLook) {
	if p.c.json {
		return
	}
	text := fmt.Sprintf("round %d of %d", l.Rounds+1, l.Next)
	var news []string
	if l.Undecided >= 0 {
		news = append(news, plural(l.Undecided, "pair")+" undecided")
	}
	if l.Out > 0 {
		news = append(news, plural(l.Out, "finalist")+" out")
	}
	told := strings.Join(append([]string{strconv.Itoa(l.Next)}, news...), ", ")
	text = strings.Join(append([]string{text}, news...), ", ")
	switch {
	case p.c.tty:
		p.c.notef("\r\x1b[K%s", text)
	case told != p.last:
		p.c.notef("%s\n", text)
	}
	p.last = told
}

func (p *finalLooks) close() {
	if p.c.tty && p.last != "" {
		p.c.notef("\r\x1b[K")
	}
}
