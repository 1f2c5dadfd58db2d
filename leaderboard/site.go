// Package leaderboard is the public read side of a contest: pages, JSON, live
// updates and the same pages as a static tree. It shows facts that are public
// to everyone; sources, compiler output and messages belong to the contestant
// and are served elsewhere.
//
// All pages are written from one immutable snapshot behind an atomic pointer.
// The front page and the first page of every board are rendered and compressed
// when something changed; the rest on demand, at most once per snapshot. Every
// page links relatively, with ".html", so that the files that Export writes work
// wherever they are put.
package leaderboard

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"contest/judge"
	"contest/judge/gate"
)

// Reads is what the pages need to know; the store has these methods.
type Reads interface {
	// Head is the number of the last event. What is read after it has at least all
	// changes up to it.
	Head(ctx context.Context) (int64, error)
	// Entries are the submissions of a problem, or of all with "".
	Entries(ctx context.Context, problem judge.ProblemID) ([]judge.Entry, error)
	// Entry is one submission, or judge.ErrNotFound.
	Entry(ctx context.Context, id judge.SubmissionID) (judge.Entry, error)
	// Runs are the test cases of one judging, in order.
	Runs(ctx context.Context, id judge.JudgingID) ([]judge.Run, error)
	// MeasuredTests are the timed test cases of one judging that was measured.
	MeasuredTests(ctx context.Context, id judge.JudgingID) (judge.MeasuredTests, error)
	// Finals of a problem, or of all with "", in the order in which they began.
	Finals(ctx context.Context, problem judge.ProblemID) ([]judge.Final, error)
	// Degraded is why ranks are for practice; empty if they are not.
	Degraded(ctx context.Context) (string, error)
	// Machines are the classes of machine that anything was measured on, the
	// first one first.
	Machines(ctx context.Context) ([]judge.Machine, error)
	QueueStats(ctx context.Context) (judge.QueueStats, error)
	// Ahead counts the judgings that start before one that waits.
	Ahead(ctx context.Context, id judge.JudgingID) (int, error)
}

// Config is what a site is made of. Contest, Problems and Reads are needed;
// the rest has defaults.
type Config struct {
	Contest  func() judge.Contest
	Problems func() []judge.Problem // in order; the current good versions
	Reads    Reads
	// Commitment is the SHA-256 of the secret that secret tests are made from;
	// empty without one.
	Commitment string
	// Changed gives a coalescing notification that there are new events, and its
	// cancel. Without it Run looks every CheckEvery.
	Changed func() (<-chan struct{}, func())
	Now     func() time.Time
	Logger  *slog.Logger
	// Gate bounds the connections of /events; who is refused polls. Nil does not.
	Gate *gate.Gate
}

const (
	// CheckEvery is how often Run confirms that the snapshot is still what the
	// store says; pages call themselves stale after thirty seconds without.
	CheckEvery = 5 * time.Second
	// renderGap is the least time between two snapshots: judging on the same
	// machine should not pay for pages that nobody could read that fast.
	renderGap = time.Second
)

// Site serves and exports the pages.
type Site struct {
	cfg       Config
	assets    *assets
	routes    []route
	templates templates

	current atomic.Pointer[snapshot]
	checked atomic.Int64 // Unix milliseconds: the snapshot was true then
	closing chan struct{}
	close   sync.Once
	running atomic.Bool // Run is: a snapshot is as old as it should be

	refreshing sync.Mutex // one rendering at a time
}

// New makes a site. It reads nothing of the contest before Run, Export or the first
// request.
func New(cfg Config) (*Site, error) {
	templates, err := shipped()
	if err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Changed == nil {
		cfg.Changed = func() (<-chan struct{}, func()) { return nil, func() {} }
	}
	return &Site{cfg: cfg, assets: loadAssets(), routes: allRoutes(), templates: templates, closing: make(chan struct{})}, nil
}

// Handler serves the pages; only GET and HEAD.
func (s *Site) Handler() http.Handler { return s }

// Run keeps the snapshot current until ctx ends, at most one rendering a
// second. Connections of /events end with it.
func (s *Site) Run(ctx context.Context) error {
	defer s.close.Do(func() { close(s.closing) })
	changed, cancel := s.cfg.Changed()
	defer cancel()
	s.running.Store(true)
	defer s.running.Store(false)
	last := time.Time{}
	render, check := time.NewTimer(0), time.NewTimer(s.untilCheck())
	defer render.Stop()
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-changed:
			if !open {
				changed = nil // the timer remains
				continue
			}
			render.Reset(max(0, renderGap-time.Since(last)))
		case <-render.C:
			if behind, err := s.behind(ctx); behind || err != nil {
				s.refreshLogged(ctx)
			}
			last = time.Now()
		case <-check.C:
			s.check(ctx)
			check.Reset(s.untilCheck())
		}
	}
}

// behind says whether something changed since the snapshot was read, in any process.
func (s *Site) behind(ctx context.Context) (yes bool, err error) {
	defer s.recovered(&err)
	snap := s.current.Load()
	if snap == nil {
		return true, nil
	}
	head, err := s.cfg.Reads.Head(ctx)
	return head != snap.seq, err
}

