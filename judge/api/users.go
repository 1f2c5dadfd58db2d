package api

import (
	"fmt"
	"net/http"

	"contest/judge"
)

// organiser refuses everybody else, who may not do what is named.
func (s *Server) organiser(r *http.Request, does string) error {
	c, err := s.caller(r)
	if err == nil && !c.owner {
		err = fmt.Errorf("only the organiser %s: %w", does, judge.ErrForbidden)
	}
	return err
}

func (s *Server) getUsers(w http.ResponseWriter, r *http.Request) error {
	if err := s.organiser(r, "lists accounts"); err != nil {
		return err
	}
	accounts, err := s.Store.Contestants(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, accounts)
}

func (s *Server) postUser(w http.ResponseWriter, r *http.Request) error {
	if err := s.organiser(r, "manages accounts"); err != nil {
		return err
	}
	var in NewUser
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	if err := in.Contestant.Validate(); err != nil {
		return err
	}
	var err error
	token := NewToken()
	if in.Reset {
		err = s.Store.SetToken(r.Context(), in.Contestant, HashToken(token))
	} else {
		err = s.Store.AddContestant(r.Context(), in.Contestant, HashToken(token))
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, User{Contestant: in.Contestant, Token: token})
}

// postUserChange disables an account or enables it again.
func (s *Server) postUserChange(w http.ResponseWriter, r *http.Request) error {
	if err := s.organiser(r, "manages accounts"); err != nil {
		return err
	}
	var in UserChange
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	who := judge.Contestant(r.PathValue("name"))
	if in.Disabled != nil {
		if err := s.Store.SetDisabled(r.Context(), who, *in.Disabled); err != nil {
			return err
		}
	}
	account, err := s.Store.Account(r.Context(), who)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, account)
}
