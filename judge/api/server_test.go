package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/gate"
	"contest/judge/language"
	"contest/judge/rule"
	"contest/judge/store"
	"contest/judge/storetest"
	"contest/judge/wire"
)

// answered is what the server answers to a request with a token, or without.
func (r *rejudging) answered(method, path, token, body string, headers ...string) *http.Response {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), method, r.URL+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := r.HTTP.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { res.Body.Close() })
	return res
}

func (r *rejudging) text(res *http.Response) string {
	r.Helper()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	return string(text)
}

// account adds a contestant and returns the token.
func (r *rejudging) account(who judge.Contestant) string {
	r.Helper()
	u, err := r.AddUser(r.Context(), NewUser{Contestant: who, Reset: who == "alice"})
	if err != nil {
		r.Fatal(err)
	}
	return u.Token
}

// fails ends a judging as our failure.
func (r *rejudging) fails(id judge.JudgingID, epoch int) {
	r.Helper()
	if _, err := r.db.Claim(r.Context(), id, epoch, time.Minute); err != nil {
		r.Fatal(err)
	}
	never := func(int) (time.Duration, bool) { return 0, false }
	if _, err := r.db.Requeue(r.Context(), id, epoch, "no compiler", never, nil); err != nil {
		r.Fatal(err)
	}
}

func TestEveryAnswerIsData(t *testing.T) {
	r := newRejudging(t)
	hash := strings.Repeat("a", 64)
	for _, c := range []struct {
		method, path, token, body string
		status                    int
		allow                     string
	}{
		{"GET", "/api/v1/status", "", "", 200, ""},
		{"HEAD", "/api/v1/status", "", "", 200, ""},
		{"HEAD", "/api/v1/submissions", "", "", 200, ""},
		{"HEAD", "/api/v1/submissions/1/events", "", "", 200, ""},
		{"GET", "/api/v1/nothing", "", "", 404, ""},
		{"GET", "/api/v1/submissions/9", "", "", 404, ""},
		{"DELETE", "/api/v1/submissions", "", "", 405, "GET, HEAD, POST"},
		{"OPTIONS", "/api/v1/submissions", "", "", 405, "GET, HEAD, POST"},
		{"POST", "/api/v1/submissions/1", "owner", "{}", 405, "GET, HEAD"},
		{"PUT", "/api/v1/status", "", "", 405, "GET, HEAD"},
		{"GET", "/api/v1/tickets", "", "", 405, "POST"},
		{"GET", "/api/v1/users", "owner", "", 200, ""},
		{"GET", "/api/v1/users", "", "", 401, ""},
		{"DELETE", "/api/v1/users", "owner", "", 405, "GET, HEAD, POST"},
		{"GET", "/api/v1/users/alice", "owner", "", 405, "POST"},
		{"POST", "/api/v1/users/alice", "", `{"disabled":true}`, 401, ""},
		{"POST", "/api/v1/users/nobody", "owner", `{"disabled":true}`, 404, ""},
		{"POST", "/api/v1/users/alice", "owner", `{"disabled":false}`, 200, ""},
		{"GET", "/api/v1/queue", "", "", 200, ""},
		{"POST", "/api/v1/queue", "", `{"action":"pause"}`, 401, ""},
		{"POST", "/api/v1/users", "", `{"contestant":"dora"}`, 401, ""},
		{"GET", "/api/v1/problems/echo/rejudging", "", "", 401, ""},
		{"POST", "/api/v1/problems/echo/rejudging", "", `{"action":"propose"}`, 401, ""},
		{"POST", "/api/v1/queue", "owner", `{"action":"stop"}`, 400, ""},
		{"POST", "/api/v1/submissions/1/cancel", "", `{}`, 401, ""},
		{"PATCH", "/api/v1/problems/echo/rejudging", "owner", "", 405, "GET, HEAD, POST"},
		{"GET", "/api/v1/status", "wrong", "", 401, ""},
		{"GET", "/api/v1/submissions?contestent=alice", "", "", 400, ""},
		{"GET", "/api/v1/submissions?problem=a&problem=b", "", "", 400, ""},
		{"GET", "/api/v1/submissions?%zz", "", "", 400, ""},
		{"GET", "/api/v1/status?now=1", "", "", 400, ""},
		{"GET", "/api/v1/submissions?problem=echo&contestant=alice", "", "", 200, ""},
		{"POST", "/api/v1/submissions", "", "{", 401, ""},
		{"POST", "/api/v1/tickets", "", "{", 401, ""},
		{"POST", "/api/v1/tickets", "owner", `{"contestant":"alice","problem":"echo","source_hash":"` + hash + `"}`, 201, ""},
		{"POST", "/api/v1/tickets", "owner", `{"contestant":"alice","problem":"echo","source_hash":"` + strings.ToUpper(hash) + `"}`, 400, ""},
		{"POST", "/api/v1/tickets", "owner", `{"contestant":"alice","problem":"echo","source_hash":"` + strings.Repeat("g", 64) + `"}`, 400, ""},
		{"POST", "/api/v1/tickets", "owner", `{"contestant":"alice","problem":"echo","source_hash":"` + hash + `0"}`, 400, ""},
		{"POST", "/api/v1/users", "owner", `{"contestant":"dora"}{"contestant":"emil"}`, 400, ""},
		{"POST", "/api/v1/users", "owner", `{"contestant":"dora"} x`, 400, ""},
		{"POST", "/api/v1/users", "owner", `{"contestant":"dora"}` + " \r\n", 201, ""},
	} {
		res := r.answered(c.method, c.path, c.token, c.body)
		if res.StatusCode != c.status || res.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: status %d, Allow %q, want %d, %q", c.method, c.path, res.StatusCode, res.Header.Get("Allow"), c.status, c.allow)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s %s: headers %v", c.method, c.path, res.Header)
		}
		if c.method != http.MethodHead && res.StatusCode >= 400 {
			var f wire.Failure
			if err := json.NewDecoder(res.Body).Decode(&f); err != nil || f.Code == "" || f.Message == "" {
				t.Errorf("%s %s: %v, %+v", c.method, c.path, err, f)
			}
		}
	}
}

