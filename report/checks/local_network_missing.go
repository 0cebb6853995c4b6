package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:      "local.network.missing",
	Severity:  report.Info,
	Title:     "this machine has no network",
	Means:     "This says nothing about the target: the look failed on our side.",
	FixBy:     Client,
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		return in.here(in.noNetwork(), "this machine has no network: nothing was sent", "ip route    shows the routes of this machine")
	},
})
