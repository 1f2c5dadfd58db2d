package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"contest/judge"
)

// getQueue lists what runs and what waits, in order. Only the organiser sees
// whose it is and why it waits; contestants see their own.
func (s *Server) getQueue(w http.ResponseWriter, r *http.Request) error {
	c, err := s.caller(r)
	if err != nil {
		return err
	}
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
			list[i] = c.sees(list[i])
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

// sees is what the caller may know of a judging in the queue.
func (c caller) sees(w judge.Waiting) judge.Waiting {
	if c.owner {
		return w
	}
	w.Reason = ""
	if !c.mayRead(w.Contestant) {
		w.Submission, w.Contestant = 0, ""
	}
	return w
}

// postQueue pauses the queue or resumes it.
func (s *Server) postQueue(w http.ResponseWriter, r *http.Request) error {
	if err := s.organiser(r, "pauses and resumes the queue"); err != nil {
		return err
	}
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

// postCancel withdraws a submission that has no verdict yet: a contestant's own
// while it waits, any for the organiser.
func (s *Server) postCancel(w http.ResponseWriter, r *http.Request) error {
	c, e, by, err := s.own(r)
	if err != nil {
		return err
	}
	if err := s.Queue.Cancel(r.Context(), e.Submission.ID, by, c.owner); err != nil {
		return err
	}
	if e, err = s.entry(r); err != nil {
		return err
	}
	sights, err := s.sights(r.Context(), c, e.Submission.Problem)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, Submitted{Entry: sights.visible(e), Reception: s.reception(e)})
}

// own is a submission that the caller may decide about, a contestant's own or any
// for the organiser, and who that is in words.
func (s *Server) own(r *http.Request) (c caller, e judge.Entry, by string, err error) {
	if c, err = s.caller(r); err != nil {
		return c, e, "", err
	}
	if e, err = s.entry(r); err != nil {
		return c, e, "", err
	}
	switch {
	case c.owner:
		return c, e, "the organiser", nil
	case c.who == "":
		return c, e, "", errNoToken
	case !c.mayRead(e.Submission.Contestant):
		return c, e, "", fmt.Errorf("submission %d is not yours: %w", e.Submission.ID, judge.ErrForbidden)
	}
	return c, e, string(c.who), nil
}
