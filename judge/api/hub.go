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

// Begin starts a judging's stream; watchers of an attempt that was given up
// see its events again from the start.
func (h *Hub) Begin(id judge.SubmissionID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.live[id]; old != nil {
		old.ended = true
		close(old.grown)
	}
	h.live[id] = &stream{grown: make(chan struct{})}
	close(h.begun)
	h.begun = make(chan struct{})
}

// Publish adds an event to a stream that was begun.
func (h *Hub) Publish(e judge.Progress) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.live[e.Submission]
	if s == nil {
		return
	}
	s.events = append(s.events, e)
	close(s.grown)
	s.grown = make(chan struct{})
}

// End closes a stream; its watchers wait for the result in the store.
func (h *Hub) End(id judge.SubmissionID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.live[id]; s != nil {
		s.ended = true
		close(s.grown)
		delete(h.live, id)
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
