package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "local.firewall.rejects",
	Severity: report.Info,
	Title:    "a firewall of this machine rejects the connection",
	Means:    "This machine's own packet filter says no to what acmecheck sends. That says nothing about the target.",
	Causes: []string{
		"an outbound rule allows only a proxy, or only some programs",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "nftables", Text: "find the outbound rule that rejects", Snippet: "sudo nft list ruleset"},
	},
	Again:     "acmecheck {target}",
	Sources:   []string{docsPort80, "Linux ip(7) IP_RECVERR: the message comes from our own address"},
	Unsettles: true,
	Detect: func(in *In) []Found {
		if !in.rejectedHere() {
			return nil
		}
		r := in.Last()
		return []Found{{
			Subject: "here", Certainty: report.Certain, Evidence: []report.Evidence{in.ended(r)},
			Say:    fmt.Sprintf("a firewall of this machine rejects what it sends to %s", r.where()),
			Settle: "acmecheck {target}    from a machine that may connect to port {port}",
		}}
	},
})
