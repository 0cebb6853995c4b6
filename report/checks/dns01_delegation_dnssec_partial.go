package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.delegation.dnssec-partial",
	Severity: report.Info,
	Title:    "the CNAME itself is unsigned, its target zone is signed",
	Means:    "DNSSEC protects an answer only if every step of it is signed. The alias is not, so whoever can forge it can lead it elsewhere.",
	Causes: []string{
		"only the zone of the challenges is signed",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "sign {home} too, and give its DS record to the registrar", Snippet: "dig {home} DS +short"},
	},
	Again:   "acmecheck {target}",
	Ignore:  "when you do not count on DNSSEC",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc4035#section-5", vaDNS},
	Topics:  []string{"delegation"},
	Detect: func(in *In) []Found {
		d := in.delegation()
		if !in.byTXT() || len(d.Aliases) == 0 || d.Home == "" || d.Home == d.Zone {
			return nil
		}
		var home, zone *Look
		looks := in.Looked(probes.BeyondSigned)
		for i, l := range looks {
			switch plainName(l.Lookup.Name) {
			case d.Home:
				home = &looks[i]
			case d.Zone:
				zone = &looks[i]
			}
		}
		if home == nil || zone == nil || home.Fault != nil || home.Lookup.RCode != "NOERROR" || has(home.Lookup, "DS") || !has(zone.Lookup, "DS") {
			return nil
		}
		found := one(d.Name, fmt.Sprintf("%s is signed, %s is not: the CNAME itself can be forged", d.Zone, d.Home),
			look(*home, "%s", answered(home.Last, home.Lookup)), look(*zone, "%s DS: signed", zone.Lookup.Name))
		found[0].Args = map[string]string{"home": d.Home}
		return found
	},
})
