package leaderboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"contest/leaderboard/browsertest"
)

// tab is a page of its own; whatever it writes to the console fails the test.
func tab(t *testing.T, browser context.Context) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	timed, stop := context.WithTimeout(ctx, 5*time.Minute)
	messages := chromedp.Console(timed)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range messages {
			if err != nil {
				return
			}
			t.Errorf("console: %s (%s)", m, m.URL)
		}
	}()
	t.Cleanup(func() { stop(); cancel(); <-done })
	return timed
}

func open(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
}

func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for a condition on the page.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](condition,
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
	if err != nil {
		t.Fatalf("wait for %s: %v\n%s", condition, err, evaluate[string](t, ctx, "document.body.innerText"))
	}
}

func scheme(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

var browserPages = []string{
	"/", "/p/block-validation", "/p/speed", "/p/block-validation/real", "/p/bridge/cpu", "/p/speed/real", "/s/1", "/s/2", "/s/14", "/s/15", "/s/30", "/s/36", "/s/43",
	"/c/alice", "/c/nina", "/c/sven",
	"/c/" + slug(hostileNames[0]), "/c/judy", "/submissions", "/rules", "/machines", "/f/1",
}

func TestBrowser(t *testing.T) {
	browser := browsertest.Start(t)
	m := newTable()
	fill(m)
	site, url := running(t, m, clockAt(cutoff.Add(-24*time.Hour)))
	t.Run("pages are clean and fit a phone", func(t *testing.T) { everyPage(t, browser, url) })
	t.Run("states fit a phone", func(t *testing.T) { everyState(t, browser) })
	t.Run("colours have contrast", func(t *testing.T) { contrast(t, browser, url) })
	t.Run("without script", func(t *testing.T) { noScript(t, browser, url) })
	t.Run("a phone says which time is which", func(t *testing.T) { namedTimes(t, browser, url) })
	t.Run("clock", func(t *testing.T) { clock(t, browser, m) })
	t.Run("a change moves a row", func(t *testing.T) { liveUpdate(t, browser, m, url) })
	t.Run("old data is called old", func(t *testing.T) { staleNotice(t, browser) })
	t.Run("a notice comes to an open page", func(t *testing.T) { liveNotice(t, browser) })
	t.Run("axe finds nothing", func(t *testing.T) { axe(t, browser, url) })
	t.Run("a copy is calm", func(t *testing.T) { calmCopy(t, browser) })
	t.Run("search without a server", func(t *testing.T) { staticTree(t, browser, site) })
}

// clockAt makes a server's clock start at an instant that is not the browser's.
func clockAt(t time.Time) func(*Config) {
	ahead := time.Until(t)
	return func(c *Config) { c.Now = func() time.Time { return time.Now().Add(ahead) } }
}

// wide is how far a page, or a box in it, reaches beyond its place.
const wide = `Math.max(document.documentElement.scrollWidth - innerWidth,
	...[...document.querySelectorAll('.card')].map(e => e.scrollWidth - e.clientWidth))`

func everyPage(t *testing.T, browser context.Context, url string) {
	ctx := tab(t, browser)
	for _, width := range []int64{320, 360, 768, 1280} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 780)); err != nil {
			t.Fatal(err)
		}
		for _, p := range browserPages {
			open(t, ctx, url+p)
			if over := evaluate[float64](t, ctx, wide); over > 0 {
				t.Errorf("%s at %d px: %v px too wide", p, width, over)
			}
		}
	}
}

func everyState(t *testing.T, browser context.Context) {
	ctx := tab(t, browser)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 780)); err != nil {
		t.Fatal(err)
	}
	for name, site := range states(t) {
		server := httptest.NewServer(site)
		for _, p := range []string{"/", "/submissions"} {
			open(t, ctx, server.URL+p)
			if over := evaluate[float64](t, ctx, wide); over > 0 {
				t.Errorf("%s, %s: %v px too wide", name, p, over)
			}
		}
		open(t, ctx, "about:blank") // ends the stream
		server.CloseClientConnections()
		server.Close()
	}
}

