package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"contest/judge"
	"contest/judge/gate"
	"contest/judge/language"
	"contest/judge/rule"
	"contest/judge/score"
	"contest/judge/wire"
)

// Reads is what the API tells of what is stored.
type Reads interface {
	// Head is the number of the last event.
	Head(ctx context.Context) (int64, error)
	// Events are those after one, at most so many.
	Events(ctx context.Context, after int64, limit int) ([]judge.Event, error)
	ContestantByToken(ctx context.Context, tokenHash string) (judge.Contestant, error)
	Entries(ctx context.Context, p judge.ProblemID) ([]judge.Entry, error)
	Entry(ctx context.Context, id judge.SubmissionID) (judge.Entry, error)
	Runs(ctx context.Context, id judge.JudgingID) ([]judge.Run, error)
	QueueStats(ctx context.Context) (judge.QueueStats, error)
	Queue(ctx context.Context) (judge.Queue, error)
	Disk() (judge.Disk, error)
	Machines(ctx context.Context) ([]judge.Machine, error)
	// Finals of a problem, or of all with "".
	Finals(ctx context.Context, p judge.ProblemID) ([]judge.Final, error)
	Degraded(ctx context.Context) (string, error)
	// Subscribe tells that there are new events, coalesced.
	Subscribe() (changed <-chan struct{}, cancel func())
}

// Accounts are the contestants with their tokens.
type Accounts interface {
	AddContestant(ctx context.Context, by judge.Actor, who judge.Contestant, tokenHash string) error
	SetToken(ctx context.Context, by judge.Actor, who judge.Contestant, tokenHash string) error
	SetDisabled(ctx context.Context, by judge.Actor, who judge.Contestant, disabled bool) error
	Contestants(ctx context.Context) ([]judge.Account, error)
	Account(ctx context.Context, who judge.Contestant) (judge.Account, error)
}

// Queue is what starts judgings and can be told not to.
type Queue interface {
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	Paused(ctx context.Context) (bool, error)
}

// Packages is what is known of the packages of problems.
type Packages interface {
	// Broken says, a line each, which packages could not be loaded and why.
	Broken() []string
	// Verifications are what is known of the packages that were loaded.
	Verifications() []judge.Verification
}

// Server answers the API.
type Server struct {
	rule.Contest
	// What requests ask for is done by these.
	Submitting  rule.Submitting
	Withdrawing rule.Withdrawing
	Choosing    rule.Choosing
	Rejudging   rule.Rejudging
	Accounts    Accounts

	Packages  Packages
	Languages language.Set
	Store     Reads
	Queue     Queue // nil where nothing is judged, as in tests of what is stored
	Hub       *Hub
	// OwnerToken is the organiser's own.
	OwnerToken string
	// Commitment is the SHA-256 of the secret that secret tests are made from.
	Commitment string
	Version    string
	Logger     *slog.Logger
	// Closing is closed when the server stops: event streams end then, other
	// requests are answered.
	Closing <-chan struct{}

	// Gate bounds connections and event streams; nil does not.
	Gate *gate.Gate
	// Trouble says why judging is held up just now; empty if it is not. May be nil.
	Trouble func() string

	listing listing
	line    line
}

// route is how one kind of request is answered.
type route struct {
	act    rule.Act // that it is; who may never do it is refused, and the body not read
	answer func(*Server, http.ResponseWriter, *http.Request) error
	query  []string // the parameters that it knows
}

// routes are the requests that there are, as http.ServeMux writes them.
var routes = map[string]route{
	"GET " + pathStatus:                        {rule.Read, (*Server).getStatus, nil},
	"GET " + pathProblems:                      {rule.Read, (*Server).getProblems, nil},
	"GET " + pathProblems + "/{id}/kit":        {rule.Read, (*Server).getKit, nil},
	"GET " + pathProblems + "/{id}/rejudging":  {rule.Rejudge, (*Server).getRejudging, nil},
	"POST " + pathProblems + "/{id}/rejudging": {rule.Rejudge, (*Server).postRejudging, nil},
	"POST " + pathTickets:                      {rule.HandIn, (*Server).postTicket, nil},
	"POST " + pathSubmissions:                  {rule.HandIn, (*Server).postSubmission, nil},
	"GET " + pathSubmissions:                   {rule.Read, (*Server).getSubmissions, []string{"problem", "contestant"}},
	"GET " + pathSubmissions + "/{id}":         {rule.Read, (*Server).getSubmission, nil},
	"GET " + pathSubmissions + "/{id}/events":  {rule.Read, (*Server).getEvents, nil},
	"POST " + pathSubmissions + "/{id}/cancel": {rule.Withdraw, (*Server).postCancel, nil},
	"POST " + pathSubmissions + "/{id}/choice": {rule.Choose, (*Server).postChoice, nil},
	"GET " + pathEvents:                        {rule.Oversee, (*Server).getChanges, []string{"after"}},
	"GET " + pathQueue:                         {rule.Read, (*Server).getQueue, nil},
	"POST " + pathQueue:                        {rule.ChangeQueue, (*Server).postQueue, nil},
	"GET " + pathUsers:                         {rule.ListAccounts, (*Server).getUsers, nil},
	"POST " + pathUsers:                        {rule.ManageAccounts, (*Server).postUser, nil},
	"POST " + pathUsers + "/{name}":            {rule.ManageAccounts, (*Server).postUserChange, nil},
	"/api/v1/":                                 {rule.Read, (*Server).unknown, nil},
}

