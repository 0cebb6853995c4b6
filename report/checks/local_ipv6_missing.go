package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.ipv6.missing",
	Severity: report.Warning,
	Title:    "this machine cannot use IPv6",
	Means:    "The name has an IPv6 address, and the CA tries that first. From here it could not be tried.",
	Causes: []string{
		"this machine or its network has no IPv6 (containers and many CI runners have none)",
	},
	FixBy:   Client,
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80},
	Detect: func(in *In) []Found {
		for _, r := range in.Requests {
			if r.Dialled.Fault == nil || r.Dial.To.Addr().Is4() || !in.untried(r.Dialled.Fault, r.Dial.To.Addr()) {
				continue
			}
			say := "this machine has no IPv6; the CA would try %s first, and that was not seen"
			if in.stopped(r.Dialled.Fault, r.Dial.To.Addr()) {
				say = "a firewall of this machine rejects what it sends over IPv6; the CA would try %s first, and that was not seen"
			}
			return []Found{{
				Subject: r.where(), Certainty: report.Certain, Say: fmt.Sprintf(say, r.Dial.To.Addr()),
				Evidence: []report.Evidence{in.ended(r)}, Settle: "acmecheck --require-ipv6 {target}    from a machine with IPv6",
			}}
		}
		return nil
	},
})