// The name of the scheme is in any case, and blanks around a token are nobody's.
func TestAuthorization(t *testing.T) {
	r := newRejudging(t)
	for header, want := range map[string]int{
		"Bearer owner": 200, "bearer owner": 200, "BEARER  owner ": 200, "Bearer": 401, "Bearer ": 401, "Basic owner": 401, "owner": 401, "Bearer other": 401,
	} {
		if res := r.answered("GET", "/api/v1/users", "", "", "Authorization", header); res.StatusCode != want {
			t.Errorf("Authorization: %q: status %d, want %d", header, res.StatusCode, want)
		}
	}
}

// What cannot be encoded is a failure, not the beginning of an answer.
func TestAnswerThatCannotBeEncoded(t *testing.T) {
	r := newRejudging(t)
	r.server.Now = func() time.Time { return time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }
	res := r.answered("GET", "/api/v1/status", "", "")
	if text := r.text(res); res.StatusCode != http.StatusInternalServerError || !strings.Contains(text, `"code":"internal"`) {
		t.Errorf("got %s %q, want 500 and why", res.Status, text)
	}
}

// list is what somebody is told of all submissions, and how it may be asked
// for again.
func (r *rejudging) list(token, query string) ([]Submitted, string) {
	r.Helper()
	res := r.answered(http.MethodGet, "/api/v1/submissions"+query, token, "")
	var out []Submitted
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode != http.StatusOK {
		r.Fatalf("%s: %v, %v", query, res.Status, err)
	}
	return out, res.Header.Get("ETag")
}

