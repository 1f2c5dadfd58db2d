package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/language"
	"contest/judge/rule"
	"contest/judge/store"
	"contest/leaderboard"
)

// upgrades are contests that older judges held: measured programs, copies of them, some
// that missed timed tests, did not compile, crashed or came late, single runs, a
// rejudging that was applied, and a final. Each is an archive of the database as it was
// left, and of what the last judge with those tables said of it, by address.
var upgrades = []struct{ commit, deadline string }{
	{"dafed59", "2026-12-01 17:53:07"},
	{"2be1723", "2026-12-01 17:59:45"},
}

// Boards, places and all that is shown of submissions are the same after the tables
// have become new ones.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	for _, u := range upgrades {
		t.Run(u.commit, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			unpack(t, filepath.Join("testdata/upgrade", u.commit+".tar.gz"), dir)
			text, err := os.ReadFile(filepath.Join(dir, "want.json"))
			if err != nil {
				t.Fatal(err)
			}
			var wanted map[string]any
			if err := json.Unmarshal(text, &wanted); err != nil {
				t.Fatal(err)
			}
			w := &world{server: upgraded(t, filepath.Join(dir, "judge.db"), u.deadline)}
			beginsEvents(t, w)
			for address, want := range wanted {
				var got any = w.get(t, ownerToken, address)
				if filepath.Ext(address) != ".csv" {
					got = decoded(t, got.(string))
				}
				if diff := cmp.Diff(want, known(want, got)); diff != "" {
					t.Errorf("GET %s (-before +after):\n%s", address, diff)
				}
			}
		})
	}
}

// beginsEvents looks at the numbers of a contest that was carried over: an event of its
// own is the first, and whoever has a larger number of an older judge, which was the
// time, gets the new one.
func beginsEvents(t *testing.T, w *world) {
	t.Helper()
	var events api.Events
	if err := json.Unmarshal([]byte(w.get(t, ownerToken, "/api/v1/events")), &events); err != nil {
		t.Fatal(err)
	}
	if len(events.Events) != 1 || events.Head != 1 || events.Events[0].Kind != judge.EventCarriedOver {
		t.Errorf("events after the upgrade: %+v, want one that says so", events)
	}
	if rest := w.get(t, ownerToken, "/api/v1/events?after=1770148800000"); !strings.Contains(rest, `"events":[]`) {
		t.Errorf("events after the future: %s", rest)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", "1770148800000")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			if id != "1" {
				t.Errorf("after an older judge's event: %s, want 1", id)
			}
			return
		}
	}
	t.Error("no event for who had one of an older judge")
}

// decoded is JSON without what is of the moment.
func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	if m, ok := v.(map[string]any); ok {
		delete(m, "generated_at")
		delete(m, "sequence")
	}
	return v
}

// known is got without names that want does not have: a newer judge may say more.
func known(want, got any) any {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return got
		}
		out := map[string]any{}
		for name, value := range g {
			if _, was := w[name]; was {
				out[name] = known(w[name], value)
			}
		}
		return out
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return got
		}
		out := make([]any, len(g))
		for i := range g {
			out[i] = known(w[i], g[i])
		}
		return out
	}
	return got
}

// upgraded serves a contest whose database is migrated first.
func upgraded(t *testing.T, file, deadline string) *httptest.Server {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Dubai")
	if err != nil {
		t.Fatal(err)
	}
	end, err := judge.ParseDeadline(deadline, zone)
	if err != nil {
		t.Fatal(err)
	}
	end.Grace = 0
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	db, err := store.Open(t.Context(), "sqlite:"+file, store.Options{Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	contest := func() judge.Contest { return judge.Contest{Name: "Spring", Zone: zone, Deadline: end} }
	problems := upgradedProblems{}
	site, err := leaderboard.New(leaderboard.Config{Contest: contest, Problems: problems.Problems, Reads: db, Now: time.Now, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	in := &instance{hub: api.NewHub(), db: db, logger: logger, site: site}
	in.api = newAPI(rule.Contest{Settings: contest, Problems: problems.Problems, Now: time.Now}, language.Set{{Language: language.Default()}}, "", db)
	in.api.Packages, in.api.Hub, in.api.OwnerToken, in.api.Logger = problems, in.hub, ownerToken, logger
	server := httptest.NewServer(in.handler())
	t.Cleanup(server.Close)
	return server
}

// upgradedProblems are those of the contests.
type upgradedProblems struct{}

func (upgradedProblems) Problems() []judge.Problem {
	return []judge.Problem{
		{ID: "plain", Name: "Twice", Boards: []judge.Board{judge.CPUBoard}},
		{ID: "twice", Name: "Twice", Boards: judge.TimeBoards, Timing: judge.Window, Files: judge.Manifest{{Role: judge.ReferenceRole, Name: "reference.cpp"}}},
	}
}
func (upgradedProblems) Broken() []string                    { return nil }
func (upgradedProblems) Verifications() []judge.Verification { return nil }

func unpack(t *testing.T, archive, dir string) {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := tar.NewReader(z)
	for {
		h, err := files.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(files)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(h.Name)), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
