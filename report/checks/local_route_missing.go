package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.route.missing",
	Severity: report.Info,
	Title:    "this machine has no route to the address",
	Means:    "The routing table of this machine knows no way to the address. The CA has a network of its own, so nothing is known of the target.",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "this machine", Text: "look from a machine that has a route, or add one; this shows what the routing table says", Snippet: "ip route get {address}"},
	},
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		return in.here(in.noRoute() && !in.noNetwork(), "this machine has no route to the address; the CA may well have one", "ip route get {address}")
	},
})
