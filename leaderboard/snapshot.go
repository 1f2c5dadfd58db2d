package leaderboard

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"

	"contest/judge"
)

// snapshot is a view with the pages written from it.
type snapshot struct {
	*view
	ready    map[string]*content // by path: rendered and compressed in advance
	replaced chan struct{}       // closed when a newer snapshot stands

	mu   sync.Mutex
	lazy map[string]*content // rendered when somebody asked
}

// maxLazy bounds what one snapshot keeps of the pages rendered on demand.
const maxLazy = 512

func newSnapshot(v *view) *snapshot {
	return &snapshot{view: v, ready: map[string]*content{}, lazy: map[string]*content{}, replaced: make(chan struct{})}
}

// prerender fills ready with the front page and the first page of every
// board. A board that reads the same as before keeps its bytes and its ETag.
func (s *Site) prerender(ctx context.Context, snap, old *snapshot) error {
	paths := []string{"/"}
	for _, p := range snap.problems {
		for _, b := range boardsOf(p) {
			path := boardPath(p.ID, b, 1)
			key := boardKey{p.ID, b}
			if old != nil && old.ready[path] != nil && old.sameFrame(snap.contest, snap.problems, snap.state.Phase) &&
				slices.EqualFunc(old.finals, snap.finals, func(a, b judge.Final) bool { return a.ID == b.ID }) && // what is finished does not change
				old.degraded == snap.degraded &&
				reflect.DeepEqual(old.boards[key], snap.boards[key]) {
				snap.ready[path] = old.ready[path]
				continue
			}
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		a := s.answer(ctx, snap, path, nil)
		if a.status != 200 {
			return fmt.Errorf("render %s: status %d", path, a.status)
		}
		c := newContent(a)
		c.encodeAll()
		snap.ready[path] = c
	}
	return nil
}

// maxSearch is more than any contestant's name has, in bytes.
const maxSearch = 200

// content finds or makes what a path answers in this snapshot.
func (s *Site) content(ctx context.Context, snap *snapshot, path string, query url.Values) *content {
	if c := s.assets.files[path]; c != nil {
		return c
	}
	// Only boards read a query, and only what is searched for: whatever else
	// stands there must not get past what is rendered already.
	if wanted := query.Get("q"); wanted != "" && strings.HasPrefix(path, "/p/") {
		return newContent(s.answer(ctx, snap, path, url.Values{"q": {wanted[:min(len(wanted), maxSearch)]}}))
	}
	if c := snap.ready[readyKey(path)]; c != nil {
		return c
	}
	snap.mu.Lock()
	c := snap.lazy[path]
	snap.mu.Unlock()
	if c != nil {
		return c
	}
	a := s.answer(ctx, snap, path, nil)
	c = newContent(a)
	if a.fixed {
		snap.mu.Lock()
		defer snap.mu.Unlock()
		if len(snap.lazy) < maxLazy {
			snap.lazy[path] = c
		}
	}
	return c
}

// readyKey is a path as prerender writes it.
func readyKey(path string) string {
	if path == "/index.html" || path == "/index" {
		return "/"
	}
	return strings.TrimSuffix(path, ".html")
}
