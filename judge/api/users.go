package api

import (
	"net/http"

	"contest/judge"
)

func (s *Server) getUsers(w http.ResponseWriter, r *http.Request) error {
	accounts, err := s.Accounts.Contestants(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, accounts)
}

func (s *Server) postUser(w http.ResponseWriter, r *http.Request) error {
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
		err = s.Accounts.SetToken(r.Context(), actor(r), in.Contestant, HashToken(token))
	} else {
		err = s.Accounts.AddContestant(r.Context(), actor(r), in.Contestant, HashToken(token))
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, User{Contestant: in.Contestant, Token: token})
}

// postUserChange disables an account or enables it again.
func (s *Server) postUserChange(w http.ResponseWriter, r *http.Request) error {
	var in UserChange
	if err := readJSON(w, r, 4<<10, &in); err != nil {
		return err
	}
	who := judge.Contestant(r.PathValue("name"))
	if in.Disabled != nil {
		if err := s.Accounts.SetDisabled(r.Context(), actor(r), who, *in.Disabled); err != nil {
			return err
		}
	}
	account, err := s.Accounts.Account(r.Context(), who)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, account)
}
