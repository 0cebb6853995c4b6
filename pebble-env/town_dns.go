package lab

// This file is what is wrong in the DNS of a Town. A fault is about a host and
// the names below it that begin with an underscore, where its challenges are.

import (
	"strings"

	"github.com/miekg/dns"
)

// A dnsFault answers a question about its host wrongly, or reports that it is
// not about such questions.
type dnsFault func(z *Zone, m *dns.Msg, name string, kind uint16) bool

// dnsFaults are those of the faults that are in DNS.
var dnsFaults = map[string]dnsFault{
	"dns-servfail": func(_ *Zone, m *dns.Msg, _ string, _ uint16) bool {
		m.Rcode, m.Authoritative = dns.RcodeServerFailure, false
		return true
	},
	"dns-missing": func(z *Zone, m *dns.Msg, name string, _ uint16) bool {
		if name == hostOf(name) {
			return false
		}
		m.Rcode = dns.RcodeNameError
		m.Ns, _ = z.at(z.apexOf(name), dns.TypeSOA)
		return true
	},
	"dns-wrong-value": func(_ *Zone, m *dns.Msg, name string, kind uint16) bool {
		if name == hostOf(name) || kind != dns.TypeTXT {
			return false
		}
		m.Answer = []dns.RR{textRecord(name, "gfj9Xq1uYwqFJvMqJ0l2Vn8h8m4mC3sQk0bRg85nM-A")} // of the demo of this name
		return true
	},
	"caa-forbids": func(_ *Zone, m *dns.Msg, name string, kind uint16) bool {
		if name != hostOf(name) || kind != dns.TypeCAA {
			return false
		}
		h := dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: zoneTTL}
		m.Answer = []dns.RR{&dns.CAA{Hdr: h, Tag: "issue", Value: "ca.example"}}
		return true
	},
}

// hostOf is a name without what an underscore begins.
func hostOf(name string) string {
	for strings.HasPrefix(name, "_") {
		i, end := dns.NextLabel(name, 0)
		if end {
			break
		}
		name = name[i:]
	}
	return name
}

// setFault makes answers about a host wrong from the next question on; nil
// makes them right again.
func (z *Zone) setFault(host string, f dnsFault) {
	z.mu.Lock()
	defer z.mu.Unlock()
	host = dns.CanonicalName(host)
	if f == nil {
		delete(z.faults, host)
		return
	}
	z.faults[host] = f
}
