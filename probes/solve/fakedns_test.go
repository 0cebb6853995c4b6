package solve_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes/wire"
)

// An internet is name servers in memory: each answers a message, or not at
// all (nil). Everything goes over pipes, so that it runs in a bubble.
type internet struct {
	servers map[netip.AddrPort]func(q *dns.Msg) *dns.Msg

	mu    sync.Mutex
	asked map[string]int // by server and question; guarded by mu
}

var resolver = netip.MustParseAddrPort("192.0.2.53:53")

func (n *internet) net() *wire.Net { return &wire.Net{Dial: n.dial, Resolver: resolver} }

func (n *internet) dial(_ context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	answer, ok := n.servers[to]
	if !ok {
		errno := syscall.ECONNREFUSED
		if to.Addr().Is6() {
			errno = syscall.ENETUNREACH
		}
		return nil, &net.OpError{Op: "dial", Net: network, Err: errno}
	}
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		co := dns.Conn{Conn: server}
		for {
			q, err := co.ReadMsg()
			if err != nil {
				return
			}
			n.count(to, q)
			if r := answer(q); r != nil && co.WriteMsg(r) != nil {
				return
			}
		}
	}()
	return client, nil
}

func (n *internet) count(to netip.AddrPort, q *dns.Msg) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.asked == nil {
		n.asked = map[string]int{}
	}
	n.asked[to.Addr().String()+" "+dns.TypeToString[q.Question[0].Qtype]+" "+q.Question[0].Name]++
}

func (n *internet) questions(containing string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := 0
	for what, times := range n.asked {
		if strings.Contains(what, containing) {
			sum += times
		}
	}
	return sum
}

// zoneFile reads records; the first is the SOA.
func zoneFile(t *testing.T, text string) []dns.RR {
	t.Helper()
	var out []dns.RR
	z := dns.NewZoneParser(strings.NewReader(text), ".", "")
	z.SetDefaultTTL(60)
	for rr, ok := z.Next(); ok; rr, ok = z.Next() {
		out = append(out, rr)
	}
	must(t, z.Err())
	return out
}

// authority answers as a server of a zone does (RFC 1034 §4.3.2): with data,
// an alias, a referral, or the SOA.
func authority(records func() []dns.RR) func(*dns.Msg) *dns.Msg {
	return func(q *dns.Msg) *dns.Msg {
		r := new(dns.Msg).SetReply(q)
		name, qtype := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
		all := records()
		apex := all[0].Header().Name
		if !dns.IsSubDomain(apex, name) {
			r.Rcode = dns.RcodeRefused
			return r
		}
		exists := false
		for _, rr := range all {
			h := rr.Header()
			switch {
			case h.Rrtype == dns.TypeNS && h.Name != apex && dns.IsSubDomain(h.Name, name):
				r.Ns = append(r.Ns, rr)
			case h.Name == name && (h.Rrtype == qtype || h.Rrtype == dns.TypeCNAME):
				r.Answer = append(r.Answer, rr)
			}
			exists = exists || dns.IsSubDomain(name, h.Name)
		}
		if r.Authoritative = len(r.Ns) == 0; !r.Authoritative {
			r.Answer = nil
			return r
		}
		if len(r.Answer) == 0 {
			r.Ns = all[:1]
		}
		if !exists {
			r.Rcode = dns.RcodeNameError
		}
		return r
	}
}

// several serves the zone that a name is in: the last that fits.
func several(zones ...func() []dns.RR) func(*dns.Msg) *dns.Msg {
	return func(q *dns.Msg) *dns.Msg {
		best := zones[0]
		for _, z := range zones[1:] {
			if dns.IsSubDomain(z()[0].Header().Name, strings.ToLower(q.Question[0].Name)) {
				best = z
			}
		}
		return authority(best)(q)
	}
}
