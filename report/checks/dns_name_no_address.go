package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.name.no-address",
	Severity: report.Error,
	Title:    "the name has no usable A or AAAA record",
	Means:    "The name exists, but has no address to connect to.",
	Causes: []string{
		"only other records exist at the name (MX, TXT)",
		"the record was made for another host of the zone",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "make the record: {host}. A or AAAA with the address of the server", Snippet: "{host}.  300  IN  A  ADDRESS"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Detect: func(in *In) []Found {
		return in.lookups(noAddress, "%s has no A and no AAAA record")
	},
})
