package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.protocol.other",
	Severity: report.Error,
	Title:    "443 offers other ALPN protocols only",
	Means:    "In the TLS handshake client and server agree on a protocol (ALPN). The CA offers acme-tls/1 and nothing else. What answers on port 443 knows only others, such as h2 and http/1.1, and ends the handshake with the alert for that, or (Apache) chooses one that was not offered. The CA then says only \"Error getting validation data\".",
	Causes: []string{
		"a web server, load balancer or CDN ends TLS in front of the ACME client",
		"the ACME client is not running, or listens elsewhere",
	},
	FixBy:   Server,
	Fixes:   passALPN(),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, "https://www.rfc-editor.org/rfc/rfc7301#section-3.2", vaALPN + " tryGetChallengeCert"},
	Detect: func(in *In) []Found {
		if !in.Failed("handshake", probes.FaultAlert, probes.FaultTLS) || !in.Decision.OtherProtocol() {
			return nil
		}
		return in.answers443("port 443 speaks TLS, but knows only other protocols than acme-tls/1", in.ended(in.shaken()))
	},
})
