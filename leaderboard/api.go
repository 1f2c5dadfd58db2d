package leaderboard

import (
	"net/http"
	"time"

	"contest/judge"
	"contest/judge/score"
	"contest/judge/wire"
)

// boardJSON is /api/v1/boards/{problem}/{board}.
type boardJSON struct {
	Contest     string    `json:"contest"`
	GeneratedAt time.Time `json:"generated_at"`
	Sequence    int64     `json:"sequence"`
	Degraded    string    `json:"degraded,omitempty"` // why ranks are for practice
	score.Board
}

func (s *Site) boardJSON(req request) (answer, error) {
	b, err := req.snap.board(req.args)
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(cacheLive, boardJSON{req.snap.contest.Name, req.snap.at.UTC(), req.snap.seq, req.snap.degraded, b})
}

// contestJSON is /api/v1/contest.
type contestJSON struct {
	GeneratedAt   time.Time        `json:"generated_at"`
	Sequence      int64            `json:"sequence"`
	Name          string           `json:"name"`
	Commitment    string           `json:"commitment,omitempty"` // the SHA-256 of the secret that secret tests are made from
	About         string           `json:"about,omitempty"`
	Prizes        string           `json:"prizes,omitempty"`
	Zone          string           `json:"zone"`
	Start         time.Time        `json:"start,omitzero"`
	Deadline      string           `json:"deadline"` // in words, as on every surface
	Cutoff        time.Time        `json:"cutoff,omitzero"`
	GraceSeconds  float64          `json:"grace_seconds"`
	Phase         phase            `json:"phase"`
	Degraded      string           `json:"degraded,omitempty"` // why ranks are for practice
	PendingInTime int              `json:"pending_in_time"`
	Contestants   int              `json:"contestants"`
	Submissions   int              `json:"submissions"`
	Queue         judge.QueueStats `json:"queue"`
	Problems      []problemJSON    `json:"problems"`
}

type problemJSON struct {
	ID          judge.ProblemID `json:"id"`
	Name        string          `json:"name"`
	Boards      []judge.Board   `json:"boards"`
	TimeLimitNS time.Duration   `json:"time_limit_ns"`
	MemoryBytes int64           `json:"memory_limit_bytes"`
	Threads     int             `json:"threads"`
	Tests       int             `json:"tests"`
}

func (s *Site) contestJSON(req request) (answer, error) {
	v := req.snap
	out := contestJSON{
		GeneratedAt: v.at.UTC(), Sequence: v.seq,
		Name: v.contest.Name, Commitment: s.cfg.Commitment, About: v.contest.About, Prizes: v.contest.Prizes, Zone: v.contest.Zone.String(),
		Start: v.contest.Start, Deadline: v.contest.Deadline.String(), Cutoff: v.contest.Deadline.Cutoff.UTC(),
		GraceSeconds: v.contest.Deadline.Grace.Seconds(), Phase: v.state.phase, Degraded: v.degraded, PendingInTime: v.state.pending,
		Contestants: len(v.people), Submissions: len(v.entries), Queue: v.queue, Problems: []problemJSON{},
	}
	if v.contest.Deadline.Cutoff.IsZero() {
		out.Cutoff = time.Time{}
	}
	for _, p := range v.problems {
		out.Problems = append(out.Problems, problemJSON{
			ID: p.ID, Name: p.Name, Boards: boardsOf(p), TimeLimitNS: p.Limits.Time,
			MemoryBytes: p.Limits.MemoryBytes, Threads: max(p.Threads, 1), Tests: len(p.Tests),
		})
	}
	return jsonAnswer(cacheLive, out)
}

// headJSON is polled where /events cannot be had.
func (s *Site) headJSON(req request) (answer, error) {
	a, err := jsonAnswer(cacheHead, s.head(req.snap))
	a.fixed = false // it says when the snapshot was last confirmed
	return a, err
}

func jsonAnswer(cache string, v any) (answer, error) {
	body, err := wire.Marshal(v)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, kind: typeJSON, cache: cache, body: append(body, '\n'), fixed: true}, nil
}
