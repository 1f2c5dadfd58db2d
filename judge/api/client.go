package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"contest/judge"
)

// ErrNetwork marks a request that got no answer, after retries.
var ErrNetwork = errors.New("no answer from the server")

// Error is a server's refusal.
type Error struct {
	Status int // HTTP
	Failure
	After time.Duration // to wait before asking again
}

func (e *Error) Error() string { return e.Message }

// Client talks to a judge's server.
type Client struct {
	// URL is the server's, such as "https://judge.example.org".
	URL string
	// Token authorises; empty reads what is public.
	Token string
	HTTP  *http.Client
	// Retries is how often a request without an answer is sent again. All are
	// safe to repeat; only AddUser may then say that the name is taken, and
	// needs Reset, and Rejudge that what it applied or cancelled is not there.
	Retries int
	// Retrying is told of each retry; may be nil.
	Retrying func(err error, wait time.Duration)
}

// NewClient returns a client for a server reached over the network.
func NewClient(server, token string) (*Client, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, &judge.Invalid{Message: fmt.Sprintf("%q is not the address of a server", server), Hint: "write it as https://judge.example.org or http://host:8080"}
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: time.Minute,
	}
	return &Client{URL: strings.TrimRight(u.String(), "/"), Token: token, HTTP: &http.Client{Transport: transport}, Retries: 4}, nil
}

// Status of the contest.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return get[Status](ctx, c, pathStatus)
}

// Problems of the contest, in order.
func (c *Client) Problems(ctx context.Context) ([]Problem, error) {
	return get[[]Problem](ctx, c, pathProblems)
}

// Kit is what a contestant needs to work on a problem.
func (c *Client) Kit(ctx context.Context, p judge.ProblemID) (Kit, error) {
	return get[Kit](ctx, c, pathProblems+"/"+url.PathEscape(string(p))+"/kit")
}

// Board is a problem's ranking.
func (c *Client) Board(ctx context.Context, p judge.ProblemID, b judge.Board) (Board, error) {
	return get[Board](ctx, c, pathBoards+"/"+url.PathEscape(string(p))+"/"+url.PathEscape(string(b)))
}

// Submissions lists submissions, oldest first; empty arguments mean all.
func (c *Client) Submissions(ctx context.Context, p judge.ProblemID, who judge.Contestant) ([]Submitted, error) {
	q := url.Values{}
	if p != "" {
		q.Set("problem", string(p))
	}
	if who != "" {
		q.Set("contestant", string(who))
	}
	return get[[]Submitted](ctx, c, pathSubmissions+"?"+q.Encode())
}

// Submission is one submission with its runs.
func (c *Client) Submission(ctx context.Context, id judge.SubmissionID) (Detail, error) {
	return get[Detail](ctx, c, fmt.Sprintf("%s/%d", pathSubmissions, id))
}

// AddUser adds a contestant's account, or with Reset replaces its token.
func (c *Client) AddUser(ctx context.Context, u NewUser) (User, error) {
	return post[User](ctx, c, pathUsers, u)
}

// Users lists all accounts.
func (c *Client) Users(ctx context.Context) ([]judge.Account, error) {
	return get[[]judge.Account](ctx, c, pathUsers)
}

// SetDisabled disables an account or enables it again.
func (c *Client) SetDisabled(ctx context.Context, who judge.Contestant, disabled bool) (judge.Account, error) {
	return post[judge.Account](ctx, c, pathUsers+"/"+url.PathEscape(string(who)), UserChange{Disabled: &disabled})
}

// Queue is what runs and what waits.
func (c *Client) Queue(ctx context.Context) (judge.Queue, error) {
	return get[judge.Queue](ctx, c, pathQueue)
}

// ChangeQueue pauses the queue or resumes it.
func (c *Client) ChangeQueue(ctx context.Context, action QueueAction) (judge.Queue, error) {
	return post[judge.Queue](ctx, c, pathQueue, QueueChange{Action: action})
}

// Cancel withdraws a submission that has no verdict yet.
func (c *Client) Cancel(ctx context.Context, id judge.SubmissionID) (Submitted, error) {
	return post[Submitted](ctx, c, fmt.Sprintf("%s/%d/cancel", pathSubmissions, id), struct{}{})
}

// Choose chooses a submission for the final, or takes that back.
func (c *Client) Choose(ctx context.Context, id judge.SubmissionID, change ChoiceChange) (Detail, error) {
	return post[Detail](ctx, c, fmt.Sprintf("%s/%d/choice", pathSubmissions, id), change)
}

// Rejudging is what is proposed for a problem.
func (c *Client) Rejudging(ctx context.Context, p judge.ProblemID) (Rejudging, error) {
	return get[Rejudging](ctx, c, rejudgingPath(p))
}

// Rejudge proposes, applies or cancels the rejudging of a problem.
func (c *Client) Rejudge(ctx context.Context, p judge.ProblemID, action RejudgingAction) (Rejudging, error) {
	return post[Rejudging](ctx, c, rejudgingPath(p), NewRejudging{Action: action})
}

