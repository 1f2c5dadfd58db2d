package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"contest/judge"
	"contest/judge/api"
)

func newStatus(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show the contest's clock, queue and languages",
		Args:  cobra.NoArgs,
		RunE:  asks(c, func(ctx context.Context, conn *connection) (api.Status, error) { return conn.Status(ctx) }, c.status),
	}
}

func (c *cli) status(st api.Status) {
	c.printf("%s\n", c.style.bold.Render(st.Contest))
	c.say("phase    ", st.Phase.Words()+phaseNote(st))
	if !st.Start.IsZero() {
		c.printf("start     %s\n", st.Stamp(st.Start))
	}
	c.say("deadline ", st.Deadline)
	c.printf("now       %s\n", st.Stamp(st.Now))
	c.printf("problems  %d%s\n", st.Problems, verifiedNote(st.Packages))
	if st.Commitment != "" {
		c.say("secret   ", "SHA-256 "+st.Commitment)
	}
	c.say("queue    ", fmt.Sprintf("%d waiting, %d running%s", st.Queue.Waiting, st.Queue.Running, c.pausedNote(st.Paused)))
	c.held(st.Queue.Held, st.Now)
	if st.Disk != nil {
		c.say("disk     ", c.disk(*st.Disk))
	}
	if st.Contestant != "" {
		c.printf("you are   %s\n", st.Contestant)
	}
	for i, l := range st.Languages {
		label := "          "
		if i == 0 {
			label = "languages "
		}
		c.printf("%s%s  %s\n", label, l.ID, c.style.faint.Render(l.Command))
	}
	if st.Trouble != "" {
		c.say(c.style.bad.Render("lacking: "), st.Trouble+"; judgings wait for it and lose nothing")
	}
	if len(st.Failed) > 0 {
		c.say(c.style.bad.Render("failed:  "), fmt.Sprintf("the judge failed on %s; judge show %d says why, and judge serve tries again when it is started", submissionList(st.Failed), st.Failed[0]))
	}
	if st.Outdated > 0 {
		c.say(c.style.warn.Render("outdated:"), plural(st.Outdated, "judging")+
			" by an older version of the problem, another compiler or another machine; boards mix them with newer ones, and cannot rank two machines; judge rejudge judges them again")
	}
	for _, p := range st.Packages {
		c.verification(p)
	}
	for _, b := range st.Broken {
		c.say(c.style.bad.Render("broken:"), b)
	}
}

// verifiedNote counts what was verified, for the organiser.
func verifiedNote(packages []judge.Verification) string {
	if len(packages) == 0 {
		return ""
	}
	n := 0
	for _, v := range packages {
		if v.State == judge.Verified {
			n++
		}
	}
	return fmt.Sprintf(", %d of %d verified", n, len(packages))
}

// verification says what is known of a package, unless it is good.
func (c *cli) verification(v judge.Verification) {
	switch v.State {
	case judge.Unverified:
		text := string(v.Problem) + ": its validators and example submissions are run between judgings"
		if !v.Live {
			text += ", and it waits for that; until then an earlier version is live, if there is one"
		}
		if v.Trouble != "" {
			text += "; the last time: " + v.Trouble
		}
		c.say(c.style.warn.Render("unverified:"), text)
	case judge.Refuted:
		for _, fault := range v.Faults {
			c.say(c.style.bad.Render("not verified:"), string(v.Problem)+"/"+fault)
		}
		if !v.Live {
			c.say("             ", string(v.Problem)+": this version is not live; an earlier one is, if there is one")
		}
	}
}

// submissionList names some submissions.
func submissionList(ids []judge.SubmissionID) string {
	const most = 10
	words := make([]string, 0, most)
	for _, id := range ids[:min(len(ids), most)] {
		words = append(words, fmt.Sprint(id))
	}
	text := plural(len(ids), "submission") + ": " + strings.Join(words, ", ")
	if len(ids) > most {
		text += ", ..."
	}
	return text
}

func (c *cli) pausedNote(paused bool) string {
	if !paused {
		return ""
	}
	return "; " + c.style.warn.Render("paused") + ": nothing new is judged until " + c.resumes()
}

// resumes says what ends a pause: to the organiser, the command.
func (c *cli) resumes() string {
	if c.owner {
		return "judge queue resume"
	}
	return "the organiser resumes"
}

// held says that nothing is judged while something else has the machine.
func (c *cli) held(h judge.Hold, now time.Time) {
	if !h.Is() {
		return
	}
	text := h.String() + ", for " + judge.Span(max(now.Sub(h.Since).Round(time.Second), time.Second))
	if h.Progress != "" {
		text += " so far: " + h.Progress
	}
	if left := h.Ends.Sub(now); !h.Ends.IsZero() && left > 0 {
		text += "; at most about " + judge.Span(roughly(left)) + " more"
	}
	c.say(c.style.warn.Render("held:    "), text+"\nnothing new is judged until then, and nothing is lost")
}

// disk says how much room there is, and when submissions are refused.
func (c *cli) disk(d judge.Disk) string {
	text := fmt.Sprintf("%s free, of which %s are kept for judging", size(d.FreeBytes), size(d.ReserveBytes))
	if d.Full() {
		return c.style.bad.Render(text + ": submissions are refused; free some space")
	}
	return text
}

// phaseNote says how long the phase lasts, or what it waits for.
func phaseNote(st api.Status) string {
	switch st.Phase {
	case judge.PhaseBefore:
		return ", opens in " + judge.Span(st.Start.Sub(st.Now))
	case judge.PhaseRunning, judge.PhaseLastHour:
		if st.Cutoff.IsZero() {
			return ""
		}
		return ", " + judge.Span(st.Cutoff.Sub(st.Now)) + " left"
	case judge.PhaseDraining:
		waits := "uploads announced before the deadline may still arrive"
		if st.PendingInTime > 0 {
			waits = plural(st.PendingInTime, "submission") + " received in time still to be judged"
		}
		return ": " + waits + "; late ones are judged as practice and not ranked"
	case judge.PhaseOver:
		return ": submissions are judged as practice and not ranked"
	}
	return ""
}
