package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.connect.reset",
	Severity: report.Error,
	Title:    "the connection is reset after it was accepted",
	Means:    "The connection was accepted and then reset before an answer came.",
	Causes: []string{
		"a firewall looks into the request and cuts the connection",
		"a proxy accepts for a server that is not there",
		"the server crashes at the request",
	},
	FixBy: Network,
	Fixes: []Fix{
		{For: "the firewall team", Text: "let GET /.well-known/acme-challenge/* through to {address} port {port}, from any source and with any User-Agent", When: byHTTP},
		{For: "the firewall team", Text: "let TLS handshakes through to {address} port {port} that offer acme-tls/1 alone, from any source", When: byALPN},
		{For: "your app", Text: "look at what the server logs at this moment"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("", probes.FaultReset) {
			return nil
		}
		r := in.Last()
		return one(r.where(), fmt.Sprintf("%s accepts the connection to port %d and then resets it", r.Dial.To.Addr(), r.Dial.To.Port()), in.ended(r))
	},
})