// contrastScript computes the contrast of every piece of text with what lies
// under it, and returns the pieces below the limit of WCAG AA.
const contrastScript = `(() => {
	const channel = c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
	const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
	const parse = s => (s.match(/[\d.]+/g) || []).map(Number);
	const under = e => {
		for (; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c.length == 3 || c[3] == 1) return c;
		}
		return [255, 255, 255];
	};
	const bad = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; n = walk.nextNode();) {
		const e = n.parentElement, s = getComputedStyle(e);
		if (!n.data.trim() || !e.getClientRects().length || s.clipPath == 'inset(50%)') continue;
		const [a, b] = [light(parse(s.color)), light(under(e))].sort((x, y) => y - x);
		const ratio = (a + .05) / (b + .05), size = parseFloat(s.fontSize);
		const large = size >= 24 || size >= 18.66 && s.fontWeight >= 700;
		if (ratio < (large ? 3 : 4.5)) bad.add(e.tagName + '.' + e.className + ' ' + n.data.trim().slice(0, 20) + ' ' + ratio.toFixed(2));
	}
	return [...bad].slice(0, 10).join('; ');
})()`

func contrast(t *testing.T, browser context.Context, url string) {
	ctx := tab(t, browser)
	for _, name := range []string{"light", "dark"} {
		scheme(t, ctx, name)
		for _, p := range browserPages {
			open(t, ctx, url+p)
			if bad := evaluate[string](t, ctx, contrastScript); bad != "" {
				t.Errorf("%s, %s: too little contrast: %s", name, p, bad)
			}
		}
		if got := evaluate[string](t, ctx, "getComputedStyle(document.body).backgroundColor"); (name == "dark") != strings.HasPrefix(got, "rgb(1") {
			t.Errorf("%s: the background is %s", name, got)
		}
	}
}

func noScript(t *testing.T, browser context.Context, url string) {
	ctx := tab(t, browser)
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	if err != nil {
		t.Fatal(err)
	}
	open(t, ctx, url+"/")
	text := evaluate[string](t, ctx, "document.body.innerText")
	for _, want := range []string{"Block validation", "eve_2", "60.000 ms", "2026-02-04 23:59 Asia/Dubai", "reload it"} {
		if !strings.Contains(text, want) {
			t.Errorf("without script the page does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Ends in") {
		t.Error("a clock stands still")
	}
}

// namedTimes checks that times whose headings have no room have their names.
func namedTimes(t *testing.T, browser context.Context, url string) {
	ctx := tab(t, browser)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 780)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ page, cell, want string }{
		{"/submissions", ".e-real:not(:has(.none))", `"real "`},
		{"/s/1", ".runs:not(.untold) td:nth-child(3)", `"real"`},
		{"/s/1", ".runs:not(.untold) td:nth-child(4)", `"CPU"`},
	} {
		open(t, ctx, url+c.page)
		if got := evaluate[string](t, ctx, "getComputedStyle(document.querySelector('"+c.cell+"'), '::before').content"); got != c.want {
			t.Errorf("%s: before %s stands %s, want %s", c.page, c.cell, got, c.want)
		}
	}
}

// clock checks that the countdown follows the server's clock, not the
// browser's, and that the viewer's own zone is shown.
func clock(t *testing.T, browser context.Context, m *table) {
	_, url := running(t, m, clockAt(cutoff.Add(-26*time.Hour-3*time.Minute)))
	ctx := tab(t, browser)
	_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/New_York"})
	if err != nil {
		t.Fatal(err)
	}
	open(t, ctx, url+"/")
	until(t, ctx, `[...document.querySelectorAll('.countdown b')].map(e => e.textContent).join(' ').startsWith('1 02 0')`)
	if text := evaluate[string](t, ctx, "document.querySelector('[data-local]').innerText"); !strings.Contains(text, "3:00:00") {
		t.Errorf("20:00 UTC in New York is shown as %q", text)
	}
	for _, width := range []int64{320, 768, 1100, 1280} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 780)); err != nil {
			t.Fatal(err)
		}
		lines := evaluate[int](t, ctx, `(document.querySelector('.countdown b').textContent = '88', new Set([...document.querySelectorAll('.pair')].map(e => e.offsetTop)).size)`)
		if lines != 1 {
			t.Errorf("at %d px the countdown has %d lines", width, lines)
		}
	}
}

