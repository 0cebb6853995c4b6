package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dnssec.chain.bogus",
	Severity: report.Error,
	Title:    "the DNSSEC chain is broken",
	Means:    "DNSSEC signs a zone's records, and the DS record at the registrar vouches for its key. The resolver checks both, as every CA must, and they do not fit.",
	Causes: []string{
		"the registrar has a DS record for a key that is no longer used",
		"a name server serves an unsigned copy of the zone",
		"keys were rolled without the registrar",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "compare the DS record at the registrar with the keys of the zone", Snippet: "dig {host} DS +short; dig {host} DNSKEY +short"},
		{For: "DNS", Text: "remove the DS record at the registrar until the zone is signed well"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Masks:   []string{"dns.answer.servfail"},
	Detect: func(in *In) []Found {
		return in.lookups(bogus, "the DNSSEC signatures of %s do not hold")
	},
})
