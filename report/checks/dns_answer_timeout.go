package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.answer.timeout",
	Severity: report.Error,
	Title:    "the name servers do not answer in time",
	Means:    "The resolver got no answer within the 3 s the CA waits.",
	Causes: []string{
		"a name server is down, or a firewall drops DNS",
		"the name servers are slow",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "start the name servers, and let UDP and TCP port 53 through to them; this follows the delegation to the one that is silent", Snippet: "dig +trace {host} {qtype}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(silent, "the name servers of %s do not answer in time")
	},
})
