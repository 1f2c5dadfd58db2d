package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"contest/judge"
	"contest/judge/gate"
	"contest/judge/rule"
	"contest/judge/wire"
)

// envelopeBytes is what a submission's JSON may take beyond its sources in
// base64: names, keys.
const envelopeBytes = 64 << 10

const (
	// writeTimeout is how long a client may take to read what it is sent.
	writeTimeout = 10 * time.Second
	// glance is the least time between two looks at the store for one stream.
	glance = 250 * time.Millisecond
)

// keepAlive is how often a quiet event stream says that it is alive.
const keepAlive = 10 * time.Second

func (s *Server) postTicket(w http.ResponseWriter, r *http.Request) error {
	var in Ticket
	err := readJSON(w, r, 4<<10, &in)
	if err != nil {
		return err
	}
	in.Contestant, in.Opened, err = s.Submitting.Announce(r.Context(), actor(r), rule.Announced{Contestant: in.Contestant, Problem: in.Problem, SourceHash: in.SourceHash})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, in)
}

func (s *Server) postSubmission(w http.ResponseWriter, r *http.Request) error {
	var in NewSubmission
	if err := readJSON(w, r, s.largestBody(), &in); err != nil {
		return err
	}
	sights, err := s.sights(r.Context(), judge.Actor{}, in.Problem) // before it is stored: no error may follow that
	if err != nil {
		return err
	}
	entry, fresh, err := s.Submitting.Submit(r.Context(), actor(r), rule.HandedIn{Contestant: in.Contestant, Problem: in.Problem, Language: in.Language, Files: in.Files})
	if err != nil {
		return err
	}
	sub := entry.Submission
	sights.actor = judge.Actor{Name: string(sub.Contestant), Role: judge.AsContestant} // whose it is, whoever sent it
	out := Submitted{Entry: sights.visible(entry), Known: !fresh, Reception: s.reception(entry)}
	status := http.StatusCreated
	if !fresh {
		status = http.StatusOK
	}
	s.Logger.Info("submission", "submission", sub.ID, "problem", sub.Problem, "contestant", sub.Contestant, "language", sub.Language,
		"bytes", sub.Bytes, "again", out.Known, "late", out.LateBy > 0)
	return writeJSON(w, status, out)
}

// largestBody is the most that a submission to any problem may take.
func (s *Server) largestBody() int64 {
	var code int64 = 128 << 10
	for _, p := range s.Problems() {
		code = max(code, p.Limits.CodeBytes)
	}
	return 2*code + envelopeBytes
}

// sights are what one actor may see of submissions, by their problem.
type sights struct {
	actor judge.Actor
	of    map[judge.ProblemID]judge.Sight // see judge.Contest.Sights
}

// sights are what an actor may see of a problem's submissions, or of all
// with "".
func (s *Server) sights(ctx context.Context, a judge.Actor, problem judge.ProblemID) (sights, error) {
	out := sights{actor: a}
	if oversees(a) {
		return out, nil
	}
	finals, err := s.Store.Finals(ctx, problem)
	if err != nil {
		return out, err
	}
	out.of = s.Settings().Sights(s.Problems(), finals)
	return out, nil
}

// mayRead says whether the actor may see what belongs to one contestant.
func (v sights) mayRead(who judge.Contestant) bool { return rule.Reaches(v.actor, rule.Inspect, who) }

func (v sights) on(problem judge.ProblemID) judge.Sight {
	if oversees(v.actor) {
		return judge.SeesAll
	}
	return v.of[problem]
}

// visible is the entry as the actor may see it: the compiler's words belong
// to the contestant, our own failures to the organiser.
func (v sights) visible(e judge.Entry) judge.Entry {
	e.Judging = v.on(e.Submission.Problem).Judging(e.Judging)
	if !v.mayRead(e.Submission.Contestant) {
		e.Judging.CompilerOutput = ""
	}
	if !oversees(v.actor) {
		if e.Judging.State != judge.Cancelled {
			e.Judging.Reason = ""
		}
		if e.Judging.Verdict == judge.Internal {
			e.Judging = judge.Judging{ID: e.Judging.ID, Submission: e.Submission.ID, State: judge.Queued, Queued: e.Judging.Queued, Grade: judge.Grade{Total: e.Judging.Total}}
		}
	}
	return e
}

// stalled says that a judging looks as if it waited, and that nothing more comes of
// it by itself: the judge failed, and the organiser has to mend the cause.
func (v sights) stalled(e judge.Entry) bool {
	return e.Judging.Verdict == judge.Internal && !oversees(v.actor)
}

