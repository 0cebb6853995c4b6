package wire

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
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

// Lookup asks the resolver, or the server that the question names, each try
// with a fresh socket and ID so that a late answer to one cannot pass for the
// answer to the next. A response code is an answer, not a fault.
func (n *Net) Lookup(ctx context.Context, l probes.Lookup, p Patience) (probes.Lookup, *probes.Fault) {
	m, err := question(l)
	if err != nil {
		return l, &probes.Fault{Kind: probes.FaultUnsendable, Op: "lookup", Detail: err.Error()}
	}
	x := exchange{net: n, m: m, to: n.Resolver, tcp: l.TCP}
	if l.Server.IsValid() {
		x.to = l.Server
		if n.Refuses != nil && n.Refuses(l.Server.Addr()) != "" {
			return l, FaultOf("lookup", errRefused)
		}
	}
	l.Resolver = x.to.String()
	var fault *probes.Fault
	for l.Tries = 1; ; l.Tries++ {
		m.Id = dns.Id()
		var r *dns.Msg
		if r, l.Size, l.Transport, fault = x.try(ctx, p.Try); fault == nil {
			return answered(l, m, r), nil
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
	m.RecursionDesired = !l.Server.IsValid()
	m.SetEdns0(udpSize, false)
	b, err := m.Pack()
	if err != nil {
		return nil, err
	}
	// Read back, the name is escaped as that of the answer will be.
	return m, m.Unpack(b)
}

// An exchange is a question and who is asked.
type exchange struct {
	net *Net
	m   *dns.Msg
	to  netip.AddrPort
	tcp bool // at once
}

// try asks once, over TCP again if the answer did not fit into a datagram.
func (x exchange) try(ctx context.Context, patience time.Duration) (r *dns.Msg, size int, transport string, f *probes.Fault) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	transports := []string{"udp", "tcp"}
	if x.tcp {
		transports = transports[1:]
	}
	for _, transport = range transports {
		if r, size, f = x.once(ctx, transport); f != nil || !r.Truncated {
			break
		}
	}
	return r, size, transport, f
}

func (x exchange) once(ctx context.Context, network string) (*dns.Msg, int, *probes.Fault) {
	c, err := x.net.dial(ctx, network, x.to)
	if err != nil {
		return nil, 0, faultBy(ctx, "lookup", err)
	}
	defer c.Close()
	defer arm(ctx, c)()
	co := &dns.Conn{Conn: c, UDPSize: udpSize}
	if err := co.WriteMsg(x.m); err != nil {
		return nil, 0, faultBy(ctx, "lookup", err)
	}
	for {
		r, size, err := read(co)
		switch {
		case err == nil && matches(x.m, r):
			return r, size, nil
		case err == nil, network == "udp" && unreadable(err):
			continue // somebody else's, or forged: the real one may still come
		}
		f := faultBy(ctx, "lookup", err)
		if unreadable(err) {
			f.Kind = probes.FaultBadAnswer
		}
		return nil, 0, f
	}
}

// read returns a message and its size on the wire.
func read(co *dns.Conn) (*dns.Msg, int, error) {
	b, err := co.ReadMsgHeader(nil)
	if err != nil {
		return nil, 0, err
	}
	m := new(dns.Msg)
	return m, len(b), m.Unpack(b)
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

func answered(l probes.Lookup, q, r *dns.Msg) probes.Lookup {
	l.RCode = dns.RcodeToString[r.Rcode]
	l.AA, l.TC = r.Authoritative, r.Truncated
	l.EDE = firstEDE(r)
	l.Answers = records(r.Answer)
	l.Authority = records(slices.DeleteFunc(r.Ns, func(rr dns.RR) bool {
		return rr.Header().Rrtype != dns.TypeSOA && rr.Header().Rrtype != dns.TypeNS
	}))
	if r.Question[0].Name != q.Question[0].Name {
		l.Echo = strings.TrimSuffix(r.Question[0].Name, ".")
	}
	return l
}

func records(rrs []dns.RR) []probes.Record {
	var out []probes.Record
	for _, rr := range rrs {
		h := rr.Header()
		out = append(out, probes.Record{
			Name: h.Name, TTL: h.Ttl, Type: dns.Type(h.Rrtype).String(),
			Data: strings.TrimPrefix(rr.String(), h.String()),
		})
	}
	return out
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
