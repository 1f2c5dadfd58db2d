package leaderboard

import (
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// Every row of the table is served, is in a static site, and is a sound page if it is one.
func TestEveryRowOfTheTable(t *testing.T) {
	m := newTable()
	fill(m)
	fillFinals(m)
	site, dir := at(t, m, cutoff.Add(-24*time.Hour)), t.TempDir()
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	snap, err := site.latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range site.routes {
		files := rt.files(snap.view)
		if len(files) == 0 {
			t.Errorf("%q: no file of a static site; give it something to show in this test", rt.pattern)
		}
		for _, file := range files {
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file))); err != nil {
				t.Errorf("%q is not exported: %v", rt.pattern, err)
			}
			w := get(t, site, "/"+file)
			if w.Code != http.StatusOK {
				t.Errorf("%q: %s answers %d", rt.pattern, file, w.Code)
			}
			if first := slices.IndexFunc(site.routes, func(r route) bool { return r.match(&request{}, strings.TrimSuffix(file, r.ending())) }); site.routes[first].pattern != rt.pattern {
				t.Errorf("%s of %q is answered by %q", file, rt.pattern, site.routes[first].pattern)
			}
			if rt.page == nil {
				continue
			}
			checkPage(t, file, w.Body.Bytes())
			if !strings.Contains(w.Body.String(), `<body class="page-`+rt.template+`"`) {
				t.Errorf("%s is another page than %q", file, rt.template)
			}
			checkNavigation(t, site, rt, w.Body.String())
		}
	}
}

// checkNavigation wants every row that has a name there, and the page itself marked.
func checkNavigation(t *testing.T, site *Site, here route, page string) {
	t.Helper()
	_, nav, _ := strings.Cut(page, `<nav aria-label="Contest">`)
	nav, _, _ = strings.Cut(nav, "</nav>")
	for _, rt := range site.routes {
		if rt.nav == "" {
			continue
		}
		mark := ""
		if rt.pattern == here.pattern {
			mark = ` aria-current="page"`
		}
		if want := rt.pattern + ".html\"" + mark + ">" + rt.nav + "</a>"; !strings.Contains(nav, want) {
			t.Errorf("the navigation of %q has no %s:\n%s", here.pattern, want, nav)
		}
	}
}

func TestEveryTemplateIsOfAPage(t *testing.T) {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	known, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		name = strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
		if known[name] == nil && name != "layout" && name != "pieces" {
			t.Errorf("no row of the table has the template %s", name)
		}
	}
}

// What is forgotten in the table is said when a site is made, not when somebody opens
// the page.
func TestForgottenPartOfARowIsAnErrorAtStart(t *testing.T) {
	home := (*Site).homePage
	for want, rt := range map[string]route{
		`"movers" of the table of routes: template: pattern matches no files`: {pattern: "movers", template: "movers", page: home},
		`"bare" of the table of routes: a page needs a template`:              {pattern: "bare", page: home},
		`"both" of the table of routes: it needs a page or data`:              {pattern: "both", template: "home", page: home, data: (*Site).robots},
		`"none" of the table of routes: it needs a page or data`:              {pattern: "none", template: "home"},
		`"x/*" of the table of routes: args say what stars stand for`:         {pattern: "x/*", data: (*Site).robots},
		`"n/*" of the table of routes: the navigation leads to one page`:      {pattern: "n/*", data: (*Site).robots, args: finalArgs, nav: "N"},
	} {
		if _, err := readTemplates(templateFiles, append(allRoutes(), rt)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", rt, err, want)
		}
	}
	whole := fstest.MapFS{}
	for _, name := range []string{"layout", "pieces", errorTemplate, "home"} {
		whole["templates/"+name+".html"] = &fstest.MapFile{Data: []byte(name)}
	}
	rows := []route{{pattern: "index", template: "home", page: home}}
	if _, err := readTemplates(whole, rows); err != nil {
		t.Fatal(err)
	}
	for name := range whole {
		broken := maps.Clone(whole)
		broken[name] = &fstest.MapFile{Data: []byte("{{if}}")}
		missing := maps.Clone(whole)
		delete(missing, name)
		for _, files := range []fs.FS{broken, missing} {
			if _, err := readTemplates(files, rows); err == nil || !strings.Contains(err.Error(), filepath.Base(name)) {
				t.Errorf("without %s, or with a broken one: got %v", name, err)
			}
		}
	}
}
