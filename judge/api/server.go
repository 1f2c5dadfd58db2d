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
	"time"

	"contest/judge"
	"contest/judge/gate"
	"contest/judge/language"
	"contest/judge/score"
	"contest/judge/wire"
)

// Store is what the API needs of the store.
type Store interface {
	AddContestant(ctx context.Context, who judge.Contestant, tokenHash string) error
	EnsureContestant(ctx context.Context, who judge.Contestant) error
	SetToken(ctx context.Context, who judge.Contestant, tokenHash string) error
	ContestantByToken(ctx context.Context, tokenHash string) (judge.Contestant, error)
	OpenTicket(ctx context.Context, who judge.Contestant, p judge.ProblemID, sourceHash string) (time.Time, error)
	Contestants(ctx context.Context) ([]judge.Account, error)
	Account(ctx context.Context, who judge.Contestant) (judge.Account, error)
	SetDisabled(ctx context.Context, who judge.Contestant, disabled bool) error
	Submit(ctx context.Context, s judge.Submission, in *judge.Intake) (judge.Entry, bool, error)
	Entries(ctx context.Context, p judge.ProblemID) ([]judge.Entry, error)
	Entry(ctx context.Context, id judge.SubmissionID) (judge.Entry, error)
	Runs(ctx context.Context, id judge.JudgingID) ([]judge.Run, error)
	QueueStats(ctx context.Context) (judge.QueueStats, error)
	Queue(ctx context.Context) (judge.Queue, error)
	Disk() (judge.Disk, error)
	Rejudge(ctx context.Context, p judge.ProblemID, now judge.Basis) (int, error)
	RetryFailed(ctx context.Context, p judge.ProblemID) (int, error)
	RejudgingPreview(ctx context.Context, p judge.ProblemID) ([]judge.Rejudged, error)
	ApplyRejudging(ctx context.Context, p judge.ProblemID) (int, error)
	CancelRejudging(ctx context.Context, p judge.ProblemID) (int, error)
	Machines(ctx context.Context) ([]judge.Machine, error)
	// Finals of a problem, or of all with "".
	Finals(ctx context.Context, p judge.ProblemID) ([]judge.Final, error)
	Choose(ctx context.Context, id judge.SubmissionID, by string) error
	Unchoose(ctx context.Context, id judge.SubmissionID) error
	Degraded(ctx context.Context) (string, error)
	// Subscribe tells of every change, coalesced.
	Subscribe() (changed <-chan struct{}, cancel func())
}

// Queue is what starts judgings and can be told not to.
type Queue interface {
	// Cancel withdraws a submission; with running, also one that is being judged.
	Cancel(ctx context.Context, id judge.SubmissionID, by string, running bool) error
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	Paused(ctx context.Context) (bool, error)
}

// Problems is the catalogue of the contest's problems.
type Problems interface {
	Problems() []judge.Problem
	// Broken says, a line each, which packages could not be loaded and why.
	Broken() []string
	// Verifications are what is known of the packages that were loaded.
	Verifications() []judge.Verification
}

// Server answers the API.
type Server struct {
	Contest   func() judge.Contest
	Problems  Problems
	Languages language.Set
	Store     Store
	Queue     Queue // nil where nothing is judged, as in tests of what is stored
	Hub       *Hub
	// OwnerToken is the organiser's own: it may act as any contestant, add
	// accounts and rejudge.
	OwnerToken string
	// Commitment is the SHA-256 of the secret that secret tests are made from.
	Commitment string
	Version    string
	// Class is that of the machine that judges now; empty if nothing is measured.
	Class  string
	Now    func() time.Time
	Logger *slog.Logger
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
	answer func(*Server, http.ResponseWriter, *http.Request) error
	query  []string // the parameters that it knows
	token  bool     // it is nothing for strangers, whose body is not read
}

// routes are the requests that there are, as http.ServeMux writes them.
var routes = map[string]route{
	"GET " + pathStatus:                        {answer: (*Server).getStatus},
	"GET " + pathProblems:                      {answer: (*Server).getProblems},
	"GET " + pathProblems + "/{id}/kit":        {answer: (*Server).getKit},
	"GET " + pathProblems + "/{id}/rejudging":  {answer: (*Server).getRejudging, token: true},
	"POST " + pathProblems + "/{id}/rejudging": {answer: (*Server).postRejudging, token: true},
	"POST " + pathTickets:                      {answer: (*Server).postTicket, token: true},
	"POST " + pathSubmissions:                  {answer: (*Server).postSubmission, token: true},
	"GET " + pathSubmissions:                   {answer: (*Server).getSubmissions, query: []string{"problem", "contestant"}},
	"GET " + pathSubmissions + "/{id}":         {answer: (*Server).getSubmission},
	"GET " + pathSubmissions + "/{id}/events":  {answer: (*Server).getEvents},
	"POST " + pathSubmissions + "/{id}/cancel": {answer: (*Server).postCancel, token: true},
	"POST " + pathSubmissions + "/{id}/choice": {answer: (*Server).postChoice, token: true},
	"GET " + pathQueue:                         {answer: (*Server).getQueue},
	"POST " + pathQueue:                        {answer: (*Server).postQueue, token: true},
	"GET " + pathUsers:                         {answer: (*Server).getUsers, token: true},
	"POST " + pathUsers:                        {answer: (*Server).postUser, token: true},
	"POST " + pathUsers + "/{name}":            {answer: (*Server).postUserChange, token: true},
	"/api/v1/":                                 {answer: (*Server).unknown},
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
		mux.HandleFunc(path, s.handle(route{answer: func(*Server, http.ResponseWriter, *http.Request) error {
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
	c, err := s.identify(r)
	if err != nil {
		return r, err
	}
	if c.owner || c.who != "" {
		if err := s.Gate.Known(w, r, string(c.who)); err != nil {
			return r, err
		}
	} else if rt.token {
		return r, errNoToken
	}
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, c)), nil
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

// caller is who sent a request.
type caller struct {
	owner bool
	who   judge.Contestant // empty without a token, or for the organiser
}

// mayRead says whether the caller may see what belongs to one contestant.
func (c caller) mayRead(who judge.Contestant) bool { return c.owner || c.who == who && who != "" }

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

type callerKey struct{}

// caller is who sent the request, as prepare found out.
func (s *Server) caller(r *http.Request) (caller, error) {
	c, ok := r.Context().Value(callerKey{}).(caller)
	if !ok {
		return s.identify(r)
	}
	return c, nil
}

// identify finds out whose token a request carries.
func (s *Server) identify(r *http.Request) (caller, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return caller{}, nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return caller{}, errScheme
	}
	if s.OwnerToken != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.OwnerToken)) == 1 {
		return caller{owner: true}, nil
	}
	who, err := s.Store.ContestantByToken(r.Context(), HashToken(token))
	if errors.Is(err, judge.ErrNotFound) {
		return caller{}, errToken
	}
	return caller{who: who}, err
}

