package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.answer.large",
	Severity: report.Warning,
	Title:    "the answer nears the size limits",
	Means:    "An answer over 1232 octets does not fit into a datagram that passes everywhere, so each resolver has to come over TCP; one over 65,535 cannot be given at all.",
	Causes: []string{
		"many records at one name, or long ones",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "delete the records that nobody needs, and let TCP port 53 through to every name server"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.dnsflagday.net/2020/", "https://www.rfc-editor.org/rfc/rfc7766#section-5", vaDNS},
	Detect: func(in *In) []Found {
		for _, s := range in.Lookups {
			l, _ := s.Fact.(probes.Lookup)
			if s.Fault != nil || l.Size <= datagram {
				continue
			}
			return one(l.Name, fmt.Sprintf("the answer for %s %s has %s octets: every resolver needs TCP for it", l.Name, l.Type, octets(l.Size)),
				sized(s, "%s records in %s octets%s", thousands(len(l.Answers)), octets(l.Size), in.tcpToo()))
		}
		return nil
	},
})
