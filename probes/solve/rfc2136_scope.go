package solve

// This file finds out what a key may do, without doing it.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"

	"github.com/miekg/dns"
)

// Scope asks the server to take an address away from the website: one that it
// does not have, and on a condition that cannot hold. A server that looks at
// permissions first says REFUSED to a key that may not do that, and NXRRSET (the
// condition) to one that may. One that looks at conditions first, as RFC 2136
// §3.2 and 3.3 have it, says NXRRSET to everybody: also to us without the key.
func (s *RFC2136) Scope(ctx context.Context, c Challenge) (Scope, error) {
	name, _, err := c.record()
	if err != nil {
		return Scope{}, err
	}
	own, err := s.zoneOf(ctx, name)
	if err != nil {
		return Scope{}, err
	}
	zone, err := s.zoneOf(ctx, plain(c.base()))
	if _, not := errors.AsType[*UpdateError](err); not {
		return Scope{Narrow, fmt.Sprintf("%s lets %s into %s and not into the zone of %s", s.Server, s.Key.whom(), own, c.base())}, nil
	}
	if err != nil {
		return Scope{}, err
	}
	return s.attempt(ctx, zone, c.base())
}

func (s *RFC2136) attempt(ctx context.Context, zone, site string) (Scope, error) {
	r, err := s.exchange(ctx, impossible(zone, site), true)
	if err != nil {
		return Scope{}, err
	}
	if denied(r) {
		return Scope{Narrow, fmt.Sprintf("%s cannot change the addresses of %s", s.Key.whom(), site)}, nil
	}
	if r.Rcode != dns.RcodeNXRrset || s.Key.Name == "" {
		return Scope{Unknown, fmt.Sprintf("%s answers %s", s.Server, dns.RcodeToString[r.Rcode])}, nil
	}
	r, err = s.exchange(ctx, impossible(zone, site), false)
	if err != nil {
		return Scope{}, err
	}
	if !denied(r) {
		return Scope{Unknown, s.Server + " does not say what a key may do before it does it"}, nil
	}
	return Scope{Broad, fmt.Sprintf("%s can change the addresses of %s too", s.Key.whom(), site)}, nil
}

func (k TSIGKey) whom() string {
	if k.Name == "" {
		return "whoever has no key"
	}
	return "the key " + plain(k.Name)
}

// denied reports whether it is the permission that is missing.
func denied(r *dns.Msg) bool {
	return r.Rcode == dns.RcodeRefused || r.Rcode == dns.RcodeNotAuth
}

// impossible changes nothing, twice over: it wants a name to exist that nobody
// has, and then to remove an address that no host can have (RFC 1122 §3.2.1.3).
func impossible(zone, site string) *dns.Msg {
	m := new(dns.Msg).SetUpdate(dns.Fqdn(zone))
	nobody := "_acmecheck-" + rand.Text() + "." + dns.Fqdn(zone)
	m.RRsetUsed([]dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: nobody, Rrtype: dns.TypeTXT}}})
	m.Remove([]dns.RR{&dns.A{Hdr: dns.RR_Header{Name: dns.Fqdn(site), Rrtype: dns.TypeA}, A: net.IPv4zero}})
	return m
}
