package lab

// This file is what a Zone says.

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// accept lets questions and updates in, one at a time.
func accept(h dns.Header) dns.MsgAcceptAction {
	const response, most = 1 << 15, 64
	if opcode := int(h.Bits>>11) & 0xF; opcode != dns.OpcodeUpdate || h.Bits&response != 0 {
		return dns.DefaultMsgAcceptFunc(h)
	}
	if h.Qdcount != 1 || h.Ancount > most || h.Nscount > most || h.Arcount > 2 {
		return dns.MsgReject
	}
	return dns.MsgAccept
}

// handle answers one message.
func (z *Zone) handle(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	if len(q.Question) != 1 { // the header alone came, whatever it announced
		m.Rcode = dns.RcodeFormatError
		_ = w.WriteMsg(m)
		return
	}
	at, kind := time.Now(), dns.Type(q.Question[0].Qtype).String()
	if q.Opcode == dns.OpcodeUpdate {
		kind = "UPDATE"
		z.update(w, q, m)
	} else {
		z.answer(q, m)
		z.finish(w, q, m)
	}
	if z.seen == nil {
		return
	}
	from, _ := netip.ParseAddrPort(w.RemoteAddr().String())
	z.seen(Query{
		At: at, From: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), Network: w.RemoteAddr().Network(),
		Name: strings.TrimSuffix(q.Question[0].Name, "."), Type: kind, Answer: dns.RcodeToString[m.Rcode],
	})
}

// finish sends an answer in the size that the asker can take.
func (z *Zone) finish(w dns.ResponseWriter, q, m *dns.Msg) {
	size := dns.MinMsgSize
	if o := q.IsEdns0(); o != nil {
		size = min(max(size, int(o.UDPSize())), zoneUDP)
		m.SetEdns0(zoneUDP, false)
	}
	if w.RemoteAddr().Network() != "udp" {
		size = dns.MaxMsgSize
	}
	m.Truncate(size)
	_ = w.WriteMsg(m)
}

// answer fills in the answer to a question (RFC 1034 §4.3.2).
func (z *Zone) answer(q, m *dns.Msg) {
	ask := q.Question[0]
	apex := z.apexOf(dns.CanonicalName(ask.Name))
	switch {
	case q.Opcode != dns.OpcodeQuery:
		m.Rcode = dns.RcodeNotImplemented
		return
	case ask.Qclass != dns.ClassINET, ask.Qtype == dns.TypeANY, ask.Qtype == dns.TypeAXFR, ask.Qtype == dns.TypeIXFR, apex == "":
		m.Rcode = dns.RcodeRefused // of ANY: RFC 8482
		return
	}
	z.mu.RLock()
	defer z.mu.RUnlock()
	m.Authoritative = true
	name := dns.CanonicalName(ask.Name)
	if f := z.faults[hostOf(name)]; f != nil && f(z, m, name, ask.Qtype) {
		return
	}
	for range 8 { // CNAMEs in a row
		found, alias := z.at(name, ask.Qtype)
		m.Answer = append(m.Answer, found...)
		if alias == "" {
			if len(found) == 0 {
				z.negative(m, name)
			}
			return
		}
		if name = alias; z.apexOf(name) == "" {
			return // its own servers know
		}
	}
	m.Rcode, m.Answer = dns.RcodeServerFailure, nil
}

// at are the records of a type at a name: given, of the zone itself, or the
// addresses that all names have. A CNAME in their place comes with its target.
func (z *Zone) at(name string, kind uint16) (found []dns.RR, alias string) {
	own := false
	for _, r := range z.records[name] {
		switch t := r.Header().Rrtype; t {
		case kind:
			found, own = append(found, r), true
		case dns.TypeCNAME:
			return []dns.RR{r}, dns.CanonicalName(r.(*dns.CNAME).Target)
		case dns.TypeA, dns.TypeAAAA:
			own = true
		}
	}
	if len(found) == 0 && z.apexOf(name) == name {
		found = z.apexRecords(name, kind)
	}
	if !own && z.isHost(name) {
		found = append(found, z.defaults(name, kind)...)
	}
	return found, ""
}

// isHost reports whether a name has the addresses that all names have. Those
// with an underscore are no hosts (RFC 8552 §1.1).
func (z *Zone) isHost(name string) bool {
	if strings.HasPrefix(name, "_") || strings.Contains(name, "._") {
		return false
	}
	return len(z.hosts) == 0 || slices.ContainsFunc(z.hosts, func(h string) bool { return dns.IsSubDomain(h, name) })
}

func (z *Zone) defaults(name string, kind uint16) (found []dns.RR) {
	for _, a := range z.addresses {
		h := dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: zoneTTL}
		switch {
		case a.Is4() && kind == dns.TypeA:
			found = append(found, &dns.A{Hdr: h, A: a.AsSlice()})
		case a.Is6() && kind == dns.TypeAAAA:
			found = append(found, &dns.AAAA{Hdr: h, AAAA: a.AsSlice()})
		}
	}
	return found
}

// apexRecords are what makes a zone one, where nothing else was set.
func (z *Zone) apexRecords(apex string, kind uint16) []dns.RR {
	h := dns.RR_Header{Name: apex, Rrtype: kind, Class: dns.ClassINET, Ttl: zoneTTL}
	below := strings.TrimPrefix(apex, ".")
	switch kind {
	case dns.TypeSOA:
		return []dns.RR{&dns.SOA{Hdr: h, Ns: "ns." + below, Mbox: "hostmaster." + below, Serial: z.serial, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: zoneTTL}}
	case dns.TypeNS:
		return []dns.RR{&dns.NS{Hdr: h, Ns: "ns." + below}}
	}
	return nil
}

// negative says that there is nothing: of this type, or of this name at all
// (RFC 2308 §2).
func (z *Zone) negative(m *dns.Msg, name string) {
	apex := z.apexOf(name)
	if !z.exists(name, apex) {
		m.Rcode = dns.RcodeNameError
	}
	soa, _ := z.at(apex, dns.TypeSOA)
	m.Ns = soa
}

func (z *Zone) exists(name, apex string) bool {
	if name == apex || len(z.addresses) > 0 && z.isHost(name) || len(z.records[name]) > 0 {
		return true
	}
	below := func(n string) bool { return strings.HasSuffix(n, "."+name) } // it is an empty non-terminal (RFC 8020)
	if slices.ContainsFunc(z.apexes, below) {
		return true
	}
	for n := range z.records {
		if below(n) {
			return true
		}
	}
	return false
}

// apexOf is the zone that a canonical name is in, the longest one; empty if
// there is none.
func (z *Zone) apexOf(name string) (apex string) {
	for _, a := range z.apexes {
		if dns.IsSubDomain(a, name) && len(a) > len(apex) {
			apex = a
		}
	}
	return apex
}
