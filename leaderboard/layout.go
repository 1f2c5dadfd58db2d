package leaderboard

import (
	"embed"
	"html/template"
	"strconv"
	"time"

	"contest/judge"
)

//go:embed templates/*.html
var templateFiles embed.FS

var functions = template.FuncMap{
	"ms": ms, "size": size, "below": judge.BelowMemory, "span": judge.Span, "boardName": boardName, "plural": plural,
}

// frame is what the layout of every page needs.
type frame struct {
	links
	Kind        string // of the page: its template
	Ways        []way  // the navigation
	Title       string // without the contest's name
	Description string
	Contest     string
	Notice      string // on top of the page; empty for none
	Zone        string // which zone times are printed in
	CSS, JS     string // file names under assets/
	// Seq is the snapshot's on pages that follow changes, and zero on others.
	Seq    int64
	At     moment
	Copied bool // into a file: what it says is of At for good
}

func (s *Site) frame(req request, title string) frame {
	c := req.snap.contest
	return frame{
		links: links{req.root}, Kind: req.kind, Ways: s.ways(req.root, req.kind), Title: title, Contest: c.Name, Notice: req.snap.notice(), Zone: zoneNote(req.snap.view),
		CSS: s.assets.css, JS: s.assets.js, At: momentOf(req.snap.at, c.Zone), Copied: req.snap.copied,
	}
}

// follow makes a page follow changes, unless it is a copy.
func (f *frame) follow(v *view) {
	if !v.copied {
		f.Seq = v.seq
	}
}

// zoneNote says in which zone times are printed.
func zoneNote(v *view) string {
	if v.contest.Zone.String() == time.UTC.String() {
		return "Times are printed in UTC."
	}
	return "Times are printed in " + zoneName(v) + "; full stamps add UTC."
}

// zoneName is the contest's zone with its offset, such as "Asia/Dubai (+04:00)".
func zoneName(v *view) string {
	return v.contest.Zone.String() + " (" + v.at.In(v.contest.Zone).Format("-07:00") + ")"
}

// links writes URLs relative to one page, such that they work on a server, on
// any static host and from a disk.
type links struct {
	Root string // "", "../", "../../"
}

// Home is the front page.
func (l links) Home() string { return l.Root + "index.html" }

// ToProblem is a problem's statement.
func (l links) ToProblem(id judge.ProblemID) string { return l.Root + problemPath(id)[1:] + ".html" }

// ToStatementFile is a file that belongs to a problem's statement.
func (l links) ToStatementFile(id judge.ProblemID, file string) string {
	return l.Root + problemPath(id)[1:] + "/statement/" + file
}

// ToBoard is the first page of a board.
func (l links) ToBoard(id judge.ProblemID, b judge.Board) string {
	return l.Root + boardPath(id, b, 1)[1:] + ".html"
}

// ToSubmission is a submission's page.
func (l links) ToSubmission(id judge.SubmissionID) string {
	return l.Root + "s/" + strconv.FormatInt(int64(id), 10) + ".html"
}

// ToContestant is a contestant's page.
func (l links) ToContestant(c judge.Contestant) string { return l.Root + "c/" + slug(c) + ".html" }

// ToMachine is what is known of a class of machine.
func (l links) ToMachine(class string) string { return l.Root + "machines.html#" + class }

// ToFinal is a final's page.
func (l links) ToFinal(id judge.FinalID) string {
	return l.Root + "f/" + strconv.FormatInt(int64(id), 10) + ".html"
}

func problemPath(id judge.ProblemID) string { return "/p/" + string(id) }

func boardPath(id judge.ProblemID, b judge.Board, page int) string {
	return problemPath(id) + "/" + joinPage(string(b), page)
}

// pager is the links from one page of a long table to the next.
type pager struct {
	Page, Pages int
	Prev, Next  string // file names; empty at the ends
}

func newPager(name string, page, items, perPage int) (pager, error) {
	p := pager{Page: page, Pages: pagesOf(items, perPage)}
	if page > p.Pages {
		return p, judge.ErrNotFound
	}
	if page > 1 {
		p.Prev = joinPage(name, page-1) + ".html"
	}
	if page < p.Pages {
		p.Next = joinPage(name, page+1) + ".html"
	}
	return p, nil
}

// pagesOf is how many pages items need; one for none.
func pagesOf(items, perPage int) int { return max((items+perPage-1)/perPage, 1) }

// pageOf is the part of items that one page shows.
func pageOf[T any](items []T, page, perPage int) []T {
	from := min((page-1)*perPage, len(items))
	return items[from:min(from+perPage, len(items))]
}
