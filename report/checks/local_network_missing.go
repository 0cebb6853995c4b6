package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.network.missing",
	Severity: report.Info,
	Title:    "this machine has no network",
	Means:    "This machine has no way to any other, so nothing was seen of the target, good or bad.",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "this machine", Text: "connect it; this shows its routes, and there has to be one that says default", Snippet: "ip route"},
	},
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		return in.here(in.noNetwork(), "this machine has no network: nothing was sent", "ip route    shows the routes of this machine")
	},
})
