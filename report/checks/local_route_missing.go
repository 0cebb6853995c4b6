package checks

import (
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:      "local.route.missing",
	Severity:  report.Info,
	Title:     "this machine has no route to the address",
	Means:     "This says nothing about the target: the look failed on our side.",
	FixBy:     Client,
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80},
	Unsettles: true,
	Detect: func(in *In) []Found {
		return in.here(in.noRoute() && !in.noNetwork(), "this machine has no route to the address; the CA may well have one", "ip route get {address}")
	},
})