// runs are the runs of a submission as the actor may see them. The message of
// a sample may quote what the contestant's program wrote, and what an output validator
// says to its contestant is nobody else's business.
func (v sights) runs(s judge.Submission, runs []judge.Run) []judge.Run {
	out := v.on(s.Problem).Runs(runs)
	if !v.mayRead(s.Contestant) {
		for i := range out {
			out[i].Message, out[i].TeamMessage = "", ""
		}
	}
	return out
}

// event is an event of a submission as the actor may see it.
func (v sights) event(s judge.Submission, ev judge.Progress) judge.Progress {
	ev = v.on(s.Problem).Progress(ev)
	if ev.Run != nil && !v.mayRead(s.Contestant) {
		ev.Run.Message, ev.Run.TeamMessage = "", "" // Progress made a copy
	}
	return ev
}

func (s *Server) reception(e judge.Entry) Reception {
	contest := s.Settings()
	return Reception{Received: judge.Stamp(e.Submission.Receipt, contest.Zone), LateBy: contest.LateBy(e.Submission)}
}

func (s *Server) getSubmissions(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p, err := s.list(snap, actor(r), judge.ProblemID(q.Get("problem")), judge.Contestant(q.Get("contestant")))
	if err != nil {
		return err
	}
	return writePage(w, r, p)
}

// submissionID is the submission that a request names.
func submissionID(r *http.Request) (judge.SubmissionID, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &judge.NotFound{Kind: "submission", Name: r.PathValue("id"), Hint: "submissions are numbered from 1"}
	}
	return judge.SubmissionID(id), nil
}

func (s *Server) entry(r *http.Request) (judge.Entry, error) {
	id, err := submissionID(r)
	if err != nil {
		return judge.Entry{}, err
	}
	return s.Store.Entry(r.Context(), id)
}

func (s *Server) getSubmission(w http.ResponseWriter, r *http.Request) error {
	e, err := s.entry(r)
	if err != nil {
		return err
	}
	d, err := s.detail(r.Context(), actor(r), e)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, d)
}

// detail is a submission as the actor may see it.
func (s *Server) detail(ctx context.Context, a judge.Actor, e judge.Entry) (Detail, error) {
	sights, err := s.sights(ctx, a, e.Submission.Problem)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Entry: sights.visible(e), Reception: s.reception(e), Runs: []judge.Run{}, Stalled: sights.stalled(e)}
	if d.Judging.State == judge.Queued && e.Judging.State == judge.Queued {
		if d.Ahead, d.Held, err = s.ahead(ctx, e.Judging.ID, time.Now()); err != nil {
			return d, err
		}
	}
	if d.Judging.State == judge.Done {
		runs, err := s.Store.Runs(ctx, e.Judging.ID)
		if err != nil {
			return d, err
		}
		d.Runs = sights.runs(e.Submission, runs)
		if slices.ContainsFunc(d.Runs, func(r judge.Run) bool { return r.Hidden }) {
			p, _ := s.Problem(e.Submission.Problem)
			d.Note = sights.on(e.Submission.Problem).Note(p)
		}
		if d.Standings, err = s.standings(ctx, e); err != nil {
			return d, err
		}
		if len(d.Standings) > 0 {
			if d.Degraded, err = s.Store.Degraded(ctx); err != nil {
				return d, err
			}
		}
		if d.Machine, err = s.machine(ctx, e.Judging.Class); err != nil {
			return d, err
		}
	}
	return d, nil
}

// machine finds a class of machine; nil if nothing is known of it, or nothing
// was measured.
func (s *Server) machine(ctx context.Context, class string) (*judge.Machine, error) {
	if class == "" {
		return nil, nil
	}
	all, err := s.Store.Machines(ctx)
	if i := slices.IndexFunc(all, func(m judge.Machine) bool { return m.Class == class }); i >= 0 {
		return &all[i], err
	}
	return nil, err
}

