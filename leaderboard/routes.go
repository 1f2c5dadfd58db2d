package leaderboard

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"contest/judge"
)

// route is one kind of address. A page is printed by a template; what else there is
// is data, sent as it is.
type route struct {
	// pattern is the address without its first slash and its ending, see ending. A
	// star stands for what is in its place in one segment of the path, two at the end
	// for all that are left.
	pattern  string
	template string // of the page: templates/<template>.html
	page     func(*Site, request) (page, error)
	data     func(*Site, request) (answer, error)
	// args are what the stars stand for in the files of a static site.
	args func(*view) [][]string
	// pages counts the pages of a table that is too long for one; the second one's
	// address ends with "-2". Nil where there is one page.
	pages func(v *view, args []string) int
	nav   string // what the navigation of every page calls it; empty: nothing
}

// page is what a template prints.
type page struct {
	cache string
	data  any
	// own means that it is not made of the snapshot alone, which does not keep it.
	own bool
}

// allRoutes is the table of all addresses but those of events and assets. The first
// row that matches answers. Export writes the last row first, so that pages come after
// what they lead to and the head after everything.
func allRoutes() []route {
	return []route{
		{pattern: "api/v1/head", data: (*Site).headJSON},
		{pattern: "api/v1/contest", data: (*Site).contestJSON},
		{pattern: "index", template: "home", page: (*Site).homePage, nav: "Boards"},
		{pattern: "submissions", template: "submissions", page: (*Site).submissionsPage, pages: submissionsPages, nav: "Submissions"},
		{pattern: "rules", template: "rules", page: (*Site).rulesPage, nav: "Rules"},
		{pattern: "machines", template: "machines", page: (*Site).machinesPage},
		{pattern: "api/v1/machines", data: (*Site).machinesJSON},
		{pattern: "p/*", template: "problem", page: (*Site).problemPage, args: problemArgs},
		{pattern: "p/*/*.csv", data: (*Site).boardCSV, args: boardArgs},
		{pattern: "p/*/*", template: "board", page: (*Site).boardPage, args: boardArgs, pages: boardPages},
		{pattern: "api/v1/boards/*/*", data: (*Site).boardJSON, args: boardArgs},
		{pattern: "c/*", template: "contestant", page: (*Site).contestantPage, args: contestantArgs},
		{pattern: "f/*", template: "final", page: (*Site).finalPage, args: finalArgs},
		{pattern: "api/v1/finals/*", data: (*Site).finalJSON, args: finalArgs},
		{pattern: "s/*", template: "submission", page: (*Site).submissionPage, args: submissionArgs},
		{pattern: "p/*/statement/**", data: (*Site).statementFile, args: statementArgs},
		{pattern: "robots.txt", data: (*Site).robots},
	}
}

// Patterns are the addresses that are answered, without the first slash and
// ".html" or ".json"; a star stands for a part of one segment of the path, two at the
// end for all segments that are left.
func Patterns() []string {
	rows := allRoutes()
	out := make([]string, len(rows))
	for i, rt := range rows {
		out[i] = rt.pattern
	}
	return out
}

