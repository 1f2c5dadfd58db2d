package leaderboard

import (
	"html/template"
	"strconv"

	"contest/judge"
)

type problemData struct {
	frame
	ID     judge.ProblemID
	Name   string
	Limits []limit
	Tabs   []way
	// Opens is when the statement will be shown; empty once the contest runs.
	Opens     string
	Statement template.HTML // written by goldmark, which lets no raw HTML through
}

// way is one way around a problem: its statement and its boards.
type way struct {
	Name string
	Link string
	Here bool
}

// limit is one limit of a problem in words.
type limit struct{ Name, Value string }

func (s *Site) problemPage(req request) (answer, error) {
	p, ok := req.snap.problem(judge.ProblemID(req.args[0]))
	if !ok {
		return answer{}, judge.ErrNotFound
	}
	d := problemData{frame: s.frame(req, "problem", req.snap.problemName(p.ID)), ID: p.ID, Name: req.snap.problemName(p.ID)}
	d.Description = "Statement, limits and boards of " + d.Name + "."
	d.Limits = append(limitsOf(p), moreLimits(p)...)
	d.Tabs = tabsOf(d.links, p, "")
	if c := req.snap.contest; !c.Open(req.snap.at) {
		d.Opens = judge.Stamp(c.Start, c.Zone)
		return execute("problem", cacheQuiet, d)
	}
	statement, err := markdown(p.Statement, p.Name)
	if err != nil {
		return answer{}, err
	}
	d.Statement = statement
	return execute("problem", cacheQuiet, d)
}

// tabsOf marks the board that is shown; the statement without one.
func tabsOf(l links, p judge.Problem, here judge.Board) []way {
	out := []way{{"Statement", l.ToProblem(p.ID), here == ""}}
	for _, b := range boardsOf(p) {
		out = append(out, way{boardName(b), l.ToBoard(p.ID, b), b == here})
	}
	return out
}

// limitsOf are the limits that fit under a heading.
func limitsOf(p judge.Problem) []limit {
	var out []limit
	if p.Limits.Time > 0 {
		out = append(out, limit{"time limit", judge.Span(p.Limits.Time)})
	}
	if p.Limits.MemoryBytes > 0 {
		out = append(out, limit{"memory", size(p.Limits.MemoryBytes)})
	}
	out = append(out, limit{"threads", strconv.Itoa(max(p.Threads, 1))})
	if len(p.Tests) > 0 {
		out = append(out, limit{"tests", strconv.Itoa(len(p.Tests))})
	}
	return out
}

func moreLimits(p judge.Problem) []limit {
	var out []limit
	add := func(name string, value string, known bool) {
		if known {
			out = append(out, limit{name, value})
		}
	}
	add("CPU limit", judge.Span(p.CPULimit()), p.Threads > 1 && p.Limits.Time > 0)
	add("source", size(p.Limits.CodeBytes), p.Limits.CodeBytes > 0)
	add("output", size(p.Limits.OutputBytes), p.Limits.OutputBytes > 0)
	add("compile time", judge.Span(p.Limits.CompileTime), p.Limits.CompileTime > 0)
	return out
}
