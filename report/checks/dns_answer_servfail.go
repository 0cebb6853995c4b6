package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.answer.servfail",
	Severity: report.Error,
	Title:    "the name servers fail (SERVFAIL)",
	Means:    "The resolver could not get an answer from the name servers of the zone.",
	Causes: []string{
		"the name servers are down or do not serve the zone",
		"a DNSSEC signature is missing or wrong",
		"a chain of CNAMEs leads nowhere",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "start the name servers and load the zone; this follows the delegation to the one that fails", Snippet: "dig +trace {host} {qtype}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(servfail, "the name servers of %s fail (SERVFAIL)")
	},
})
