package api

import (
	"fmt"
	"net/http"

	"contest/judge"
)

func (s *Server) getRejudging(w http.ResponseWriter, r *http.Request) error {
	out, err := s.Rejudging.Proposed(r.Context(), actor(r), judge.ProblemID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

func (s *Server) postRejudging(w http.ResponseWriter, r *http.Request) error {
	problem := judge.ProblemID(r.PathValue("id"))
	if _, err := s.Problem(problem); err != nil {
		return err
	}
	var in NewRejudging
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	var out judge.Rejudging
	var err error
	switch in.Action {
	case Propose:
		out, err = s.Rejudging.Propose(r.Context(), actor(r), problem)
	case Apply:
		out, err = s.Rejudging.Apply(r.Context(), actor(r), problem)
	case Cancel:
		out, err = s.Rejudging.Cancel(r.Context(), actor(r), problem)
	default:
		err = &judge.Invalid{Message: fmt.Sprintf("a rejudging has no action %q", in.Action), Hint: "use propose, apply or cancel"}
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}
