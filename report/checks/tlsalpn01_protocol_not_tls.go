package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.protocol.not-tls",
	Severity: report.Error,
	Title:    "443 speaks neither TLS nor HTTP",
	Means:    "The CA begins a TLS handshake on port 443. What answers there is another protocol, such as SSH or a VPN. (The CA says only \"Error getting validation data\".)",
	Causes: []string{
		"another service has the port (SSH, OpenVPN)",
		"a multiplexer (sslh) takes the handshake for something else",
	},
	FixBy: Server,
	Fixes: []Fix{
		{For: "your app", Text: "give port 443 to the ACME client, and another to the service that answers now"},
		{For: "router", Text: "forward TCP 443 to the machine on which the ACME client listens"},
		{For: "http-01", Text: "where port 443 has to stay as it is: http-01 needs a file on port 80 in place of it"},
	},
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " tryGetChallengeCert; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("handshake", probes.FaultNotTLS) {
			return nil
		}
		r := in.shaken()
		f := one(r.where(), "what answers on port 443 speaks neither TLS nor HTTP", in.ended(r))
		if l, ok := in.best(probes.BeyondPlain); ok && l.Fault != nil {
			f[0].Evidence = append(f[0].Evidence, look(l, "asked in plain HTTP: %s", FaultWords(l.Fault)))
		}
		return f
	},
})
