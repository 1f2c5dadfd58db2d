package leaderboard

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"contest/judge"
	"contest/judge/wire"

	"github.com/andybalholm/brotli"
)

func TestNegotiate(t *testing.T) {
	for header, want := range map[string]coding{
		"": identity, "gzip": gzipped, "br": brotlied, "gzip, deflate, br, zstd": brotlied, "GZip": gzipped,
		"br;q=0, gzip": gzipped, "br;q=0.1, gzip;q=0.9": gzipped, "gzip;q=0": identity, "*": brotlied,
		"br;q=0, *": gzipped, "*;q=0": identity, "identity, gzip;q=0.5": identity, "gzip;q=0.5, identity;q=0.2": gzipped,
		"br;q=x": identity, "br; q=0.000": identity, ";;,": identity, "deflate": identity,
	} {
		if got := negotiate(header); got != want {
			t.Errorf("negotiate(%q) = %d, want %d", header, got, want)
		}
	}
}

func TestEncodingsCarryTheSamePage(t *testing.T) {
	site := full(t)
	plain := get(t, site, "/p/block-validation/real")
	tags := map[string]bool{plain.Header().Get("ETag"): true}
	for _, c := range []struct {
		accept, name string
		decode       func(io.Reader) (io.Reader, error)
	}{
		{"gzip", "gzip", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		{"gzip, br", "br", func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }},
	} {
		w := get(t, site, "/p/block-validation/real", "Accept-Encoding", c.accept)
		if got := w.Header().Get("Content-Encoding"); got != c.name {
			t.Errorf("%s: Content-Encoding %q", c.accept, got)
		}
		tag := w.Header().Get("ETag")
		if tags[tag] || !strings.HasPrefix(tag, `"`) {
			t.Errorf("%s: ETag %s is weak or another form's", c.accept, tag)
		}
		tags[tag] = true
		r, err := c.decode(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, plain.Body.Bytes()) {
			t.Errorf("%s: decodes to another page (%v)", c.accept, err)
		}
	}
}

func TestConditionalRequests(t *testing.T) {
	site := full(t)
	for _, p := range []string{"/", "/p/block-validation/real", "/c/alice", "/s/1", "/rules", "/api/v1/boards/bridge/cpu", "/favicon.svg"} {
		tag := get(t, site, p, "Accept-Encoding", "br").Header().Get("ETag")
		if tag == "" {
			t.Errorf("%s has no ETag", p)
		}
		for header, want := range map[string]int{tag: 304, `"x", W/` + tag: 304, "*": 304, `"other"`: 200} {
			w := get(t, site, p, "Accept-Encoding", "br", "If-None-Match", header)
			if w.Code != want || want == 304 && w.Body.Len() > 0 {
				t.Errorf("%s with If-None-Match %s: got %d and %d bytes, want %d", p, header, w.Code, w.Body.Len(), want)
			}
			if w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Cache-Control") == "" {
				t.Errorf("%s: %d without Vary or Cache-Control", p, w.Code)
			}
		}
	}
}

func TestHeadAndOtherMethods(t *testing.T) {
	site := full(t)
	server := httptest.NewServer(site)
	defer server.Close()
	body, head := fetch(t, http.MethodGet, server.URL+"/"), fetch(t, http.MethodHead, server.URL+"/")
	if head.ContentLength != body.ContentLength || head.Header.Get("ETag") != body.Header.Get("ETag") {
		t.Errorf("HEAD: length %d, ETag %s; GET: %d, %s", head.ContentLength, head.Header.Get("ETag"), body.ContentLength, body.Header.Get("ETag"))
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		for _, p := range []string{"/", "/events", "/none"} {
			resp := fetch(t, method, server.URL+p)
			if resp.StatusCode != http.StatusMethodNotAllowed || resp.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: got %d, Allow %q", method, p, resp.StatusCode, resp.Header.Get("Allow"))
			}
		}
	}
}

func fetch(t *testing.T, method, target string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "br")
	resp, err := http.DefaultTransport.RoundTrip(req) // no redirects
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

func TestNotFoundHelpsAndSaysTheSameEverywhere(t *testing.T) {
	site := full(t)
	first := textOf(t, get(t, site, "/nope").Body.String())
	for _, p := range []string{"/p/none", "/p/none/real", "/p/bridge/none", "/s/999", "/s/0", "/s/01", "/s/x", "/s/-1", "/c/nobody",
		"/a/b/c/d/e", "/assets/site.css", "/404.html", "/p/bridge/real-2.csv", "/p%2Fbridge", "/c/a%2Fb%3Fc%23d"} {
		w := get(t, site, p)
		if w.Code != http.StatusNotFound || textOf(t, w.Body.String()) != first {
			t.Errorf("%s: got %d, want the page of 404", p, w.Code)
		}
		for _, link := range linksOf(t, w.Body.Bytes()) {
			if under := resolved(t, "/prefix"+p, link); !strings.HasPrefix(link, "#") && get(t, site, strings.TrimPrefix(under, "/prefix")).Code != http.StatusOK {
				t.Errorf("%s links to %q, which is %s behind a prefix", p, link, under)
			}
		}
	}
}

