package leaderboard

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"contest/judge"
)

// answer is what a URL answers, before it is encoded.
type answer struct {
	status int
	kind   string // Content-Type
	cache  string // Cache-Control
	body   []byte
	// fixed means that it stays the same as long as the snapshot does.
	fixed bool
}

// request is what a page function gets.
type request struct {
	ctx   context.Context
	snap  *snapshot
	kind  string   // the template of the page
	args  []string // what the pattern's stars stand for, without ".html" or ".json"
	page  int      // of a table that has several, from 1
	query url.Values
	root  string // the way from this page to "/"
}

const (
	typeHTML = "text/html; charset=utf-8"
	typeJSON = "application/json"
	typeText = "text/plain; charset=utf-8"
)

// How long caches may keep an answer.
const (
	cacheLive   = "public, max-age=1, s-maxage=2, stale-while-revalidate=30, stale-if-error=86400"
	cachePerson = "public, max-age=15, stale-while-revalidate=60"
	cacheQuiet  = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
	cacheHead   = "public, max-age=2"
	cacheAsset  = "public, max-age=31536000, immutable"
	cacheNever  = "no-store"
)

// policy lets the pages load their own files and nothing else, and no script
// turn text into markup.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// ServeHTTP answers GET and HEAD.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	asked := r.URL.Path
	if escaped := r.URL.EscapedPath(); strings.Count(escaped, "/") != strings.Count(asked, "/") {
		asked = escaped // a slash that is no separator: no page has one, and links would go astray
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		s.write(w, r, newContent(s.failed(http.StatusMethodNotAllowed, asked)))
		return
	}
	if asked == "/events" {
		s.events(w, r)
		return
	}
	if to := path.Clean("/" + asked); to != asked {
		redirect(w, r, asked, to)
		return
	}
	snap, err := s.latest(r.Context())
	if err == nil && strings.HasPrefix(asked, "/api/") && !strings.HasPrefix(asked, "/api/v1/head") {
		snap, err = s.fresh(r.Context())
	}
	if err != nil {
		s.cfg.Logger.Error("read for a page", "path", asked, "error", err)
		s.write(w, r, newContent(s.failed(http.StatusInternalServerError, asked)))
		return
	}
	s.write(w, r, s.content(r.Context(), snap, asked, r.URL.Query()))
}

// redirect sends a path with a slash at its end, or two together, to the one
// without: relative links would go astray under it. The way there is relative, so
// that it stays below the prefix that a proxy has taken off.
func redirect(w http.ResponseWriter, r *http.Request, from, to string) {
	u := url.URL{Path: cmp.Or(rootFrom(from)+strings.TrimPrefix(to, "/"), "./"), RawQuery: r.URL.RawQuery}
	w.Header().Set("Cache-Control", cacheQuiet)
	w.Header().Set("Location", u.String())
	w.WriteHeader(http.StatusMovedPermanently)
}

// rootFrom is the way from a path to the pages' root: "../" for each folder that
// the path is in.
func rootFrom(path string) string {
	return strings.Repeat("../", max(strings.Count(path, "/")-1, 0))
}

// answer finds the page of a path and writes it. What is not there, goes wrong or
// panics is a page too.
func (s *Site) answer(ctx context.Context, snap *snapshot, urlPath string, query url.Values) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Logger.Error("panic in a page", "path", urlPath, "panic", p, "stack", string(debug.Stack()))
			a = s.failed(http.StatusInternalServerError, urlPath)
		}
	}()
	a, err := s.dispatch(request{ctx: ctx, snap: snap, query: query}, strings.TrimPrefix(urlPath, "/"))
	switch {
	case err == nil:
		return a
	case errors.Is(err, judge.ErrNotFound):
		return s.failed(http.StatusNotFound, urlPath)
	case ctx.Err() == nil:
		s.cfg.Logger.Error("render a page", "path", urlPath, "error", err)
	}
	return s.failed(http.StatusInternalServerError, urlPath)
}

// write sends a content in the form that the client prefers, or that it has it
// already.
func (s *Site) write(w http.ResponseWriter, r *http.Request, c *content) {
	e := negotiate(r.Header.Get("Accept-Encoding"))
	if len(c.body) < smallBody || !compressible(c.kind) {
		e = identity
	}
	f := c.form(e)
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", c.cache)
	if c.status == http.StatusOK {
		h.Set("ETag", f.etag)
		if matches(r.Header.Get("If-None-Match"), f.etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", c.kind)
	h.Set("Content-Length", strconv.Itoa(len(f.body)))
	if e != identity {
		h.Set("Content-Encoding", codingNames[e])
	}
	w.WriteHeader(c.status)
	if r.Method != http.MethodHead {
		w.Write(f.body) // a reader that went away is nobody's error
	}
}
