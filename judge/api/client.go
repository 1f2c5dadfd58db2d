package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"contest/judge"
	"contest/judge/wire"
)

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
	// Patience is for how long Watch goes on without an answer, beyond Retries.
	Patience time.Duration
	// Retrying is told of each retry before it waits; may be nil.
	Retrying func(Retry)
}

// Retry is what comes after a request that got no answer.
type Retry struct {
	Cause string    // why there was none, in words
	Next  time.Time // when it is sent again
	Until time.Time // when no more is sent; zero if only retries are counted
}

// watchPatience is longer than a server takes to be started again, or a network
// to come back.
const watchPatience = 10 * time.Minute

// NewClient returns a client for a server reached over the network.
func NewClient(server, token string) (*Client, error) {
	// A line end comes with what was read from a file.
	server, token = strings.TrimSpace(server), strings.TrimSpace(token)
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, &judge.Invalid{Message: "the token has blanks or other characters in it that no token has", Hint: "set JUDGE_TOKEN to the token alone, as judge user add printed it: judge_ and 43 letters and digits"}
	}
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
	return &Client{URL: strings.TrimRight(u.String(), "/"), Token: token, HTTP: &http.Client{Transport: transport}, Retries: 4, Patience: watchPatience}, nil
}

// Status of the contest.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return get[Status](ctx, c, pathStatus)
}

// Problems of the contest, in order.
func (c *Client) Problems(ctx context.Context) ([]wire.Problem, error) {
	return get[[]wire.Problem](ctx, c, pathProblems)
}

// Kit is what a contestant needs to work on a problem.
func (c *Client) Kit(ctx context.Context, p judge.ProblemID) (Kit, error) {
	return get[Kit](ctx, c, pathProblems+"/"+url.PathEscape(string(p))+"/kit")
}

// Scoreboard is a problem's ranking.
func (c *Client) Scoreboard(ctx context.Context, p judge.ProblemID, b judge.Board) (wire.Scoreboard, error) {
	return get[wire.Scoreboard](ctx, c, pathBoards+"/"+url.PathEscape(string(p))+"/"+url.PathEscape(string(b)))
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
	return get[Detail](ctx, c, submissionPath(id))
}

func submissionPath(id judge.SubmissionID) string { return fmt.Sprintf("%s/%d", pathSubmissions, id) }

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

// Events is a page of the events after one.
func (c *Client) Events(ctx context.Context, after int64) (Events, error) {
	return get[Events](ctx, c, fmt.Sprintf("%s?after=%d", pathEvents, after))
}

// Cancel withdraws a submission that has no verdict yet.
func (c *Client) Cancel(ctx context.Context, id judge.SubmissionID) (Submitted, error) {
	return post[Submitted](ctx, c, submissionPath(id)+"/cancel", struct{}{})
}

// Choose chooses a submission for the final, or takes that back.
func (c *Client) Choose(ctx context.Context, id judge.SubmissionID, change ChoiceChange) (Detail, error) {
	return post[Detail](ctx, c, submissionPath(id)+"/choice", change)
}

// Rejudging is what is proposed for a problem.
func (c *Client) Rejudging(ctx context.Context, p judge.ProblemID) (judge.Rejudging, error) {
	return get[judge.Rejudging](ctx, c, rejudgingPath(p))
}

// Rejudge proposes, applies or cancels the rejudging of a problem.
func (c *Client) Rejudge(ctx context.Context, p judge.ProblemID, action RejudgingAction) (judge.Rejudging, error) {
	return post[judge.Rejudging](ctx, c, rejudgingPath(p), NewRejudging{Action: action})
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

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	return call[T](ctx, c, http.MethodGet, path, nil)
}

func post[T any](ctx context.Context, c *Client, path string, in any) (T, error) {
	body, err := wire.Marshal(in)
	if err != nil {
		var none T
		return none, err
	}
	return call[T](ctx, c, http.MethodPost, path, body)
}