// resolved is where a browser that is at a path goes with a link.
func resolved(t *testing.T, at, link string) string {
	t.Helper()
	base, err := url.Parse("http://judge.example" + at)
	if err != nil {
		t.Fatal(err)
	}
	to, err := base.Parse(link)
	if err != nil || to.Host != base.Host {
		t.Fatalf("%s leads to %q, elsewhere: %v", at, link, err)
	}
	return to.RequestURI()
}

func TestFailuresForProgramsAreJSON(t *testing.T) {
	site := full(t)
	for _, p := range []string{"/api/v1/boards/none/real", "/api/v1/boards/bridge/none.json", "/api/v1/none"} {
		w := get(t, site, p)
		var f wire.Failure
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != http.StatusNotFound || f.Code != "not-found" {
			t.Errorf("%s: got %d %s", p, w.Code, w.Body)
		}
	}
	broken := newTable()
	broken.fail(io.ErrUnexpectedEOF)
	w := get(t, at(t, broken, testStart), "/api/v1/contest")
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `"internal"`) || strings.Contains(w.Body.String(), "EOF") {
		t.Errorf("with a broken store: got %d %s", w.Code, w.Body)
	}
}

// Addresses that are not written as links write them are redirected, below
// whatever prefix a proxy has taken off.
func TestRedirectsStayBelowAPrefix(t *testing.T) {
	site := full(t)
	for p, want := range map[string]string{
		"/rules/": "/rules", "/p/bridge/real/?q=a": "/p/bridge/real?q=a", "//evil.example/": "/evil.example", "/%5Cevil/": "/%5Cevil",
		"/p//bridge": "/p/bridge", "/rules//": "/rules", "//": "/", "/assets/..": "/",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		u, err := url.Parse("http://judge.example" + p)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || got == "" || resolved(t, "/prefix"+p, got) != "/prefix"+want {
			t.Errorf("%s: got %d to %q, want /prefix%s", p, w.Code, got, want)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	site := full(t)
	for p, cache := range map[string]string{
		"/": cacheLive, "/p/bridge/real": cacheLive, "/submissions": cacheLive, "/c/alice": cachePerson, "/s/1": cacheQuiet,
		"/s/30": cacheLive, "/rules": cacheQuiet, "/p/bridge": cacheQuiet, "/api/v1/head.json": cacheHead,
		"/assets/" + site.assets.css: cacheAsset, "/assets/" + site.assets.js: cacheAsset, "/none": cacheHead,
	} {
		h := get(t, site, p).Header()
		if got := h.Get("Cache-Control"); got != cache {
			t.Errorf("%s: Cache-Control %q, want %q", p, got, cache)
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "require-trusted-types-for 'script'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", p, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: without nosniff", p)
		}
	}
}

func TestBoardJSON(t *testing.T) {
	site := full(t)
	var got struct {
		Contest     string
		GeneratedAt time.Time `json:"generated_at"`
		Sequence    int64
		Problem     judge.ProblemID
		Board       judge.Board
		Rows        []struct {
			Rank       int
			Contestant judge.Contestant
			TimeNS     time.Duration `json:"time_ns"`
		}
	}
	if err := json.Unmarshal([]byte(body(t, site, "/api/v1/boards/block-validation/cpu")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Contest != testContest(t).Name || got.Sequence == 0 || got.GeneratedAt.IsZero() || got.Board != judge.CPUBoard || len(got.Rows) != 18 {
		t.Errorf("got %+v", got)
	}
	if r := got.Rows[0]; r.Rank != 1 || r.Contestant != "eve_2" || r.TimeNS != 180*time.Millisecond {
		t.Errorf("the first row is %+v", r)
	}
	empty := body(t, at(t, newTable(), testStart), "/api/v1/boards/bridge/real")
	if !strings.Contains(empty, `"rows":[]`) {
		t.Errorf("an empty board is %s", empty)
	}
}

func TestContestJSON(t *testing.T) {
	var got contestJSON
	if err := json.Unmarshal([]byte(body(t, full(t), "/api/v1/contest")), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Cutoff.Equal(cutoff) || got.Phase != judge.PhaseRunning || len(got.Problems) != 3 || got.PendingInTime != 5 ||
		got.Deadline != testContest(t).Deadline.String() || got.Queue.Waiting != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestBoardCSV(t *testing.T) {
	m := newTable()
	m.add("=HYPERLINK(1)", "bridge", time.Millisecond)
	m.add("alice", "bridge", 2*time.Millisecond)
	rows, err := csv.NewReader(strings.NewReader(body(t, at(t, m, cutoff), "/p/bridge/real.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[1][1] != "'=HYPERLINK(1)" || rows[2][0] != "2" || rows[2][1] != "alice" || rows[2][6] != "2000000" {
		t.Errorf("got %q", rows)
	}
}

// The script asks with the sequence number to get past caches: that must not
// cost a rendering each time.
func TestVersionInTheQueryIsNotAnotherPage(t *testing.T) {
	site := full(t)
	snap, err := site.latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"/", "/p/bridge/real.html", "/c/alice.html"} {
		first := site.content(t.Context(), snap, p, nil)
		if again := site.content(t.Context(), snap, p, map[string][]string{"v": {"1"}}); again != first {
			t.Errorf("%s?v=1 was rendered again", p)
		}
	}
}

// A board on which nothing moved keeps its bytes, so that caches keep it too
// and a change elsewhere costs no rendering.
func TestUnmovedBoardKeepsItsETag(t *testing.T) {
	m := newTable()
	fill(m)
	site := at(t, m, cutoff.Add(-time.Hour*24))
	tag := func(p string) string { return get(t, site, p).Header().Get("ETag") }
	refresh := func() {
		if _, err := site.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	home, bridge, blocks := tag("/"), tag("/p/bridge/real"), tag("/p/block-validation/real")
	m.add("alice", "bridge", 0, waitingAs(judge.Queued))
	refresh()
	if tag("/p/bridge/real") != bridge || tag("/p/block-validation/real") != blocks || tag("/") == home {
		t.Error("a submission in the queue: the boards changed, or the front page did not")
	}
	m.add("alice", "bridge", time.Microsecond)
	refresh()
	if tag("/p/bridge/real") == bridge || tag("/p/block-validation/real") != blocks {
		t.Error("a new leader: the board did not change, or another one did")
	}
}

// broken panics where it is asked for a submission.
type broken struct{ Reads }

func (broken) Entry(context.Context, judge.SubmissionID) (judge.Entry, error) { panic("out of range") }

func TestPageThatPanicsIsAnswered(t *testing.T) {
	site := full(t)
	site.cfg.Reads = broken{site.cfg.Reads}
	site.cfg.Logger = slog.New(slog.DiscardHandler)
	w := get(t, site, "/s/1")
	if w.Code != http.StatusInternalServerError || w.Header().Get("Content-Type") != typeHTML || w.Body.Len() == 0 {
		t.Errorf("got %d, %q and %d bytes, want a page with status 500", w.Code, w.Header().Get("Content-Type"), w.Body.Len())
	}
}

// panicky panics where it is asked for what all pages are made of.
type panicky struct {
	Reads
	entries, stats *atomic.Bool
}

func (p panicky) Entries(ctx context.Context, id judge.ProblemID) ([]judge.Entry, error) {
	if p.entries.Load() {
		panic("out of range")
	}
	return p.Reads.Entries(ctx, id)
}

func (p panicky) QueueStats(ctx context.Context) (judge.QueueStats, error) {
	if p.stats.Load() {
		panic("out of range")
	}
	return p.Reads.QueueStats(ctx)
}

// A panic while the pages are made, by Run or for a request, is a failure like any
// other: pages answer 500 or stay as they were, and come back.
func TestPanicWhileMakingThePagesEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTable()
		reads := panicky{m, new(atomic.Bool), new(atomic.Bool)}
		site := made(t, Config{
			Contest:  func() judge.Contest { return judge.Contest{Name: "x", Zone: time.UTC} },
			Problems: testProblems, Reads: reads, Changed: m.changed, Logger: slog.New(slog.DiscardHandler),
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- site.Run(ctx) }()
		expect := func(when string, status int) {
			t.Helper()
			time.Sleep(2 * CheckEvery)
			synctest.Wait()
			w := get(t, site, "/")
			if w.Code != status || w.Header().Get("Content-Type") != typeHTML || w.Body.Len() == 0 {
				t.Errorf("%s: got %d, %q and %d bytes, want a page with status %d", when, w.Code, w.Header().Get("Content-Type"), w.Body.Len(), status)
			}
		}
		reads.entries.Store(true)
		expect("before the first view", 500)
		reads.entries.Store(false)
		expect("mended", 200)
		reads.stats.Store(true)
		expect("while confirming", 200)
		if age := time.Since(site.checkedAt()); age < 2*CheckEvery {
			t.Errorf("confirmed %s ago by a queue that panics", age)
		}
		m.notify()
		expect("while making another view", 200)
		if w := get(t, site, "/api/v1/contest.json"); w.Code != 500 || w.Header().Get("Content-Type") != typeJSON {
			t.Errorf("JSON of a change that is not read: got %d, %q", w.Code, w.Header().Get("Content-Type"))
		}
		reads.stats.Store(false)
		expect("mended again", 200)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
