package wire

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes"
)

// udpSize is the EDNS buffer size we offer: what fits everywhere without
// fragments (DNS flag day 2020). Larger answers come over TCP.
const udpSize = 1232

// A Patience is how long a lookup is waited for.
type Patience struct {
	Try   time.Duration // for each try
	Tries int           // at least one is made
}

// Lookup asks the resolver, each try with a fresh socket and ID so that a late
// answer to one cannot pass for the answer to the next. A response code is an
// answer, not a fault.
func (n *Net) Lookup(ctx context.Context, l probes.Lookup, p Patience) (probes.Lookup, *probes.Fault) {
	m, err := question(l)
	if err != nil {
		return l, &probes.Fault{Kind: probes.FaultUnsendable, Op: "lookup", Detail: err.Error()}
	}
	l.Resolver = n.Resolver.String()
	var fault *probes.Fault
	for l.Tries = 1; ; l.Tries++ {
		m.Id = dns.Id()
		var r *dns.Msg
		if r, l.Transport, fault = n.try(ctx, m, p.Try); fault == nil {
			return answered(l, r), nil
		}
		if l.Tries >= p.Tries || ctx.Err() != nil || expired(ctx) {
			return l, fault
		}
	}
}

func question(l probes.Lookup) (*dns.Msg, error) {
	qtype, ok := dns.StringToType[l.Type]
	if !ok {
		return nil, errors.New("unknown type " + l.Type)
	}
	if _, ok := dns.IsDomainName(dns.Fqdn(l.Name)); !ok {
		return nil, errors.New("not a domain name: a label or the whole is too long")
	}
	m := new(dns.Msg).SetQuestion(dns.Fqdn(l.Name), qtype)
	m.AuthenticatedData = true // RFC 6840 §5.7; Boulder sets it
	m.SetEdns0(udpSize, false)
	b, err := m.Pack()
	if err != nil {
		return nil, err
	}
	// Read back, the name is escaped as that of the answer will be.
	return m, m.Unpack(b)
}

// try asks once, over TCP again if the answer did not fit into a datagram.
func (n *Net) try(ctx context.Context, m *dns.Msg, patience time.Duration) (r *dns.Msg, transport string, f *probes.Fault) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, transport = range []string{"udp", "tcp"} {
		if r, f = n.exchange(ctx, transport, m); f != nil || !r.Truncated {
			break
		}
	}
	return r, transport, f
}

func (n *Net) exchange(ctx context.Context, network string, m *dns.Msg) (*dns.Msg, *probes.Fault) {
	c, err := n.dial(ctx, network, n.Resolver)
	if err != nil {
		return nil, faultBy(ctx, "lookup", err)
	}
	defer c.Close()
	defer arm(ctx, c)()
	co := &dns.Conn{Conn: c, UDPSize: udpSize}
	if err := co.WriteMsg(m); err != nil {
		return nil, faultBy(ctx, "lookup", err)
	}
	for {
		r, err := co.ReadMsg()
		switch {
		case err == nil && matches(m, r):
			return r, nil
		case err == nil, network == "udp" && unreadable(err):
			continue // somebody else's, or forged: the real one may still come
		}
		f := faultBy(ctx, "lookup", err)
		if unreadable(err) {
			f.Kind = probes.FaultBadAnswer
		}
		return nil, f
	}
}

func unreadable(err error) bool {
	_, broken := errors.AsType[*dns.Error](err)
	_, network := errors.AsType[net.Error](err)
	return broken && !network
}

// matches guards against answers to another question (RFC 5452 §9.1).
func matches(q, r *dns.Msg) bool {
	return r.Id == q.Id && r.Response && len(r.Question) == 1 &&
		r.Question[0].Qtype == q.Question[0].Qtype && strings.EqualFold(r.Question[0].Name, q.Question[0].Name)
}

func answered(l probes.Lookup, r *dns.Msg) probes.Lookup {
	l.RCode = dns.RcodeToString[r.Rcode]
	l.TC = r.Truncated
	l.Size = r.Len()
	l.EDE = firstEDE(r)
	for _, rr := range r.Answer {
		h := rr.Header()
		l.Answers = append(l.Answers, probes.Record{
			Name: h.Name, TTL: h.Ttl, Type: dns.Type(h.Rrtype).String(),
			Data: strings.TrimPrefix(rr.String(), h.String()),
		})
	}
	return l
}

func firstEDE(r *dns.Msg) *probes.EDE {
	o := r.IsEdns0()
	if o == nil {
		return nil
	}
	for _, x := range o.Option {
		if e, ok := x.(*dns.EDNS0_EDE); ok {
			return &probes.EDE{Code: e.InfoCode, Text: e.ExtraText}
		}
	}
	return nil
}