// Patterns are the requests that the API answers, in order.
func Patterns() []string { return slices.Sorted(maps.Keys(routes)) }

// Handler returns the API's routes.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	methods := map[string][]string{} // of each path
	for pattern, rt := range routes {
		mux.HandleFunc(pattern, s.handle(rt))
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			continue
		}
		methods[path] = append(methods[path], method)
		if method == http.MethodGet { // which the mux takes for both
			methods[path] = append(methods[path], http.MethodHead)
		}
	}
	for path, allowed := range methods {
		slices.Sort(allowed)
		mux.HandleFunc(path, s.handle(route{act: rule.Read, answer: func(*Server, http.ResponseWriter, *http.Request) error {
			return &methodError{allowed}
		}}))
	}
	return mux
}

func (s *Server) unknown(_ http.ResponseWriter, r *http.Request) error {
	return &judge.NotFound{Kind: "API path", Name: r.URL.Path, Hint: "see docs/api.md for the paths there are"}
}

// methodError is a request to a path that there is, with a method that it does
// not take.
type methodError struct{ allowed []string }

func (e *methodError) Error() string {
	return "this address takes only " + strings.Join(e.allowed, ", ")
}

// prepare checks what holds for every request, and finds out whose it is.
func (s *Server) prepare(w http.ResponseWriter, r *http.Request, rt route) (*http.Request, error) {
	if err := checkQuery(r, rt.query); err != nil {
		return r, err
	}
	a, err := s.identify(r)
	if err != nil {
		return r, err
	}
	if known(a) {
		if err := s.Gate.Known(w, r, string(a.Contestant())); err != nil {
			return r, err
		}
	}
	if err := rule.May(a, rt.act); err != nil {
		return r, err
	}
	return r.WithContext(context.WithValue(r.Context(), actorKey{}, a)), nil
}

// checkQuery refuses parameters that nobody reads: a mistyped filter must not
// answer with everything.
func checkQuery(r *http.Request, known []string) error {
	if r.URL.RawQuery == "" || len(known) == 0 && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &judge.Invalid{Message: "the address has a query that cannot be read", Hint: "write it as ?name=value, with other characters than letters and digits as %xx"}
	}
	for name, values := range query {
		switch {
		case len(known) == 0:
			return &judge.Invalid{Message: fmt.Sprintf("unknown parameter %.40q", name), Hint: "this address takes no parameters"}
		case !slices.Contains(known, name):
			return &judge.Invalid{Message: fmt.Sprintf("unknown parameter %.40q", name), Hint: "this address takes " + strings.Join(known, " and ")}
		case len(values) > 1:
			return &judge.Invalid{Message: fmt.Sprintf("the parameter %q stands twice", name), Hint: "write it once"}
		}
	}
	return nil
}

// HashToken is what is kept of a token.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewToken makes a bearer token: 32 random bytes behind a prefix that secret
// scanners can find.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:])
	return "judge_" + base64.RawURLEncoding.EncodeToString(b[:])
}

var (
	errToken  = errors.New("the token is not known")
	errScheme = errors.New("the header Authorization must read: Bearer, a space, the token")
)

type actorKey struct{}

// actor is who sent the request, as prepare found out.
func actor(r *http.Request) judge.Actor {
	a, _ := r.Context().Value(actorKey{}).(judge.Actor)
	return a
}

// known says whether the request of an actor carried a token.
func known(a judge.Actor) bool { return a.Role != "" }

// oversees says whether an actor sees all there is.
func oversees(a judge.Actor) bool { return rule.Reaches(a, rule.Oversee, "") }

// identify finds out whose token a request carries.
func (s *Server) identify(r *http.Request) (judge.Actor, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return judge.Actor{}, nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return judge.Actor{}, errScheme
	}
	if s.OwnerToken != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.OwnerToken)) == 1 {
		return judge.Actor{Role: judge.AsOrganiser, Through: "api"}, nil
	}
	who, err := s.Store.ContestantByToken(r.Context(), HashToken(token))
	if errors.Is(err, judge.ErrNotFound) {
		err = errToken
	}
	if err != nil {
		return judge.Actor{}, err
	}
	return judge.Actor{Name: string(who), Role: judge.AsContestant, Through: "api"}, nil
}

