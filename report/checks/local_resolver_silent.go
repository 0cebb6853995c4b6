package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.resolver.silent",
	Severity: report.Info,
	Title:    "the resolver does not answer",
	Means:    "Without a resolver no name can be looked up here. The CA has resolvers of its own, so nothing is known of the target.",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "this machine", Text: "name a resolver that answers, for this look or in /etc/resolv.conf", Snippet: "acmecheck {target} --resolver 9.9.9.9"},
	},
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		return in.here(in.resolverSilent() && !in.noNetwork(), "the resolver does not answer from here, whatever it is asked", "acmecheck --resolver IP {target}")
	},
})
