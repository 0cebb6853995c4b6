package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.cname.beside-data",
	Severity: report.Warning,
	Title:    "a CNAME stands beside other records",
	Means:    "A name that is an alias has no other records (RFC 1034 §3.6.2). Resolvers follow either the one or the other, as it comes.",
	Causes: []string{
		"a TXT record was added at a name that was delegated by CNAME",
		"a CNAME was made at the apex of a zone",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "keep one of them at {owner}: the CNAME, if an ACME client writes where it leads; else the other records", Snippet: "dig +norecurse {owner} CNAME @NAMESERVER"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc1034#section-3.6.2", vaDNS},
	Topics:  []string{"delegation"},
	Detect: func(in *In) []Found {
		if !in.byTXT() {
			return nil
		}
		beside := in.beside()
		if len(beside) == 0 {
			return nil
		}
		owner := plainName(beside[0].owner)
		found := one(owner, fmt.Sprintf("%s is an alias, and has %s records too", owner, beside[0].of))
		for _, b := range beside {
			found[0].Evidence = append(found[0].Evidence, b.evidence...)
		}
		found[0].Args = map[string]string{"owner": owner}
		return found
	},
})

// A pair is a name that is an alias and more.
type pair struct {
	owner, of string
	evidence  []report.Evidence
}

// beside are names that are aliases and have other records, in one answer or
// in two to different questions; the first of them only.
func (in *In) beside() []pair {
	alias, other := map[string]Step{}, map[string]Step{}
	for _, s := range in.Trace {
		l, ok := s.Fact.(probes.Lookup)
		if !ok || s.Fault != nil {
			continue
		}
		for _, r := range append(append([]probes.Record{}, l.Answers...), l.Authority...) {
			to := other
			if r.Type == "CNAME" {
				to = alias
			} else if r.Type != "TXT" && r.Type != "SOA" {
				continue // NS of a zone that is below an alias are elsewhere's
			}
			if _, known := to[plainName(r.Name)]; !known {
				to[plainName(r.Name)] = s
			}
			if s, both := alias[plainName(r.Name)], other[plainName(r.Name)]; s.Fact != nil && both.Fact != nil {
				return []pair{{r.Name, kindAt(both, r.Name), []report.Evidence{shownBy(s), shownBy(both)}}}
			}
		}
	}
	return nil
}

// kindAt is the type of a record that stands at a name beside its alias.
func kindAt(s Step, name string) string {
	l, _ := s.Fact.(probes.Lookup)
	for _, r := range append(append([]probes.Record{}, l.Answers...), l.Authority...) {
		if r.Type != "CNAME" && plainName(r.Name) == plainName(name) {
			return r.Type
		}
	}
	return l.Type
}

// shownBy is evidence of a look-up, the CA's or another.
func shownBy(s Step) report.Evidence {
	e := asked(s)
	e.Probe = probeID(s)
	return e
}
