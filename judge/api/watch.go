package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"contest/judge"
)

const (
	// pollEvery is how often a submission is asked for whose events cannot be had,
	// unless the server says otherwise.
	pollEvery = 5 * time.Second
	// silence is after how long a stream without a sign of life is given up: the
	// server gives three in that time.
	silence = 3 * keepAlive
)

// errSilent says that a stream is open and nothing comes: the network is gone, or
// something on the way keeps what the server sends.
var errSilent = errors.New("no sign of life from the server")

// Watch calls each for every event of a submission's judging until it is
// done, cancelled or stalled, across lost connections. A server whose events
// cannot be had is asked for the submission itself, now and then.
func (c *Client) Watch(ctx context.Context, id judge.SubmissionID, each func(judge.Progress)) error {
	lost := loss{client: c, patience: c.Patience}
	for {
		done, seen, err := c.watchOnce(ctx, id, each)
		if done || ctx.Err() != nil {
			return ctx.Err()
		}
		if seen {
			lost.reset()
		}
		wait, instead := pollInstead(err)
		if instead {
			if done, err = c.poll(ctx, id, each); done {
				return nil
			}
			if err == nil {
				lost.reset()
				if err := sleep(ctx, wait); err != nil {
					return err
				}
				continue
			}
		}
		if settled(err) {
			return err
		}
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		if err := lost.pause(ctx, err); err != nil {
			return err
		}
	}
}

// pollInstead says whether to ask for the submission itself after a stream ended
// with err, and how long to wait before the next stream.
func pollInstead(err error) (wait time.Duration, instead bool) {
	if refused, ok := errors.AsType[*Error](err); ok && refused.Code == codeBusy {
		return refused.After, true
	}
	return 0, errors.Is(err, errSilent)
}

// poll is one look at a submission, told as an event.
func (c *Client) poll(ctx context.Context, id judge.SubmissionID, each func(judge.Progress)) (done bool, err error) {
	var d Detail
	if err := c.exchange(ctx, http.MethodGet, submissionPath(id), nil, &d); err != nil {
		return false, err
	}
	ev := judge.Progress{Submission: id, State: d.Judging.State, Ahead: d.Ahead, Held: d.Held, Total: d.Judging.Total, Stalled: d.Stalled}
	if ev.Last() {
		ev.Judging = &d.Judging
	}
	each(ev)
	return ev.Last(), nil
}

func (c *Client) watchOnce(ctx context.Context, id judge.SubmissionID, each func(judge.Progress)) (done, seen bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	res, err := c.send(ctx, http.MethodGet, submissionPath(id)+"/events", nil)
	if err != nil {
		return false, false, err
	}
	defer res.Body.Close()
	if kind := mediaType(res); kind != typeEvents {
		return false, false, c.stranger(res, "it sends "+kind)
	}
	watchdog := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer watchdog.Stop()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		watchdog.Reset(silence)
		if len(lines.Bytes()) == 0 {
			continue
		}
		var ev judge.Progress
		if err := json.Unmarshal(lines.Bytes(), &ev); err != nil || ev.State == "" {
			return false, seen, fmt.Errorf("%w: it was cut off, or is no event", io.ErrUnexpectedEOF)
		}
		seen = true
		each(ev)
		if ev.Last() {
			return true, true, nil
		}
	}
	if cause := context.Cause(ctx); cause == errSilent {
		return false, seen, errSilent
	}
	return false, seen, lines.Err()
}