// actingAs is the contestant in whose name a request is made.
func (s *Server) actingAs(r *http.Request, wanted judge.Contestant) (judge.Contestant, error) {
	c, err := s.caller(r)
	if err != nil {
		return "", err
	}
	switch {
	case c.owner && wanted == "":
		return "", &judge.Invalid{Message: "no contestant is named", Hint: "name one with -u"}
	case c.owner:
		return wanted, wanted.Validate()
	case c.who == "":
		return "", errNoToken
	case wanted != "" && wanted != c.who:
		return "", fmt.Errorf("the token belongs to %s, not to %s: %w", c.who, wanted, judge.ErrForbidden)
	}
	return c.who, nil
}

var errNoToken = errors.New("this needs a token")

func (s *Server) problem(id judge.ProblemID) (judge.Problem, error) {
	problems := s.Problems.Problems()
	names := make([]string, len(problems))
	for i, p := range problems {
		if p.ID == id {
			return p, nil
		}
		names[i] = string(p.ID)
	}
	return judge.Problem{}, &judge.NotFound{Kind: "problem", Name: string(id), Hint: judge.Suggest(string(id), names)}
}

func (s *Server) getStatus(w http.ResponseWriter, r *http.Request) error {
	c, err := s.caller(r)
	if err != nil {
		return err
	}
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
	contest, now := s.Contest(), s.Now()
	st := Status{
		Contest: contest.Name, Commitment: s.Commitment, Version: s.Version, Now: now,
		State:    wire.NewState(contest, contest.State(now, contest.PendingInTime(snap.entries))),
		Problems: len(s.Problems.Problems()), Queue: queue, Paused: paused, Contestant: c.who, Languages: languages(s.Languages),
	}
	if c.owner {
		disk, err := s.Store.Disk()
		if err != nil {
			return err
		}
		if disk.Known() {
			disk = contest.Limits.Reserve(disk)
			st.Disk = &disk
		}
		st.Broken, st.Packages = s.Problems.Broken(), s.Problems.Verifications()
		if s.Trouble != nil {
			st.Trouble = s.Trouble()
		}
		s.countForOwner(snap, &st)
	}
	return writeJSON(w, http.StatusOK, st)
}

// countForOwner counts the judgings that are outdated, and names those on which the judge failed.
func (s *Server) countForOwner(snap *snapshot, st *Status) {
	current := map[judge.ProblemID]judge.Basis{}
	for _, p := range s.Problems.Problems() {
		current[p.ID] = s.basis(p)
	}
	for _, e := range snap.entries {
		if now, is := current[e.Submission.Problem]; is && now.Outdates(e.Submission.Language, e.Judging) {
			st.Outdated++
		}
		if e.Judging.Verdict == judge.Internal {
			st.Failed = append(st.Failed, e.Submission.ID)
		}
	}
}

// basis is what judgings of a problem rest on now.
func (s *Server) basis(p judge.Problem) judge.Basis {
	return judge.Basis{Version: p.Version, Class: s.Class, Toolchains: s.Languages.Identities()}
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

// places are where the contestant of an eligible submission stands on the boards of
// its problem. One that is not eligible has none: not the rank of another one either.
func (s *Server) places(ctx context.Context, e judge.Entry) ([]Place, error) {
	p, err := s.problem(e.Submission.Problem)
	if err != nil || !score.Eligible(s.Contest(), p, e) {
		return nil, nil // err: the problem was taken out of the contest, so there are no boards
	}
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []Place
	for _, b := range p.Boards {
		board := snap.board(s.Contest(), p, b)
		row, ok := board.Find(e.Submission.Contestant)
		if !ok {
			continue
		}
		place := Place{
			Board: b, Place: row.Place, Of: board.Ranked(),
			OtherClass: row.OtherClass, Counts: row.Submission == e.Submission.ID,
			Stands: row.Submission, Why: why(row, e.Submission.ID),
		}
		if c, ok := row.Challenge(e.Submission.ID); ok {
			place.compare(e.Judging, snap.entries, c)
		}
		if row.Choice != nil {
			place.Chosen, place.Ignored = row.Choice.Submission, row.Choice.Ignored()
		}
		out = append(out, place)
	}
	return out, nil
}

// compare says what a later submission made of the one that stood when it came.
func (p *Place) compare(j judge.Judging, entries []judge.Entry, c score.Challenge) {
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
