package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.read.timeout",
	Severity: report.Error,
	Title:    "connected, but no answer in time",
	Means:    "The connection was accepted, but the answer did not come within the time the CA has: 10 s for a TLS handshake, about 20 s for everything.",
	Causes: []string{
		"the application is slow or overloaded at the challenge",
		"a proxy accepts and waits for a server that is down",
		"a firewall lets the connection be opened and drops what follows",
	},
	FixBy: App,
	Fixes: []Fix{
		{For: "your app", Text: "answer the challenge path without waiting for anything else", When: byHTTP},
		{For: "your app", Text: "answer the handshake on port 443 at once, whatever is behind it", When: byALPN},
		{For: "nginx", Text: "answer the challenge from a file", Snippet: "location ^~ /.well-known/acme-challenge/ { root /var/www/acme; }", When: byHTTP},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("read", probes.FaultTimeout) && !in.Failed("write", probes.FaultTimeout) && !in.Failed("handshake", probes.FaultTimeout) {
			return nil
		}
		r := in.Last()
		return one(r.where(), fmt.Sprintf("%s accepts the connection to port %d and then says nothing", r.Dial.To.Addr(), r.Dial.To.Port()), in.ended(r))
	},
})