func liveUpdate(t *testing.T, browser context.Context, m *table, url string) {
	ctx := tab(t, browser)
	open(t, ctx, url+"/p/block-validation/real")
	until(t, ctx, `document.querySelector('#board tbody tr').dataset.name == 'eve_2'`)
	evaluate[bool](t, ctx, `(() => { document.querySelector('#board a[href$="frank.html"]').focus(); window.mark = true; return true })()`)
	m.add("frank", "block-validation", 30*time.Millisecond)
	m.notify()
	until(t, ctx, `document.querySelector('#board tbody tr').dataset.name == 'frank'`)
	until(t, ctx, `document.getElementById('say').textContent == 'frank: from 5 to 1, Real time'`)
	if !evaluate[bool](t, ctx, `window.mark && document.activeElement.getAttribute('href').endsWith('frank.html')`) {
		t.Error("the page was loaded again, or the focus got lost")
	}
	m.add("<b>new & fast</b>", "block-validation", 20*time.Millisecond)
	m.notify()
	until(t, ctx, `document.querySelector('#board tbody tr').dataset.name == '<b>new & fast</b>'`)
	until(t, ctx, `document.getElementById('say').textContent.includes('<b>new & fast</b>: new at 1, Real time')`)
}

// staleNotice breaks the store: the pages stay, and say how old they are.
func staleNotice(t *testing.T, browser context.Context) {
	m := newTable()
	site, url := running(t, m)
	ctx := tab(t, browser)
	open(t, ctx, url+"/")
	until(t, ctx, "document.getElementById('stale').hidden")
	m.fail(errors.New("the store is gone"))
	site.checked.Store(time.Now().Add(-45 * time.Second).UnixMilli())
	open(t, ctx, url+"/submissions")
	until(t, ctx, `/^Data is (4[5-9]|5\d) seconds old$/.test(document.getElementById('stale').textContent)`)
}

// calmCopy serves a copy of yesterday from a static host: it asks for nothing that is
// newer, and counts no seconds.
func calmCopy(t *testing.T, browser context.Context) {
	m, dir := newTable(), t.TempDir()
	fill(m)
	if err := at(t, m, time.Now().Add(-24*time.Hour)).Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var asked []string
	files := http.FileServer(http.Dir(dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	ctx := tab(t, browser)
	open(t, ctx, server.URL+"/")
	evaluate[bool](t, ctx, `window.shown = 0, requestAnimationFrame(() => requestAnimationFrame(() => shown = 1)), true`)
	until(t, ctx, `shown && document.getElementById('stale').hidden`)
	if got := evaluate[string](t, ctx, `document.querySelector('[data-age]').innerText`); !strings.HasPrefix(got, "since ") {
		t.Errorf("the copy says of what waited then %q", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Contains(asked, "/") || slices.Contains(asked, "/events") || slices.Contains(asked, "/api/v1/head.json") {
		t.Errorf("the copy asked for %q", asked)
	}
}

// liveNotice degrades the contest while somebody looks on.
func liveNotice(t *testing.T, browser context.Context) {
	m := newTable()
	_, url := running(t, m)
	ctx := tab(t, browser)
	open(t, ctx, url+"/")
	m.degrade("one CPU")
	until(t, ctx, `document.querySelector('.notice')?.textContent.endsWith('official contest: one CPU.')`)
}

// axe runs axe-core over the pages where JUDGE_AXE names its axe.min.js
// (npm pack axe-core).
func axe(t *testing.T, browser context.Context, url string) {
	name := os.Getenv("JUDGE_AXE")
	if name == "" {
		t.Skip("no axe-core: name its axe.min.js in JUDGE_AXE")
	}
	script, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, look := range []struct {
		scheme string
		width  int64
	}{{"light", 1280}, {"dark", 1280}, {"light", 360}, {"light", 320}} {
		ctx := tab(t, browser) // a minute for each look
		scheme(t, ctx, look.scheme)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(look.width, 800)); err != nil {
			t.Fatal(err)
		}
		for _, p := range browserPages {
			open(t, ctx, url+p)
			evaluate[bool](t, ctx, string(script)+"; true")
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](
				`axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 90)).slice(0, 3).join(' | ')).join('\n'))`,
				chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			if got != "" {
				t.Errorf("%s, %s, %d px:\n%s", p, look.scheme, look.width, got)
			}
		}
	}
}

func staticTree(t *testing.T, browser context.Context, site *Site) {
	dir := t.TempDir()
	if err := site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	ctx := tab(t, browser)
	open(t, ctx, "file://"+dir+"/index.html")
	if got := evaluate[string](t, ctx, "getComputedStyle(document.querySelector('.hero')).borderRadius"); got == "0px" {
		t.Error("from a disk the page has no style")
	}
	open(t, ctx, fmt.Sprintf("file://%s/p/block-validation/real.html?q=carol", dir))
	until(t, ctx, `[...document.querySelectorAll('#board tbody tr')].filter(r => !r.hidden).map(r => r.dataset.name).join() == 'carol'`)
}
