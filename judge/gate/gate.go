// Package gate bounds what those may take who come to the server: connections,
// time before a token is known, event streams. Who they are and what they are
// answered is left to others.
//
// # Theory
//
// Server, database and sandbox share one table of descriptors, and one machine.
// Whoever can open connections can therefore keep submissions from being judged,
// so the gate keeps half of the table free, whatever the settings say.
//
// A connection on which no token was shown is a stranger's. Strangers are
// counted by their address; when there is no room, the oldest connection of the
// address that has most makes way, whatever it is at. Who shows a token within
// the first moments is past this: connections with a token are counted by
// account, and only idle ones make way, when no stranger's is left. A newcomer
// is refused only when nobody has to make way.
//
// Event streams are counted in the same way: a contestant's takes the place of a
// stranger's, never of another contestant's. Who is refused polls.
package gate

import (
	"container/list"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"contest/judge"
)

// The deadlines of connections.
const (
	// strangerTime is how long a request may take to arrive, head and body each,
	// before a token is known.
	strangerTime = 10 * time.Second
	// knownTime is how long the body of a request may take once its token is
	// known, and its answer.
	knownTime = 5 * time.Minute
	// answerTime is how long a stranger may take to read an answer.
	answerTime = time.Minute
	// idleTime is how long a connection is kept between two requests.
	idleTime = time.Minute
	// headBytes is the most that the head of a request may take.
	headBytes = 16 << 10
)

// Gate is one server's. Make it with New; it is safe for concurrent use.
type Gate struct {
	access func() judge.Access
	most   int // connections that the descriptors leave room for
	// strangerTime is shorter in tests.
	strangerTime time.Duration
	log          *slog.Logger
	hidden       sync.Once // the warning about a proxy that is not trusted

	mu       sync.Mutex
	conns    *list.List // of *conn, oldest first
	address  map[netip.Addr]int
	accounts map[string]int

	streams         *list.List // of *Stream, oldest first
	streamAddresses map[netip.Addr]int
	streamAccounts  map[string]int
}

// New makes a gate that follows the settings as they change. Of descriptors,
// how many this process may have, connections get at most half.
func New(access func() judge.Access, descriptors int, log *slog.Logger) *Gate {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Gate{
		access: func() judge.Access { return access().WithDefaults() }, most: mostConnections(descriptors), strangerTime: strangerTime, log: log,
		conns: list.New(), address: map[netip.Addr]int{}, accounts: map[string]int{},
		streams: list.New(), streamAddresses: map[netip.Addr]int{}, streamAccounts: map[string]int{},
	}
}

// reserve is how many descriptors database and sandbox get at least, where
// there are as many.
const reserve = 256

// mostConnections is how many connections fit beside everything else.
func mostConnections(descriptors int) int {
	return max(min(descriptors/2, descriptors-reserve), 16)
}

// Descriptors is how many descriptors this process may have. Go's runtime has
// raised the soft limit to the hard one by the time that anybody can ask.
func Descriptors() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<30 {
		return 1 << 30
	}
	return int(limit.Cur)
}

// Connections is how many connections there may be at once, and whether the
// machine allows less than the settings ask for.
func (g *Gate) Connections() (n int, short bool) {
	want := g.access().Connections
	return min(want, g.most), g.most < want
}

// Server answers with h through the gate; serve Listener of it.
func (g *Gate) Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: g.handler(h), ConnContext: g.connContext, ConnState: g.connState,
		ReadHeaderTimeout: g.strangerTime, WriteTimeout: answerTime, IdleTimeout: idleTime, MaxHeaderBytes: headBytes,
		ErrorLog: slog.NewLogLogger(g.log.Handler(), slog.LevelWarn),
	}
}

// conn is a connection that was let in.
type conn struct {
	net.Conn
	gate    *Gate
	address netip.Addr // invalid for those of trusted proxies, which are not counted by address
	account string     // whose token was shown; see known

	// Under the gate's lock.
	place *list.Element // nil once it is closed
	known bool          // a token was shown
	idle  bool          // between two requests
}

