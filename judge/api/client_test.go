package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"contest/judge"
)

// answering is a client of a server that answers everything alike, and how often it
// was asked.
func answering(t *testing.T, answer http.HandlerFunc) (*Client, *atomic.Int32) {
	asked := new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return &Client{URL: server.URL, Token: "secret", HTTP: server.Client(), Retries: 1}, asked
}

// What is no judge's answer reads as no contest, whatever its status.
func TestAnswersOfStrangers(t *testing.T) {
	status := func(c *Client) error { _, err := c.Status(t.Context()); return err }
	problems := func(c *Client) error { _, err := c.Problems(t.Context()); return err }
	users := func(c *Client) error {
		_, err := c.AddUser(t.Context(), NewUser{Contestant: "anna"})
		return err
	}
	watch := func(c *Client) error { return c.Watch(t.Context(), 1, func(judge.Progress) {}) }
	for _, tc := range []struct {
		name         string
		ask          func(*Client) error
		status       int
		kind, body   string
		location     string
		asked        int32
		code, says   string
		passes, none bool // Passes; no judge answered
	}{
		{"an empty document", status, 200, typeJSON, `{}`, "", 1, "no-judge", `it has no "contest"`, false, true},
		{"a page", status, 200, "text/html", `<p>Welcome</p>`, "", 1, "no-judge", "it sends text/html", false, true},
		{"nothing", status, 204, "", ``, "", 1, "no-judge", "something without a type", false, true},
		{"no list", problems, 200, typeJSON, `null`, "", 1, "no-judge", "it is empty", false, true},
		{"two documents", problems, 200, typeJSON, `[] []`, "", 1, "no-judge", "not the JSON", false, true},
		{"events that are a page", watch, 200, "text/html", `<p>Welcome</p>`, "", 1, "no-judge", "it sends text/html", false, true},
		{"another program's 404", status, 404, "text/html", `<p>Not found</p>`, "", 1, "no-judge", "404", false, true},
		{"a redirect", status, 301, "", "", "https://other.example/judge/api/v1/status", 1, "moved", "has moved to https://other.example/judge", false, true},
		{"a redirect of a POST", users, 302, "", "", "https://other.example/api/v1/users", 1, "moved", "has moved to https://other.example", false, true},
		{"a login page", users, 302, "", "", "https://login.example/?next=x", 1, "moved", "leads elsewhere: to https://login.example", false, true},
		{"a proxy's limit", users, 413, "text/html", "<p>too large</p>", "", 1, "size", "takes no request of", false, false},
		{"a proxy alone", status, 502, "text/html", "<p>bad gateway</p>", "", 2, "proxy", "a proxy answers at", true, false},
		{"a proxy that refuses", status, 403, "application/json", `{"message":"Forbidden"}`, "", 1, "proxy", "refuses the request", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, asked := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.kind)
				if tc.location != "" {
					w.Header().Set("Location", tc.location)
				}
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})
			err := tc.ask(c)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code != tc.code || !strings.Contains(e.Message, tc.says) || e.Hint == "" || e.Passes() != tc.passes || (e.Status == 0) != tc.none {
				t.Errorf("got %+v (%v), want code %s and %q", e, err, tc.code, tc.says)
			}
			if n := asked.Load(); n != tc.asked {
				t.Errorf("asked %d times, want %d", n, tc.asked)
			}
		})
	}
}

// An answer that breaks off is none, and is asked for again.
func TestAnswerThatBreaksOff(t *testing.T) {
	c, asked := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", typeJSON)
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "[")
	})
	_, err := c.Problems(t.Context())
	if !errors.Is(err, ErrNetwork) || !strings.HasSuffix(err.Error(), "the connection broke off") || asked.Load() != 2 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}

