package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"slices"
	"time"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/contest"
	"contest/judge/wire"
)

// local is the server as it describes itself in .judge/server.json, for
// commands that run in the same folder.
type local struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// connection is a client with what must be closed after it.
type connection struct {
	*api.Client
	// Owner says that the client acts for the organiser and may name any
	// contestant.
	Owner bool
	// Site is where the pages are; empty without a server.
	Site  string
	close func()
}

// connectOptions say what a command needs.
type connectOptions struct {
	// Judge: submissions will be judged in this process if no server runs.
	Judge bool
}

// connect finds whom a command talks to: the named server, the server that
// runs in this contest folder, or the contest folder itself, opened in this
// process. All three answer the same API.
func (c *cli) connect(ctx context.Context, opt connectOptions) (*connection, error) {
	conn, err := c.find(ctx, opt)
	if err == nil {
		c.owner = conn.Owner
	}
	return conn, err
}

func (c *cli) find(ctx context.Context, opt connectOptions) (*connection, error) {
	if c.server != "" {
		client, err := api.NewClient(c.server, os.Getenv("JUDGE_TOKEN"))
		if err != nil {
			return nil, err
		}
		client.Retrying = c.retrying
		return &connection{Client: client, Site: client.URL, close: func() {}}, nil
	}
	folder, err := c.folder()
	if err != nil {
		return nil, err
	}
	waiting := false
	for {
		if conn := running(ctx, folder); conn != nil {
			conn.Retrying = c.retrying
			return conn, nil
		}
		conn, err := c.inPlace(ctx, folder, opt)
		if !errors.Is(err, contest.ErrLocked) {
			return conn, err
		}
		if !waiting {
			c.notef("another judge command works in %s; waiting for it\n", folder)
			waiting = true
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// retrying says that a request got no answer and is sent again.
func (c *cli) retrying(r api.Retry) {
	c.notef("no answer: %s; trying again in %s\n", r.Cause, waitText(r, time.Now()))
}

// waitText is how long it is until a request is sent again, and for how long that
// goes on.
func waitText(r api.Retry, now time.Time) string {
	text := judge.Span(wholeSeconds(r.Next.Sub(now)))
	if !r.Until.IsZero() {
		text += ", for " + judge.Span(wholeSeconds(r.Until.Sub(now))) + " more"
	}
	return text
}

// wholeSeconds rounds up what is left of a wait, as a countdown shows it.
func wholeSeconds(d time.Duration) time.Duration {
	return max(d+time.Second-1, time.Second).Truncate(time.Second)
}

// again is a command that finds the same contest as this one did.
func (c *cli) again(command string) string {
	text := "judge " + command
	if c.server != os.Getenv("JUDGE_SERVER") {
		text += " --server " + c.server
	}
	if c.contestDir != os.Getenv("JUDGE_CONTEST") {
		text += " --contest " + c.contestDir
	}
	return text
}

// folder is the contest's, as named or found upwards from here.
func (c *cli) folder() (contest.Folder, error) {
	if c.contestDir == "" {
		return contest.Find(".")
	}
	return contest.At(c.contestDir)
}

// running returns a connection to the server that runs in the folder, or nil.
// Only a server that holds the contest's lock is believed: the address that a
// killed one left behind may belong to anybody by now.
func running(ctx context.Context, folder contest.Folder) *connection {
	text, err := os.ReadFile(folder.State("server.json"))
	if err != nil {
		return nil
	}
	if lock, err := folder.TryLock(); err == nil {
		lock.Release()
		return nil
	}
	var l local
	if json.Unmarshal(text, &l) != nil {
		return nil
	}
	client, err := api.NewClient(l.URL, l.Token)
	if err != nil {
		return nil
	}
	client.HTTP = &http.Client{Transport: &http.Transport{}} // no proxy between a machine and itself
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	probe := *client
	probe.Retries = 0
	if _, err := probe.Status(ctx); err != nil {
		return nil // it is starting or stopping
	}
	return &connection{Client: client, Owner: true, Site: client.URL, close: func() {}}
}

// inPlace opens the contest folder in this process and talks to it through
// the same API over connections in memory.
func (c *cli) inPlace(ctx context.Context, folder contest.Folder, opt connectOptions) (*connection, error) {
	if err := folder.Prepare(); err != nil {
		return nil, err
	}
	var lock *contest.Lock
	var lacking []string
	if opt.Judge {
		var err error
		if lacking, err = c.fit(true); err != nil {
			return nil, err
		}
		if lock, err = folder.TryLock(); err != nil {
			return nil, err
		}
	}
	release := func() {
		if lock != nil {
			lock.Release()
		}
	}
	level := slog.LevelError
	if c.verbose {
		level = slog.LevelInfo
	}
	progress := c.generating()
	in, err := openInstance(ctx, folder, instanceOptions{Logger: c.logger(level), Database: c.database, Generate: opt.Judge, Progress: progress})
	if err != nil {
		release()
		return nil, err
	}
	if opt.Judge {
		if err = c.judgesHere(ctx, in, lacking, true); err == nil {
			err = in.start(context.WithoutCancel(ctx))
		}
		if err != nil {
			err = errors.Join(err, in.close())
			release()
			return nil, err
		}
	}
	pipe := newMemoryListener()
	server := &http.Server{Handler: in.handler()}
	go server.Serve(pipe)
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return pipe.dial(ctx) }}
	client := &api.Client{URL: "http://contest.invalid", Token: in.api.OwnerToken, HTTP: &http.Client{Transport: transport}}
	return &connection{Client: client, Owner: true, close: func() {
		transport.CloseIdleConnections()
		server.Close()
		if err := in.close(); err != nil {
			c.notef("close the contest: %v\n", err)
		}
		release()
	}}, nil
}

// generating prints how far the generation of test cases is.
func (c *cli) generating() func(problem string, done, total int) {
	return func(problem string, done, total int) {
		switch {
		case c.tty && done < total:
			c.notef("\r\x1b[K%s: generating test cases %d/%d", problem, done, total)
		case c.tty:
			c.notef("\r\x1b[K")
		case done == 0:
			c.notef("%s: generating %s\n", problem, plural(total, "test case"))
		}
	}
}

// acting is the contestant in whose name a local command acts.
func acting(name string) judge.Contestant {
	if name == "" {
		name = os.Getenv("JUDGE_CONTESTANT")
	}
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	return judge.Contestant(name)
}

// memoryListener accepts connections from this very process.
type memoryListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func newMemoryListener() *memoryListener {
	return &memoryListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *memoryListener) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next connection.
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept; it is called once, by the server.
func (l *memoryListener) Close() error {
	close(l.done)
	return nil
}

// Addr is a name only.
func (l *memoryListener) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

// problemOf is the problem of a command: as named, or the one that a file's name stands
// for, or the only one.
func problemOf(ctx context.Context, conn *connection, name, file string) (wire.Problem, error) {
	problems, err := conn.Problems(ctx)
	if err != nil {
		return wire.Problem{}, err
	}
	if len(problems) == 0 {
		return wire.Problem{}, &judge.NotFound{Kind: "problem", Name: name, Hint: judge.NoProblems(conn.Owner)}
	}
	ids := make([]judge.ProblemID, len(problems))
	for i, p := range problems {
		ids[i] = p.ID
	}
	id, err := judge.WhichProblem(ids, name, file)
	if err != nil {
		return wire.Problem{}, err
	}
	return problems[slices.Index(ids, id)], nil
}
