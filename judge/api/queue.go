package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/rule"
)

// getQueue lists what runs and what waits, in order. Only the organiser sees
// whose it is and why it waits; contestants see their own.
func (s *Server) getQueue(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	q, err := s.queueSince(r.Context(), time.Now())
	if err != nil {
		return err
	}
	q.Running, q.Waiting = slices.Clone(q.Running), slices.Clone(q.Waiting)
	if q.Paused, err = s.paused(r.Context()); err != nil {
		return err
	}
	for _, list := range [][]judge.Waiting{q.Running, q.Waiting} {
		for i := range list {
			list[i] = inQueue(a, list[i])
		}
	}
	return writeJSON(w, http.StatusOK, q)
}

// line is the queue as it was read the last time. Its order depends on all that
// waits: it is read once for everybody who asks at the same time, however many
// streams tell of one change.
type line struct {
	mu    sync.Mutex
	read  time.Time // no change before it is missing
	queue judge.Queue
}

// queueSince is the queue as it was at some time since then. Nobody changes it.
func (s *Server) queueSince(ctx context.Context, since time.Time) (judge.Queue, error) {
	l := &s.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.read.Before(since) {
		return l.queue, nil
	}
	now := time.Now()
	q, err := s.Store.Queue(ctx)
	if err == nil {
		l.read, l.queue = now, q
	}
	return q, err
}

// ahead counts the judgings that started before this one at some time since
// then, with what kept all of them from starting; zero once it has started.
func (s *Server) ahead(ctx context.Context, id judge.JudgingID, since time.Time) (int, judge.Hold, error) {
	q, err := s.queueSince(ctx, since)
	if i := slices.IndexFunc(q.Waiting, func(w judge.Waiting) bool { return w.Judging == id }); i >= 0 {
		return q.Waiting[i].Ahead, q.Held, nil
	}
	return 0, judge.Hold{}, err
}

// paused says whether nothing new is judged until the organiser resumes.
func (s *Server) paused(ctx context.Context) (bool, error) {
	if s.Queue == nil {
		return false, nil
	}
	return s.Queue.Paused(ctx)
}

// inQueue is what the actor may know of a judging in the queue.
func inQueue(a judge.Actor, w judge.Waiting) judge.Waiting {
	if oversees(a) {
		return w
	}
	w.Reason = ""
	if !rule.Reaches(a, rule.Inspect, w.Contestant) {
		w.Submission, w.Contestant = 0, ""
	}
	return w
}

// postQueue pauses the queue or resumes it.
func (s *Server) postQueue(w http.ResponseWriter, r *http.Request) error {
	var in QueueChange
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	var err error
	switch in.Action {
	case Pause:
		err = s.Queue.Pause(r.Context())
	case Resume:
		err = s.Queue.Resume(r.Context())
	default:
		err = &judge.Invalid{Message: fmt.Sprintf("the queue has no action %q", in.Action), Hint: "use pause or resume"}
	}
	if err != nil {
		return err
	}
	return s.getQueue(w, r)
}

// postCancel withdraws a submission that has no verdict yet.
func (s *Server) postCancel(w http.ResponseWriter, r *http.Request) error {
	id, err := submissionID(r)
	if err != nil {
		return err
	}
	if err := s.Withdrawing.Withdraw(r.Context(), actor(r), id); err != nil {
		return err
	}
	e, err := s.entry(r)
	if err != nil {
		return err
	}
	sights, err := s.sights(r.Context(), actor(r), e.Submission.Problem)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, Submitted{Entry: sights.visible(e), Reception: s.reception(e)})
}

// postChoice notes which of a contestant's entries takes part in the final, or
// takes that back.
func (s *Server) postChoice(w http.ResponseWriter, r *http.Request) error {
	var in ChoiceChange
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	id, err := submissionID(r)
	if err != nil {
		return err
	}
	change := s.Choosing.Choose
	if in.Clear {
		change = s.Choosing.Unchoose
	}
	if err := change(r.Context(), actor(r), id); err != nil {
		return err
	}
	return s.getSubmission(w, r)
}