// Close gives the place back and closes the connection.
func (c *conn) Close() error {
	c.gate.mu.Lock()
	c.gate.forget(c)
	c.gate.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite tells the client that nothing more comes; net/http does so before
// it closes, so that an answer is not lost with what was never read.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// listener lets connections in.
type listener struct {
	net.Listener
	gate *Gate
}

// Listener is l with the gate before it.
func (g *Gate) Listener(l net.Listener) net.Listener { return listener{l, g} }

// Accept implements net.Listener; who is refused sees the connection close.
func (l listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.gate.letIn(raw); c != nil {
			return c, nil
		}
		_ = raw.Close()
	}
}

// letIn finds room for a connection; nil if there is none.
func (g *Gate) letIn(raw net.Conn) *conn {
	access := g.access()
	c := &conn{Conn: raw, gate: g, address: neighbourhood(peer(raw.RemoteAddr()))}
	if trusted(access, peer(raw.RemoteAddr())) {
		c.address = netip.Addr{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.address.IsValid() && g.address[c.address] >= access.ConnectionsPerAddress {
		g.close(g.oldest(func(o *conn) bool { return !o.known && o.address == c.address }))
	}
	if g.conns.Len() >= min(access.Connections, g.most) && !g.makeRoom() {
		return nil
	}
	c.place = g.conns.PushBack(c)
	g.address[c.address]++
	return c
}

// makeRoom closes a connection that has to make way for another: of a stranger,
// or else one that is idle. What a trusted proxy brings is of many: it makes way
// only when it is idle.
func (g *Gate) makeRoom() bool {
	most := 0
	for address, n := range g.address {
		if address.IsValid() {
			most = max(most, n)
		}
	}
	victim := g.oldest(func(c *conn) bool { return !c.known && c.address.IsValid() && g.address[c.address] == most })
	if victim == nil {
		victim = g.oldest(func(c *conn) bool { return c.idle })
	}
	g.close(victim)
	return victim != nil
}

func (g *Gate) oldest(good func(*conn) bool) *conn {
	for e := g.conns.Front(); e != nil; e = e.Next() {
		if c := e.Value.(*conn); good(c) {
			return c
		}
	}
	return nil
}

// close ends a connection for another's sake; its server notices.
func (g *Gate) close(c *conn) {
	if c != nil {
		g.forget(c)
		_ = c.Conn.Close()
	}
}

// forget gives a connection's place back, once.
func (g *Gate) forget(c *conn) {
	if c.place == nil {
		return
	}
	g.conns.Remove(c.place)
	c.place = nil
	if c.known {
		less(g.accounts, c.account)
	} else {
		less(g.address, c.address)
	}
}

// less counts one less, and keeps no zeros.
func less[K comparable](counts map[K]int, key K) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}

type connKey struct{}

func (g *Gate) connContext(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

func (g *Gate) connState(raw net.Conn, state http.ConnState) {
	if c, ok := raw.(*conn); ok {
		g.mu.Lock()
		c.idle = state == http.StateIdle
		g.mu.Unlock()
	}
}

// Known notes that a request carried the token of an account, "" being the
// organiser's: its connection is no stranger's from now on, and has more time.
// The error is ErrShare when the account has too many already.
func (g *Gate) Known(w http.ResponseWriter, r *http.Request, account string) error {
	if g == nil {
		return nil
	}
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		if err := g.know(c, account); err != nil {
			return err
		}
	}
	control := http.NewResponseController(w)
	if _, ok := r.Body.(*body); ok { // without one a deadline would end the request
		_ = control.SetReadDeadline(time.Now().Add(knownTime))
	}
	_ = control.SetWriteDeadline(time.Now().Add(knownTime))
	return nil
}

func (g *Gate) know(c *conn, account string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.known || c.place == nil {
		return nil
	}
	// What a trusted proxy brings is of many: it is not counted as one's.
	if account != "" && c.address.IsValid() && g.accounts[account] >= g.access().ConnectionsPerAccount {
		return ErrShare
	}
	less(g.address, c.address)
	c.known = true
	if c.address.IsValid() {
		c.account = account
	}
	g.accounts[c.account]++
	return nil
}
