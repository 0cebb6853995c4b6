package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.protocol.missing",
	Severity: report.Error,
	Title:    "443 does not negotiate acme-tls/1",
	Means:    "In the TLS handshake client and server agree on a protocol (ALPN). The CA offers acme-tls/1 and nothing else. What answers on port 443 speaks TLS without agreeing on a protocol, so it is no ACME client.",
	Causes: []string{
		"a web server, load balancer or CDN ends TLS in front of the ACME client",
		"the ACME client is not running, or listens elsewhere",
		"a TLS library or proxy that knows no ALPN",
	},
	FixBy:   Server,
	Fixes:   passALPN(),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " validateTLSALPN01"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleProtocol) {
			return nil
		}
		r := in.shaken()
		return in.answers443("port 443 speaks TLS, but does not agree on acme-tls/1", in.saw(r, "tls.alpn", "%s  %s, no protocol chosen", r.where(), r.Handshake.Version))
	},
})
