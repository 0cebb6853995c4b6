package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.cert.missing",
	Severity: report.Error,
	Title:    "the server sends no certificate",
	Means:    "The handshake succeeded without a certificate. The CA looks for its answer in the certificate.",
	Causes: []string{
		"the ACME client's TLS server is faulty or not ready",
	},
	FixBy:   Client,
	Fixes:   makeCert(),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " getChallengeCert"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleCertMissing) {
			return nil
		}
		r := in.shaken()
		return in.challengeCert("port 443 completes the handshake and shows no certificate", in.saw(r, "tls.certificate", "%s  %s, no certificate", r.where(), r.Handshake.Version))
	},
})
