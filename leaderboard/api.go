package leaderboard

import (
	"net/http"
	"time"

	"contest/judge"
	"contest/judge/wire"
)

func (s *Site) boardJSON(req request) (answer, error) {
	b, err := req.snap.board(req.args)
	if err != nil {
		return answer{}, err
	}
	v := req.snap
	return jsonAnswer(cacheLive, wire.Scoreboard{
		Contest: v.contest.Name, Zone: v.contest.Zone.String(), GeneratedAt: v.at, Sequence: v.seq, Degraded: v.degraded, Scoreboard: b,
	})
}

// contestJSON is /api/v1/contest.
type contestJSON struct {
	GeneratedAt time.Time `json:"generated_at"`
	Sequence    int64     `json:"sequence"`
	Name        string    `json:"name"`
	Commitment  string    `json:"commitment,omitempty"` // the SHA-256 of the secret that secret tests are made from
	About       string    `json:"about,omitempty"`
	Prizes      string    `json:"prizes,omitempty"`
	wire.State
	Degraded    string           `json:"degraded,omitempty"` // why ranks are for practice
	Contestants int              `json:"contestants"`
	Submissions int              `json:"submissions"`
	Queue       judge.QueueStats `json:"queue"`
	Problems    []wire.Problem   `json:"problems"`
}

func (s *Site) contestJSON(req request) (answer, error) {
	v := req.snap
	out := contestJSON{
		GeneratedAt: v.at, Sequence: v.seq,
		Name: v.contest.Name, Commitment: s.cfg.Commitment, About: v.contest.About, Prizes: v.contest.Prizes,
		State: wire.NewState(v.contest, v.state), Degraded: v.degraded,
		Contestants: len(v.people), Submissions: len(v.entries), Queue: v.queue, Problems: []wire.Problem{},
	}
	for _, p := range v.problems {
		p.Boards = boardsOf(p)
		out.Problems = append(out.Problems, wire.NewProblem(p))
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
