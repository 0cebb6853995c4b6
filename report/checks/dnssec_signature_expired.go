package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dnssec.signature.expired",
	Severity: report.Error,
	Title:    "a DNSSEC signature has expired",
	Means:    "DNSSEC signatures hold for days or weeks and have to be renewed. The resolver checks them, as every CA must, and one of the zone has run out.",
	Causes: []string{
		"the signer stopped, or a secondary no longer gets the zone",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "sign the zone again, and see that the signer runs"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://letsencrypt.org/docs/challenge-types/#http-01-challenge", vaDNS},
	Masks:   []string{"dns.answer.servfail", "dnssec.chain.bogus"},
	Detect: func(in *In) []Found {
		return in.lookups(expiredSignature, "a DNSSEC signature of %s has expired")
	},
})
