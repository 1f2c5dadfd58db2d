package leaderboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"contest/judge"

	"golang.org/x/net/html"
)

func get(t testing.TB, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func body(t testing.TB, h http.Handler, target string) string {
	t.Helper()
	w := get(t, h, target)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: got %d, want 200", target, w.Code)
	}
	return w.Body.String()
}

// textOf is the text of a page as a reader sees it, blanks collapsed.
func textOf(t testing.TB, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "title" {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// crawl follows all links from the front page and calls visit with each page.
func crawl(t *testing.T, h http.Handler, visit func(p string, w *httptest.ResponseRecorder)) {
	t.Helper()
	seen, todo := map[string]bool{"/": true}, []string{"/"}
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		w := get(t, h, p)
		visit(p, w)
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, link := range linksOf(t, w.Body.Bytes()) {
			u, err := url.Parse(link)
			if err != nil {
				t.Fatalf("%s links to %q: %v", p, link, err)
			}
			if u.IsAbs() || u.Path == "" {
				continue
			}
			next := path.Join(path.Dir(p), u.Path)
			if strings.HasPrefix(u.Path, "/") {
				next = u.Path
			}
			if !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
}

func linksOf(t testing.TB, page []byte) []string {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for n := range doc.Descendants() {
		for _, name := range []string{"href", "src", "action"} {
			if v, ok := attribute(n, name); ok {
				out = append(out, v)
			}
		}
	}
	return out
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// states are the contest's moments that the pages tell apart.
func states(t *testing.T) map[string]*Site {
	everything := func() *table { m := newTable(); fill(m); return m }
	endless := func(c *Config) {
		c.Contest = func() judge.Contest { return judge.Contest{Name: "Open speed", Zone: time.UTC} }
	}
	nothing := func(c *Config) { c.Problems = func() []judge.Problem { return nil } }
	return map[string]*Site{
		"running":     at(t, everything(), cutoff.Add(-24*time.Hour)),
		"last hour":   at(t, everything(), cutoff.Add(-time.Minute)),
		"draining":    at(t, everything(), cutoff.Add(time.Minute)),
		"over":        at(t, newTable(), cutoff.Add(time.Hour)),
		"before":      at(t, newTable(), testStart.Add(-time.Hour)),
		"endless":     at(t, everything(), cutoff, endless),
		"no problems": at(t, newTable(), testStart.Add(time.Hour), nothing),
		"nothing":     at(t, newTable(), testStart.Add(time.Hour), nothing, endless),
	}
}

func TestEveryPageIsSound(t *testing.T) {
	for name, site := range states(t) {
		t.Run(name, func(t *testing.T) {
			pages := 0
			crawl(t, site, func(p string, w *httptest.ResponseRecorder) {
				if w.Code != http.StatusOK {
					t.Errorf("%s is linked and answers %d", p, w.Code)
				}
				if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					pages++
					checkPage(t, p, w.Body.Bytes())
				}
				for _, secret := range []string{"SOURCE", secretCompiler, secretReason, secretMessage, secretTest} {
					if strings.Contains(w.Body.String(), secret) {
						t.Errorf("%s shows %s", p, secret)
					}
				}
			})
			if pages < 3 {
				t.Errorf("the crawl saw %d pages, want at least 3", pages)
			}
		})
	}
}

func TestErrorPagesAreSound(t *testing.T) {
	site := full(t)
	checkPage(t, "404", get(t, site, "/p/none/real").Body.Bytes())
	broken := newTable()
	broken.err = http.ErrAbortHandler
	w := get(t, at(t, broken, testStart), "/")
	if w.Code != http.StatusInternalServerError {
		t.Errorf("with a broken store: got %d, want 500", w.Code)
	}
	checkPage(t, "500", w.Body.Bytes())
}

// checkPage holds a page against what every page has to be.
func checkPage(t *testing.T, name string, page []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	ids, h1 := map[string]bool{}, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s> has an inline %s", name, n.Data, a.Key)
			}
		}
		if id, ok := attribute(n, "id"); ok {
			if ids[id] {
				t.Errorf("%s: id %q stands twice", name, id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "h1":
			h1++
		case "style":
			t.Errorf("%s: inline style", name)
		case "script":
			if _, ok := attribute(n, "src"); !ok || n.FirstChild != nil {
				t.Errorf("%s: inline script", name)
			}
		case "img":
			src, _ := attribute(n, "src")
			if alt, ok := attribute(n, "alt"); !ok || alt == "" || !strings.Contains(src, "/statement/") {
				t.Errorf("%s: an image %q that no page has", name, src)
			}
		case "time":
			v, _ := attribute(n, "datetime")
			if _, err := time.Parse(time.RFC3339, v); err != nil {
				t.Errorf("%s: <time datetime=%q>", name, v)
			}
		case "table":
			checkTable(t, name, n)
		}
	}
	if h1 != 1 {
		t.Errorf("%s: %d h1, want 1", name, h1)
	}
	if bytes.Contains(page, []byte("ZgotmplZ")) || bytes.Contains(page, []byte("%!")) {
		t.Errorf("%s: a value did not fit its place", name)
	}
}

func checkTable(t *testing.T, name string, table *html.Node) {
	t.Helper()
	class, _ := attribute(table, "class")
	caption := false
	for n := range table.Descendants() {
		switch n.Data {
		case "caption":
			caption = true
		case "th":
			if scope, _ := attribute(n, "scope"); scope == "" {
				t.Errorf("%s: a header of table %q has no scope", name, class)
			}
		}
	}
	if class != "" && !caption { // those of a statement are the organiser's
		t.Errorf("%s: table %q has no caption", name, class)
	}
}

func TestStatesSayWhatIsTrue(t *testing.T) {
	want := map[string][]string{
		"running":     {"Running", "2026-02-04 23:59 Asia/Dubai (+04:00), that whole minute counts; cutoff 2026-02-04 20:00:00 UTC", "$100,000 to $200,000"},
		"last hour":   {"Last hour", "count even if they are judged later"},
		"draining":    {"Over, provisional", "5 submissions received in time are still to be judged"},
		"over":        {"Over", "Every submission received in time has been judged", "The first place is free."},
		"before":      {"Not started", "Start: 2026-02-01 12:00:00 +04:00 (08:00:00 UTC)"},
		"endless":     {"There is no deadline"},
		"no problems": {"The problems are not here yet"},
		"nothing":     {"Nothing handed in yet"},
	}
	for name, site := range states(t) {
		text := textOf(t, body(t, site, "/"))
		for _, w := range want[name] {
			if !strings.Contains(text, w) {
				t.Errorf("%s: the front page does not say %q:\n%s", name, w, text)
			}
		}
	}
}

func TestStatementOpensWithTheContest(t *testing.T) {
	all := states(t)
	for name, open := range map[string]bool{"before": false, "running": true, "over": true} {
		text := textOf(t, body(t, all[name], "/p/block-validation"))
		if shown := strings.Contains(text, "Say whether each block"); shown != open {
			t.Errorf("%s: the statement is shown: %t, want %t", name, shown, open)
		}
		if told := strings.Contains(text, "from 2026-02-01 12:00:00 +04:00 (08:00:00 UTC) on"); told == open {
			t.Errorf("%s: the page says when the statement opens: %t", name, told)
		}
	}
}

// A statement is shown with its images and samples, as a page and as files,
// once the contest has begun.
func TestStatementWithImagesAndSamples(t *testing.T) {
	all := states(t)
	page := body(t, all["running"], "/p/block-validation")
	for _, want := range []string{
		`<img src="p/block-validation/statement/img/tree.svg" alt="a tree">`, "&lt;center&gt;\nUp to 10<sup>5</sup> &lt;b&gt;rows&lt;/b&gt;.", "<td>10<sup>5</sup></td>",
		"<figcaption>sample/1.in</figcaption><pre tabindex=\"0\">\n2\n1 &lt;2\n</pre>", "<figcaption>sample/1.ans</figcaption>",
	} {
		if !strings.Contains(strings.ReplaceAll(page, `src="../p/`, `src="p/`), want) {
			t.Errorf("the page has no %s:\n%s", want, page)
		}
	}
	if n := strings.Count(textOf(t, page[strings.Index(page, "<main"):]), "Block validation"); n != 1 {
		t.Errorf("the title stands %d times", n)
	}
	text := textOf(t, body(t, all["running"], "/p/speed"))
	if !strings.Contains(text, "The statement is a PDF file: problem.en.pdf .") || strings.Contains(text, "No statement yet") {
		t.Errorf("the page of a statement in PDF: %s", text)
	}
	for _, want := range []string{"A program of the organiser decides which outputs are right", "Run with the arguments --map map.txt", "sample/1.files/map.txt 2 1 <2"} {
		if !strings.Contains(text, want) || strings.Contains(textOf(t, page), want) {
			t.Errorf("a problem with arguments, files and a validator of its own has no %q, or another has: %s", want, text)
		}
	}
	for name, kind := range map[string]string{"block-validation/statement/img/tree.svg": "image/svg+xml", "speed/statement/problem.en.pdf": "application/pdf"} {
		w := get(t, all["running"], "/p/"+name)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Body.Len() == 0 {
			t.Errorf("%s: got %d, %s, %d bytes", name, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		if w := get(t, all["before"], "/p/"+name); w.Code != http.StatusNotFound {
			t.Errorf("%s before the start: got %d", name, w.Code)
		}
	}
	for _, p := range []string{"/p/block-validation/statement/none.png", "/p/none/statement/img/tree.svg", "/p/block-validation/statement/", "/p/block-validation/statement/../statement/img/tree.svg"} {
		if w := get(t, all["running"], p); w.Code == http.StatusOK {
			t.Errorf("%s: got %d", p, w.Code)
		}
	}
	if text := textOf(t, body(t, all["before"], "/p/block-validation")); strings.Contains(text, "sample/1") {
		t.Errorf("samples are shown before the start: %s", text)
	}
}

func TestExcerptOfSamples(t *testing.T) {
	line := strings.Repeat("x", 99) + "\n"
	for name, c := range map[string]struct{ data, text, rest string }{
		"all":        {"a\n\tb", "a\n\tb", ""},
		"empty":      {"", "", "empty"},
		"binary":     {"a\x00b", "", "3 B of binary data"},
		"latin-1":    {"caf\xe9", "", "4 B of binary data"},
		"escapes":    {"a\x1b[31m", "", "6 B of binary data"},
		"long":       {strings.Repeat(line, 30), strings.Repeat(line, 20), "the beginning of 2.9 KiB"},
		"one line":   {strings.Repeat("é", 2000), strings.Repeat("é", 1024), "the beginning of 3.9 KiB"},
		"cut":        {"x" + strings.Repeat("é", 2000), "x" + strings.Repeat("é", 1023), "the beginning of 3.9 KiB"},
		"many lines": {strings.Repeat("1\n", 41), strings.Repeat("1\n", 40), "the beginning of 82 B"},
		"40 lines":   {strings.Repeat("1\n", 40), strings.Repeat("1\n", 40), ""},
	} {
		file := filepath.Join(t.TempDir(), "1.in")
		if err := os.WriteFile(file, []byte(c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := excerptOf("1.in", file)
		if want := (excerpt{"1.in", c.text, c.rest}); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
}

func TestHostileNamesStayText(t *testing.T) {
	site := full(t)
	page := body(t, site, "/p/block-validation/real")
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "bdi" && n.FirstChild != nil && n.Parent.Data == "a" {
			names = append(names, n.FirstChild.Data)
		}
		if n.Data == "script" && n.FirstChild != nil {
			t.Errorf("a name became a script: %q", n.FirstChild.Data)
		}
	}
	for _, who := range hostileNames {
		if !slices.Contains(names, string(who)) {
			t.Errorf("%q does not stand in a <bdi> of its own", who)
		}
		w := get(t, site, "/c/"+slug(who)+".html")
		if w.Code != http.StatusOK || !strings.Contains(textOf(t, w.Body.String()), strings.Join(strings.Fields(string(who)), " ")) {
			t.Errorf("the page of %q at %s: status %d, or without the name", who, slug(who), w.Code)
		}
	}
}

func TestBoardShowsTiesAndComparesOnlyEqualPasses(t *testing.T) {
	site := full(t)
	text := textOf(t, body(t, site, "/p/block-validation/real"))
	for _, want := range []string{
		"5= bob", "5= frank", // 90 ms each
		"1 eve_2 g++ 60.000 ms leader 1.00", "+10.000 1.17",
		"gina g++ 5.000 ms – – 15.000 1 /3", // fast, but one test
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the board does not say %q:\n%s", want, text)
		}
	}
	if text := textOf(t, body(t, site, "/p/bridge/real")); !strings.Contains(text, "zoe g++ – – – – 1 /3") {
		t.Errorf("a total of nothing on the board: %s", text)
	}
	for _, not := range []string{"ivan", "hans", "judy"} { // late, our failure, pending
		if strings.Contains(text, not) {
			t.Errorf("%s stands on the board", not)
		}
	}
}

// A measured board prints equal ranks as equal, and with every number what is
// not known of it.
func TestMeasuredBoard(t *testing.T) {
	site := full(t)
	text := textOf(t, body(t, site, "/p/speed/real"))
	for _, want := range []string{
		"1= in doubt: 1–2 nina g++ 87.31 ms ±0.39 0.8731 10 261.9", "1= in doubt: 1–2 omar g++ 87.60 ms ±0.44",
		"3 pia g++ 88.30 ms", "4 quin g++ unstable 95.0 ms ±2.8 0.950", "5 rosa g++ normal scheduling",
		"6 uma g++ 12 % disturbed", "7 vera g++ 1 234.6 ms ±6.2 12.346",
		"8 walt g++ 90.000 ms – –",          // not measured: behind those that are
		"9 xena g++ unstable 92.000 ms – –", // disturbed too much to be measured
		"10 yuri g++ not measured 93.000 ms – –",
		"11 tara g++ 50.00 ms",              // faster, but fewer tests
		"– sven g++ other machine 60.00 ms", // faster, but elsewhere
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the board does not say %q:\n%s", want, text)
		}
	}
	page := body(t, site, "/p/speed/real")
	for _, want := range []string{
		`title="10 rounds in 2 sessions; 72 of 600 pairs disturbed and repeated"`,
		`title="measured on another machine, which cannot be compared"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the board's page has no %s", want)
		}
	}
	if n := strings.Count(page, `<svg class="bar"`); n != 7 { // all but walt, xena, yuri, tara and sven
		t.Errorf("%d bars are drawn, want 7", n)
	}
	if want := "Bars compare with the time at the top, on a logarithmic scale: as long at the left edge, 3.77 times as long in the middle, 14.2 times as long at the right edge. Thin lines are the intervals."; !strings.Contains(text, want) {
		t.Errorf("the board does not say %q:\n%s", want, text)
	}
	if strings.Contains(text, "leader") {
		t.Error("a measured board names a leader")
	}
	csv := strings.Split(body(t, site, "/p/speed/real.csv"), "\n")
	if len(csv) != 14 || len(strings.Split(csv[0], ",")) != len(strings.Split(csv[8], ",")) ||
		!strings.HasSuffix(csv[2], ",2,600,12,precise,0123456789abcdef,fifo,false,false,1,1,2,0") || !strings.HasSuffix(csv[8], ",8,false,,,,,,,,,,,,,false,8,1,2,0") ||
		!strings.HasSuffix(csv[10], ",10,false,,,,,0,1,3,0,budget,,,,false,10,1,2,0") {
		t.Errorf("CSV:\n%s", strings.Join(csv, "\n"))
	}
}

func TestSubmissionPageShowsItsMeasurement(t *testing.T) {
	m := newTable()
	fillMeasured(m)
	site := at(t, m, cutoff.Add(-time.Hour))
	page := body(t, site, "/s/8")
	if text := textOf(t, page); !strings.Contains(text, "Secret tests times of secret tests are shown after the final Test Verdict secret/valid-001 accepted secret/valid-002 accepted") {
		t.Errorf("before the final: %s", text)
	}
	for _, unwanted := range []string{"ratio-plot", "Held at the floor", "a person should look", "secret/valid-052", "52 MiB", "53 MiB"} {
		if strings.Contains(page, unwanted) {
			t.Errorf("before the final the page has %s", unwanted)
		}
	}
	fillFinals(m)
	m.notify()
	site = at(t, m, cutoff.Add(3*time.Hour))
	page = body(t, site, "/s/8")
	text := textOf(t, page)
	for _, want := range []string{
		"110.00 ms ±0.66", "Real time, 1.1000 ±0.0066 × the reference", "330.0 ms ±2.0", "109.3 to 110.7 ms", "10 rounds in 2 sessions",
		"72 of 600 pairs (12.0 %)", "the machine time for one submission was used up", "real-time, first in first out",
		"0123456789abcdef", "CPU time: 1.235 ms in a round of all tests", "CPU time: 3 tests", "real time: 1 test",
		"costs at least 1.500 ms real and 0.8000 ms CPU time here", "secret/valid-052 at its floor",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if n := strings.Count(page, `%" cy=`); n != 80 {
		t.Errorf("%d tests are drawn, want 60 for real time and 20 for CPU time", n)
	}
	if text := textOf(t, body(t, site, "/s/10")); strings.Contains(text, "How it was measured") || !strings.Contains(text, "90.000 ms") {
		t.Errorf("a submission that was not measured: %s", text)
	}
	if text := textOf(t, body(t, site, "/s/12")); !strings.Contains(text, "It was not measured: the machine time for one submission was used up") {
		t.Errorf("a submission whose budget was used up: %s", text)
	}
	m.err = errors.New("gone")
	if w := get(t, site, "/s/8"); w.Code != http.StatusInternalServerError {
		t.Errorf("with a broken store: got %d, want 500", w.Code)
	}
}

func TestSearchKeepsRanks(t *testing.T) {
	site := full(t)
	text := textOf(t, body(t, site, "/p/block-validation/real?q=FRANK"))
	if !strings.Contains(text, "5= frank") || strings.Contains(text, "alice") || !strings.Contains(text, "1 found") {
		t.Errorf("search for FRANK: %s", text)
	}
	text = textOf(t, body(t, site, "/p/block-validation/real?q=%3Cb%3Enobody"))
	if !strings.Contains(text, "Nobody by that name") || !strings.Contains(text, "<b>nobody") {
		t.Errorf("search for nobody: %s", text)
	}
}

func TestSubmissionPage(t *testing.T) {
	site := full(t)
	for _, c := range []struct {
		id       judge.SubmissionID
		want     []string
		unwanted []string
	}{
		{1, []string{"accepted", "alice", "2026-02-01 12:01:00 +04:00 (08:01:00 UTC)", "3 /3", "100.000 ms", "300.000 ms", "sample/1 not timed accepted 50.000 ms 150.000 ms <51 MiB", "times of secret tests are shown to the organiser only", "secret/valid-002 accepted"}, []string{"late by", "52 MiB"}},
		{2, []string{"sample/1 not timed accepted 20.000 ms 60.000 ms <51 MiB", "secret/valid-001 accepted 20.000 ms 60.000 ms", "Real time per test in the order they ran"}, []string{"shown to", "52 MiB"}},
		{14, []string{"time limit exceeded", "1 /3"}, nil},
		{15, []string{"compile error", "No test case was run"}, []string{"real time"}},
		{17, []string{"pending", "It is waiting to be judged."}, []string{"judge error", "secret/valid", "tests passed"}},
		{18, []string{"accepted", "late by 0.001 ms", "practice, not ranked"}, nil},
		{30, []string{"running", "Its test cases are running now."}, []string{"tests passed"}},
		{32, []string{"pending", "It is next in the queue."}, nil},
		{35, []string{"time limit exceeded", "1 /3"}, []string{"real time", "Totals over"}},
		{33, []string{"In the queue, with 1 judging before it."}, nil},
	} {
		page := "/s/" + itoa(c.id)
		text := textOf(t, body(t, site, page))
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q:\n%s", page, w, text)
			}
		}
		for _, w := range c.unwanted {
			if strings.Contains(text, w) {
				t.Errorf("%s says %q:\n%s", page, w, text)
			}
		}
	}
}

// While a final has the machine the page of what waits says so; of what is done it
// has nothing to say.
func TestSubmissionPageTellsOfAHold(t *testing.T) {
	m := newTable()
	m.add("alice", "bridge", 0, waitingAs(judge.Queued))
	m.add("bob", "bridge", time.Millisecond)
	m.stats.Held = judge.Hold{What: "the final of bridge", Since: testStart}
	site := at(t, m, testStart.Add(time.Hour))
	const want = "It is next in the queue. Just now the final of bridge has the machine for itself, and nothing is judged until it ends."
	if text := textOf(t, body(t, site, "/s/1")); !strings.Contains(text, want) {
		t.Errorf("the page of a submission that waits does not say %q:\n%s", want, text)
	}
	if text := textOf(t, body(t, site, "/s/2")); strings.Contains(text, "the machine") {
		t.Errorf("the page of one that was judged tells of the final:\n%s", text)
	}
}

// A receipt after the cutoff counts when its upload was announced before it:
// the page has to say why, and not call it late.
func TestSubmissionPageTellsOfTheGrace(t *testing.T) {
	m := newTable()
	m.add("alice", "bridge", time.Millisecond, func(e *judge.Entry) {
		e.Submission.Receipt, e.Submission.Ticket = cutoff.Add(time.Minute), cutoff.Add(-time.Second)
	})
	text := textOf(t, body(t, at(t, m, cutoff.Add(time.Hour)), "/s/1"))
	if strings.Contains(text, "late by") || !strings.Contains(text, "announced 2026-02-04 23:59:59 +04:00 (19:59:59 UTC)") {
		t.Errorf("a submission within the grace: %s", text)
	}
}

func TestContestantPage(t *testing.T) {
	site := full(t)
	page := body(t, site, "/c/alice")
	text := textOf(t, page)
	for _, want := range []string{"alice", "of 18", "75.000 ms", "The real time that counts, over 2 comparable submissions"} {
		if !strings.Contains(text, want) && !strings.Contains(page, want) {
			t.Errorf("the page of alice does not say %q:\n%s", want, text)
		}
	}
	if text := textOf(t, body(t, site, "/c/judy")); !strings.Contains(text, "Not on a board yet") {
		t.Errorf("the page of judy: %s", text)
	}
}

func TestLongTablesHavePages(t *testing.T) {
	m := newTable()
	for i := range 450 {
		m.add(judge.Contestant("solver"+itoa(judge.SubmissionID(i))), "bridge", time.Duration(i+1)*time.Millisecond)
	}
	site := at(t, m, cutoff.Add(-time.Hour))
	for _, c := range []struct {
		path string
		code int
		rows int
	}{
		{"/p/bridge/real", 200, 200}, {"/p/bridge/real-2.html", 200, 200}, {"/p/bridge/real-3", 200, 50},
		{"/p/bridge/real-4", 404, 0}, {"/p/bridge/real-1", 404, 0}, {"/p/bridge/real-02", 404, 0}, {"/p/bridge/real--2", 404, 0},
		{"/submissions", 200, 100}, {"/submissions-5.html", 200, 50}, {"/submissions-6", 404, 0},
	} {
		w := get(t, site, c.path)
		if rows := strings.Count(w.Body.String(), "<tr data-key"); w.Code != c.code || rows != c.rows {
			t.Errorf("%s: got %d with %d rows, want %d with %d", c.path, w.Code, rows, c.code, c.rows)
		}
	}
	if text := textOf(t, body(t, site, "/p/bridge/real-3")); !strings.Contains(text, "401 solver400 g++ 401.000 ms +400.000 401") {
		t.Errorf("ranks and gaps of the third page: %s", text)
	}
}

func itoa(id judge.SubmissionID) string { return strconv.FormatInt(int64(id), 10) }

func TestNoticeStandsOnEveryPage(t *testing.T) {
	m := newTable()
	fill(m)
	site := at(t, m, time.Now())
	body(t, site, "/p/bridge/real") // rendered before there is a notice
	m.degrade("CPUs <0, measuring on 0>")
	if _, err := site.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	crawl(t, site.Handler(), func(p string, w *httptest.ResponseRecorder) {
		if strings.HasSuffix(p, ".html") && !strings.Contains(textOf(t, w.Body.String()), "are for practice, as they come from a machine that is not fit for an official contest: CPUs <0, measuring on 0>.") {
			t.Errorf("%s does not have it", p)
		}
	})
	for _, path := range []string{"/api/v1/contest", "/api/v1/boards/bridge/real"} {
		var got struct{ Degraded string }
		if err := json.Unmarshal([]byte(body(t, site, path)), &got); err != nil || got.Degraded != m.why {
			t.Errorf("GET %s: got %q, %v, want %q", path, got.Degraded, err, m.why)
		}
	}
}