// Errors of the network are told in words that need no knowledge of this program.
func TestErrorsOfTheNetworkInWords(t *testing.T) {
	wrap := func(err error) error {
		return &url.Error{Op: "Get", URL: "http://judge.example/api/v1/status", Err: &net.OpError{Op: "dial", Net: "tcp", Err: err}}
	}
	for _, tc := range []struct {
		err  error
		want string
	}{
		{wrap(syscall.ECONNREFUSED), "nobody listens there"},
		{wrap(syscall.EHOSTUNREACH), "there is no way to it from here"},
		{wrap(&net.DNSError{Name: "judge.example", IsNotFound: true}), `there is no host "judge.example"`},
		{wrap(&net.DNSError{Name: "judge.example", IsTemporary: true}), `the name "judge.example" cannot be looked up`},
		{wrap(context.DeadlineExceeded), "it took too long"},
		{wrap(syscall.ECONNRESET), "the connection broke off"},
		{io.ErrUnexpectedEOF, "the connection broke off"},
		{&url.Error{Op: "Get", URL: "u", Err: &net.OpError{Op: "proxyconnect", Net: "tcp", Err: syscall.ECONNREFUSED}}, "the proxy that this machine's settings name (HTTPS_PROXY): nobody listens there"},
		{&url.Error{Op: "Get", URL: "u", Err: errors.New("unheard of")}, "unheard of"},
	} {
		if got := inWords(tc.err); got != tc.want {
			t.Errorf("%v: got %q, want %q", tc.err, got, tc.want)
		}
	}
}

// A server that cannot be trusted, or does not speak HTTPS, is not asked again.
func TestServersThatCannotBeTrusted(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	secure.StartTLS()
	defer secure.Close()
	for address, code := range map[string]string{strings.Replace(plain.URL, "http:", "https:", 1): "scheme", secure.URL: "certificate"} {
		c, err := NewClient(address, "")
		if err != nil {
			t.Fatal(err)
		}
		c.Retrying = func(r Retry) { t.Errorf("%s is asked again: %+v", address, r) }
		_, err = c.Status(t.Context())
		if e, ok := errors.AsType[*Error](err); !ok || e.Code != code || e.Status != 0 {
			t.Errorf("%s: got %v, want code %s", address, err, code)
		}
	}
}

func TestTokensAsTheyComeFromFiles(t *testing.T) {
	c, err := NewClient(" https://judge.example\r\n", "judge_abc\r\n")
	if err != nil || c.Token != "judge_abc" || c.URL != "https://judge.example" {
		t.Errorf("got %+v, %v", c, err)
	}
	for _, token := range []string{"judge_a\njudge_b", "judge_a b", "judge_ä"} {
		if _, err := NewClient("https://judge.example", token); !errors.Is(err, judge.ErrInvalid) {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

// Who watches goes on while the server is started again, and is told for how long.
func TestWatchWaitsForTheServer(t *testing.T) {
	var away atomic.Int32
	away.Store(2)
	c, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		if away.Add(-1) >= 0 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", typeEvents)
		_, _ = fmt.Fprintln(w, `{"submission":1,"state":"done","total":1}`)
	})
	c.Retries, c.Patience = 0, time.Minute
	var retries []Retry
	c.Retrying = func(r Retry) { retries = append(retries, r) }
	if err := c.Watch(t.Context(), 1, func(judge.Progress) {}); err != nil {
		t.Fatal(err)
	}
	if len(retries) != 2 || retries[0].Cause != "the connection broke off" || !retries[0].Until.Equal(retries[1].Until) || !retries[0].Next.Before(retries[0].Until) {
		t.Errorf("retries: %+v", retries)
	}
	away.Store(100)
	c.Patience = 0
	if err := c.Watch(t.Context(), 1, func(judge.Progress) {}); !errors.Is(err, ErrNetwork) {
		t.Errorf("without patience: %v", err)
	}
}

// The judge's own failure looks like waiting. Who watches is told that nothing
// comes of it, by the stream as by asking for the submission.
func TestWatchEndsWhereTheJudgeFailed(t *testing.T) {
	r := newRejudging(t)
	alice := r.account("alice")
	r.fails(r.submit("y"), 1)
	for token, want := range map[string]judge.JudgingState{"owner": judge.Done, alice: judge.Queued, "": judge.Queued} {
		c := &Client{URL: r.URL, Token: token, HTTP: r.HTTP}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		last := func(ev judge.Progress) {
			if ev.State != want || ev.Stalled != (token != "owner") || ev.Judging == nil || (ev.Judging.Verdict == judge.Internal) != (token == "owner") {
				t.Errorf("with token %q: %+v", token, ev)
			}
		}
		if err := c.Watch(ctx, 2, last); err != nil {
			t.Errorf("with token %q: %v", token, err)
		}
		if done, err := c.poll(ctx, 2, last); err != nil || !done {
			t.Errorf("with token %q, asked for itself: %v, %v", token, done, err)
		}
	}
}
