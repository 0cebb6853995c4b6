package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "net.connect.refused",
	Severity: report.Error,
	Title:    "nothing listens on the port, or a firewall resets",
	Means:    "The address answers with a reset: no program listens on the port there, or a firewall answers in its place.",
	Causes: []string{
		"the web server or the ACME client is not running, or listens on another port or address",
		"the web server listens on IPv4 only, and the name has an IPv6 address too",
		"a firewall rejects with a reset",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "your app", Text: "run a server on port {port} of {address}; an ACME client in standalone mode has to listen while the order runs"},
		{For: "nginx", Text: "listen on both families", Snippet: "listen 80;\nlisten [::]:80;", When: byHTTP},
		{For: "Apache", Text: "listen on both families", Snippet: "Listen 80", When: byHTTP},
		{For: "router", Text: "forward TCP {port} to the server"},
		{For: "DNS", Text: "correct the address, if it is not this server's"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsPort80, rfcHTTP01, vaHTTP + "; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		f := in.Decision.Fault
		if !in.Failed("", probes.FaultRefused) || f.ICMP != "" {
			return nil
		}
		r := in.Last()
		return []Found{{
			Subject: r.where(), Certainty: report.Certain, Evidence: in.dials(),
			Say: fmt.Sprintf("%s refuses connections to port %d", r.Dial.To.Addr(), r.Dial.To.Port()),
		}}
	},
})
