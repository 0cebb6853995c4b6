package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:      "local.resolver.silent",
	Severity:  report.Info,
	Title:     "the resolver does not answer",
	Means:     "This says nothing about the target: the look failed on our side.",
	FixBy:     Client,
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		return in.here(in.resolverSilent() && !in.noNetwork(), "the resolver does not answer from here, whatever it is asked", "acmecheck --resolver IP {target}")
	},
})