// getEvents streams the events of a judging, one JSON document a line, until
// it is done. An empty line says that the server is still there.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	e, err := s.entry(r)
	if err != nil {
		return err
	}
	sights, err := s.sights(r.Context(), a, e.Submission.Problem)
	if err != nil {
		return err
	}
	place, err := s.Gate.Enter(r, string(a.Contestant()), known(a))
	if err != nil {
		return err
	}
	defer place.Leave()
	w.Header().Set("Content-Type", typeEvents)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	if r.Method == http.MethodHead {
		return nil
	}
	out := eventWriter{w: w, rc: http.NewResponseController(w), submission: e.Submission, sights: sights, gone: place.Gone}
	changed, cancel := s.Store.Subscribe()
	defer cancel()
	for news := time.Now(); ; {
		live, begun := s.Hub.open(e.Submission.ID)
		if live != nil {
			if s.follow(r, live, &out) != nil {
				return nil // the client has gone
			}
			news = time.Now()
		}
		if e, err = s.Store.Entry(r.Context(), e.Submission.ID); err != nil {
			return nil
		}
		switch e.Judging.State {
		case judge.Done, judge.Cancelled:
			v := sights.visible(e)
			_ = out.send(judge.Progress{Submission: e.Submission.ID, State: v.Judging.State, Total: v.Judging.Total, Judging: &v.Judging, Stalled: sights.stalled(e)})
			return nil
		case judge.Queued:
			ahead, hold, err := s.ahead(r.Context(), e.Judging.ID, news)
			if err != nil || out.send(judge.Progress{Submission: e.Submission.ID, State: judge.Queued, Ahead: ahead, Held: hold}) != nil {
				return nil
			}
		}
		if news = s.wait(r, begun, changed, &out); news.IsZero() {
			return nil
		}
	}
}

// wait returns when there may be something new, and since when, or the zero time
// when the stream ends.
func (s *Server) wait(r *http.Request, begun, changed <-chan struct{}, out *eventWriter) (news time.Time) {
	glanced, quiet := time.After(glance), time.After(keepAlive)
	var pause <-chan time.Time // after a change, the rest of the glance
	for {
		select {
		case <-begun:
			if news.IsZero() {
				news = time.Now()
			}
			return news
		case <-changed:
			news, changed, quiet, pause = time.Now(), nil, nil, glanced
		case <-pause:
			return news
		case <-quiet:
			if out.alive() != nil {
				return time.Time{}
			}
			return time.Now().Add(-keepAlive) // another process may have taken the machine for itself
		case <-s.Closing:
			return time.Time{}
		case <-out.gone:
			return time.Time{}
		case <-r.Context().Done():
			return time.Time{}
		}
	}
}

// follow sends a live stream's events until it ends or the client goes.
func (s *Server) follow(r *http.Request, live *stream, out *eventWriter) error {
	sent := 0
	for {
		events, ended, grown := s.Hub.after(live, sent)
		for _, ev := range events {
			if err := out.send(ev); err != nil {
				return err
			}
		}
		sent += len(events)
		if ended {
			return nil
		}
		select {
		case <-grown:
		case <-time.After(keepAlive):
			if err := out.alive(); err != nil {
				return err
			}
		case <-s.Closing:
			return http.ErrServerClosed
		case <-out.gone:
			return gate.ErrFull
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
}

// eventWriter writes events as lines and sends each at once, as far as whoever
// reads them may see them.
type eventWriter struct {
	w          http.ResponseWriter
	rc         *http.ResponseController
	submission judge.Submission
	sights     sights
	held       []judge.Progress // until the last test case was run
	gone       <-chan struct{}  // closed when the stream has to make way for another
}

func (o *eventWriter) send(ev judge.Progress) error {
	if o.sights.on(o.submission.Problem).Holds(ev) {
		o.held = append(o.held, ev)
		return nil
	}
	switch ev.State {
	case judge.Measuring, judge.Done:
		for _, held := range o.held {
			if err := o.write(held); err != nil {
				return err
			}
		}
		o.held = nil
	case judge.Queued, judge.Compiling: // the judging began again
		o.held = nil
	}
	return o.write(ev)
}

func (o *eventWriter) write(ev judge.Progress) error {
	ev.Submission = o.submission.ID
	o.extend()
	text, err := wire.Marshal(o.sights.event(o.submission, ev))
	if err != nil {
		return err
	}
	if _, err := o.w.Write(append(text, '\n')); err != nil {
		return err
	}
	return o.rc.Flush()
}

// extend gives the client time for the next write. A connection in memory has
// no deadlines, and needs none.
func (o *eventWriter) extend() { _ = o.rc.SetWriteDeadline(time.Now().Add(writeTimeout)) }

func (o *eventWriter) alive() error {
	o.extend()
	if _, err := o.w.Write([]byte("\n")); err != nil {
		return err
	}
	return o.rc.Flush()
}
