package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.txt.missing",
	Severity: report.Error,
	Title:    "no TXT record at the challenge name",
	Means:    "The CA looks for a TXT record at the challenge name, and the name servers say that there is none.",
	Causes: []string{
		"the record was not made, or the ACME client removed it before the CA looked",
		"the name servers have not got the new zone yet",
		"it was made in a zone that these name servers do not serve",
	},
	FixBy:   DNSAdmin,
	Fixes:   addRecord,
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{docsDNS01, rfcDNS01, vaDNS},
	Topics:  []string{"delegation"},
	Detect: func(in *In) []Found {
		if in.txtClass() != txtMissing {
			return nil
		}
		d := in.delegation()
		say := fmt.Sprintf("no TXT record at %s", d.Name)
		if len(d.Aliases) > 0 {
			say = fmt.Sprintf("no TXT record at %s, where %s leads", d.Target, d.Name)
		}
		return one(d.Name, say, append([]report.Evidence{in.found(), in.expected()}, in.everySaid()...)...)
	},
})
