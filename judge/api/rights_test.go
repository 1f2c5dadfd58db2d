package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/language"
	"contest/judge/queue"
	"contest/judge/storetest"
	"contest/judge/wire"
)

// TestWhoMayDoWhat asks for everything that the API offers as a stranger, as the
// contestant whose it is, as another one, and as the organiser.
func TestWhoMayDoWhat(t *testing.T) {
	r := newRejudging(t)
	jobs, err := queue.New(r.db, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.server.Queue, r.server.Withdrawing.Queue = jobs, jobs
	r.problem.Limits.CodeBytes = 1 << 10
	r.server.Submitting.Languages = language.Set{{Language: language.Default()}}
	tokens := [4]string{"", r.account("alice"), r.account("bob"), "owner"}
	files, err := json.Marshal(storetest.Submission("", "new").Files)
	if err != nil {
		t.Fatal(err)
	}
	begun := judge.Contest{Zone: time.UTC}
	before := judge.Contest{Zone: time.UTC, Start: time.Now().Add(time.Hour)}
	all := [4]string{"200", "200", "200", "200"}
	organiser := func(status string) [4]string { return [4]string{"401 token", "403 forbidden", "403 forbidden", status} }
	waiting := 0 // a submission of alice's is made for each request with {waiting} or {running}
	asked := map[string]bool{}
	for _, c := range []struct {
		contest judge.Contest
		pattern string
		path    string // empty for that of the pattern
		body    string
		want    [4]string
	}{
		{begun, "GET /api/v1/status", "", "", all},
		{begun, "GET /api/v1/problems", "", "", all},
		{begun, "GET /api/v1/submissions", "", "", all},
		{begun, "GET /api/v1/submissions/{id}", "submissions/1", "", all},
		{begun, "GET /api/v1/submissions/{id}/events", "submissions/1/events", "", all},
		{begun, "GET /api/v1/queue", "", "", all},
		{begun, "GET /api/v1/problems/{id}/kit", "problems/echo/kit", "", all},
		{before, "GET /api/v1/problems/{id}/kit", "problems/echo/kit", "", [4]string{"422 not-open", "422 not-open", "422 not-open", "200"}},

		{begun, "POST /api/v1/tickets", "", `{"contestant":"alice","problem":"echo","source_hash":"` + strings.Repeat("a", 64) + `"}`, [4]string{"401 token", "201", "403 forbidden", "201"}},
		{begun, "POST /api/v1/tickets", "", `{"problem":"echo","source_hash":"` + strings.Repeat("a", 64) + `"}`, [4]string{"401 token", "201", "201", "400 invalid"}},
		{before, "POST /api/v1/submissions", "", `{"contestant":"alice","problem":"echo","files":` + string(files) + `}`, [4]string{"401 token", "422 not-open", "403 forbidden", "422 not-open"}},
		{begun, "POST /api/v1/submissions", "", `{"contestant":"alice","problem":"echo","files":` + string(files) + `}`, [4]string{"401 token", "201", "403 forbidden", "200"}},
		{begun, "POST /api/v1/submissions", "", `{"problem":"echo","files":` + string(files) + `}`, [4]string{"401 token", "200", "201", "400 invalid"}},
		{begun, "POST /api/v1/submissions/{id}/cancel", "submissions/{waiting}/cancel", "{}", [4]string{"401 token", "200", "403 forbidden", "200"}},
		{begun, "POST /api/v1/submissions/{id}/cancel", "submissions/{running}/cancel", "{}", [4]string{"401 token", "422 running", "403 forbidden", "200"}},
		{begun, "POST /api/v1/submissions/{id}/cancel", "submissions/1/cancel", "{}", [4]string{"401 token", "422 judged", "403 forbidden", "422 judged"}},
		{begun, "POST /api/v1/submissions/{id}/choice", "submissions/1/choice", "{}", [4]string{"401 token", "422 no-final", "403 forbidden", "422 no-final"}},
		{begun, "POST /api/v1/submissions/{id}/choice", "submissions/1/choice", `{"clear":true}`, [4]string{"401 token", "422 not-chosen", "403 forbidden", "422 not-chosen"}},

		{begun, "GET /api/v1/problems/{id}/rejudging", "problems/echo/rejudging", "", organiser("422 not-proposed")},
		{begun, "POST /api/v1/problems/{id}/rejudging", "problems/echo/rejudging", `{"action":"propose"}`, organiser("422 nothing")},
		{begun, "POST /api/v1/problems/{id}/rejudging", "problems/echo/rejudging", `{"action":"apply"}`, organiser("422 not-proposed")},
		{begun, "POST /api/v1/problems/{id}/rejudging", "problems/echo/rejudging", `{"action":"cancel"}`, organiser("422 not-proposed")},
		{begun, "POST /api/v1/queue", "", `{"action":"pause"}`, organiser("400 invalid")}, // allowed; no queue was started here
		{begun, "POST /api/v1/queue", "", `{"action":"resume"}`, organiser("400 invalid")},
		{begun, "GET /api/v1/events", "", "", organiser("200")},
		{begun, "GET /api/v1/users", "", "", organiser("200")},
		{begun, "POST /api/v1/users", "", `{"contestant":"carol"}`, organiser("201")},
		{begun, "POST /api/v1/users", "", `{"contestant":"carol","reset":true}`, organiser("201")},
		{begun, "POST /api/v1/users/{name}", "users/carol", `{"disabled":true}`, organiser("200")},
		{begun, "/api/v1/", "nothing", "", [4]string{"404 not-found", "404 not-found", "404 not-found", "404 not-found"}},
	} {
		asked[c.pattern] = true
		r.contest = c.contest
		method, path, ok := strings.Cut(c.pattern, " ")
		if !ok {
			method, path = http.MethodGet, c.pattern
		}
		if c.path != "" {
			path = "/api/v1/" + c.path
		}
		for i, token := range tokens {
			address := path
			if strings.Contains(path, "{") {
				waiting++
				j := r.submit(fmt.Sprint("waiting ", waiting))
				if strings.Contains(path, "{running}") {
					if _, err := r.db.Claim(t.Context(), j, 1, time.Minute); err != nil {
						t.Fatal(err)
					}
				}
				runs, err := r.db.Entries(t.Context(), "echo")
				if err != nil {
					t.Fatal(err)
				}
				id := fmt.Sprint(runs[len(runs)-1].Submission.ID)
				address = strings.NewReplacer("{waiting}", id, "{running}", id).Replace(path)
			}
			res := r.answered(method, address, token, c.body)
			var f wire.Failure
			if text := r.text(res); res.StatusCode >= 400 {
				_ = json.Unmarshal([]byte(text), &f)
			}
			if got := strings.TrimSpace(fmt.Sprint(res.StatusCode, " ", f.Code)); got != c.want[i] {
				t.Errorf("%s %s %s as %s: got %s, want %s (%s)", method, address, c.body, [4]string{"a stranger", "alice", "bob", "the organiser"}[i], got, c.want[i], f.Message)
			}
		}
	}
	for _, pattern := range slices.Sorted(maps.Keys(routes)) {
		if !asked[pattern] {
			t.Errorf("nobody asked for %s: say who may", pattern)
		}
	}
}
