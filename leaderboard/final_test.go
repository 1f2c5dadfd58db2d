package leaderboard

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge"
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
	if n := strings.Count(body(t, site, "/f/1"), `<svg class="bar"`); n != 3 || !strings.Contains(page, "Bars compare with the time at the top") {
		t.Errorf("%d bars, want those of all who are not out, and what they say:\n%s", n, page)
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

// Who missed more tests than the first has no bar: times decide nothing there.
func TestFinalBarsOfEqualTests(t *testing.T) {
	m := newTable()
	fillMeasured(m)
	fillFinals(m)
	m.finals[0].Finalists[2].Missed = 1
	page := body(t, at(t, m, cutoff.Add(3*time.Hour)), "/f/1")
	if n := strings.Count(page, `<svg class="bar"`); n != 2 {
		t.Errorf("%d bars, want 2", n)
	}
}

// TestFinalsAboveBoard: which final is meant, and what follows from it.
func TestFinalsAboveBoard(t *testing.T) {
	final := func(name, stop string, practice bool) judge.Final {
		return judge.Final{Problem: "speed", Board: judge.RealBoard, Name: name, Practice: practice, Rounds: 20, Standing: judge.FinalStanding{Stop: stop}}
	}
	const ofOne, ofSeveral = "The final decides the prizes, not this board.", "A final decides the prizes, not this board."
	for name, c := range map[string]struct {
		finals []judge.Final // oldest first
		want   []string      // newest first
	}{
		"one":      {[]judge.Final{final("final", "decided", false)}, []string{"Final|" + ofOne}},
		"unstable": {[]judge.Final{final("final", "unstable", false)}, []string{"Final|"}},
		"held again": {[]judge.Final{final("dry run", "decided", true), final("final", "unstable", false), final("again", "rounds", false)},
			[]string{"Final again|" + ofOne, "Final final|", "Practice final dry run|It decides nothing."}},
		"two that may decide": {[]judge.Final{final("final", "decided", false), final("second", "alone", false)},
			[]string{"Final second|" + ofSeveral, "Final final|" + ofSeveral}},
	} {
		var got []string
		for _, l := range (&view{finals: c.finals}).finalsOf(links{}, "speed", judge.RealBoard) {
			got = append(got, strings.TrimSpace(l.Title+" "+l.Name)+"|"+l.Decides)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestFinalWithoutTime: a final times only who passed timed tests, so that is
// never why somebody has no time in it.
func TestFinalWithoutTime(t *testing.T) {
	m := newTable()
	fill(m)
	m.finals[1].Standing = judge.FinalStanding{Stop: judge.Unstable, Rows: []judge.FinalRow{{Submission: m.finals[1].Finalists[0].Submission}}}
	site := at(t, m, cutoff.Add(3*time.Hour))
	for path, why := range map[string]string{
		"/f/1": `title="out: WA on secret/valid-002 in round 4">–<`,
		"/f/2": `title="the machine disturbed too many runs">–<`,
	} {
		if page := body(t, site, path); !strings.Contains(page, why) || strings.Contains(page, "no timed test passed") {
			t.Errorf("GET %s: want %s in\n%s", path, why, page)
		}
	}
}

// TestDegradedFinal: a final on a machine that is not fit looks like that on
// its page, in JSON and above its board; the other final does not.
func TestDegradedFinal(t *testing.T) {
	m := newTable()
	fill(m)
	m.finals[0].Degraded = "CPUs (0, measuring on 0)"
	site := at(t, m, cutoff.Add(3*time.Hour))
	for path, wanted := range map[string]string{
		"/f/1":             "This final was timed on a machine that is not fit for an official contest: CPUs (0, measuring on 0).",
		"/api/v1/finals/1": `"degraded":"CPUs (0, measuring on 0)"`,
		"/p/speed/real":    "decided after 20 rounds. It was timed on a machine that is not fit for an official contest. The final decides the prizes",
		"/":                "decided after 20 rounds. It was timed on a machine that is not fit for an official contest. The final decides the prizes",
	} {
		if n := strings.Count(body(t, site, path), wanted); n != 1 {
			t.Errorf("GET %s: got it %d times, want once: %s", path, n, wanted)
		}
	}
	for _, path := range []string{"/f/2", "/api/v1/finals/2", "/p/speed/cpu"} {
		if text := body(t, site, path); strings.Contains(text, "not fit") || strings.Contains(text, "degraded") {
			t.Errorf("GET %s calls something degraded:\n%s", path, text)
		}
	}
}

func TestBoardLeadsToFinal(t *testing.T) {
	site := full(t)
	for path, finals := range map[string]int{"/p/speed/real": 2, "/p/speed/cpu": 0, "/": 2} {
		page := body(t, site, path)
		if n := strings.Count(page, `class="callout final"`); n != finals {
			t.Errorf("GET %s: got %d ways to finals, want %d", path, n, finals)
		}
		if text := textOf(t, page); finals > 0 && !strings.Contains(text, "Final “ prizes ” : decided after 20 rounds. The final decides the prizes, not this board.") {
			t.Errorf("GET %s does not say which final decided what:\n%s", path, text)
		}
	}
}

// Every measured time leads to the machine that it is from.
func TestMachines(t *testing.T) {
	site := full(t)
	for _, path := range []string{"/s/36", "/f/1"} {
		if page := body(t, site, path); !strings.Contains(page, `href="../machines.html#0123456789abcdef"`) || !strings.Contains(page, "AMD EPYC 7R13 Processor, 8 CPUs, Linux 6.1") {
			t.Errorf("GET %s does not lead to its machine", path)
		}
	}
	page := body(t, site, "/machines")
	if text := textOf(t, page); !strings.Contains(page, `id="0123456789abcdef"`) || !strings.Contains(text, "cache L3 32768K shared by 8") || !strings.Contains(text, "<b>RSB</b> filling") ||
		!strings.Contains(text, "94 of 96 gained nothing, 1 ended wrongly, 1 unsure (2026-12-01)") {
		t.Errorf("the page of machines lacks what is known:\n%s", text)
	}
	var got []judge.Machine
	if err := json.Unmarshal([]byte(body(t, site, "/api/v1/machines.json")), &got); err != nil || len(got) != 1 || got[0].Fingerprint["cpus"] != "8" || got[0].Cheats.OK != 94 {
		t.Errorf("machines as JSON: %v, %v", got, err)
	}
	if text := textOf(t, body(t, at(t, newTable(), cutoff), "/machines")); !strings.Contains(text, "Nothing has been measured yet") {
		t.Errorf("without machines:\n%s", text)
	}
	if got := body(t, at(t, newTable(), cutoff), "/api/v1/machines.json"); got != "[]\n" {
		t.Errorf("no machines as JSON: %q", got)
	}
}

// Medals stand where a board is decided, for those who passed everything.
func TestMedalsOnlyOfWhatIsDecided(t *testing.T) {
	m := newTable()
	m.add("anna", "bridge", 10*time.Millisecond)
	m.add("boris", "bridge", 20*time.Millisecond, verdict(judge.Wrong, 2))
	medals := func(now time.Time, path string) int {
		return strings.Count(body(t, at(t, m, now), path), `class="place gold`) + strings.Count(body(t, at(t, m, now), path), `class="place silver`)
	}
	if running, over := medals(cutoff.Add(-time.Hour*2), "/p/bridge/real"), medals(cutoff.Add(time.Hour), "/p/bridge/real"); running != 0 || over != 1 {
		t.Errorf("%d medals while the contest runs and %d after it, want none and one", running, over)
	}
	fillMeasured(m)
	fillFinals(m)
	if board, final, practice := medals(cutoff.Add(3*time.Hour), "/p/speed/real"), medals(cutoff.Add(3*time.Hour), "/f/1"), medals(cutoff.Add(3*time.Hour), "/f/2"); board != 0 || final == 0 || practice != 0 {
		t.Errorf("%d medals on a board that a final decides, %d in the final, %d in one for practice", board, final, practice)
	}
}

// A final that was held before the deadline moved decides nothing.
func TestFinalBeforeTheDeadlineMoved(t *testing.T) {
	m := newTable()
	fillMeasured(m)
	fillFinals(m)
	m.finals = m.finals[:1]
	m.finals[0].Started, m.finals[0].Finished = cutoff.Add(-3*time.Hour), cutoff.Add(-2*time.Hour)
	site := at(t, m, cutoff.Add(-time.Hour*2))
	for path, want := range map[string]string{
		"/": "It was held before the deadline was moved, and decides nothing.", "/p/speed/real": "It was held before the deadline was moved, and decides nothing.",
		"/f/1": "Held before the deadline was moved: it decides nothing.",
	} {
		if text := textOf(t, body(t, site, path)); !strings.Contains(text, want) || strings.Contains(text, "decides the prizes") {
			t.Errorf("%s: %s", path, text)
		}
	}
}
