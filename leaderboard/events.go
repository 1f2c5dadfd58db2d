package leaderboard

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"contest/judge/gate"
	"contest/judge/wire"
)

const (
	heartbeat    = 15 * time.Second
	writeTimeout = 10 * time.Second
	// maxStream ends a connection now and then, so that those of a dead proxy
	// do not pile up; browsers come back by themselves.
	maxStream = 30 * time.Minute
)

// head is the state of the pages in a few bytes. Each event carries it whole:
// a client that missed some has missed nothing.
type head struct {
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"` // the pages were true then
}

// event is a head with the server's clock, which corrects the countdown.
type event struct {
	head
	Now int64 `json:"now"` // Unix milliseconds
}

func (s *Site) head(snap *snapshot) head {
	return head{Seq: snap.seq, At: s.checkedAt().UTC()}
}

// events streams the sequence number: at once, after every change and every
// 15 seconds. Changes come at most once a second, as snapshots do.
func (s *Site) events(w http.ResponseWriter, r *http.Request) {
	place, err := s.cfg.Gate.Enter(r, "", false)
	if err != nil {
		s.busy(w, err)
		return
	}
	defer place.Leave()
	snap, err := s.latest(r.Context())
	if err != nil {
		s.cfg.Logger.Error("read for events", "error", err)
		s.busy(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", cacheNever)
	h.Set("X-Accel-Buffering", "no")
	if r.Method == http.MethodHead {
		return
	}
	s.stream(w, r, snap, place.Gone)
}

// busy tells the client to poll /api/v1/head.json instead.
func (s *Site) busy(w http.ResponseWriter, err error) {
	status := http.StatusServiceUnavailable
	if errors.Is(err, gate.ErrShare) {
		status = http.StatusTooManyRequests
	}
	w.Header().Set("Retry-After", "60")
	w.Header().Set("Connection", "close") // room is what is lacking
	w.Header().Set("Cache-Control", cacheNever)
	http.Error(w, "too many live connections: poll /api/v1/head.json instead", status)
}

func (s *Site) stream(w http.ResponseWriter, r *http.Request, snap *snapshot, gone <-chan struct{}) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.NewTimer(maxStream)
	defer end.Stop()
	control := http.NewResponseController(w)
	prefix := "retry: 3000\n"
	for {
		if err := s.send(w, control, prefix, snap); err != nil {
			return
		}
		prefix = ""
		select {
		case <-snap.replaced:
			snap = s.current.Load()
		case <-beat.C:
		case <-end.C:
			return
		case <-gone:
			return
		case <-s.closing:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// send writes one event. A reader that does not take it in time is dropped; it
// reconnects and gets the newest.
func (s *Site) send(w http.ResponseWriter, control *http.ResponseController, prefix string, snap *snapshot) error {
	data, err := wire.Marshal(event{head: s.head(snap), Now: s.cfg.Now().UnixMilli()})
	if err != nil {
		return err
	}
	// A writer without deadlines (a test's recorder) is no reason to send nothing.
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := fmt.Fprintf(w, "%sid: %d\ndata: %s\n\n", prefix, snap.seq, data); err != nil {
		return err
	}
	if err := control.Flush(); err != nil {
		return err
	}
	// HTTP/2 ends a stream whose deadline passes while nothing is written.
	_ = control.SetWriteDeadline(time.Time{})
	return nil
}
