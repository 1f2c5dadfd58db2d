package api

import (
	"sync"

	"contest/judge"
)

// Hub hands the events of running judgings to whoever watches. It keeps the
// events of each judging until it ends, so that a late watcher sees all.
type Hub struct {
	mu    sync.Mutex
	live  map[judge.SubmissionID]*stream
	begun chan struct{} // closed and replaced when a stream begins
}

type stream struct {
	events []judge.Progress
	grown  chan struct{} // closed and replaced when events grow
	ended  bool
}

// NewHub returns an empty hub.
func NewHub() *Hub {
	return &Hub{live: map[judge.SubmissionID]*stream{}, begun: make(chan struct{})}
}

// Begin starts the stream of an attempt at a judging: tell adds what happens, and end
// closes it, after which its watchers look into the store. Watchers of an attempt that
// was given up see its successor's from the start.
func (h *Hub) Begin(id judge.SubmissionID) (tell func(judge.Progress), end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.live[id]; old != nil {
		old.close()
	}
	s := &stream{grown: make(chan struct{})}
	h.live[id] = s
	close(h.begun)
	h.begun = make(chan struct{})
	return func(p judge.Progress) { h.add(s, p) }, func() { h.end(id, s) }
}

func (h *Hub) add(s *stream, p judge.Progress) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.ended {
		return
	}
	s.events = append(s.events, p)
	close(s.grown)
	s.grown = make(chan struct{})
}

func (h *Hub) end(id judge.SubmissionID, s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.close()
	if h.live[id] == s {
		delete(h.live, id)
	}
}

func (s *stream) close() {
	if !s.ended {
		s.ended = true
		close(s.grown)
	}
}

// open returns the stream of a submission, or nil when it is not being judged,
// and what to wait for in that case.
func (h *Hub) open(id judge.SubmissionID) (*stream, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.live[id], h.begun
}

// after returns the events beyond the first n, whether the stream ended, and
// what to wait for when there is nothing new.
func (h *Hub) after(s *stream, n int) ([]judge.Progress, bool, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return s.events[n:], s.ended, s.grown
}
