package leaderboard

import (
	"net/http"
	"strings"
	"testing"
)

func TestFinalPage(t *testing.T) {
	site := full(t)
	page := textOf(t, body(t, site, "/f/1"))
	for _, want := range []string{
		"decided after 20 rounds", "4 finalists for 3 prizes",
		"1 1= omar", "2= in doubt: 2–3 1= nina", "2= in doubt: 2–3 2 pia", "out 3 quin g++ WA on secret/valid-002 in round 4",
		"omar : nina omar is faster 0.9942 0.9911 – 0.9973 20", "nina : pia equally fast 0.9989 0.9961 – 1.0017 19",
		"4 800, 0.8 % disturbed",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the final lacks %q:\n%s", want, page)
		}
	}
	if practice := textOf(t, body(t, site, "/f/2")); !strings.Contains(practice, "it decides nothing") {
		t.Errorf("a practice final does not say that it decides nothing:\n%s", practice)
	}
	for _, path := range []string{"/f/3", "/f/4", "/f/01", "/f/x", "/api/v1/finals/3"} {
		if w := get(t, site, path); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: got %d, want 404: it is not finished or not there", path, w.Code)
		}
	}
	for _, path := range []string{"/f/1", "/api/v1/finals/1"} {
		if strings.Contains(body(t, site, path), secretMessage) {
			t.Errorf("GET %s shows the validator's message", path)
		}
	}
}

func TestBoardLeadsToFinal(t *testing.T) {
	site := full(t)
	for path, finals := range map[string]int{"/p/speed/real": 2, "/p/speed/cpu": 0, "/": 2} {
		if n := strings.Count(body(t, site, path), `class="callout final"`); n != finals {
			t.Errorf("GET %s: got %d ways to finals, want %d", path, n, finals)
		}
	}
}
