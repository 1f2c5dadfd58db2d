package api

import (
	"bytes"
	"contest/judge/wire"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// ErrNetwork marks a request that got no answer, after retries.
var ErrNetwork = errors.New("no answer from the server")

// Error is an answer that is none of what was asked for: a server's refusal, or
// the answer of something that is no judge.
type Error struct {
	Status int // HTTP; zero if no judge answered
	wire.Failure
	After time.Duration // to wait before asking again
}

func (e *Error) Error() string { return e.Message }

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

// settled says whether asking again would bring the same answer.
func settled(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && !refused.Passes()
}

// loss counts what got no answer since the last answer.
type loss struct {
	client   *Client
	patience time.Duration // beyond the client's retries
	n        int
	since    time.Time
}

func (l *loss) reset() { l.n = 0 }

// longestWait is the most between two attempts.
const longestWait = 15 * time.Second

// pause waits before the next attempt, or says that there will be none.
func (l *loss) pause(ctx context.Context, cause error) error {
	if l.n == 0 {
		l.since = time.Now()
	}
	wait := min(250*time.Millisecond<<min(l.n, 10), longestWait)
	until := l.since.Add(l.patience)
	if l.n >= l.client.Retries && time.Until(until) < wait {
		if refused, ok := errors.AsType[*Error](cause); ok {
			return refused // what is there says more than that nothing is
		}
		return fmt.Errorf("%w at %s: %s", ErrNetwork, l.client.URL, inWords(cause))
	}
	l.n++
	if l.client.Retrying != nil {
		retry := Retry{Cause: inWords(cause), Next: time.Now().Add(wait)}
		if l.patience > 0 {
			retry.Until = until
		}
		l.client.Retrying(retry)
	}
	return sleep(ctx, wait)
}

func sleep(ctx context.Context, wait time.Duration) error {
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call sends a request until it gets an answer, and reads the answer.
func call[T any](ctx context.Context, c *Client, method, path string, body []byte) (T, error) {
	var out T
	lost := loss{client: c}
	for {
		err := c.exchange(ctx, method, path, body, &out)
		if err == nil || settled(err) || ctx.Err() != nil {
			return out, err
		}
		if err := lost.pause(ctx, err); err != nil {
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
	if kind := mediaType(res); kind != "application/json" {
		return c.stranger(res, "it sends "+kind)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if err := decode(text, out); err != nil {
		return c.stranger(res, err.Error())
	}
	return nil
}

// decode reads an answer: one document, which has all that such an answer always
// has. Any other JSON would read as a contest without a name or problems.
func decode(text []byte, out any) error {
	if err := json.Unmarshal(text, out); err != nil {
		return errors.New("it is not the JSON expected here")
	}
	t := reflect.TypeOf(out).Elem()
	if t.Kind() != reflect.Struct {
		if string(bytes.TrimSpace(text)) == "null" {
			return errors.New("it is empty")
		}
		return nil
	}
	var have map[string]json.RawMessage
	if err := json.Unmarshal(text, &have); err != nil {
		return errors.New("it is not the JSON expected here")
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if _, ok := have[name]; !ok && name != "" && name != "-" && !strings.Contains(options, "omit") {
			return fmt.Errorf("it has no %q", name)
		}
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
	// Followed, a redirect would make a GET of a POST, and lose the token or show
	// it to somebody else.
	direct := *c.HTTP
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := direct.Do(req)
	switch {
	case err != nil:
		return nil, c.unreachable(err)
	case res.StatusCode < 300:
		return res, nil
	}
	defer res.Body.Close()
	if res.StatusCode < 400 {
		return nil, c.moved(res, path)
	}
	return nil, c.refusal(res, len(body))
}

// refusal reads an answer that says no.
func (c *Client) refusal(res *http.Response, sent int) *Error {
	e := &Error{Status: res.StatusCode, After: pollEvery}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		e.After = min(time.Duration(seconds)*time.Second, time.Minute)
	}
	text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if json.Unmarshal(text, &e.Failure) == nil && e.Message != "" && e.Code != "" {
		return e
	}
	switch res.StatusCode {
	case http.StatusRequestEntityTooLarge:
		e.Failure = wire.Failure{Code: "size", Message: fmt.Sprintf("what stands before the judge at %s takes no request of %d bytes (%s)", c.URL, sent, res.Status), Hint: "shorten the sources, or ask the organiser to let the proxy take more (nginx: client_max_body_size)"}

	case http.StatusTooManyRequests:
		e.Failure = wire.Failure{Code: codeBusy, Message: fmt.Sprintf("what stands before the judge at %s takes no more requests just now (%s)", c.URL, res.Status), Hint: "try again in a minute"}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		e.Failure = wire.Failure{Code: "proxy", Message: fmt.Sprintf("what stands before the judge at %s refuses the request (%s)", c.URL, res.Status), Hint: "ask the organiser how to get to the judge from here"}
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		e.Failure = wire.Failure{Code: "proxy", Message: fmt.Sprintf("a proxy answers at %s, but no judge behind it (%s)", c.URL, res.Status), Hint: "try again in a minute; if it stays so, the organiser looks whether judge serve runs"}

	default:
		return c.stranger(res, "no judge says that")
	}
	return e
}

// stranger is the error of an answer that no judge gives.
func (c *Client) stranger(res *http.Response, why string) *Error {
	return &Error{Failure: wire.Failure{Code: "no-judge", Message: fmt.Sprintf("%s answers %s, but not as a judge does: %s", c.URL, res.Status, why), Hint: "check that this is the address of a judge, and that it has the version of this program"}}
}

// moved names the address to use instead of one that redirects.
func (c *Client) moved(res *http.Response, path string) *Error {
	to, err := res.Location()
	if err != nil {
		return c.stranger(res, "it does not say where to go")
	}
	e := &Error{Failure: wire.Failure{Code: "moved", Message: fmt.Sprintf("%s leads elsewhere: to %s (%s)", c.URL, to.Redacted(), res.Status), Hint: "check that this is the address of a judge"}}
	path, _, _ = strings.Cut(path, "?")
	if base, ok := strings.CutSuffix(strings.TrimSuffix(to.Path, "/"), path); ok {
		to.Path, to.RawPath, to.RawQuery, to.Fragment = base, "", "", ""
		e.Message = fmt.Sprintf("%s has moved to %s", c.URL, to.Redacted())
		e.Hint = "use that address, with --server or JUDGE_SERVER"
	}
	return e
}

// mediaType is what an answer says it is.
func mediaType(res *http.Response) string {
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind == "" {
		return "something without a type"
	}
	return kind
}
