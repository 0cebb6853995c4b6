package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.connect.unreachable",
	Severity: report.Error,
	Title:    "no route to the address",
	Means:    "The network says that it knows no way to the address, or that nobody has it.",
	Causes: []string{
		"the address is wrong or no longer routed",
		"the host is down, and its last router says so",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "DNS", Text: "let the record name an address that is in use"},
		{For: "the firewall team", Text: "{address} is announced as unreachable to the outside; route it to the server"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("", probes.FaultNetUnreachable, probes.FaultUnreachable) {
			return nil
		}
		r := in.Last()
		return []Found{{Subject: r.where(), Certainty: report.Certain, Evidence: in.dials(), Say: fmt.Sprintf("there is no way to %s", r.Dial.To.Addr())}}
	},
})
