package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.cname.loop",
	Severity: report.Error,
	Title:    "the CNAME chain loops or is longer than 11",
	Means:    "Aliases lead to aliases; the resolver follows 11 of them.",
	Causes: []string{
		"two aliases name each other",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "let {host} name its address, or an alias of one"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Masks:   []string{"dns.answer.servfail"},
	Detect: func(in *In) []Found {
		return in.lookups(looping, "the aliases of %s go in a circle")
	},
})
