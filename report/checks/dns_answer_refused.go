package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.answer.refused",
	Severity: report.Error,
	Title:    "the name servers refuse, or give another error",
	Means:    "The answer to the look-up was an error.",
	Causes: []string{
		"the zone is not set up on a name server it is delegated to",
		"the resolver refuses to serve us",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "correct the name servers; this shows what they say", Snippet: "dig +trace {host} {qtype}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(otherError, "the look-up of %s is answered with an error")
	},
})
