package leaderboard

import (
	"net/http"
	"strings"
	"time"

	"contest/judge/wire"
)

type errorData struct {
	frame
	Status int
	Advice string
}

// failed answers with an error: a page, or JSON under /api/.
func (s *Site) failed(status int, path string) answer {
	if !strings.HasPrefix(path, "/api/") {
		return s.errorPage(status, rootFrom(path))
	}
	f := wire.Failure{Code: "internal", Message: "internal error", Hint: "try again in a few seconds"}
	switch status {
	case http.StatusNotFound:
		f = wire.Failure{Code: "not-found", Message: "no such board or address", Hint: "GET /api/v1/contest lists the problems with their boards"}
	case http.StatusMethodNotAllowed:
		f = wire.Failure{Code: "method", Message: "this address can only be read", Hint: "use GET or HEAD"}
	}
	a, err := jsonAnswer(cacheNever, f)
	if err != nil { // three strings always encode
		s.cfg.Logger.Error("encode a failure", "error", err)
	}
	a.status, a.fixed = status, false
	return a
}

// errorPage does not repeat what was asked for; root is the way from there to the
// pages' root.
func (s *Site) errorPage(status int, root string) answer {
	c := s.cfg.Contest()
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	d := errorData{Status: status, frame: frame{
		links: links{root}, Kind: errorTemplate, Ways: s.ways(root, errorTemplate), Contest: c.Name, Zone: "Times of this contest are in " + c.Zone.String() + ".",
		CSS: s.assets.css, JS: s.assets.js,
	}}
	switch status {
	case http.StatusNotFound:
		d.Title = "Nothing is here"
		d.Advice = "The address may be mistyped, or it names a submission, a contestant or a problem that this contest does not have."
	case http.StatusMethodNotAllowed:
		d.Title = "These pages can only be read"
		d.Advice = "Use GET or HEAD here. Solutions are handed in with judge submit."
	default:
		d.Title = "This page could not be written"
		d.Advice = "The fault is ours. Submissions are stored separately and are safe; try again in a few seconds."
	}
	a, err := s.templates.execute(errorTemplate, page{cache: cacheNever, data: d})
	if err != nil { // the template is broken: a test would not let it pass
		s.cfg.Logger.Error("render the error page", "error", err)
		a = answer{kind: typeText, cache: cacheNever, body: []byte(d.Title + "\n")}
	}
	if status == http.StatusNotFound {
		a.cache = cacheHead // a submission may be there a second later
	}
	a.status, a.fixed = status, false
	return a
}
