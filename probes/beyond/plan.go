// Package beyond plans the looks that no CA makes but that say why the CA's
// ended as they did, or how close they came. A plan is a pure function of what
// has been seen so far; the walker runs it.
//
// Manners: a name that is healthy costs its server at most Requests HTTP
// requests, the CA's own included. More are made only where something is
// wrong, or when the user asked for it.
package beyond

import (
	"net/netip"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// Requests is the most HTTP requests a healthy name costs.
const Requests = 12

const (
	maxAddresses = 8 // of a name that are looked at
	maxFetched   = 4 // of those, how many are asked for the token
	again        = 5 // times the first request is repeated: six in all
	page         = 4 << 10
	// dialLimit leaves room for the third SYN: real ICMP messages take up to
	// 3.1 s to show (reference/measure.md §A2.2).
	dialLimit  = 3500 * time.Millisecond
	nearLimit  = 400 * time.Millisecond
	replyLimit = 5 * time.Second
)

// Options say how curious to be.
type Options struct {
	Deep bool // look for filters even where nothing failed
}

// Plan returns the planner for walk.Walker.Beyond. It may be used by several
// goroutines at once.
func Plan(p *policy.Policy, o Options) func(t probes.Trace, done bool) []probes.Errand {
	return func(t probes.Trace, done bool) []probes.Errand {
		g, ok := t.Given()
		if !ok {
			return nil
		}
		s := scene{p: p, given: g, trace: t, host: policy.Base(g.Identifier), addrs: Addresses(t, p)}
		switch g.Method {
		case probes.HTTP01:
			return s.http01(o, done)
		case probes.TLSALPN01:
			return s.tlsALPN01(o, done)
		case probes.DNS01, probes.DNSAccount01, probes.DNSPersist01:
			return s.dns01(o, done)
		case probes.CAA:
			return s.caa(done)
		}
		return nil
	}
}

// http01 plans beside and after an http-01 walk.
func (s scene) http01(o Options, done bool) []probes.Errand {
	u := s.p.FirstURL(s.given.Task)
	s.url, s.port, s.host = u.String(), s.p.HTTP01.Port, u.Hostname()
	out := s.standing()
	out = append(out, s.addresses()...)
	out = append(out, s.https()...)
	if done {
		out = append(out, s.after(o)...)
	}
	return out
}

// A scene is what a plan starts from.
type scene struct {
	p     *policy.Policy
	given probes.Given
	trace probes.Trace
	url   string // of the first request
	port  uint16
	host  string
	addrs []netip.Addr // the CA would use, IPv6 first: the order it takes them in
}

// Addresses are those a CA would use of the name a trace asks about: IPv6
// first, as it takes them, without those it ignores.
func Addresses(t probes.Trace, p *policy.Policy) []netip.Addr {
	g, _ := t.Given()
	var v4, v6 []netip.Addr
	add := func(a netip.Addr) {
		switch {
		case p.Addresses.Refusal(a) != "":
		case a.Is4():
			v4 = append(v4, a)
		default:
			v6 = append(v6, a)
		}
	}
	if a := g.Identifier.Addr(); a.IsValid() {
		add(a)
	}
	for _, s := range t {
		if l, ok := s.Fact.(probes.Lookup); ok && s.Hop == 0 && s.Beyond == "" && s.Fault == nil && l.RCode == "NOERROR" {
			for _, a := range l.Addrs() {
				add(a)
			}
		}
	}
	return append(v6, v4...)
}

// candidates are the addresses the CA's first request may go to: the first of
// each family.
func (s scene) candidates() []netip.Addr {
	var out []netip.Addr
	for _, a := range s.addrs {
		if len(out) == 0 || out[0].Is4() != a.Is4() && len(out) == 1 {
			out = append(out, a)
		}
	}
	return out
}

// standing asks where we stand: may this look have crossed no firewall?
func (s scene) standing() []probes.Errand {
	var out []probes.Errand
	for _, a := range s.candidates() {
		out = append(out, route(a),
			probes.Errand{Why: probes.BeyondNear, Asks: []probes.Ask{{Fact: probes.Dial{To: netip.AddrPortFrom(a, s.port), Host: s.host, TTL: 1}, Limit: nearLimit}}},
		)
	}
	for _, step := range s.trace { // where redirects lead: was it here that it failed?
		if d, ok := step.Fact.(probes.Dial); ok && step.Beyond == "" && step.Fault != nil {
			out = append(out, route(d.To.Addr()))
		}
	}
	return out
}

func route(a netip.Addr) probes.Errand {
	return probes.Errand{Why: probes.BeyondRoute, Asks: []probes.Ask{{Fact: probes.Route{To: a}, Limit: time.Second}}}
}

// addresses connects to those the CA does not begin with.
func (s scene) addresses() []probes.Errand {
	var out []probes.Errand
	for _, a := range s.addrs[min(1, len(s.addrs)):min(maxAddresses, len(s.addrs))] {
		out = append(out, probes.Errand{Why: probes.BeyondAddress, Asks: []probes.Ask{s.dial(netip.AddrPortFrom(a, s.port))}})
	}
	return out
}

// https connects to port 443 of the first addresses: a host that answers there
// is up, and a redirect may well lead there.
func (s scene) https() []probes.Errand {
	var out []probes.Errand
	for _, a := range s.addrs[:min(maxFetched, len(s.addrs))] {
		to := netip.AddrPortFrom(a, 443)
		out = append(out, probes.Errand{Why: probes.BeyondPort443, Asks: []probes.Ask{s.dial(to), s.handshake(to, "")}})
	}
	return out
}

func (s scene) dial(to netip.AddrPort) probes.Ask {
	return probes.Ask{Fact: probes.Dial{To: to, Host: s.host}, Limit: dialLimit}
}

func (s scene) handshake(to netip.AddrPort, hello probes.Hello) probes.Ask {
	return probes.Ask{Fact: probes.Handshake{To: to, ServerName: policy.SNI(s.host), Hello: hello}, Limit: replyLimit}
}

func (s scene) get(to netip.AddrPort, url string) probes.Ask {
	return probes.Ask{Fact: probes.Fetch{URL: url, To: to, UserAgent: s.p.UserAgent, MaxBody: page, AnyBody: true}, Limit: replyLimit}
}
