package leaderboard

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"contest/judge"
	"contest/judge/gate"
)

// running starts a site's Run and a server, and stops both with the test.
func running(t *testing.T, m *table, change ...func(*Config)) (*Site, string) {
	t.Helper()
	change = append([]func(*Config){func(c *Config) { c.Now = time.Now }}, change...)
	site := at(t, m, time.Time{}, change...)
	server := httptest.NewServer(site)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- site.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		server.Close() // waits for connections: Run's end has ended the streams
	})
	return site, server.URL
}

// listen opens the stream of events.
func listen(t *testing.T, url string, lastEventID string) (*http.Response, func() event) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	return resp, func() event {
		t.Helper()
		var ev event
		id := ""
		for lines.Scan() {
			if v, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				id = v
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &ev); err != nil {
					t.Fatal(err)
				}
				if want, _ := json.Marshal(ev.Seq); id != string(want) || ev.Now == 0 || ev.At.IsZero() {
					t.Fatalf("event with id %q: %+v", id, ev)
				}
				return ev
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ev
	}
}

func TestEventsTellOfChanges(t *testing.T) {
	m := newTable()
	site, url := running(t, m)
	resp, next := listen(t, url, "")
	if resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Cache-Control") != cacheNever {
		t.Errorf("headers: %v", resp.Header)
	}
	first := next()
	m.add("alice", "bridge", time.Millisecond)
	m.notify()
	second := next()
	if second.Seq <= first.Seq {
		t.Errorf("after a change: sequence %d, before %d", second.Seq, first.Seq)
	}
	if text := body(t, site, "/p/bridge/real"); !strings.Contains(text, "alice") {
		t.Error("the event came before the page")
	}
	// Who reconnects gets the newest at once, whatever it had last.
	for _, last := range []string{"", "0", "1", "999999999999999", "x"} {
		_, again := listen(t, url, last)
		if ev := again(); ev.Seq != second.Seq {
			t.Errorf("reconnected with Last-Event-ID %q: sequence %d, want %d", last, ev.Seq, second.Seq)
		}
	}
	var h head
	if err := json.Unmarshal([]byte(body(t, site, "/api/v1/head.json")), &h); err != nil || h.Seq != second.Seq {
		t.Errorf("head.json: %+v, %v; want sequence %d", h, err, second.Seq)
	}
}

