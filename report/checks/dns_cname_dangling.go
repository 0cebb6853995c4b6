package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns.cname.dangling",
	Severity: report.Error,
	Title:    "the CNAME leads to a name that does not exist",
	Means:    "The name is an alias for another, and that one does not exist.",
	Causes: []string{
		"the service behind the alias was given up",
		"the target is misspelled",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "correct the CNAME of {host}, or remove it"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Masks:   []string{"dns.name.nxdomain"},
	Detect: func(in *In) []Found {
		return in.lookups(dangling, "%s is an alias for a name that does not exist")
	},
})
