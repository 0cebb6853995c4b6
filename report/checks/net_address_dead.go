package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.address.dead",
	Severity: report.Warning,
	Title:    "an address that the CA does not try is dead",
	Means:    "The CA takes the first address of a family. Which is first may change with every look-up, so this one may be next.",
	Causes: []string{
		"the address is old, or its server is down",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "remove the address, or bring its server back"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsIPv6, vaHTTP + " newHTTPValidationTarget"},
	Detect: func(in *In) []Found {
		var out []Found
		for _, l := range in.otherDead() {
			if l.Dial.To.Addr().Is4() && !in.First().Dial.To.Addr().Is4() && l.Fault.Kind == probes.FaultTimeout {
				continue // net.ipv4.dropped
			}
			out = append(out, Found{
				Subject: l.where(), Certainty: report.Certain, Say: fmt.Sprintf("%s is dead: %s; the CA asks %s today", l.where(), FaultWords(l.Fault), in.First().where()),
				Evidence: []report.Evidence{look(l, "%s  %s", l.where(), FaultWords(l.Fault))},
			})
		}
		return out
	},
})
