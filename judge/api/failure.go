package api

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"contest/judge"
	"contest/judge/gate"
	"contest/judge/wire"
)

// codeBusy is the code of a refused event stream or connection.
const codeBusy = "busy"

// handle turns an error of a handler into an answer. It is the one table from
// errors to HTTP statuses.
func (s *Server) handle(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer s.recovered(w, r)
		secure(w.Header())
		r, err := s.prepare(w, r, rt)
		if err == nil {
			err = rt.answer(s, w, r)
		}
		if err == nil {
			return
		}
		status, f := failure(err)
		if status == http.StatusInternalServerError || judge.Scarce(err) {
			s.Logger.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		refusal, refused := errors.AsType[*judge.Refusal](err)
		switch {
		case refused && refusal.After > 0:
			w.Header().Set("Retry-After", strconv.Itoa(int(refusal.After.Seconds())))
		case status == http.StatusUnauthorized:
			w.Header().Set("WWW-Authenticate", "Bearer")
		case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
			w.Header().Set("Retry-After", retryAfter)
			w.Header().Set("Connection", "close") // room is what is lacking
		case status == http.StatusMethodNotAllowed:
			if wrong, ok := errors.AsType[*methodError](err); ok {
				w.Header().Set("Allow", strings.Join(wrong.allowed, ", "))
			}
		}
		_ = writeJSON(w, status, f)
	}
}

// retryAfter is when to ask again, in seconds.
const retryAfter = "5"

// secure keeps browsers from taking an answer for anything but data.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
}

// recovered answers for a handler that panicked: our failure like any other.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	s.Logger.Error("panic in a request", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
	status, f := failure(errors.New("panic"))
	_ = writeJSON(w, status, f)
}

func failure(err error) (int, wire.Failure) {
	var (
		refusal  *judge.Refusal
		invalid  *judge.Invalid
		notFound *judge.NotFound
		unable   *judge.Unable
		method   *methodError
	)
	switch {
	case errors.As(err, &refusal):
		status := http.StatusUnprocessableEntity
		if refusal.After > 0 {
			status = http.StatusTooManyRequests
		}
		return status, wire.Failure{Code: refusal.Code, Message: refusal.Message, Hint: refusal.Hint}
	case errors.As(err, &notFound):
		return http.StatusNotFound, wire.Failure{Code: "not-found", Message: notFound.Error(), Hint: notFound.Hint}
	case errors.As(err, &invalid):
		return http.StatusBadRequest, wire.Failure{Code: "invalid", Message: invalid.Message, Hint: invalid.Hint}
	case errors.As(err, &unable):
		return http.StatusInternalServerError, wire.Failure{Code: "unable", Message: unable.Message, Hint: unable.Hint}
	case errors.Is(err, judge.ErrNoToken), errors.Is(err, errToken), errors.Is(err, errScheme):
		return http.StatusUnauthorized, wire.Failure{Code: "token", Message: err.Error(), Hint: "set JUDGE_TOKEN to the token that the organiser gave you"}
	case errors.As(err, &method):
		return http.StatusMethodNotAllowed, wire.Failure{Code: "method", Message: err.Error(), Hint: "see docs/api.md for what each address takes"}
	case errors.Is(err, gate.ErrFull):
		return http.StatusServiceUnavailable, wire.Failure{Code: codeBusy, Message: err.Error(), Hint: "ask for the submission itself every few seconds"}
	case errors.Is(err, gate.ErrShare):
		return http.StatusTooManyRequests, wire.Failure{Code: codeBusy, Message: err.Error(), Hint: "close some of them, or ask for the submission itself every few seconds"}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, wire.Failure{Code: "stopping", Message: "the server is stopping or too slow", Hint: "try again in a few seconds"}
	case errors.Is(err, judge.ErrDisabled):
		return http.StatusForbidden, wire.Failure{Code: "disabled", Message: err.Error(), Hint: "ask the organiser, who alone can enable it again"}
	case errors.Is(err, judge.ErrForbidden):
		return http.StatusForbidden, wire.Failure{Code: "forbidden", Message: strings.TrimSuffix(err.Error(), ": "+judge.ErrForbidden.Error()), Hint: "use your own token and name"}
	case errors.Is(err, judge.ErrNotFound):
		return http.StatusNotFound, wire.Failure{Code: "not-found", Message: err.Error()}
	case errors.Is(err, judge.ErrConflict):
		return http.StatusConflict, wire.Failure{Code: "conflict", Message: strings.TrimSuffix(err.Error(), ": "+judge.ErrConflict.Error())}
	case errors.Is(err, judge.ErrFull):
		return http.StatusInsufficientStorage, wire.Failure{Code: "disk-full", Message: judge.ErrFull.Error() + ": nothing was stored", Hint: "the organiser has to free some space on the server; then submit again"}
	case judge.Scarce(err):
		return http.StatusServiceUnavailable, wire.Failure{Code: "scarce", Message: "the server's machine lacks something just now: nothing was stored", Hint: "try again in a few seconds; the organiser finds the cause in the server's log"}
	}
	return http.StatusInternalServerError, wire.Failure{Code: "internal", Message: "the server could not do this: internal error", Hint: "the organiser finds the cause in the server's log; nothing was lost, try again"}
}