// untilCheck is CheckEvery, or less when the contest changes its state sooner.
func (s *Site) untilCheck() time.Duration {
	now := s.cfg.Now()
	if next := s.cfg.Contest().State(now, 0).Next; !next.IsZero() {
		return min(CheckEvery, next.Sub(now)+time.Millisecond)
	}
	return CheckEvery
}

// check confirms the snapshot cheaply, and renders anew when the contest's
// state, its problems or the queue are no longer what the pages say.
func (s *Site) check(ctx context.Context) {
	confirmed, err := s.confirm(ctx)
	switch {
	case err != nil:
		s.cfg.Logger.Warn("confirm the pages", "error", err)
	case !confirmed:
		s.refreshLogged(ctx)
	}
}

// confirm says whether the snapshot is still what the pages would say.
func (s *Site) confirm(ctx context.Context) (ok bool, err error) {
	defer s.recovered(&err)
	behind, err := s.behind(ctx)
	if behind || err != nil {
		return false, err
	}
	stats, err := s.cfg.Reads.QueueStats(ctx)
	if err != nil {
		return false, err
	}
	now := s.cfg.Now()
	if ok = s.current.Load().stillTrue(s.cfg.Contest(), s.cfg.Problems(), stats, now); ok {
		s.checked.Store(now.UnixMilli())
	}
	return ok, nil
}

// recovered makes an error of a panic. Pages are made beside judging, which must go
// on whatever becomes of them.
func (s *Site) recovered(err *error) {
	if p := recover(); p != nil {
		s.cfg.Logger.Error("panic while making the pages", "panic", p, "stack", string(debug.Stack()))
		*err = fmt.Errorf("panic: %v", p)
	}
}

func (s *Site) refreshLogged(ctx context.Context) {
	if _, err := s.refresh(ctx); err != nil && ctx.Err() == nil {
		s.cfg.Logger.Error("render the pages", "error", err)
	}
}

// refresh reads everything and puts a new snapshot in place of the old one.
// When reading fails, or panics, the old one stays, and its age tells.
func (s *Site) refresh(ctx context.Context) (*snapshot, error) {
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	return s.refreshLocked(ctx)
}

func (s *Site) refreshLocked(ctx context.Context) (_ *snapshot, err error) {
	defer s.recovered(&err)
	now := s.cfg.Now()
	head, err := s.cfg.Reads.Head(ctx) // first: the number must never be that of a change that is not there yet
	if err != nil {
		return nil, fmt.Errorf("read how far the contest is: %w", err)
	}
	entries, err := s.cfg.Reads.Entries(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the submissions: %w", err)
	}
	stats, err := s.cfg.Reads.QueueStats(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the queue: %w", err)
	}
	finals, err := s.cfg.Reads.Finals(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the finals: %w", err)
	}
	degraded, err := s.cfg.Reads.Degraded(ctx)
	if err != nil {
		return nil, fmt.Errorf("read why ranks are for practice: %w", err)
	}
	machines, err := s.cfg.Reads.Machines(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the machines: %w", err)
	}
	old := s.current.Load()
	v := newView(s.cfg.Contest(), s.cfg.Problems(), entries, finals, stats, now)
	v.seq, v.degraded, v.machines = head, degraded, machines
	snap := newSnapshot(v)
	if err := s.prerender(ctx, snap, old); err != nil {
		return nil, err
	}
	s.current.Store(snap)
	s.checked.Store(now.UnixMilli())
	if old != nil {
		close(old.replaced)
	}
	return snap, nil
}

// latest is the current snapshot. Where Run does not, the requests keep it
// current.
func (s *Site) latest(ctx context.Context) (*snapshot, error) {
	return s.when(ctx, func(context.Context) (bool, error) {
		return s.running.Load() || s.cfg.Now().Sub(s.checkedAt()) < renderGap, nil
	})
}

// fresh is a snapshot with everything that was stored so far: programs that
// ask right after a judging get its result, while pages may wait a second.
func (s *Site) fresh(ctx context.Context) (*snapshot, error) {
	return s.when(ctx, func(ctx context.Context) (bool, error) {
		behind, err := s.behind(ctx)
		return !behind, err
	})
}

// when is the current snapshot where good holds of it, or a new one.
func (s *Site) when(ctx context.Context, good func(context.Context) (bool, error)) (*snapshot, error) {
	current := func() (*snapshot, error) {
		snap := s.current.Load()
		if snap == nil {
			return nil, nil
		}
		if ok, err := good(ctx); !ok || err != nil {
			return nil, err
		}
		return snap, nil
	}
	if snap, err := current(); snap != nil || err != nil {
		return snap, err
	}
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	if snap, err := current(); snap != nil || err != nil {
		return snap, err
	}
	return s.refreshLocked(ctx)
}

func (s *Site) checkedAt() time.Time { return time.UnixMilli(s.checked.Load()) }
