package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.tls.malformed",
	Severity: report.Error,
	Title:    "the handshake on 443 makes no sense",
	Means:    "What the server on port 443 sends in the handshake breaks the rules of TLS. (The CA says only \"Error getting validation data\".)",
	Causes: []string{
		"a faulty TLS server, such as one that sends an empty list of certificates",
		"a middlebox that rewrites handshakes",
	},
	FixBy:   Server,
	Fixes:   passALPN(),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " tryGetChallengeCert; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		f := in.Decision.Fault
		if !in.Failed("handshake", probes.FaultTLS, probes.FaultOther, probes.FaultTooLarge) || f.Field == ofCertificate || in.Decision.OtherProtocol() {
			return nil
		}
		return in.answers443("what port 443 sends in the handshake breaks the rules of TLS: "+f.Detail, in.ended(in.shaken()))
	},
})
