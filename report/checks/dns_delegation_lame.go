package checks

import (
	"fmt"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.delegation.lame",
	Severity: report.Warning,
	Title:    "a delegated server does not serve the zone",
	Means:    "The zone is delegated to a server that does not answer for it. Resolvers that pick it lose time, and some give up.",
	Causes: []string{
		"the zone was moved, and the old server is still in the delegation",
		"the zone is not loaded there: a mistake in its file, or a transfer that ran out",
		"the server is down",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "load the zone on {server}, or take it out of the NS records, here and at the parent", Snippet: "dig +norecurse {txt} {qtype} @{server}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc1912#section-2.8", vaDNS},
	Detect: func(in *In) []Found {
		if !in.byTXT() {
			return nil
		}
		var out []Found
		for _, a := range in.authorities() {
			if in.wellServed(a) {
				continue
			}
			found := one(a.host+" "+a.addr.String(), fmt.Sprintf("%s (%s) is delegated %s and does not serve it: %s", a.host, a.addr, in.delegation().Zone, a.said()), in.heard(a, ""))
			found[0].Args = map[string]string{"server": a.host}
			out = append(out, found...)
		}
		return append(out, in.homeless()...)
	},
})

// wellServed reports that nothing can be said against a server. That none answers
// us directly may be our network's doing, unless the resolver got no answer
// either.
func (in *In) wellServed(a authority) bool {
	others := in.Decision.Rule == policy.RuleLookup || slices.ContainsFunc(in.authorities(), func(b authority) bool {
		return b.speaks() && b.addr.Is4() == a.addr.Is4()
	})
	return !others || !a.lame() && !a.dead()
}

// homeless are servers without any address.
func (in *In) homeless() []Found {
	var out []Found
	for _, n := range in.delegation().Servers {
		var none []Look
		for _, l := range in.Looked(probes.BeyondHost) {
			if plainName(l.Lookup.Name) == n.Host && l.Fault == nil && len(l.Lookup.Addrs()) == 0 && (l.Lookup.RCode == "NOERROR" || l.Lookup.RCode == "NXDOMAIN") {
				none = append(none, l)
			}
		}
		const families = 2
		if len(none) == families {
			found := one(n.Host, fmt.Sprintf("%s is delegated %s and has no address", n.Host, in.delegation().Zone), look(none[0], "%s", answered(none[0].Last, none[0].Lookup)))
			found[0].Args = map[string]string{"server": n.Host}
			out = append(out, found...)
		}
	}
	return out
}
