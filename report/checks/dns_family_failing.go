package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.family.failing",
	Severity: report.Warning,
	Title:    "one of the A and AAAA look-ups fails",
	Means:    "The CA asks for A and AAAA and needs only one of them; another CA may not be as patient.",
	Causes: []string{
		"a name server does not know the record type",
		"the name servers are slow or broken for one of the types",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "let the name servers answer both types; no record is an empty answer, not an error", Snippet: "dig +norecurse {host} AAAA @NAMESERVER"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		var bad, good *Step
		for i, s := range in.Lookups {
			l, _ := s.Fact.(probes.Lookup)
			if s.Hop != 0 {
				continue
			}
			switch c := in.classOf(s, l); {
			case c == fine:
				good = &in.Lookups[i]
			case c.fails():
				bad = &in.Lookups[i]
			}
		}
		if bad == nil || good == nil {
			return nil
		}
		l, _ := bad.Fact.(probes.Lookup)
		return one(l.Name+" "+l.Type, fmt.Sprintf("the %s look-up of %s fails; the CA makes do with the other", l.Type, l.Name), asked(*bad), asked(*good))
	},
})
