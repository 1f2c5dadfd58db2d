package leaderboard

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestExportIsWhatIsServed(t *testing.T) {
	site, dir := full(t), t.TempDir()
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		have, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		served := get(t, site, "/"+filepath.ToSlash(rel))
		want := served.Body.Bytes()
		if filepath.Ext(name) == ".html" {
			have, want = renewal.ReplaceAll(have, nil), renewal.ReplaceAll(want, nil)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s: the file differs from what is served (%d)", rel, served.Code)
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// renewal is what pages say of how new they are.
var renewal = regexp.MustCompile(`(?s) data-seq="\d+"|<footer .*</footer>`)

// Every page of a copy says once that it is one, and of when where that matters, and
// follows nothing; what is served does not say so, after an export either.
func TestExportIsACopyAndSaysSo(t *testing.T) {
	site, dir := full(t), t.TempDir()
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	const ofNow, ofAnyTime = "This is a copy of the page as of 2026-02-04 00:00:00 +04:00 (2026-02-03 20:00:00 UTC) ; it does not renew itself.", "This is a copy of the page; it does not renew itself."
	for file, says := range map[string]string{
		"index.html": ofNow, "submissions.html": ofNow, "p/speed/real.html": ofNow, "c/alice.html": ofNow, "s/30.html": ofNow, "s/1.html": ofAnyTime, "rules.html": ofAnyTime,
	} {
		page, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if text := textOf(t, string(page)); strings.Count(text, says) != 1 || strings.Contains(text, "reload it") {
			t.Errorf("%s says %q", file, text[max(0, len(text)-200):])
		}
		if bytes.Contains(page, []byte("data-seq")) {
			t.Errorf("%s follows changes", file)
		}
		if served := body(t, site, "/"+file); strings.Contains(served, "This is a copy") {
			t.Errorf("%s is served as a copy", file)
		}
	}
	if !strings.Contains(body(t, site, "/"), "data-seq") {
		t.Error("the front page that is served follows nothing")
	}
}

// Links have to lead somewhere when the tree is opened from a disk, where
// nothing adds index.html or .html.
func TestExportedLinksLeadToFiles(t *testing.T) {
	site, dir := full(t), t.TempDir()
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" || filepath.Base(name) == notFoundFile {
			return err
		}
		page, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, link := range linksOf(t, page) {
			u, err := url.Parse(link)
			if err != nil || u.IsAbs() || strings.HasPrefix(u.Path, "/") {
				t.Errorf("%s links to %q", name, link)
				continue
			}
			if u.Path == "" {
				continue
			}
			if info, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(u.Path))); err != nil || info.IsDir() {
				t.Errorf("%s links to %q, which is not a file", name, link)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Any static file server gives the same pages, found through the same links.
func TestExportedTreeBehindAFileServer(t *testing.T) {
	site, dir := full(t), t.TempDir()
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	pages := 0
	crawl(t, http.FileServer(http.Dir(dir)), func(p string, w *httptest.ResponseRecorder) {
		if strings.HasSuffix(p, "/index.html") { // http.FileServer prefers "/"
			return
		}
		if pages++; w.Code != http.StatusOK {
			t.Errorf("%s: %d", p, w.Code)
		}
	})
	if pages < 40 {
		t.Errorf("the crawl saw %d pages", pages)
	}
}

func TestExportWritesOnlyWhatChanged(t *testing.T) {
	m, dir := newTable(), t.TempDir()
	fill(m)
	site := at(t, m, cutoff.Add(-24*time.Hour))
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	same, changed := filepath.Join(dir, "s/1.html"), filepath.Join(dir, "index.html")
	before := [2]os.FileInfo{stat(t, same), stat(t, changed)}
	m.add("alice", "bridge", 30*time.Millisecond)
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before[0], stat(t, same)) {
		t.Error("a page that did not change was written again")
	}
	if os.SameFile(before[1], stat(t, changed)) {
		t.Error("the front page has a new submission and was not replaced whole")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".new-*")); len(left) > 0 {
		t.Errorf("temporary files stay: %q", left)
	}
}

func TestExportOfAnEmptyContest(t *testing.T) {
	dir := t.TempDir()
	if err := at(t, newTable(), testStart).Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "submissions.html", "p/bridge/real.html", "404.html", "api/v1/head.json"} {
		stat(t, filepath.Join(dir, name))
	}
}

func stat(t *testing.T, name string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
