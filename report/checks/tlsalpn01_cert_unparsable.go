package checks

import (
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// ofCertificate is the Field of a fault about a certificate.
const ofCertificate = "certificate"

var _ = register(Check{
	Code:     "tlsalpn01.cert.unparsable",
	Severity: report.Error,
	Title:    "the certificate cannot be parsed",
	Means:    "The certificate breaks a rule that Go's parser insists on, for example by having an extension twice. (The CA says only \"Error getting validation data\".)",
	Causes: []string{
		"the client that makes the certificate is faulty",
	},
	FixBy:   Client,
	Fixes:   makeCert(),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " tryGetChallengeCert; va/va.go detailedError"},
	Detect: func(in *In) []Found {
		f := in.Decision.Fault
		if !in.Failed("handshake", probes.FaultTLS) || f.Field != ofCertificate {
			return nil
		}
		return in.challengeCert("the certificate on port 443 cannot be parsed", in.ended(in.shaken()))
	},
})
