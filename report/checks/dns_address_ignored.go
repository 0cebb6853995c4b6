package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.address.ignored",
	Severity: report.Warning,
	Title:    "some addresses are reserved; the CA ignores them",
	Means:    "No public CA connects to private or reserved addresses; it uses the others.",
	Causes: []string{
		"an inner address got into the public zone",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "remove the private address from the public zone"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		if len(in.Requests) == 0 {
			return nil
		}
		for _, s := range in.Lookups {
			l, ok := s.Fact.(probes.Lookup)
			if !ok || s.Fault != nil || s.Hop != 0 {
				continue
			}
			for _, a := range l.Addrs() {
				if in.Policy.Addresses.Refusal(a) != "" {
					return one(a.String(), fmt.Sprintf("the CA ignores %s: it is a private or reserved address", a), marked(asked(s), a.String(), "ignored"))
				}
			}
		}
		return nil
	},
})
