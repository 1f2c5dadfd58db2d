package gate

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"contest/judge"
)

// peer is the address at the other end of a connection; the unspecified one
// where there is none, as in memory.
func peer(addr net.Addr) netip.Addr {
	if tcp, ok := addr.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.IPv4Unspecified()
}

func trusted(access judge.Access, addr netip.Addr) bool {
	return slices.ContainsFunc(access.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// neighbourhood is what counts as one address: of IPv6, where everybody has as
// many as they like, the 64 bits that belong to a network.
func neighbourhood(addr netip.Addr) netip.Addr {
	if addr.Is4() {
		return addr
	}
	network, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return addr
	}
	return network.Addr()
}

// client is the address for which a request was made: the peer's, or what the
// last of the trusted proxies saw.
func (g *Gate) client(r *http.Request) netip.Addr {
	access := g.access()
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.IPv4Unspecified() // in memory
	}
	addr := at.Addr().Unmap()
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if !trusted(access, addr) && told[0] != "" && (addr.IsLoopback() || addr.IsPrivate()) {
		g.hidden.Do(func() {
			g.log.Warn("a proxy says for whom it asks and is not believed: all that it brings counts as one address", "proxy", addr,
				"hint", "name it in access.trusted_proxies of contest.yaml")
		})
	}
	for i := len(told) - 1; i >= 0 && trusted(access, addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(told[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return neighbourhood(addr)
}
