package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.server.mangles-case",
	Severity: report.Warning,
	Title:    "a name server does not keep upper and lower case",
	Means:    "Names are compared without regard to case, but the question comes back as it was asked (RFC 1035 §2.3.3, RFC 4343). Resolvers spell it in mixed case to tell forged answers, and drop one that is spelled otherwise.",
	Causes: []string{
		"an old or home-made name server, or a middlebox in front of it",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "update the name server {server}, or remove the filter in front of it", Snippet: "dig +norecurse {mixed} SOA @{server}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc4343", "https://datatracker.ietf.org/doc/html/draft-vixie-dnsext-dns0x20-00", vaDNS},
	Detect: func(in *In) []Found {
		var out []Found
		looks := in.Looked(probes.BeyondCase)
		for _, l := range looks {
			plain := plainName(l.Lookup.Name) == l.Lookup.Name
			say := ""
			switch {
			case plain:
			case l.Fault == nil && l.Lookup.Echo != "":
				say = fmt.Sprintf("%s spells the question otherwise than it was asked", l.Lookup.Server.Addr())
			case !goodZone(l) && in.inLowerCase(l):
				say = fmt.Sprintf("%s fails a question in mixed case and answers it in lower case", l.Lookup.Server.Addr())
			}
			if say == "" {
				continue
			}
			found := one(l.Lookup.Server.Addr().String(), say, look(l, "asked %s, %s", l.Lookup.Name, mangled(l)))
			found[0].Args = map[string]string{"server": l.Lookup.Server.Addr().String(), "mixed": l.Lookup.Name}
			out = append(out, found...)
		}
		return out
	},
})

func mangled(l Look) string {
	if l.Fault == nil && l.Lookup.Echo != "" {
		return "answered " + l.Lookup.Echo
	}
	return "got " + map[bool]string{true: "no answer", false: l.Lookup.RCode}[l.Fault != nil]
}

// goodZone reports an answer with authority about a zone.
func goodZone(l Look) bool {
	return l.Fault == nil && l.Lookup.AA && l.Lookup.RCode == "NOERROR"
}

// inLowerCase reports that the same server answers the same in lower case.
func (in *In) inLowerCase(mixed Look) bool {
	for _, l := range in.Looked(probes.BeyondCase) {
		if l.Lookup.Server == mixed.Lookup.Server && l.Lookup.Name == plainName(mixed.Lookup.Name) && l.Lookup.Name != mixed.Lookup.Name {
			return goodZone(l)
		}
	}
	return false
}