func (s *Server) getStatus(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	queue, err := s.Store.QueueStats(r.Context())
	if err != nil {
		return err
	}
	paused, err := s.paused(r.Context())
	if err != nil {
		return err
	}
	snap, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	contest, now := s.Settings(), s.Now()
	st := Status{
		Contest: contest.Name, Commitment: s.Commitment, Version: s.Version, Now: now,
		State:    wire.NewState(contest, contest.State(now, contest.PendingInTime(snap.entries))),
		Problems: len(s.Problems()), Queue: queue, Paused: paused, Contestant: a.Contestant(), Languages: languages(s.Languages),
	}
	if oversees(a) {
		disk, err := s.Store.Disk()
		if err != nil {
			return err
		}
		if disk.Known() {
			disk = contest.Limits.Reserve(disk)
			st.Disk = &disk
		}
		st.Broken, st.Packages = s.Packages.Broken(), s.Packages.Verifications()
		if s.Trouble != nil {
			st.Trouble = s.Trouble()
		}
		st.Outdated = s.Rejudging.Outdated(snap.entries)
		for _, e := range snap.entries {
			if e.Judging.Verdict == judge.Internal {
				st.Failed = append(st.Failed, e.Submission.ID)
			}
		}
	}
	return writeJSON(w, http.StatusOK, st)
}

// languages are the installed ones as contestants see them.
func languages(ts language.Set) []Language {
	out := make([]Language, len(ts))
	for i, t := range ts {
		out[i] = Language{
			ID: t.ID, Name: t.Name, Aliases: t.Aliases, Extensions: t.Sources, Version: t.Version,
			Command: t.Published(nil),
		}
	}
	return out
}

// standings are where the contestant of an eligible submission stands on the boards of
// its problem. One that is not eligible has none: not the rank of another one either.
func (s *Server) standings(ctx context.Context, e judge.Entry) ([]Standing, error) {
	p, err := s.Problem(e.Submission.Problem)
	if err != nil || !score.Eligible(s.Settings(), p, e) {
		return nil, nil // err: the problem was taken out of the contest, so there are no boards
	}
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []Standing
	for _, b := range p.Boards {
		board := snap.board(s.Settings(), p, b)
		row, ok := board.Find(e.Submission.Contestant)
		if !ok {
			continue
		}
		standing := Standing{
			Board: b, Ranking: row.Ranking, Of: board.Ranked(),
			OtherClass: row.OtherClass, Counts: row.Submission == e.Submission.ID,
			Stands: row.Submission, Why: why(row, e.Submission.ID),
		}
		if c, ok := row.Challenge(e.Submission.ID); ok {
			standing.compare(e.Judging, snap.entries, c)
		}
		if row.Choice != nil {
			standing.Chosen, standing.Ignored = row.Choice.Submission, row.Choice.Ignored()
		}
		out = append(out, standing)
	}
	return out, nil
}

// compare says what a later submission made of the one that stood when it came.
func (p *Standing) compare(j judge.Judging, entries []judge.Entry, c score.Challenge) {
	i := slices.IndexFunc(entries, func(e judge.Entry) bool { return e.Submission.ID == c.Standing })
	if i < 0 {
		return
	}
	stood := entries[i].Judging
	p.Stood, p.PassedMore = c.Standing, j.Passed-stood.Passed
	now, before := j.On(p.Board), stood.On(p.Board)
	comparable := c.Outcome != score.OtherMachine && c.Outcome != score.NotMeasured && now.Measured.Is() == before.Measured.Is()
	if p.PassedMore == 0 && comparable && j.TimedPassed > 0 && now.Total() > 0 && before.Total() > 0 {
		p.TimesStood = float64(now.Total()) / float64(before.Total())
	}
}

// why says why a later submission than the one that stands does not.
func why(row score.Row, id judge.SubmissionID) string {
	c, _ := row.Challenge(id)
	return c.Why(row.Submission)
}

const (
	typeJSON   = "application/json; charset=utf-8"
	typeEvents = "application/x-ndjson"
)

// writeJSON answers with v. What cannot be encoded is an error before anything
// was sent, so that nobody takes the beginning of an answer for one.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := wire.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a reader that went away is nobody's error
	return nil
}

// readJSON reads one JSON document of at most limit bytes, and nothing behind it,
// into v. What is said to be larger is refused unread: a client that waits for leave
// to send it (Expect: 100-continue) then sees the refusal, not a connection that breaks.
func readJSON(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	large := &judge.Refusal{Code: "size", Message: fmt.Sprintf("the request is larger than %d bytes", limit), Hint: "shorten the sources"}
	if r.ContentLength > limit {
		return large
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = errors.Join(errors.New("something stands behind the document"), more)
		}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return large
	case err != nil:
		return &judge.Invalid{Message: fmt.Sprintf("the request is not the JSON expected here: %v", err), Hint: "use a client of the same version as the server"}
	}
	return nil
}
