package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.name.nxdomain",
	Severity: report.Error,
	Title:    "the name does not exist",
	Means:    "The name servers say that there is no such name.",
	Causes: []string{
		"the record was never made, or is in another zone",
		"the name is misspelled",
		"the domain is not registered, or has expired",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "make the record: {host}. A or AAAA with the address of the server", Snippet: "{host}.  300  IN  A  ADDRESS", When: func(in *In) bool { return !in.byTXT() }},
		{For: "DNS", Text: "register the domain, and delegate it to name servers that have a zone for it", When: (*In).byTXT},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(nxdomain, "%s does not exist in DNS")
	},
})