// The list is one for each who may see something else of it, and of the moment
// at which it is asked for.
func TestListOfSubmissions(t *testing.T) {
	r := newRejudging(t)
	alice, bob := r.account("alice"), r.account("bob")
	r.fails(r.submit("y"), 1)
	ids := func(all []Submitted) (out []judge.SubmissionID) {
		for _, s := range all {
			out = append(out, s.Submission.ID)
		}
		return out
	}
	public, tag := r.list("", "")
	if !slices.Equal(ids(public), []judge.SubmissionID{1, 2}) || public[1].Judging.Reason != "" || public[1].Judging.State != judge.Queued {
		t.Errorf("the public sees %+v", public)
	}
	owner, ownerTag := r.list("owner", "")
	if owner[1].Judging.Verdict != judge.Internal || owner[1].Judging.Reason == "" || ownerTag == tag {
		t.Errorf("the organiser sees %+v, ETag %s", owner[1].Judging, ownerTag)
	}
	for _, token := range []string{alice, bob, ""} {
		if seen, _ := r.list(token, ""); seen[1].Judging.Reason != "" {
			t.Errorf("%q sees %+v", token, seen[1].Judging)
		}
	}
	if res := r.answered(http.MethodGet, "/api/v1/submissions", "", "", "If-None-Match", `"x", `+tag); res.StatusCode != http.StatusNotModified {
		t.Errorf("the same again: %s", res.Status)
	}
	if res := r.answered(http.MethodGet, "/api/v1/submissions", "owner", "", "If-None-Match", tag); res.StatusCode != http.StatusOK {
		t.Errorf("the public's ETag from the organiser: %s", res.Status)
	}
	for query, want := range map[string][]judge.SubmissionID{
		"?problem=echo": {1, 2}, "?problem=other": nil, "?contestant=alice": {1, 2}, "?contestant=bob": nil, "?contestant=": {1, 2},
	} {
		for range 2 { // made and kept
			if got, _ := r.list("", query); !slices.Equal(ids(got), want) {
				t.Errorf("%s: got %v, want %v", query, ids(got), want)
			}
		}
	}
	for i := range 5 { // what has just happened is in it
		r.submit(fmt.Sprint("later ", i))
		if got, newer := r.list("", ""); len(got) != 3+i || newer == tag {
			t.Fatalf("%d submissions after %d, ETag %s", len(got), 3+i, newer)
		}
	}
	r.server.Trouble = func() string { return "too many open files" }
	st, err := r.Status(t.Context())
	if err != nil || !slices.Equal(st.Failed, []judge.SubmissionID{2}) || st.Trouble == "" {
		t.Errorf("the organiser is told of %v, %q, %v", st.Failed, st.Trouble, err)
	}
	r.Token = alice
	if st, err = r.Status(t.Context()); err != nil || st.Failed != nil || st.Trouble != "" {
		t.Errorf("a contestant is told of %v, %q, %v", st.Failed, st.Trouble, err)
	}
}

func contestant(who string) judge.Actor { return judge.Actor{Name: who, Role: judge.AsContestant} }

// counted counts how often a store lists all submissions, or the queue.
type counted struct {
	Reads
	n chan struct{}
}

func (c counted) Queue(ctx context.Context) (judge.Queue, error) {
	c.n <- struct{}{}
	return c.Reads.Queue(ctx)
}

func (c counted) Entries(ctx context.Context, p judge.ProblemID) ([]judge.Entry, error) {
	c.n <- struct{}{}
	return c.Reads.Entries(ctx, p)
}

