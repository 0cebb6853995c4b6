package world

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/miekg/dns"
)

// An Endpoint is everything one perspective sees at one address and port.
type Endpoint struct {
	TCP  *TCP
	TLS  []*TLS
	HTTP []*HTTP
}

// A View is the world as one perspective sees it. It is immutable.
type View struct {
	World     *World
	endpoints map[netip.AddrPort]*Endpoint
	hosts     map[netip.Addr]*TCP // behaviours of whole hosts
	zone      *zone
}

// View returns what a perspective sees; "" is the primary. It panics for a
// perspective the world does not have.
func (w *World) View(perspective string) *View {
	if perspective == "" {
		perspective = Primary
	}
	v := w.views[perspective]
	if v == nil {
		panic(fmt.Sprintf("world %s has no perspective %q", w.Name, perspective))
	}
	return v
}

func (w *World) makeViews() error {
	for _, p := range append([]Perspective{{Name: Primary}}, w.Perspectives...) {
		v, err := w.view(p.Name)
		if err != nil {
			return err
		}
		w.views[p.Name] = v
	}
	return nil
}

func (w *World) view(p string) (*View, error) {
	replaced := map[string]bool{}
	for _, s := range w.stmts {
		if slices.Contains(s.from, p) {
			replaced[s.key] = true
		}
	}
	v := &View{World: w, endpoints: map[netip.AddrPort]*Endpoint{}, hosts: map[netip.Addr]*TCP{}, zone: newZone()}
	for _, s := range w.stmts {
		if len(s.from) > 0 && !slices.Contains(s.from, p) || len(s.from) == 0 && replaced[s.key] {
			continue
		}
		if err := v.add(s); err != nil {
			return nil, &ParseError{File: w.Name, Line: s.line, Column: 1, Msg: err.Error()}
		}
	}
	return v, nil
}

func (v *View) add(s stmt) error {
	switch {
	case s.dns != nil:
		v.zone.add(s.dns)
		return nil
	case s.port == 0:
		v.hosts[s.addr] = s.tcp
		return nil
	}
	ap := netip.AddrPortFrom(s.addr, s.port)
	e := v.endpoints[ap]
	if e == nil {
		e = &Endpoint{}
		v.endpoints[ap] = e
	}
	switch {
	case s.tcp != nil && e.TCP != nil:
		return fmt.Errorf("two tcp lines for %s", ap)
	case s.tcp != nil:
		e.TCP = s.tcp
	case s.http != nil:
		e.HTTP = append(e.HTTP, s.http)
	case s.tls != nil:
		e.TLS = append(e.TLS, s.tls)
	}
	if e.TCP != nil && len(e.TLS)+len(e.HTTP) > 0 {
		return fmt.Errorf("tcp mixed with http or tls on %s", ap)
	}
	return nil
}

// Endpoints lists the addresses and ports with lines of their own, sorted.
func (v *View) Endpoints() []netip.AddrPort {
	return slices.SortedFunc(maps.Keys(v.endpoints), netip.AddrPort.Compare)
}

// Hosts lists the addresses with a behaviour as a whole, sorted.
func (v *View) Hosts() []netip.Addr {
	return slices.SortedFunc(maps.Keys(v.hosts), netip.Addr.Compare)
}

// Endpoint returns what serves at ap; nil if nothing is there.
func (v *View) Endpoint(ap netip.AddrPort) *Endpoint { return v.endpoints[ap] }

// A Reach is what a SYN meets.
type Reach string

// What a SYN may meet.
const (
	Accept          Reach = "accept"
	Refuse          Reach = "refuse"
	Drop            Reach = "drop"
	NetUnreachable  Reach = "netunreach"
	HostUnreachable Reach = "hostunreach"
	Prohibited      Reach = "prohibited"
)

// Reach says what a SYN to an address and port meets; port 0: to the host as
// a whole.
func (v *View) Reach(to netip.AddrPort) Reach {
	if !isDocumentation(to.Addr()) {
		return NetUnreachable
	}
	host := v.hosts[to.Addr()]
	if host != nil && Reach(host.Kind) != Refuse {
		return Reach(host.Kind) // wins over every port
	}
	e := v.endpoints[to]
	switch {
	case e == nil:
		return Refuse
	case e.TCP != nil && wholeHost(e.TCP.Kind):
		return Reach(e.TCP.Kind)
	}
	return Accept
}

// Reply answers a query as the world's resolver does, late by the answer's
// delay. It returns nil for a query that is never answered.
func (v *View) Reply(q *dns.Msg, udp bool) (*dns.Msg, Answer) {
	if len(q.Question) != 1 {
		return nil, Answer{}
	}
	a := v.Resolve(q.Question[0].Name, q.Question[0].Qtype)
	if a.Drop {
		return nil, a
	}
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable, m.Rcode, m.Truncated, m.Answer, m.Compress = true, a.Rcode, a.TC, a.Records, true
	size := dns.MinMsgSize
	if o := q.IsEdns0(); o != nil {
		size = max(size, int(o.UDPSize()))
		m.Extra = append(m.Extra, opt(a.EDE))
	}
	if udp {
		m.Truncate(size)
		m.Truncated = m.Truncated || a.TC
		m.Compress = true // which Truncate takes from what fits without; servers always do it
	}
	return m, a
}

func opt(ede *dns.EDNS0_EDE) *dns.OPT {
	o := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}}
	o.SetUDPSize(1232)
	if ede != nil {
		o.Option = append(o.Option, ede)
	}
	return o
}
