package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "http01.tls.malformed",
	Severity: report.Error,
	Title:    "the https target's handshake makes no sense",
	Means:    "The CA follows the redirect to https, but what the server sends in the handshake breaks the rules of TLS.",
	Causes: []string{
		"an unreadable or empty certificate",
		"a middlebox that rewrites handshakes",
	},
	FixBy:   Server,
	Fixes:   answerHere(),
	Again:   "acmecheck {target}",
	Sources: []string{docsHTTP01, vaHTTP + " httpTransport; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		if !in.Failed("handshake", probes.FaultTLS, probes.FaultOther, probes.FaultTooLarge) {
			return nil
		}
		return one(in.Last().where(), "the https server you redirect to breaks the rules of TLS: "+in.Decision.Fault.Detail, in.ended(in.Last()))
	},
})
