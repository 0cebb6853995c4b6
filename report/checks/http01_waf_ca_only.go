package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.waf.ca-only",
	Severity: report.Info,
	Title:    "a filter admits only this CA's User-Agent",
	Means:    "The request is answered with this CA's User-Agent and refused with another: another CA would be refused, and so would this one if it changed the text.",
	Causes: []string{
		"a filter has an exception for the User-Agent of this CA",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "the firewall team", Text: "exempt GET /.well-known/acme-challenge/* for every User-Agent (it can be forged, and differs per CA)"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, "https://letsencrypt.org/docs/faq/#what-ip-addresses-does-let-s-encrypt-use-to-validate-my-web-server"},
	Detect: func(in *In) []Found {
		r := in.Last()
		agent, ok := in.best(probes.BeyondAgent)
		if in.Refused() || !ok || agent.Fetched == nil || r.Fetched == nil || refuses(*r.Fetched) || !refuses(*agent.Fetched) {
			return nil
		}
		return one(r.where(), "a filter admits only this CA's User-Agent; another CA would get "+outcome(agent.Request), in.matrix(r, agent)...)
	},
})
