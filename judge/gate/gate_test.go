package gate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"contest/judge"
)

// served is a server behind a gate. "/token" shows a token of the account that
// the query names, "/wait" says that it was entered and answers when the test
// says so, everything else reads its body and answers.
type served struct {
	*Gate
	url, address     string
	entered, release chan struct{}
}

func serve(t *testing.T, access judge.Access) *served {
	return serveStrangers(t, access, time.Hour)
}

// serveStrangers has strangers' requests take so long to arrive at most.
func serveStrangers(t *testing.T, access judge.Access, most time.Duration) *served {
	t.Helper()
	s := &served{Gate: New(func() judge.Access { return access }, 10_000, nil), entered: make(chan struct{}), release: make(chan struct{})}
	s.strangerTime = most
	mux := http.NewServeMux()
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		if err := s.Known(w, r, r.URL.Query().Get("account")); err != nil {
			http.Error(w, err.Error(), http.StatusTooManyRequests)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
	})
	mux.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) {
		s.entered <- struct{}{}
		select {
		case <-s.release:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/refuse", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := s.Server(mux)
	go server.Serve(s.Listener(l))
	t.Cleanup(func() { server.Close() })
	s.address = l.Addr().String()
	s.url = "http://" + s.address
	return s
}

// dial opens a connection from an address of this machine's own network.
func (s *served) dial(t *testing.T, from string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := dialer.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// ask sends a request and returns the answer's status; the connection stays.
func ask(t *testing.T, c net.Conn, request string) int {
	t.Helper()
	fmt.Fprint(c, request+" HTTP/1.1\r\nHost: x\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// quiet waits until every connection is idle: who has read an answer may be
// ahead of the server that notes it.
func (s *served) quiet() {
	for busy := true; busy; {
		time.Sleep(time.Millisecond)
		s.mu.Lock()
		busy = s.oldest(func(c *conn) bool { return !c.idle }) != nil
		s.mu.Unlock()
	}
}

// closed waits until the server has closed a connection.
func closed(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Minute))
	_, err := io.Copy(io.Discard, c)
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		t.Fatal("the server did not close a connection")
	}
}

func TestOldestStrangerOfAnAddressMakesWay(t *testing.T) {
	s := serve(t, judge.Access{ConnectionsPerAddress: 2})
	known := s.dial(t, "127.0.0.1")
	ask(t, known, "GET /token?account=alice")
	other := s.dial(t, "127.0.0.2")
	ask(t, other, "GET /")
	oldest, second := s.dial(t, "127.0.0.1"), s.dial(t, "127.0.0.1")
	ask(t, oldest, "GET /")
	ask(t, second, "GET /")
	ask(t, s.dial(t, "127.0.0.1"), "GET /")
	closed(t, oldest)
	for _, c := range []net.Conn{known, other, second} {
		if got := ask(t, c, "GET /"); got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
}

// When all places are taken, one of the address that has most makes way, not
// those of contestants.
func TestBusiestAddressMakesWay(t *testing.T) {
	s := serve(t, judge.Access{Connections: 6})
	honest := s.dial(t, "127.0.0.3")
	ask(t, honest, "GET /")
	contestant := s.dial(t, "127.0.0.1")
	ask(t, contestant, "GET /token?account=alice")
	var slow []net.Conn
	for range 20 {
		c := s.dial(t, "127.0.0.1")
		fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
		slow = append(slow, c)
	}
	for _, c := range slow[:16] {
		closed(t, c)
	}
	for _, c := range []net.Conn{honest, contestant, s.dial(t, "127.0.0.4")} {
		if got := ask(t, c, "GET /"); got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
}

func TestWhereNobodyMakesWayTheNewcomerIsRefused(t *testing.T) {
	s := serve(t, judge.Access{Connections: 2})
	busy := make([]net.Conn, 2)
	for i := range busy {
		busy[i] = s.dial(t, "127.0.0.1")
		ask(t, busy[i], fmt.Sprint("GET /token?account=", i))
		fmt.Fprint(busy[i], "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	for range busy {
		<-s.entered
	}
	closed(t, s.dial(t, "127.0.0.1"))
	close(s.release)
	for _, c := range busy {
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("answer %v, %v", res, err)
		}
	}
	s.quiet()
	ask(t, s.dial(t, "127.0.0.1"), "GET /") // now the older of the idle ones makes way
	closed(t, busy[0])
}

func TestConnectionsOfAnAccount(t *testing.T) {
	s := serve(t, judge.Access{ConnectionsPerAccount: 1})
	first := s.dial(t, "127.0.0.1")
	if got := ask(t, first, "GET /token?account=alice"); got != http.StatusOK {
		t.Fatalf("status %d", got)
	}
	if got := ask(t, s.dial(t, "127.0.0.1"), "GET /token?account=alice"); got != http.StatusTooManyRequests {
		t.Errorf("second connection: status %d", got)
	}
	if got := ask(t, s.dial(t, "127.0.0.1"), "GET /token?account=bob"); got != http.StatusOK {
		t.Errorf("another's: status %d", got)
	}
	first.Close()
	for { // until the server has noticed
		if ask(t, s.dial(t, "127.0.0.1"), "GET /token?account=alice") == http.StatusOK {
			return
		}
	}
}

// A body that does not come is not waited for, unless its token is known; nor
// is the rest of one that was refused.
func TestSlowBodies(t *testing.T) {
	s := serveStrangers(t, judge.Access{}, time.Second)
	slow := s.dial(t, "127.0.0.1")
	fmt.Fprint(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
	head := s.dial(t, "127.0.0.1")
	fmt.Fprint(head, "POST / HTTP/1.1\r\nHost: x\r\n")
	known := s.dial(t, "127.0.0.1")
	fmt.Fprint(known, "POST /token?account=alice HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx")
	closed(t, slow)
	closed(t, head)
	fmt.Fprint(known, "y")
	res, err := http.ReadResponse(bufio.NewReader(known), nil)
	if err != nil || res.StatusCode != http.StatusOK || res.Close {
		t.Errorf("with a token: %v, %v", res, err)
	}

	s = serve(t, judge.Access{})
	refused := s.dial(t, "127.0.0.1")
	fmt.Fprint(refused, "POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
	res, err = http.ReadResponse(bufio.NewReader(refused), nil)
	if err != nil || res.StatusCode != http.StatusForbidden || !res.Close {
		t.Errorf("refused: %v, %v", res, err)
	}
	closed(t, refused)
}

func TestMostConnections(t *testing.T) {
	for _, c := range []struct{ descriptors, want int }{{20, 16}, {300, 44}, {512, 256}, {1024, 512}, {20_000, 10_000}} {
		if got := mostConnections(c.descriptors); got != c.want {
			t.Errorf("of %d descriptors %d are for connections, want %d", c.descriptors, got, c.want)
		}
	}
}

func TestClient(t *testing.T) {
	access := judge.Access{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	g := New(func() judge.Access { return access }, 1000, nil)
	for _, c := range []struct{ peer, told, want string }{
		{"192.0.2.1:1", "", "192.0.2.1"},
		{"192.0.2.1:1", "203.0.113.9", "192.0.2.1"}, // whoever says so is not believed
		{"10.1.1.1:1", "203.0.113.9", "203.0.113.9"},
		{"10.1.1.1:1", "198.51.100.1, 203.0.113.9", "203.0.113.9"}, // the first is what the client says
		{"10.1.1.1:1", "203.0.113.9, 10.2.2.2", "203.0.113.9"},
		{"10.1.1.1:1", "nonsense", "10.1.1.1"},
		{"10.1.1.1:1", "", "10.1.1.1"},
		{"[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::"},
		{"[::ffff:192.0.2.1]:1", "", "192.0.2.1"},
		{"pipe", "", "0.0.0.0"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.told != "" {
			r.Header.Set("X-Forwarded-For", c.told)
		}
		if got := g.client(r).String(); got != c.want {
			t.Errorf("%s, %q: got %s, want %s", c.peer, c.told, got, c.want)
		}
	}
}

func TestStreams(t *testing.T) {
	g := New(func() judge.Access { return judge.Access{Streams: 4, StreamsPerAddress: 2, StreamsPerAccount: 3} }, 1000, nil)
	enter := func(address, account string, want error) *Stream {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = address + ":1"
		s, err := g.Enter(r, account, account != "")
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Fatalf("%s %q: got %v, want %v", address, account, err, want)
		}
		return s
	}
	gone := func(s *Stream) bool {
		select {
		case <-s.Gone:
			return true
		default:
			return false
		}
	}
	single := enter("192.0.2.2", "", nil)
	first, second := enter("192.0.2.1", "", nil), enter("192.0.2.1", "", nil)
	enter("192.0.2.1", "", ErrShare)
	alice := enter("192.0.2.1", "alice", nil)
	enter("192.0.2.3", "", ErrFull)
	enter("192.0.2.1", "alice", nil)
	if !gone(first) || gone(second) || gone(single) || gone(alice) {
		t.Error("the wrong stream made way")
	}
	enter("192.0.2.1", "alice", nil)
	enter("192.0.2.1", "alice", ErrShare)
	enter("192.0.2.1", "bob", nil)
	enter("192.0.2.1", "carol", ErrFull) // contestants do not make way for each other
	if !gone(second) || !gone(single) {
		t.Error("strangers are left although a contestant was refused")
	}
	first.Leave() // again: nothing
	alice.Leave()
	alice.Leave()
	enter("192.0.2.1", "carol", nil)
	enter("192.0.2.1", "dora", ErrFull)
	if n := g.streams.Len(); n != 4 || strings.Contains(fmt.Sprint(g.streamAddresses), "192") {
		t.Errorf("%d streams, of addresses %v", n, g.streamAddresses)
	}
}