func rejudgingPath(p judge.ProblemID) string {
	return pathProblems + "/" + url.PathEscape(string(p)) + "/rejudging"
}

// Submit hands sources in. It first announces them, so that an upload begun
// before the deadline counts although it is slow.
func (c *Client) Submit(ctx context.Context, s NewSubmission) (Submitted, error) {
	ticket := Ticket{Contestant: s.Contestant, Problem: s.Problem, SourceHash: judge.HashFiles(s.Files)}
	if _, err := post[Ticket](ctx, c, pathTickets, ticket); err != nil {
		return Submitted{}, err
	}
	return post[Submitted](ctx, c, pathSubmissions, s)
}

// Watch calls each for every event of a submission's judging until it is
// done or cancelled, across lost connections. A server that has no room for it
// is asked for the submission itself, now and then.
func (c *Client) Watch(ctx context.Context, id judge.SubmissionID, each func(judge.Event)) error {
	for attempt := 0; ; attempt++ {
		done, seen, err := c.watchOnce(ctx, id, each)
		if done || ctx.Err() != nil {
			return ctx.Err()
		}
		if refused, ok := errors.AsType[*Error](err); ok && refused.Code == codeBusy {
			if done, err := c.poll(ctx, id, each); done || err != nil {
				return err
			}
			if err := sleep(ctx, refused.After); err != nil {
				return err
			}
			attempt = -1
			continue
		}
		if final(err) {
			return err
		}
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		if seen {
			attempt = 0
		}
		if err := c.pause(ctx, attempt, err); err != nil {
			return err
		}
	}
}

// pollEvery is how often a submission is asked for whose events cannot be had,
// unless the server says otherwise.
const pollEvery = 5 * time.Second

// poll is one look at a submission, told as an event.
func (c *Client) poll(ctx context.Context, id judge.SubmissionID, each func(judge.Event)) (done bool, err error) {
	d, err := c.Submission(ctx, id)
	if err != nil {
		return false, err
	}
	ev := judge.Event{Submission: id, State: d.Judging.State, Ahead: d.Ahead, Total: d.Judging.Total}
	if done = d.Judging.State.Over(); done {
		ev.Judging = &d.Judging
	}
	each(ev)
	return done, nil
}

func sleep(ctx context.Context, wait time.Duration) error {
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Client) watchOnce(ctx context.Context, id judge.SubmissionID, each func(judge.Event)) (done, seen bool, err error) {
	res, err := c.send(ctx, http.MethodGet, fmt.Sprintf("%s/%d/events", pathSubmissions, id), nil)
	if err != nil {
		return false, false, err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var ev judge.Event
		if err := json.Unmarshal(lines.Bytes(), &ev); err != nil {
			return false, seen, err
		}
		seen = true
		each(ev)
		if ev.State.Over() {
			return true, true, nil
		}
	}
	return false, seen, lines.Err()
}

// final says whether asking again would bring the same answer.
func final(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && !refused.Passes()
}

// Passes says whether asking again in a few seconds may bring another answer: a
// server that stops or has no room, or a proxy without one behind it.
func (e *Error) Passes() bool {
	switch e.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	case http.StatusTooManyRequests:
		return e.Code == codeBusy
	}
	return false
}

// pause waits before the next attempt, or says that there will be none.
func (c *Client) pause(ctx context.Context, attempt int, cause error) error {
	if attempt >= c.Retries {
		return fmt.Errorf("%w at %s: %w", ErrNetwork, c.URL, cause)
	}
	wait := 250 * time.Millisecond << attempt
	if c.Retrying != nil {
		c.Retrying(cause, wait)
	}
	return sleep(ctx, wait)
}

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	return call[T](ctx, c, http.MethodGet, path, nil)
}

func post[T any](ctx context.Context, c *Client, path string, in any) (T, error) {
	body, err := json.Marshal(in)
	if err != nil {
		var none T
		return none, err
	}
	return call[T](ctx, c, http.MethodPost, path, body)
}

// call sends a request until it gets an answer, and reads the answer.
func call[T any](ctx context.Context, c *Client, method, path string, body []byte) (T, error) {
	var out T
	for attempt := 0; ; attempt++ {
		err := c.exchange(ctx, method, path, body, &out)
		if err == nil || final(err) || ctx.Err() != nil {
			return out, err
		}
		if err := c.pause(ctx, attempt, err); err != nil {
			return out, err
		}
	}
}

func (c *Client) exchange(ctx context.Context, method, path string, body []byte, out any) error {
	res, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// send makes one request; an answer that is not a success comes back as *Error.
func (c *Client) send(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, reader)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	e := &Error{Status: res.StatusCode, After: pollEvery}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		e.After = min(time.Duration(seconds)*time.Second, time.Minute)
	}
	text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if json.Unmarshal(text, &e.Failure) != nil || e.Message == "" {
		e.Failure = Failure{Code: "http", Message: fmt.Sprintf("%s answered %s", c.URL, res.Status), Hint: "is this the address of a judge?"}
	}
	return nil, e
}
