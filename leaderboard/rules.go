package leaderboard

import (
	"contest/judge"
)

type rulesData struct {
	frame
	Deadline string // as on every surface; empty without one
	Grace    string
	Start    moment
	Verdicts []verdictRule
	// Commitment is the SHA-256 of the secret that secret tests are made from.
	Commitment string
	Times      []string // problems whose times of secret tests are shown at once
}

type verdictRule struct {
	Code    judge.Verdict
	Chip    chip
	Meaning string
}

func (s *Site) rulesPage(req request) (page, error) {
	c := req.snap.contest
	d := rulesData{frame: s.frame(req, "Rules"), Start: momentOf(c.Start, c.Zone)}
	d.At, d.Commitment = moment{}, s.cfg.Commitment
	d.Description = "How submissions are judged and ranked."
	if !c.Deadline.Cutoff.IsZero() {
		d.Deadline = c.Deadline.String()
		if c.Deadline.Grace > 0 {
			d.Grace = judge.Span(c.Deadline.Grace)
		}
	}
	for _, v := range []struct {
		code    judge.Verdict
		meaning string
	}{
		{judge.Accepted, "Every test case passed."},
		{judge.Wrong, "The output of a test case is not correct."},
		{judge.TimeOut, "A test case took longer than the time limit."},
		{judge.Memory, "A test case needed more memory than the limit."},
		{judge.Crash, "The program crashed or ended with an exit status other than 0."},
		{judge.Output, "The program wrote more than the output limit."},
		{judge.Compile, "The sources did not compile. Nothing was run."},
	} {
		d.Verdicts = append(d.Verdicts, verdictRule{v.code, verdictChip(v.code), v.meaning})
	}
	for _, p := range req.snap.problems {
		if p.Feedback == judge.TimesFeedback {
			d.Times = append(d.Times, req.snap.problemName(p.ID))
		}
	}
	return page{cache: cacheQuiet, data: d}, nil
}
