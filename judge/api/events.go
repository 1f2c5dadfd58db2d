package api

import (
	"fmt"
	"net/http"
	"strconv"

	"contest/judge"
)

// maxEvents is how many events one answer has at most.
const maxEvents = 500

// getChanges lists the events after one, a page at a time.
func (s *Server) getChanges(w http.ResponseWriter, r *http.Request) error {
	var after int64
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return &judge.Invalid{Message: fmt.Sprintf("after=%.40s is not the number of an event", text), Hint: "take the sequence of the last one that you have, or 0"}
		}
	}
	head, err := s.Store.Head(r.Context())
	if err != nil {
		return err
	}
	events, err := s.Store.Events(r.Context(), after, maxEvents)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, Events{Head: head, Events: events})
}
