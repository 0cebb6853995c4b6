package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.addresses.disagree",
	Severity: report.Warning,
	Title:    "addresses of the name answer differently",
	Means:    "The CA takes one address: the first IPv6 one, or the first IPv4 one. Which is first may change with every look-up.",
	Causes: []string{
		"one of the addresses is old or belongs to another server",
		"a server of several was not updated",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "remove the address that is not yours"},
		{For: "your app", Text: "set the servers up alike; let all of them serve the token"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsIPv6, vaHTTP + " newHTTPValidationTarget"},
	Detect: func(in *In) []Found {
		r := in.Opening()
		if r.Fetched == nil || r.Fetched.Fault != nil {
			return nil
		}
		var out []Found
		for _, l := range in.Looked(probes.BeyondAddress) {
			if l.Fetched == nil || l.Fault == nil && l.Fetch.Status == r.Fetch.Status && in.isToken(l.Fetch) == in.isToken(r.Fetch) {
				continue
			}
			out = append(out, Found{
				Subject: l.where(), Certainty: report.Certain, Say: fmt.Sprintf("%s answers otherwise than %s, which the CA asks", l.where(), r.where()),
				Evidence: []report.Evidence{in.saw(r, "answer", "%s  %s", r.where(), outcome(r)), look(l, "%s  %s", l.where(), outcome(l.Request))},
			})
		}
		return out
	},
})
