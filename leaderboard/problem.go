package leaderboard

import (
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"

	"contest/judge"
	"contest/judge/statement"
)

type problemData struct {
	frame
	ID     judge.ProblemID
	Name   string
	Limits []limit
	Tabs   []way
	// Opens is when the statement will be shown; empty once the contest runs.
	Opens     string
	Statement template.HTML // written by judge/statement, which lets no other HTML through
	// File is a statement that is no Markdown, to be opened; empty without one.
	File, FileLink string
	FileForm       string // "PDF" or "LaTeX"
	Samples        []sample
	Validator      bool // the problem's own decides
}

// way is one way around a problem, its statement and its boards, or around all pages.
type way struct {
	Name string
	Link string
	Here bool
}

// limit is one limit of a problem in words.
type limit struct{ Name, Value string }

func (s *Site) problemPage(req request) (page, error) {
	p, ok := req.snap.problem(judge.ProblemID(req.args[0]))
	if !ok {
		return page{}, judge.ErrNotFound
	}
	d := problemData{frame: s.frame(req, req.snap.problemName(p.ID)), ID: p.ID, Name: req.snap.problemName(p.ID)}
	d.Description = "Statement, limits and boards of " + d.Name + "."
	d.Limits = append(limitsOf(p), moreLimits(p)...)
	d.Tabs = tabsOf(d.links, p, "")
	if c := req.snap.contest; !c.Open(req.snap.at) {
		d.Opens = judge.Stamp(c.Start, c.Zone)
		return page{cache: cacheQuiet, data: d}, nil
	}
	address := func(file string) string {
		if _, ok := findStatementFile(p, file); !ok {
			return ""
		}
		return d.ToStatementFile(p.ID, file)
	}
	text, err := statement.HTML(p.Statement, p.Name, address)
	if err != nil {
		return page{}, fmt.Errorf("render the statement of %s: %w", p.ID, err)
	}
	d.Statement = template.HTML(text)
	if d.FileLink = address(p.StatementFile); d.FileLink != "" {
		d.File, d.FileForm = p.StatementFile, forms[path.Ext(p.StatementFile)]
	}
	d.Validator = p.HasValidator()
	if d.Samples, err = samplesOf(p); err != nil {
		return page{}, fmt.Errorf("read the samples of %s: %w", p.ID, err)
	}
	return page{cache: cacheQuiet, data: d}, nil
}

// forms name what statements are written in beside Markdown.
var forms = map[string]string{".pdf": "PDF", ".tex": "LaTeX"}

// statementTypes are the kinds of files that browsers show.
var statementTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".svg": "image/svg+xml", ".webp": "image/webp",
	".pdf": "application/pdf", ".tex": typeText, ".txt": typeText,
}

// statementFile is a file that a statement refers to, or that it is.
func (s *Site) statementFile(req request) (answer, error) {
	p, ok := req.snap.problem(judge.ProblemID(req.args[0]))
	if !ok || !req.snap.contest.Open(req.snap.at) {
		return answer{}, judge.ErrNotFound
	}
	f, ok := findStatementFile(p, req.args[1])
	if !ok {
		return answer{}, judge.ErrNotFound
	}
	kind := statementTypes[strings.ToLower(path.Ext(f.Name))]
	if kind == "" {
		kind = "application/octet-stream"
	}
	return answer{status: http.StatusOK, kind: kind, cache: cacheQuiet, body: f.Data, fixed: true}, nil
}

func findStatementFile(p judge.Problem, name string) (judge.File, bool) {
	for _, f := range p.StatementFiles {
		if f.Name == name {
			return f, true
		}
	}
	return judge.File{}, false
}

func problemArgs(v *view) [][]string {
	var out [][]string
	for _, p := range v.problems {
		out = append(out, []string{string(p.ID)})
	}
	return out
}

func statementArgs(v *view) [][]string {
	var out [][]string
	for _, p := range v.problems {
		for _, f := range p.StatementFiles {
			if v.contest.Open(v.at) {
				out = append(out, []string{string(p.ID), f.Name})
			}
		}
	}
	return out
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
