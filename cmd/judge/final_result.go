package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"contest/judge"
	"contest/judge/timing"
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

func (c *cli) finalTerms(f judge.Final) string {
	terms := fmt.Sprintf("%s for %s, %s, at most %s", plural(len(f.Finalists), "finalist"),
		plural(f.Prizes, "prize"), plural(len(f.Tests), "timed test"), plural(f.MaxRounds, "round"))
	if c.verbose {
		terms += fmt.Sprintf("; machine class %s, %s scheduling", f.Class, f.Scheduling)
	}
	return terms
}

// finalStanding prints a final as far as it has come.
func (c *cli) finalStanding(f judge.Final) {
	c.printf("%s\n", c.finalHead(f))
	c.say(" ", c.finalTerms(f))
	if f.Degraded != "" {
		c.say(" ", c.style.warn.Render("timed on a machine that is not fit for an official contest:")+" "+f.Degraded)
	}
	if !f.Done() {
		c.say(" ", fmt.Sprintf("not finished: %s; judge final --resume -p %s --board %s --name %s goes on", plural(f.Rounds, "round"), f.Problem, f.Board, f.Name))
		return
	}
	s := f.Standing
	c.say(" ", fmt.Sprintf("%s after %s; %d of %s disturbed", finalStop(s.Stop), plural(f.Rounds, "round"), s.Disturbed, plural(s.Pairs, "pair")))
	if fresh := f.Fresh; fresh != nil {
		c.say(" ", fmt.Sprintf("on tests made for it: %s timed, %d run once; seed %d, from the secret with SHA-256 %s", plural(len(f.Tests), "test"), len(fresh.Checked), fresh.Seed, fresh.Commitment))
	}
	c.finalRows(f)
	c.matches(f)
}

// finalRows prints the ranks. Where there is no room for the notes beside them,
// those stand below.
func (c *cli) finalRows(f judge.Final) {
	finalist := func(p judge.FinalRow) judge.Finalist {
		one, _ := f.Finalist(p.Submission)
		return one
	}
	note := func(p judge.FinalRow) string { return finalNote(f, finalist(p), p) }
	measured := func(values func(judge.Measured) (string, string), between string) func(judge.FinalRow) string {
		return func(p judge.FinalRow) string {
			if !p.Measured.Is() {
				return ""
			}
			value, margin := values(p.Measured)
			return value + between + margin
		}
	}
	cols := []column[judge.FinalRow]{
		{Head: "  final", Cell: func(p judge.FinalRow) string { return "  " + finalRank(p) }},
		{Head: "before", Cell: func(p judge.FinalRow) string { return finalist(p).RankText() }},
		{Head: "contestant", Name: true, Cell: func(p judge.FinalRow) string { return string(finalist(p).Contestant) }},
		{Head: "submission", Right: true, Spare: 1, Cell: func(p judge.FinalRow) string { return strconv.FormatInt(int64(p.Submission), 10) }},
		{Head: boardWord(f.Board), Right: true, Cell: measured(judge.Measured.Milliseconds, " ms ±")},
		{Head: "of the reference", Right: true, Cell: measured(judge.Measured.Relative, " ±")},
	}
	rows := f.Standing.Rows
	beside := allColumns(c, append(cols, column[judge.FinalRow]{Cell: note}), rows)
	if lipgloss.Width(beside) <= c.columns() {
		c.printf("%s\n", beside)
		return
	}
	printRows(c, cols, rows)
	for _, p := range rows {
		if text := note(p); text != "" {
			c.say(" ", string(finalist(p).Contestant)+": "+text)
		}
	}
}

// finalNote says what there is to say of a finalist.
func finalNote(f judge.Final, one judge.Finalist, p judge.FinalRow) string {
	notes := slices.DeleteFunc([]string{one.ChosenText(), cmp.Or(p.Out, f.LostText(p))}, func(s string) bool { return s == "" })
	return strings.Join(notes, "; ")
}

// finalRank is a rank of a final with the range of places in doubt.
func finalRank(p judge.FinalRow) string {
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
	case timing.FinalDecided:
		return "decided"
	case timing.FinalRounds:
		return "ended, not all told apart,"
	case timing.FinalAlone:
		return "ended, without rivals,"
	case timing.FinalUnstable:
		return "nothing decided, too much disturbed,"
	}
	return stop
}

// matches prints every comparison.
func (c *cli) matches(f judge.Final) {
	if len(f.Standing.Matches) == 0 {
		return
	}
	c.printf("\n")
	matches := f.Standing.Matches
	if whole := allColumns(c, matchColumns(f, math.MaxInt), matches); lipgloss.Width(whole) <= c.columns() {
		c.printf("%s\n", whole)
		return
	}
	printRows(c, matchColumns(f, leastCut), matches)
}

// matchColumns are those of comparisons, with names of at most so many columns.
func matchColumns(f judge.Final, most int) []column[judge.FinalMatch] {
	name := func(id judge.SubmissionID) string {
		one, _ := f.Finalist(id)
		return shortened(string(one.Contestant), most)
	}
	played := func(cell func(judge.FinalMatch) string) func(judge.FinalMatch) string {
		return func(m judge.FinalMatch) string {
			if m.Outcome == "passed more" {
				return ""
			}
			return cell(m)
		}
	}
	return []column[judge.FinalMatch]{
		{Head: "  every two", Cell: func(m judge.FinalMatch) string { return "  " + name(m.A) + " : " + name(m.B) }},
		{Head: "ratio", Right: true, Cell: played(func(m judge.FinalMatch) string { return ratioText(m.Ratio) })},
		{Head: "corrected interval", Spare: 1, Cell: played(func(m judge.FinalMatch) string {
			if m.Outcome == "same" {
				return ""
			}
			return fmt.Sprintf("%s to %s", ratioText(m.Low), ratioText(m.High))
		})},
		{Cell: func(m judge.FinalMatch) string { return outcomeText(m, name) }},
		{Head: "rounds", Right: true, Spare: 2, Cell: played(func(m judge.FinalMatch) string { return strconv.Itoa(m.Rounds) })},
	}
}

func outcomeText(m judge.FinalMatch, name func(judge.SubmissionID) string) string {
	switch {
	case m.Outcome == "passed more":
		return "more tests passed, whatever the times"
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

func (p *finalLooks) look(l timing.FinalLook) {
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
func finalProgressText(l timing.FinalLook) (text, news string) {
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
func finalTimes(l timing.FinalLook) string {
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
