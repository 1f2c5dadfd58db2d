package gate

import (
	"container/list"
	"errors"
	"net/http"
	"net/netip"
)

// Why there is no room.
var (
	// ErrFull means that all places are taken.
	ErrFull = errors.New("too many watch at once")
	// ErrShare means that this address or account has all that it may have.
	ErrShare = errors.New("too many connections of this address or account")
)

// Stream is the place of one event stream.
type Stream struct {
	// Gone is closed when the stream has to make way for another.
	Gone <-chan struct{}

	gate    *Gate
	gone    chan struct{}
	place   *list.Element // nil once it has left
	address netip.Addr
	account string // whose token it came with
	known   bool
}

// Enter finds a place for an event stream. With known it is that of an account,
// "" being the organiser's, who may have any number. Leave gives the place back.
func (g *Gate) Enter(r *http.Request, account string, known bool) (*Stream, error) {
	gone := make(chan struct{})
	s := &Stream{Gone: gone, gone: gone, gate: g, account: account, known: known}
	if g == nil {
		return s, nil
	}
	s.address = g.client(r)
	access := g.access()
	g.mu.Lock()
	defer g.mu.Unlock()
	if known && account != "" && g.streamAccounts[account] >= access.StreamsPerAccount ||
		!known && g.streamAddresses[s.address] >= access.StreamsPerAddress {
		return nil, ErrShare
	}
	// The other half of the connections is for requests.
	if g.streams.Len() >= min(access.Streams, max(min(access.Connections, g.most)/2, 1)) && !(known && g.dismiss()) {
		return nil, ErrFull
	}
	s.place = g.streams.PushBack(s)
	if known {
		g.streamAccounts[account]++
	} else {
		g.streamAddresses[s.address]++
	}
	return s, nil
}

// dismiss ends the oldest stream without a token of the address that has most.
func (g *Gate) dismiss() bool {
	most := 0
	for _, n := range g.streamAddresses {
		most = max(most, n)
	}
	for e := g.streams.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*Stream); !s.known && g.streamAddresses[s.address] == most {
			s.leave()
			close(s.gone)
			return true
		}
	}
	return false
}

// Leave gives the place back.
func (s *Stream) Leave() {
	if s.gate == nil {
		return
	}
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	s.leave()
}

func (s *Stream) leave() {
	if s.place == nil {
		return
	}
	s.gate.streams.Remove(s.place)
	s.place = nil
	if s.known {
		less(s.gate.streamAccounts, s.account)
	} else {
		less(s.gate.streamAddresses, s.address)
	}
}