// However often it is asked for, the store is read once while nothing changes.
func TestListIsReadOnce(t *testing.T) {
	r := newRejudging(t)
	reads := make(chan struct{}, 1000)
	r.server.Store = counted{r.db, reads}
	for range 100 {
		r.list("", "")
		r.list("owner", "?problem=echo")
		r.answered(http.MethodGet, "/api/v1/submissions/1", "", "")
	}
	// A snapshot is believed for a second: a slow machine may read a few more.
	if n := len(reads); n == 0 || n > 100 {
		t.Errorf("the store was read %d times for 300 requests", n)
	}
	snap, err := r.server.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pages := map[*byte]bool{}
	for _, c := range []judge.Actor{{}, contestant("alice"), contestant("bob"), contestant("alice")} {
		p, err := r.server.list(snap, c, "", "")
		if err != nil {
			t.Fatal(err)
		}
		pages[&p.body[0]] = true
	}
	if len(pages) != 1 {
		t.Errorf("%d lists were made that are the same for all contestants", len(pages))
	}
	kept := len(snap.pages)
	for i := range 100 {
		name := fmt.Sprint("nobody", i)
		for _, ask := range []pageKey{{problem: judge.ProblemID(name)}, {problem: "echo"}} {
			if _, err := r.server.list(snap, judge.Actor{}, ask.problem, judge.Contestant(name)); err != nil {
				t.Fatal(err)
			}
			if _, err := r.server.list(snap, judge.Actor{}, ask.problem, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(snap.pages); n > kept+1 { // that of the problem
		t.Errorf("%d lists are kept after names that nobody has, %d before", n, kept)
	}
}

// What is told depends on the settings: feedback, phase, who is in time.
func TestListAfterOtherSettings(t *testing.T) {
	r := newRejudging(t)
	open := r.server.Settings()
	over := judge.Contest{Zone: time.UTC, Deadline: judge.Deadline{Cutoff: time.Unix(1, 0)}}
	r.submit("x")
	rules := open
	r.server.Settings = func() judge.Contest { return rules }
	before, err := r.server.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rules = over
	if _, err := r.db.Observe(t.Context(), judge.EventSettingsChanged, "contest", map[string]any{"x": 1}); err != nil {
		t.Fatal(err)
	}
	after, err := r.server.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before == after {
		t.Error("a list by the old settings is told after a change of them")
	}
}

// A change is news for every stream, and the queue is read once for all of them.
func TestQueueIsReadOnceForAChange(t *testing.T) {
	r := newRejudging(t)
	reads := make(chan struct{}, 1000)
	r.server.Store = counted{r.db, reads}
	first, second := r.submit("waits"), r.submit("waits too")
	ahead := func(id judge.JudgingID, since time.Time, want int) {
		t.Helper()
		if n, _, err := r.server.ahead(t.Context(), id, since); err != nil || n != want {
			t.Errorf("%d ahead of judging %d, %v, want %d", n, id, err, want)
		}
	}
	change := time.Now()
	for range 50 {
		ahead(second, change, 1)
		ahead(first, change, 0)
	}
	if n := len(reads); n != 1 {
		t.Errorf("the queue was read %d times after one change", n)
	}
	if _, err := r.db.Cancel(t.Context(), storetest.Alice, judge.SubmissionID(first), false); err != nil {
		t.Fatal(err)
	}
	ahead(second, time.Now(), 0)
	if n := len(reads); n != 2 {
		t.Errorf("the queue was read %d times after two changes", n)
	}
}

// While a final has the machine for itself whoever waits is told so, by stream and
// by the submission itself.
func TestWhoWaitsIsToldOfAHold(t *testing.T) {
	r := newRejudging(t)
	r.submit("waits")
	if _, err := r.db.TakeHold(t.Context(), "the final of sum", time.Minute); err != nil {
		t.Fatal(err)
	}
	const want = `"ahead":0,"held":{"what":"the final of sum",`
	res := r.answered(http.MethodGet, "/api/v1/submissions/2/events", "", "")
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil || !strings.Contains(line, want) {
		t.Errorf("first event %q, %v", line, err)
	}
	d, err := r.Submission(t.Context(), 2)
	if err != nil || d.Held.What != "the final of sum" {
		t.Errorf("the submission is held by %+v, %v", d.Held, err)
	}
}

// Where no stream is to be had the submission is asked for itself.
func TestWatchPolls(t *testing.T) {
	r := newRejudging(t)
	access := judge.Access{Streams: 1, StreamsPerAccount: 1}
	r.server.Gate = gate.New(func() judge.Access { return access }, 1000, r.server.Logger)
	bob := r.account("bob")
	stream := r.answered(http.MethodGet, "/api/v1/submissions/1/events", "", "") // ends at once: it is judged
	_ = r.text(stream)
	waiting := r.submit("waits")
	taken := r.answered(http.MethodGet, fmt.Sprintf("/api/v1/submissions/%d/events", 2), bob, "")
	lines := bufio.NewReader(taken.Body)
	if line, err := lines.ReadString('\n'); err != nil || !strings.Contains(line, `"queued"`) {
		t.Fatalf("first event %q, %v", line, err)
	}
	for token, status := range map[string]int{"": http.StatusServiceUnavailable, bob: http.StatusTooManyRequests} {
		res := r.answered(http.MethodGet, "/api/v1/submissions/2/events", token, "")
		if res.StatusCode != status || res.Header.Get("Retry-After") == "" {
			t.Errorf("with token %q: %s, %v", token, res.Status, res.Header)
		}
	}
	watcher := &Client{URL: r.URL, Token: bob, HTTP: &http.Client{Transport: hurried{r.HTTP.Transport}}}
	var states []judge.JudgingState
	err := watcher.Watch(t.Context(), 2, func(ev judge.Progress) {
		states = append(states, ev.State)
		if len(states) == 2 { // it has polled twice
			r.work(waiting, 1, judge.Wrong)
		}
		if ev.State == judge.Done && ev.Judging.Verdict != judge.Wrong {
			t.Errorf("it ended with %+v", ev.Judging)
		}
	})
	if n := len(states); err != nil || n < 3 || states[n-1] != judge.Done {
		t.Errorf("watched %v, %v", states, err)
	}
}

// hurried has a client ask again at once.
type hurried struct{ http.RoundTripper }

func (h hurried) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := h.RoundTripper.RoundTrip(r)
	if err == nil && res.Header.Get("Retry-After") != "" {
		res.Header.Set("Retry-After", "0")
	}
	return res, err
}

// A contestant's stream takes the place of a stranger's, who then polls.
func TestContestantsStreamsComeFirst(t *testing.T) {
	r := newRejudging(t)
	access := judge.Access{Streams: 3, StreamsPerAddress: 3}
	r.server.Gate = gate.New(func() judge.Access { return access }, 1000, r.server.Logger)
	bob := r.account("bob")
	r.submit("waits")
	var strangers []*bufio.Reader
	for range 3 {
		res := r.answered(http.MethodGet, "/api/v1/submissions/2/events", "", "")
		strangers = append(strangers, bufio.NewReader(res.Body))
	}
	res := r.answered(http.MethodGet, "/api/v1/submissions/2/events", bob, "")
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil || !strings.Contains(line, `"queued"`) {
		t.Errorf("a contestant gets %s %q, %v", res.Status, line, err)
	}
	if _, err := io.ReadAll(strangers[0]); err != nil {
		t.Errorf("the oldest stranger's stream ended with %v", err)
	}
}

// BenchmarkList is a list of a thousand submissions, which does not change.
func BenchmarkList(b *testing.B) {
	db := storetest.Engines["sqlite"](b, store.Options{})
	db.SetEnqueuer(storetest.NoJobs{})
	if err := db.EnsureContestant(b.Context(), storetest.Organiser, "alice"); err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		if _, _, err := db.Submit(b.Context(), storetest.Submission("alice", fmt.Sprint(i)), nil); err != nil {
			b.Fatal(err)
		}
	}
	s := newServer(rule.Contest{
		Settings: func() judge.Contest { return judge.Contest{Zone: time.UTC} }, Problems: (&oneProblem{}).Problems, Now: time.Now,
	}, db)
	h := s.Handler()
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/submissions", nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

// A CE is judged again by whoever hands the same sources in once another compiler is
// installed.
func TestSubmitAfterTheCompilerWasMended(t *testing.T) {
	r := newRejudging(t)
	submit := func() Submitted {
		t.Helper()
		s, err := r.Submit(t.Context(), NewSubmission{Problem: "echo", Language: "g++", Contestant: "alice", Files: storetest.Submission("", "ce").Files})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	r.problem.Limits.CodeBytes = 1 << 10
	r.server.Submitting.Languages = language.Set{{Language: language.Default(), Identity: "g++ 1"}}
	first := submit()
	a, err := r.db.Claim(t.Context(), first.Judging.ID, 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	e := storetest.Claimed(a)
	e.Judging.Verdict, e.Judging.Toolchain = judge.Compile, "g++ 1"
	if err := r.db.Finish(t.Context(), judge.Outcome{Judging: e.Judging}, nil); err != nil {
		t.Fatal(err)
	}
	if s := submit(); s.Submission.ID != first.Submission.ID || s.Judging.State != judge.Done {
		t.Errorf("with the same compiler: got submission %d, %s; want %d, done", s.Submission.ID, s.Judging.State, first.Submission.ID)
	}
	r.server.Submitting.Languages = language.Set{{Language: language.Default(), Identity: "g++ 2"}}
	if s := submit(); s.Submission.ID != first.Submission.ID || s.Judging.State != judge.Queued {
		t.Errorf("with another compiler: got submission %d, %s; want %d, queued", s.Submission.ID, s.Judging.State, first.Submission.ID)
	}
}
