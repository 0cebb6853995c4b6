package world

import (
	"strings"
	"time"

	"github.com/miekg/dns"
)

// maxCNAMEs is Unbound's max-query-restarts.
const maxCNAMEs = 11

// existing are the names that exist in every world, beside the root.
const existing = "com net org info dev io app de fr jp nl eu uk co.uk example arpa in-addr.arpa ip6.arpa"

// A zone is what the resolver knows.
type zone struct {
	lines  map[string][]*dnsLine
	exists map[string]bool
}

func newZone() *zone {
	z := &zone{lines: map[string][]*dnsLine{}, exists: map[string]bool{}}
	for n := range strings.FieldsSeq(existing) {
		z.touch(n + ".")
	}
	return z
}

// touch makes a name and its ancestors exist.
func (z *zone) touch(name string) {
	for {
		z.exists[name] = true
		i, end := dns.NextLabel(name, 0)
		if end {
			z.exists["."] = true
			return
		}
		name = name[i:]
	}
}

func (z *zone) add(d *dnsLine) {
	if d.fault == "none" {
		return
	}
	z.touch(d.owner)
	z.lines[d.owner] = append(z.lines[d.owner], d)
}

// records are the records of a type at an owner, renamed to name.
func (z *zone) records(owner, name string, qtype uint16) []dns.RR {
	var out []dns.RR
	for _, d := range z.lines[owner] {
		if d.rr != nil && d.qtype == qtype {
			rr := dns.Copy(d.rr)
			rr.Header().Name = name
			out = append(out, rr)
		}
	}
	return out
}

// An Answer is what the recursive resolver says.
type Answer struct {
	Rcode   int
	Records []dns.RR
	EDE     *dns.EDNS0_EDE
	TC      bool
	Drop    bool
	Delay   time.Duration
}

// Resolve answers a question as the resolver would.
func (v *View) Resolve(qname string, qtype uint16) Answer {
	var a Answer
	name := dns.CanonicalName(qname)
	for restarts := 0; ; restarts++ {
		if restarts > maxCNAMEs {
			return Answer{Rcode: dns.RcodeServerFailure, Delay: a.Delay}
		}
		next := v.step(&a, name, qtype)
		if next == "" {
			return a
		}
		name = next
	}
}

// step handles one name of a chain and returns the next name, if any.
func (v *View) step(a *Answer, name string, qtype uint16) string {
	z := v.zone
	if z.fail(a, name, qtype) {
		return ""
	}
	owner := name
	if !z.exists[name] {
		if next, ok := z.dname(a, name); ok {
			return next
		}
		owner = "*." + z.encloser(name)
		if len(z.lines[owner]) == 0 {
			a.Rcode = dns.RcodeNameError
			return ""
		}
	}
	if rrs := z.records(owner, name, qtype); len(rrs) > 0 {
		a.Records = append(a.Records, rrs...)
		return ""
	}
	if rrs := z.records(owner, name, dns.TypeCNAME); len(rrs) > 0 && qtype != dns.TypeCNAME {
		a.Records = append(a.Records, rrs[0])
		return dns.CanonicalName(rrs[0].(*dns.CNAME).Target)
	}
	next, _ := z.dname(a, name)
	return next
}

// fail adds the faults of a name, and reports whether they end the chain.
// They hold for the exact owner, not for names a wildcard makes up.
func (z *zone) fail(a *Answer, name string, qtype uint16) bool {
	for _, d := range z.lines[name] {
		if d.rr != nil || d.qtype != qtype && d.qtype != typeAny {
			continue
		}
		switch d.fault {
		case "delay":
			a.Delay += d.delay
		case "tc":
			a.TC = true
		case "drop":
			a.Drop = true
		case "rcode":
			if a.Rcode == 0 {
				a.Rcode, a.EDE, a.Records = d.rcode, d.ede, nil
			}
		}
	}
	return a.Drop || a.Rcode != 0
}

// encloser is the closest ancestor that exists (RFC 4592 §3.3.1).
func (z *zone) encloser(name string) string {
	for !z.exists[name] {
		i, end := dns.NextLabel(name, 0)
		if end {
			return "."
		}
		name = name[i:]
	}
	return name
}

// dname synthesises a CNAME from a DNAME above name.
func (z *zone) dname(a *Answer, name string) (string, bool) {
	for off, end := dns.NextLabel(name, 0); !end; off, end = dns.NextLabel(name, off) {
		above := name[off:]
		rrs := z.records(above, above, dns.TypeDNAME)
		if len(rrs) == 0 {
			continue
		}
		target := dns.CanonicalName(rrs[0].(*dns.DNAME).Target)
		next := name[:off] + strings.TrimPrefix(target, ".")
		if target == "." {
			next = name[:off]
		}
		a.Records = append(a.Records, rrs[0], &dns.CNAME{
			Hdr:    dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 300},
			Target: next,
		})
		return next, true
	}
	return "", false
}