// Paths are the patterns of http.ServeMux under which Handler answers, whatever else
// the mux has below "/api/".
func (s *Site) Paths() []string {
	out := []string{"/"}
	for _, rt := range s.routes {
		if !strings.HasPrefix(rt.pattern, "api/") {
			continue
		}
		fixed, _, star := strings.Cut("/"+rt.pattern, "*")
		if star {
			fixed = fixed[:strings.LastIndexByte(fixed, '/')+1] // and all that is below it
			out = append(out, fixed)
		} else {
			out = append(out, fixed, fixed+rt.ending())
		}
		// The mux would redirect folders, and from the root of the host.
		for dir := path.Dir(fixed); dir != "/"; dir = path.Dir(dir) {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ending is what addresses and names of files may end with: links and files have it.
func (rt route) ending() string {
	switch {
	case rt.template != "":
		return ".html"
	case strings.HasPrefix(rt.pattern, "api/"):
		return ".json"
	}
	return ""
}

// files are the route's files in a static site.
func (rt route) files(v *view) []string {
	all := [][]string{nil}
	if rt.args != nil {
		all = rt.args(v)
	}
	parts := strings.Split(strings.Replace(rt.pattern, "**", "*", 1), "*")
	var out []string
	for _, args := range all {
		name := parts[0]
		for i, arg := range args {
			name += arg + parts[i+1]
		}
		pages := 1
		if rt.pages != nil {
			pages = rt.pages(v, args)
		}
		for n := range pages {
			out = append(out, joinPage(name, n+1)+rt.ending())
		}
	}
	return out
}

// match says whether the route answers a path without its ending, and fills in the
// request what it takes from there.
func (rt route) match(req *request, short string) bool {
	req.page = 1
	if rt.pages != nil {
		var err error
		dir, name := path.Split(short)
		if name, req.page, err = splitPage(name); err != nil {
			return false
		}
		short = dir + name
	}
	var ok bool
	req.args, ok = match(rt.pattern, short)
	return ok
}

func match(pattern, path string) ([]string, bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if last := len(want) - 1; want[last] == "**" && len(have) > last {
		want[last], have = "*", append(have[:last], strings.Join(have[last:], "/"))
	}
	if len(want) != len(have) {
		return nil, false
	}
	var args []string
	for i, w := range want {
		before, after, star := strings.Cut(w, "*")
		if !star {
			if w != have[i] {
				return nil, false
			}
			continue
		}
		arg, begins := strings.CutPrefix(have[i], before)
		arg, ends := strings.CutSuffix(arg, after)
		if !begins || !ends || arg == "" {
			return nil, false
		}
		args = append(args, arg)
	}
	return args, true
}

// check finds what is forgotten in a row.
func (rt route) check() error {
	switch {
	case (rt.page == nil) == (rt.data == nil):
		return errors.New("it needs a page or data, and not both")
	case (rt.page == nil) != (rt.template == ""):
		return errors.New("a page needs a template, and only a page has one")
	case strings.Contains(rt.pattern, "*") != (rt.args != nil):
		return errors.New("args say what stars stand for")
	case rt.nav != "" && rt.args != nil:
		return errors.New("the navigation leads to one page, not to many")
	}
	return nil
}

// templates has one set for each page, by name: the layout, the shared pieces, the page.
type templates map[string]*template.Template

// errorTemplate is of the page that no address leads to.
const errorTemplate = "error"

// shipped are the templates of the table, read once.
var shipped = sync.OnceValues(func() (templates, error) { return readTemplates(templateFiles, allRoutes()) })

// readTemplates checks the rows of a table and reads what their pages are printed with.
func readTemplates(files fs.FS, rows []route) (templates, error) {
	base, err := template.New("layout.html").Funcs(functions).ParseFS(files, "templates/layout.html", "templates/pieces.html")
	if err != nil {
		return nil, fmt.Errorf("read the templates of all pages: %w", err)
	}
	out := templates{}
	read := func(name string) (err error) {
		if out[name], err = base.Clone(); err == nil {
			_, err = out[name].ParseFS(files, "templates/"+name+".html")
		}
		return err
	}
	if err := read(errorTemplate); err != nil {
		return nil, fmt.Errorf("read the template of the error page: %w", err)
	}
	for _, rt := range rows {
		err := rt.check()
		if err == nil && rt.template != "" {
			err = read(rt.template)
		}
		if err != nil {
			return nil, fmt.Errorf("the row %q of the table of routes: %w", rt.pattern, err)
		}
	}
	return out, nil
}

// dispatch answers a path by the first row that matches.
func (s *Site) dispatch(req request, full string) (answer, error) {
	req.root = rootFrom("/" + full)
	if full == "" {
		full = "index"
	}
	for _, rt := range s.routes {
		short := strings.TrimSuffix(full, rt.ending())
		if !rt.match(&req, short) {
			continue
		}
		req.kind = rt.template
		a, err := s.serve(rt, req)
		if errors.Is(err, judge.ErrNotFound) && short != full && rt.match(&req, full) {
			return s.serve(rt, req) // a name may itself end like that
		}
		return a, err
	}
	return answer{}, judge.ErrNotFound
}

func (s *Site) serve(rt route, req request) (answer, error) {
	if rt.data != nil {
		return rt.data(s, req)
	}
	p, err := rt.page(s, req)
	if err != nil {
		return answer{}, err
	}
	return s.templates.execute(rt.template, p)
}

// execute writes a page with its template.
func (t templates) execute(name string, p page) (answer, error) {
	var buf bytes.Buffer
	if err := t[name].Execute(&buf, p.data); err != nil {
		return answer{}, fmt.Errorf("render %s: %w", name, err)
	}
	return answer{status: http.StatusOK, kind: typeHTML, cache: p.cache, body: buf.Bytes(), fixed: !p.own}, nil
}

// ways are the navigation of a page of some kind.
func (s *Site) ways(root, kind string) []way {
	var out []way
	for _, rt := range s.routes {
		if rt.nav != "" {
			out = append(out, way{rt.nav, root + rt.pattern + rt.ending(), rt.template == kind})
		}
	}
	return out
}

// splitPage reads "real-2" as "real", 2; no number is page 1.
func splitPage(name string) (string, int, error) {
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return name, 1, nil
	}
	n, err := strconv.Atoi(name[i+1:])
	if err != nil || n < 2 || strconv.Itoa(n) != name[i+1:] {
		return "", 0, judge.ErrNotFound
	}
	return name[:i], n, nil
}

// joinPage is the inverse of splitPage.
func joinPage(name string, page int) string {
	if page <= 1 {
		return name
	}
	return name + "-" + strconv.Itoa(page)
}
