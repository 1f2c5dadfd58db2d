package leaderboard

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/score"
)

// view is everything the pages say at one moment; nothing changes it once it
// is built.
type view struct {
	seq      int64     // of the last event that was stored before it was read
	at       time.Time // when the store was read
	contest  judge.Contest
	problems []judge.Problem
	entries  []judge.Entry // newest first, without sources
	queue    judge.QueueStats
	state    judge.State
	boards   map[boardKey]score.Scoreboard
	people   map[string][]int // by slug: where in entries, newest first
	finals   []judge.Final    // that are finished, oldest first
	sights   map[judge.ProblemID]judge.Sight
	degraded string          // why ranks are for practice; empty if they are not
	machines []judge.Machine // that anything was measured on
	copied   bool            // into files, which nothing renews
}

type boardKey struct {
	problem judge.ProblemID
	board   judge.Board
}

// newView keeps entries and finals, and changes their order. Once the boards are
// ranked it has nothing of them that the public may not see.
func newView(c judge.Contest, problems []judge.Problem, entries []judge.Entry, finals []judge.Final, stats judge.QueueStats, now time.Time) *view {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	v := &view{
		at: now, contest: c, problems: problems, queue: stats,
		boards: map[boardKey]score.Scoreboard{}, people: map[string][]int{},
		entries: entries,
		finals:  slices.DeleteFunc(finals, func(f judge.Final) bool { return !f.Done() }),
	}
	slices.SortFunc(v.entries, func(a, b judge.Entry) int { return cmp.Compare(b.Submission.ID, a.Submission.ID) })
	slugs := map[judge.Contestant]string{}
	for i := range v.entries {
		e := &v.entries[i]
		e.Submission.Files, e.Judging.CompilerOutput = nil, "" // not for these pages, and large
		who := e.Submission.Contestant
		if slugs[who] == "" {
			slugs[who] = slug(who)
		}
		v.people[slugs[who]] = append(v.people[slugs[who]], i)
	}
	for _, p := range problems {
		for _, b := range boardsOf(p) {
			v.boards[boardKey{p.ID, b}] = score.Rank(c, p, b, v.entries)
		}
	}
	v.state = c.State(now, c.PendingInTime(v.entries))
	v.hide()
	return v
}

// hide takes out what the public may not see.
func (v *view) hide() {
	v.sights = v.contest.Sights(v.problems, v.finals)
	for i := range v.entries {
		e := &v.entries[i]
		e.Judging = v.sights[e.Submission.Problem].Judging(e.Judging)
	}
	for i, f := range v.finals {
		v.finals[i] = v.sights[f.Problem].Final(f)
	}
}

// notice stands on top of every page; empty for none.
func (v *view) notice() string {
	if v.degraded == "" {
		return ""
	}
	return "Ranks on the boards are for practice, as they come from a machine that is not fit for an official contest: " + v.degraded + "."
}

// boardsOf are the boards of a problem; both where it names none.
func boardsOf(p judge.Problem) []judge.Board {
	if len(p.Boards) == 0 {
		return judge.TimeBoards
	}
	return p.Boards
}

func (v *view) problem(id judge.ProblemID) (judge.Problem, bool) {
	i := slices.IndexFunc(v.problems, func(p judge.Problem) bool { return p.ID == id })
	if i < 0 {
		return judge.Problem{}, false
	}
	return v.problems[i], true
}

// of are the submissions of a contestant, newest first.
func (v *view) of(slug string) []judge.Entry {
	var out []judge.Entry
	for _, i := range v.people[slug] {
		out = append(out, v.entries[i])
	}
	return out
}

// problemName is the problem's name, or its ID when it is no longer there.
func (v *view) problemName(id judge.ProblemID) string {
	if p, ok := v.problem(id); ok && p.Name != "" {
		return p.Name
	}
	return string(id)
}

// sameFrame says whether two views agree on everything but submissions.
func (v *view) sameFrame(c judge.Contest, problems []judge.Problem, phase judge.Phase) bool {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return v.state.Phase == phase && reflect.DeepEqual(v.contest, c) &&
		slices.EqualFunc(v.problems, problems, func(a, b judge.Problem) bool {
			return a.ID == b.ID && a.Name == b.Name && a.Version == b.Version && a.Scoring == b.Scoring && slices.Equal(a.Boards, b.Boards)
		})
}

// stillTrue says whether the view would be built the same, as far as can be
// told without reading all submissions.
func (v *view) stillTrue(c judge.Contest, problems []judge.Problem, stats judge.QueueStats, now time.Time) bool {
	return v.queue.Waiting == stats.Waiting && v.queue.Running == stats.Running &&
		v.queue.Oldest.Equal(stats.Oldest) && sameHold(v.queue.Held, stats.Held) && v.sameFrame(c, problems, c.State(now, v.state.Pending).Phase)
}

// sameHold says whether pages say the same of both: how far it is they do not say.
func sameHold(a, b judge.Hold) bool {
	return a.What == b.What && a.Since.Equal(b.Since) && a.Ends.Equal(b.Ends)
}

// slug is how a contestant is written in a URL and in a file's name: as they
// are when the name is of the form that the contest allows, a hash if not.
func slug(c judge.Contestant) string {
	if c.Validate() == nil {
		return string(c)
	}
	sum := sha256.Sum256([]byte(c))
	return "~" + hex.EncodeToString(sum[:8])
}
