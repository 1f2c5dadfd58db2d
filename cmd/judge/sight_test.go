package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/language"
	"contest/judge/rule"
	"contest/judge/store"
	"contest/judge/storetest"
	"contest/judge/wire"
	"contest/leaderboard"
)

// TestSurfacesTellNothingOfSecretTests shows two contests to the public and to
// contestants that differ only in what they may not see: every byte of every
// address of API, pages, feeds and static files must be the same. Addresses
// come from the tables of routes, so that new ones are looked at too.
func TestSurfacesTellNothingOfSecretTests(t *testing.T) {
	for _, c := range []struct {
		name  string
		sight judge.Sight
		world func(variant int) world
	}{
		{"while the contest runs", judge.SeesVerdicts, func(v int) world { return world{times: v, ends: v} }},
		{"with feedback of times", judge.SeesTimes, func(v int) world { return world{ends: v, feedback: judge.TimesFeedback} }},
		{"after the final", judge.SeesTimes, func(v int) world { return world{ends: v, over: true} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			first, second := c.world(1), c.world(2)
			first.open(t)
			second.open(t)
			for _, viewer := range []string{"", "anna", "boris"} {
				one, other := first.surfaces(t, viewer), second.surfaces(t, viewer)
				for address, body := range one {
					checkInstants(t, address, body)
					if viewer == "" && strings.Contains(body, forTheTeam) {
						t.Errorf("everybody reads in %s what the validator says to a contestant", address)
					}
					if body != other[address] {
						t.Errorf("%q sees what is secret in %s:\n%s", viewer, address, difference(body, other[address]))
					}
				}
				if len(one) != len(other) {
					t.Errorf("%q sees %d addresses in one contest and %d in the other", viewer, len(one), len(other))
				}
			}
			if files, other := first.exported(t), second.exported(t); len(files) == 0 || len(files) != len(other) {
				t.Errorf("static sites of %d and %d files", len(files), len(other))
			} else {
				for name, text := range files {
					checkInstants(t, name, text)
					if text != other[name] {
						t.Errorf("the static site tells what is secret in %s:\n%s", name, difference(text, other[name]))
					}
				}
			}
			// The contests do differ, as the organiser sees.
			detail := "/api/v1/submissions/1"
			if first.get(t, ownerToken, detail) == second.get(t, ownerToken, detail) {
				t.Error("the organiser sees no difference either")
			}
			for viewer, sees := range map[string]bool{"anna": true, "boris": false} {
				if got := strings.Contains(first.get(t, "judge_"+viewer, detail), forTheTeam); got != sees {
					t.Errorf("%s reads what the validator says to anna: %v", viewer, got)
				}
			}
			if got := strings.Contains(first.get(t, "", detail), `"test_case":"secret/1","timed":true,"verdict":"AC","real_ns"`); got != (c.sight == judge.SeesTimes) {
				t.Errorf("times of secret tests are shown: %v", got)
			}
		})
	}
}

