package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.answer.refused",
	Severity: report.Error,
	Title:    "the name servers refuse, or give another error",
	Means:    "A name server that refuses gives no address, and the CA goes no further.",
	Causes: []string{
		"the zone is not set up on a name server it is delegated to",
		"the resolver refuses to serve us",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "set the zone up on each server it is delegated to, or take the server out of the NS records; this shows who is asked", Snippet: "dig +trace {host} {qtype}"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(otherError, "the look-up of %s is answered with an error")
	},
})
