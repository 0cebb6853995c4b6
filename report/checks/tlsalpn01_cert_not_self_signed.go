package checks

import (
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.cert.not-self-signed",
	Severity: report.Error,
	Title:    "the certificate is not self-signed",
	Means:    "For acme-tls/1 the CA wants a certificate that is signed with its own key, with the same issuer and subject. (That is stricter than RFC 8737.)",
	Causes: []string{
		"the server says yes to every protocol and shows the certificate of the site",
		"the client signs the challenge certificate with another key",
	},
	FixBy:   Server,
	Fixes:   append(passALPN(), makeCert()[1:3]...),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " validateTLSALPN01"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleSelfSigned) {
			return nil
		}
		r := in.shaken()
		say := "port 443 agrees on acme-tls/1 and shows a certificate that is not self-signed"
		e := in.saw(r, "tls.alpn", "%s  %s", r.where(), r.Handshake.Negotiated)
		if _, _, ok := acmeIdentifier(leaf(r.Handshake)); ok {
			return in.challengeCert(say+", though it was made for the challenge", e)
		}
		return in.answers443(say, e)
	},
})