var instants = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.,]+(Z|[-+]\d\d:?\d\d)?`)

// checkInstants holds every instant that programs read to three decimals, in UTC;
// those of the store have nine.
func checkInstants(t *testing.T, where, text string) {
	t.Helper()
	for _, at := range instants.FindAllString(text, -1) {
		if _, err := time.Parse(wire.Layout, at); err != nil || len(at) != len(wire.Layout) {
			t.Errorf("%s has the instant %s", where, at)
		}
	}
}

// forTheTeam is what a validator says to a contestant.
const forTheTeam = "look at your borders"

const ownerToken = "judge_owner"

// world is a contest in a store, with facts that depend on a variant.
type world struct {
	times, ends int // variants of times, and of how runs ended
	feedback    judge.Feedback
	over        bool // the final was held

	clock   *storetest.Clock
	db      *store.DB
	in      *instance
	server  *httptest.Server
	problem judge.Problem
}

// Problems and Broken are the catalogue.
func (w *world) Problems() []judge.Problem { return []judge.Problem{w.problem} }
func (w *world) Broken() []string          { return nil }

func (w *world) Verifications() []judge.Verification { return nil }

// sightCutoff is the deadline; the store's clock begins a minute before.
var sightCutoff = time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC)

func (w *world) open(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	w.clock = storetest.NewClock()
	w.db = storetest.Engines["sqlite"](t, store.Options{Now: w.clock.Now})
	w.db.SetEnqueuer(storetest.NoJobs{})
	sample := filepath.Join(t.TempDir(), "1")
	if err := os.WriteFile(sample, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	boards := []judge.Board{judge.RealBoard, judge.CPUBoard}
	w.problem = judge.Problem{ID: "p", Name: "P", Version: "v", Boards: boards, Feedback: judge.VerdictFeedback, Files: judge.Manifest{{Role: judge.ReferenceRole, Name: "r.cpp", Path: "r.cpp"}}, Limits: judge.Limits{CodeBytes: 1000},
		StatementFiles: []judge.File{{Name: "1", Data: []byte("1")}}}
	if w.feedback != "" {
		w.problem.Feedback = w.feedback
	}
	for _, name := range []string{"sample/1", "secret/1", "secret/2"} {
		tc := judge.TestCase{Name: name, Sample: judge.IsSample(name), Timed: name != "sample/1"}
		w.problem.Tests = append(w.problem.Tests, tc)
		w.problem.Files = w.problem.Files.With(
			judge.ManifestFile{Role: judge.InputRole, Name: tc.InputName(), Path: sample}, judge.ManifestFile{Role: judge.AnswerRole, Name: tc.AnswerName(), Path: sample})
	}
	deadline, err := judge.ParseDeadline("2026-02-04 19:59", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	contest := func() judge.Contest { return judge.Contest{Name: "C", Zone: time.UTC, Deadline: deadline} }
	now := func() time.Time { return sightCutoff.Add(-time.Second) }
	if w.over {
		now = func() time.Time { return sightCutoff.Add(24 * time.Hour) }
	}
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	site, err := leaderboard.New(leaderboard.Config{Contest: contest, Problems: w.Problems, Reads: w.db, Now: now, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	w.in = &instance{hub: api.NewHub(), db: w.db, logger: logger, site: site}
	rules := rule.Contest{Settings: contest, Problems: w.Problems, Now: now}
	w.in.api = newAPI(rules, language.Set{{Language: language.Default()}}, "", w.db)
	w.in.api.Packages, w.in.api.Hub, w.in.api.OwnerToken, w.in.api.Logger = w, w.in.hub, ownerToken, logger
	w.server = httptest.NewServer(w.in.handler())
	t.Cleanup(w.server.Close)
	for _, who := range []judge.Contestant{"anna", "boris"} {
		if err := w.db.AddContestant(ctx, judge.Actor{Role: judge.AsOrganiser}, who, api.HashToken("judge_"+string(who))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.db.SaveMachine(ctx, judge.Machine{Class: "0123456789abcdef", Fingerprint: map[string]string{"cpu": "x"}}); err != nil {
		t.Fatal(err)
	}
	w.finish(t, w.claimed(t, "anna", "measured"), judge.Accepted, true)
	w.finish(t, w.claimed(t, "boris", "crashes"), judge.Crash, false)
	w.finish(t, w.claimed(t, "anna", "once"), judge.Accepted, false)
	w.final(t, "practice", true)
	if w.over {
		w.clock.Add(24 * time.Hour)
		w.final(t, "final", false)
	}
}

func (w *world) claimed(t *testing.T, who judge.Contestant, text string) judge.Entry {
	t.Helper()
	s := judge.Submission{Problem: "p", Contestant: who, Language: "g++", Files: []judge.File{{Name: "a.cpp", Data: []byte(text)}}}
	e, _, err := w.db.Submit(t.Context(), s, nil)
	if err == nil {
		_, err = w.db.Claim(t.Context(), e.Judging.ID, e.Judging.Epoch, time.Minute)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// runs are the same for everybody but for what may be secret.
func (w *world) runs(v judge.Verdict) []judge.Run {
	runs := []judge.Run{{Ordinal: 1, TestCase: "sample/1", Verdict: judge.Accepted, Real: time.Millisecond, CPU: time.Millisecond, MemoryBytes: 4096, ExitStatus: 3, JudgeMessage: fmt.Sprintf("sample %d", w.ends)}}
	for i, name := range []string{"secret/1", "secret/2"} {
		r := judge.Run{Ordinal: 2 + i, TestCase: name, Timed: true, Verdict: judge.Accepted, Real: time.Duration(1000 + (2*i-1)*w.times), CPU: time.Duration(2000 + (2*i-1)*w.times)}
		r.MemoryBytes, r.ExitStatus, r.Signal = int64(7000+w.ends), 20*i+w.ends, 2+w.ends
		r.Limit, r.Message = []string{"", "cpu", "wall"}[w.ends], fmt.Sprintf("token %d", w.ends)
		r.TeamMessage, r.JudgeMessage = forTheTeam, fmt.Sprintf("case %d", w.ends)
		if i == 1 {
			r.Verdict = v
		}
		runs = append(runs, r)
	}
	return runs
}

func (w *world) finish(t *testing.T, e judge.Entry, v judge.Verdict, measured bool) {
	t.Helper()
	j := e.Judging
	j.State, j.ProblemVersion, j.Verdict, j.Total, j.MemoryBytes = judge.Done, "v", v, 3, int64(9000+w.ends)
	o := judge.Outcome{Runs: w.runs(v)}
	for _, r := range o.Runs {
		if r.Verdict == judge.Accepted {
			j.Passed++
		} else {
			j.FirstFailed = r.TestCase
		}
	}
	j.TimedPassed, j.Values.At(judge.RealBoard).Once, j.Values.At(judge.CPUBoard).Once = j.Passed-1, 5000, 6000 // one total each, however it came about
	if measured {
		j.Values.At(judge.RealBoard).Once, j.Values.At(judge.CPUBoard).Once = judge.Amount(5000+w.times), judge.Amount(6000+w.times)
		j.Class, j.Scheduling = "0123456789abcdef", "fifo"
		one := judge.Measured{Total: 5500, Ratio: .9, Low: .8, High: .95, HalfWidth: .1, Rounds: 5, Sessions: 1, Pairs: 10, Stop: "precise", AtFloor: w.times, Review: w.times}
		j.Values.At(judge.RealBoard).Measured, j.Values.At(judge.CPUBoard).Measured = one, one
		tests := []judge.MeasuredTest{{TestCase: "secret/1", Ratio: .9 + .01*float64(w.times), Low: .8, High: .99, Pairs: 4 + w.times, Reference: time.Duration(700 + w.times), AtFloor: w.times == 1}}
		o.Tests = judge.MeasuredTests{judge.RealBoard: tests, judge.CPUBoard: tests}
		o.Sessions = []judge.Session{{ID: fmt.Sprintf("%032x", e.Judging.ID), Started: sightCutoff, Finished: sightCutoff, Scheduling: "fifo", Rounds: 5, Stop: "precise", Data: fmt.Appendf(nil, "pairs %d", w.times)}}
	}
	o.Judging = j
	if err := w.db.Finish(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
}

// final holds a final that decides and has a finalist out.
func (w *world) final(t *testing.T, name string, practice bool) {
	t.Helper()
	f, err := w.db.BeginFinal(t.Context(), judge.Actor{Role: judge.AsOrganiser}, judge.Final{
		Problem: "p", ProblemVersion: "v", Board: judge.RealBoard, Name: name, Seed: strings.Repeat("0", 32), Practice: practice, Prizes: 1, MaxRounds: 10,
		Finalists: []judge.Finalist{{Contestant: "anna", Submission: 1, Language: "g++", Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}}, {Contestant: "boris", Submission: 2, Language: "g++", Ranking: judge.Ranking{Rank: 2, Best: 2, Worst: 2}}},
		Tests:     []string{"secret/1"}, Class: "0123456789abcdef", Scheduling: "fifo",
	})
	if err != nil {
		t.Fatal(err)
	}
	m := judge.Measured{Total: 5400, Ratio: .9, Low: .88, High: .92, HalfWidth: .02, Rounds: 10, Sessions: 1, Pairs: 20, Stop: "alone", AtFloor: w.times, Review: w.times}
	err = w.db.EndFinal(t.Context(), judge.Actor{Role: judge.AsOrganiser}, f.ID, judge.FinalStanding{Stop: "alone", Rows: []judge.FinalRow{
		{Submission: 1, Ranking: judge.Ranking{Rank: 1, Best: 1, Worst: 1}, Measured: m}, {Submission: 2, Out: fmt.Sprintf("RTE on secret/1 in round 1: exit status %d", w.ends)},
	}, Matches: []judge.FinalMatch{}})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) request(t *testing.T, method, token, address string, body []byte) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.server.URL+address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := w.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func (w *world) get(t *testing.T, token, address string) string {
	t.Helper()
	status, text := w.request(t, http.MethodGet, token, address, nil)
	if status != http.StatusOK {
		t.Fatalf("GET %s: got %d, want 200", address, status)
	}
	return text
}

// argument is everything that a star or {id} of a pattern may stand for.
var argument = []string{"1", "2", "3", "p", "real", "cpu", "anna", "boris"}

// addresses are what a pattern may be asked for.
func addresses(pattern string) []string {
	out := []string{""}
	for segment := range strings.SplitSeq(strings.TrimPrefix(strings.Replace(pattern, "**", "*", 1), "/"), "/") {
		choice := []string{segment}
		if name, ending, _ := strings.Cut(segment, "."); name == "*" || name == "{id}" {
			choice = nil
			for _, a := range argument {
				choice = append(choice, strings.TrimSuffix(a+"."+ending, "."))
			}
		}
		var next []string
		for _, begin := range out {
			for _, end := range choice {
				next = append(next, begin+"/"+end)
			}
		}
		out = next
	}
	return out
}

// surfaces are the answers at all addresses that a viewer may ask for.
func (w *world) surfaces(t *testing.T, viewer string) map[string]string {
	t.Helper()
	token := ""
	if viewer != "" {
		token = "judge_" + viewer
	}
	patterns := api.Patterns()
	for _, p := range leaderboard.Patterns() {
		if strings.HasPrefix(p, "api/") {
			p += ".json"
		}
		if viewer == "" { // pages know no tokens
			patterns = append(patterns, "GET /"+p)
		}
	}
	out := map[string]string{}
	for _, pattern := range patterns {
		method, path, ok := strings.Cut(pattern, " ")
		switch {
		case !ok, strings.Contains(pattern, "rejudging"), pattern == "GET /api/v1/users", pattern == "GET /api/v1/events": // nothing there, or the organiser's
		case pattern == "POST /api/v1/submissions" && viewer != "":
			again := fmt.Sprintf(`{"problem":"p","files":[{"name":"a.cpp","data":"%s"}]}`, map[string]string{"anna": "bWVhc3VyZWQ=", "boris": "Y3Jhc2hlcw=="}[viewer])
			status, text := w.request(t, method, token, path, []byte(again))
			if out[pattern] = text; status != http.StatusOK || !strings.Contains(text, `"again":true`) {
				t.Errorf("%q hands in again: got %d, %s", viewer, status, text)
			}
		case method == http.MethodPost:
			if !slices.Contains([]string{"/api/v1/submissions", "/api/v1/submissions/{id}/cancel", "/api/v1/submissions/{id}/choice", "/api/v1/tickets", "/api/v1/queue", "/api/v1/users", "/api/v1/users/{name}"}, path) {
				t.Errorf("%s is new: say here what it may answer with", pattern)
			}
		default:
			found := 0
			for _, address := range addresses(path) {
				status, text := w.request(t, method, token, address, nil)
				if status == http.StatusOK {
					found++
				}
				out[address] = fmt.Sprint(status, "\n", text)
			}
			if found == 0 {
				t.Errorf("%s is nowhere: give it something to show in this test", pattern)
			}
		}
	}
	return out
}

// What pages and API answer is told apart by the tables of both alone: an address of
// one is never the other's.
func TestHandlerKnowsWhoseAddressesAre(t *testing.T) {
	var w world
	w.open(t)
	whose := func(address string) string {
		rec := httptest.NewRecorder()
		w.in.handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, address, nil))
		if rec.Header().Get("Cross-Origin-Opener-Policy") != "" {
			return "pages"
		}
		return "API"
	}
	for _, pattern := range leaderboard.Patterns() {
		for _, address := range addresses(pattern) {
			folder, _, _ := strings.Cut(address, "/1")
			for _, a := range []string{address, address + ".json", folder} {
				if got := whose(a); got != "pages" {
					t.Errorf("%s of %s is answered by the %s", a, pattern, got)
				}
			}
		}
	}
	for _, pattern := range api.Patterns() {
		if _, path, ok := strings.Cut(pattern, " "); ok {
			if got := whose(addresses(path)[0]); got != "API" {
				t.Errorf("%s is answered by the %s", pattern, got)
			}
		}
	}
}

// Problem, state and board have one JSON each, whoever asks where: the API's
// addresses, the pages' and the terminal.
func TestOneShapeEverywhere(t *testing.T) {
	for want, w := range map[judge.Phase]*world{judge.PhaseLastHour: {}, judge.PhaseOver: {over: true}} {
		w.open(t)
		var status, contest, kit map[string]any
		var problems []map[string]any
		for address, v := range map[string]any{"status": &status, "contest": &contest, "problems": &problems, "problems/p/kit": &kit} {
			if err := json.Unmarshal([]byte(w.get(t, "", "/api/v1/"+address)), v); err != nil {
				t.Fatal(err)
			}
		}
		if got := contest["problems"].([]any)[0]; len(problems) != 1 || !reflect.DeepEqual(got, any(problems[0])) {
			t.Errorf("a problem of the contest is %v, in the list %v", got, problems)
		}
		for name, value := range problems[0] {
			if got := kit["problem"].(map[string]any)[name]; !reflect.DeepEqual(got, value) {
				t.Errorf("%s of the problem in a kit is %v, in the list %v", name, got, value)
			}
		}
		for name, value := range map[string]any{
			"phase": string(want), "zone": "UTC", "cutoff": "2026-02-04T20:00:00.000Z", "grace_ns": 120e9, "deadline": "2026-02-04 19:59 UTC (+00:00), that whole minute counts; cutoff 2026-02-04 20:00:00 UTC",
		} {
			if contest[name] != value || status[name] != value {
				t.Errorf("%s: %s is %v in the contest, %v in the status, want %v", want, name, contest[name], status[name], value)
			}
		}
		client := api.Client{URL: w.server.URL, HTTP: w.server.Client()}
		board, err := client.Scoreboard(t.Context(), "p", judge.RealBoard)
		if err != nil {
			t.Fatal(err)
		}
		again, err := wire.Marshal(board)
		if served := w.get(t, "", "/api/v1/boards/p/real"); err != nil || string(again)+"\n" != served {
			t.Errorf("the client reads the board\n%s\nas %s, %v", served, again, err)
		}
	}
}

func (w *world) exported(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := w.in.site.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// difference shows where two texts part.
func difference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, i-200):min(len(s), i+100)] }
	return cut(a) + "\n--- or\n" + cut(b)
}

// TestEventsTellNothingOfSecretTests follows a judging as it happens: what a
// contestant reads of it is the same whatever secret tests came to, and comes
// after the last of them.
func TestEventsTellNothingOfSecretTests(t *testing.T) {
	var seen []string
	for variant := 1; variant <= 2; variant++ {
		w := world{times: variant, ends: variant}
		w.open(t)
		seen = append(seen, w.followed(t))
	}
	if seen[0] != seen[1] {
		t.Errorf("the events tell what is secret:\n%s", difference(seen[0], seen[1]))
	}
	for _, want := range []string{`"test_case":"sample/1","timed":false,"verdict":"AC","real_ns":1000000`, `"state":"measuring"`, `"state":"done"`} {
		if !strings.Contains(seen[0], want) {
			t.Errorf("the events have no %s:\n%s", want, seen[0])
		}
	}
}

// followed reads the events of a judging whose secret tests are run while
// somebody watches.
func (w *world) followed(t *testing.T) string {
	t.Helper()
	e := w.claimed(t, "boris", "live")
	id := e.Submission.ID
	tell, end := w.in.hub.Begin(id)
	tell(judge.Progress{Submission: id, State: judge.Compiling, Total: 3})
	runs := w.runs(judge.Accepted)
	publish := func(r judge.Run) {
		tell(judge.Progress{Submission: id, State: judge.Running, Total: 3, Run: &r})
	}
	publish(runs[0])
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/api/v1/submissions/%d/events", w.server.URL, id), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer judge_boris")
	res, err := w.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	text, measuring := "", false
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			continue
		}
		text += line + "\n"
		switch {
		case strings.Contains(line, "sample/1"):
			publish(runs[1])
			publish(runs[2])
			tell(judge.Progress{Submission: id, State: judge.Measuring, Look: &judge.Look{Rounds: 1, Next: 5, Ratio: .5 + float64(w.times), HalfWidth: float64(w.times)}})
		case strings.Contains(line, "measuring") && !measuring:
			measuring = true
			w.finish(t, e, judge.Accepted, true)
			end()
		}
	}
	return text
}

// Behind a proxy that takes a prefix off, no answer may lead out of it.
func TestNoRedirectLeavesAPrefix(t *testing.T) {
	w := world{}
	w.open(t)
	client := w.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for address, want := range map[string]int{
		"/rules/": 301, "/p//p": 301, "/p/../rules": 301, "/api//v1/status": 301, "/api/v1/boards": 404, "/api/v1/finals": 404, "/api/v1": 404, "/nope": 404,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path = address
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if to := res.Header.Get("Location"); res.StatusCode != want || strings.HasPrefix(to, "/") || strings.Contains(to, ":") {
			t.Errorf("%s: got %d to %q, want %d", address, res.StatusCode, to, want)
		}
	}
}
