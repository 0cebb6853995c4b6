package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "dns01.txt.leftover",
	Severity: report.Info,
	Title:    "values of other challenges are there too",
	Means:    "Other values do no harm as long as the answer stays small. One beside yours is normal while a name and its wildcard are validated; more are usually left over from earlier orders.",
	Causes: []string{
		"the ACME client does not clean up, or failed before it could",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "DNS", Text: "delete the values of orders that have ended"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsDNS01, vaDNS},
	Detect: func(in *In) []Found {
		n := len(in.leftovers())
		_, l := in.txt()
		if n < 2 || l.Size > smallAnswer {
			return nil
		}
		name := in.delegation().Name
		return one(name, fmt.Sprintf("%d values of other challenges at %s (%s octets)", n, name, octets(l.Size)), in.found())
	},
})
