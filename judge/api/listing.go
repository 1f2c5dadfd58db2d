package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/score"
	"contest/judge/wire"
)

// listing reads all submissions once for everybody who asks between two
// changes. Who asks after a change gets what is true since then.
type listing struct {
	mu      sync.Mutex
	current *snapshot
}

const (
	// listingAge is how long a snapshot is believed: the clock changes what it says
	// too.
	listingAge = time.Second
	// listingShare is what part of the time may go into snapshots, one in ten:
	// judging on the same machine must not pay for who asks again and again.
	listingShare = 10
)

// snapshot is what the API tells of all submissions at one moment. Nothing
// changes it; what is made of it on demand is kept.
type snapshot struct {
	head    int64     // of the last event before it was read
	read    time.Time // when
	entries []judge.Entry
	sights  sights // of the public

	mu     sync.Mutex
	spent  time.Duration       // for all of it so far
	views  [viewKinds][][]byte // of each entry
	pages  map[pageKey]page
	boards map[boardKey]score.Scoreboard
}

// viewKind is in whose eyes an entry is written. A list has nothing of an entry
// that its contestant may see and others not: the compiler's words are left out.
type viewKind int

const (
	publicView viewKind = iota
	ownerView
	viewKinds
)

type pageKey struct {
	kind    viewKind
	problem judge.ProblemID
}

type boardKey struct {
	problem judge.ProblemID
	board   judge.Board
}

// page is an answer with its ETag.
type page struct {
	body []byte
	etag string
}

// snapshot is the current one, or a new one if something has changed.
func (s *Server) snapshot(ctx context.Context) (*snapshot, error) {
	l := &s.listing
	l.mu.Lock()
	defer l.mu.Unlock()
	head, err := s.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	if l.current != nil && l.current.head == head && time.Since(l.current.read) < listingAge {
		return l.current, nil
	}
	if l.current != nil {
		select {
		case <-time.After(time.Until(l.current.read.Add(listingShare * l.current.cost()))):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if head, err = s.Store.Head(ctx); err != nil { // it may have changed meanwhile
		return nil, err
	}
	next := &snapshot{head: head, read: time.Now(), pages: map[pageKey]page{}, boards: map[boardKey]score.Scoreboard{}}
	if next.entries, err = s.Store.Entries(ctx, ""); err != nil {
		return nil, err
	}
	if next.sights, err = s.sights(ctx, judge.Actor{}, ""); err != nil {
		return nil, err
	}
	next.spent = time.Since(next.read)
	l.current = next
	return next, nil
}

func (v *snapshot) cost() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.spent
}

// making locks the snapshot and counts the time until the returned function is
// called.
func (v *snapshot) making() (done func()) {
	v.mu.Lock()
	began := time.Now()
	return func() {
		v.spent += time.Since(began)
		v.mu.Unlock()
	}
}

// board is a ranking of the snapshot's submissions.
func (v *snapshot) board(c judge.Contest, p judge.Problem, b judge.Board) score.Scoreboard {
	defer v.making()()
	key := boardKey{p.ID, b}
	board, ok := v.boards[key]
	if !ok {
		board = score.Rank(c, p, b, v.entries)
		v.boards[key] = board
	}
	return board
}

// list is the list of submissions as the actor may see it, of one problem and
// of one contestant unless they are empty.
func (s *Server) list(v *snapshot, a judge.Actor, problem judge.ProblemID, who judge.Contestant) (page, error) {
	defer v.making()()
	kind := publicView
	if oversees(a) {
		kind = ownerView
	}
	key := pageKey{kind, problem}
	if p, ok := v.pages[key]; ok && who == "" {
		return p, nil
	}
	body := []byte{'['}
	for i, e := range v.entries {
		if problem != "" && e.Submission.Problem != problem || who != "" && e.Submission.Contestant != who {
			continue
		}
		text, err := s.written(v, kind, i)
		if err != nil {
			return page{}, err
		}
		if len(body) > 1 {
			body = append(body, ',')
		}
		body = append(body, text...)
	}
	body = append(body, ']', '\n')
	sum := sha256.Sum256(body)
	p := page{body, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	// Names that nobody has must not fill the memory: a contestant's own list is
	// soon made of what is written, and one without an entry at once.
	if who == "" && len(body) > len("[]\n") {
		v.pages[key] = p
	}
	return p, nil
}

// written is one entry of the snapshot as JSON; the caller holds its lock.
func (s *Server) written(v *snapshot, kind viewKind, i int) ([]byte, error) {
	if v.views[kind] == nil {
		v.views[kind] = make([][]byte, len(v.entries))
	}
	if v.views[kind][i] == nil {
		e, sights := v.entries[i], v.sights
		if kind == ownerView {
			sights.actor = judge.Actor{Role: judge.AsOrganiser}
		}
		shown := sights.visible(e)
		shown.Judging.CompilerOutput = "" // long; it is with the submission itself
		text, err := wire.Marshal(Submitted{Entry: shown, Reception: s.reception(e)})
		if err != nil {
			return nil, err
		}
		v.views[kind][i] = text
	}
	return v.views[kind][i], nil
}

// writePage answers with a page, or that the client has it already.
func writePage(w http.ResponseWriter, r *http.Request, p page) error {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Authorization")
	h.Set("ETag", p.etag)
	for _, have := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(have), "W/") == p.etag {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h.Set("Content-Type", typeJSON)
	h.Set("Content-Length", strconv.Itoa(len(p.body)))
	_, _ = w.Write(p.body) // a reader that went away is nobody's error
	return nil
}