func TestEventsAreCapped(t *testing.T) {
	_, url := running(t, newTable(), func(c *Config) {
		few := func() judge.Access { return judge.Access{Streams: 1} }
		c.Gate = gate.New(few, 1000, c.Logger)
	})
	resp, next := listen(t, url, "")
	next()
	full, _ := listen(t, url, "")
	if full.StatusCode != http.StatusServiceUnavailable || full.Header.Get("Retry-After") == "" {
		t.Errorf("over the cap: %d, Retry-After %q", full.StatusCode, full.Header.Get("Retry-After"))
	}
	resp.Body.Close()
	for late := time.Now().Add(time.Minute); time.Now().Before(late); { // the server notices a closed connection on its own time
		again, _ := listen(t, url, "")
		if again.StatusCode == http.StatusOK {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("a place that became free was not given again")
}

func TestRunCoalescesAndConfirms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTable()
		contest := judge.Contest{Name: "x", Zone: time.UTC}
		contest.Deadline = judge.Deadline{Written: "2000-01-01 02:00", Zone: time.UTC, Cutoff: time.Now().Add(time.Hour + 90*time.Second)}
		site := made(t, Config{
			Contest: func() judge.Contest { return contest }, Problems: testProblems, Reads: m, Changed: m.changed,
			Logger: slog.New(slog.DiscardHandler),
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- site.Run(ctx) }()
		synctest.Wait()
		before := m.count()
		for range 100 { // ten changes a second, for ten seconds
			m.notify()
			time.Sleep(100 * time.Millisecond)
		}
		if n := m.count() - before; n < 9 || n > 11 {
			t.Errorf("rendered %d times in ten seconds of changes, want about 10", n)
		}
		time.Sleep(15 * time.Second)
		seq, reads := site.current.Load().seq, m.count()
		time.Sleep(30 * time.Second)
		if site.current.Load().seq != seq || m.count() != reads {
			t.Error("rendered although nothing changed")
		}
		if age := time.Since(site.checkedAt()); age > CheckEvery {
			t.Errorf("a quiet snapshot was confirmed %s ago", age)
		}
		m.fail(errors.New("gone"))
		time.Sleep(25 * time.Second)
		if age := time.Since(site.checkedAt()); age < 20*time.Second {
			t.Errorf("confirmed %s ago by a store that is gone", age)
		}
		m.fail(nil)
		time.Sleep(20 * time.Second) // the last hour has begun by now
		if got := site.current.Load().state.Phase; got != judge.PhaseLastHour {
			t.Errorf("phase %q in the last hour", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A program that asks right after a judging must see its result, also when the
// pages were rendered an instant ago.
func TestProgramsSeeTheNewestBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTable()
		site := at(t, m, time.Time{}, func(c *Config) { c.Now = time.Now })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- site.Run(ctx) }()
		synctest.Wait()
		for _, who := range []judge.Contestant{"alice", "bob", "carol"} {
			m.add(who, "bridge", time.Millisecond)
			m.notify()
			synctest.Wait() // no time passes
			if got := body(t, site, "/api/v1/boards/bridge/real"); !strings.Contains(got, string(who)) {
				t.Errorf("the board without %s: %s", who, got)
			}
		}
		cancel()
		<-done
	})
}

// A reader that stops reading must not hold its connection for ever, and must
// not hold up others.
func TestSlowReaderIsDropped(t *testing.T) {
	one := gate.New(func() judge.Access { return judge.Access{Streams: 1} }, 1000, nil)
	site := at(t, newTable(), cutoff, func(c *Config) { c.Gate = one })
	w := &stuckWriter{header: http.Header{}}
	r := httptest.NewRequest(http.MethodGet, "/events", nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		site.ServeHTTP(w, r)
	}()
	<-done
	if w.deadline.IsZero() {
		t.Error("it had no deadline")
	}
	if _, err := one.Enter(r, "", false); err != nil {
		t.Errorf("its place is still taken: %v", err)
	}
}

type stuckWriter struct {
	header   http.Header
	deadline time.Time
}

func (w *stuckWriter) Header() http.Header                { return w.header }
func (w *stuckWriter) WriteHeader(int)                    {}
func (w *stuckWriter) Write([]byte) (int, error)          { return 0, io.ErrShortWrite }
func (w *stuckWriter) SetWriteDeadline(t time.Time) error { w.deadline = t; return nil }

// The number is that of the store: the same in every process and after a restart, and
// what another process changed is noticed by it.
func TestSequenceIsTheStores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTable()
		m.head = 41
		now := func(c *Config) { c.Now = time.Now }
		alone := func(c *Config) { c.Changed = nil }
		ctx, cancel := context.WithCancel(t.Context())
		served := at(t, m, time.Time{}, now, alone) // beside the process that writes
		done := make(chan error, 1)
		go func() { done <- served.Run(ctx) }()
		seq := func(site *Site) (n int64) {
			t.Helper()
			var h head
			if err := json.Unmarshal([]byte(body(t, site, "/api/v1/head.json")), &h); err != nil {
				t.Fatal(err)
			}
			return h.Seq
		}
		synctest.Wait()
		if got, copied := seq(served), seq(at(t, m, time.Time{}, now)); got != 41 || copied != 41 {
			t.Errorf("sequence %d, in another process %d, want 41", got, copied)
		}
		m.add("alice", "bridge", time.Millisecond)
		m.notify()
		if got := body(t, served, "/api/v1/boards/bridge/real"); !strings.Contains(got, "alice") || !strings.Contains(got, `"sequence":42`) {
			t.Errorf("a program that asks at once gets %s", got)
		}
		m.add("bob", "bridge", time.Millisecond)
		m.notify()
		time.Sleep(CheckEvery + time.Second)
		if text := body(t, served, "/p/bridge/real"); seq(served) != 43 || !strings.Contains(text, "bob") || !strings.Contains(text, `data-seq="43"`) {
			t.Errorf("after the next look: sequence %d, want 43 with bob", seq(served))
		}
		cancel()
		<-done
	})
}
