package checks

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "tlsalpn01.cert.extension",
	Severity: report.Error,
	Title:    "an extension is missing, not critical or malformed",
	Means:    "The challenge certificate needs a subjectAltName, and the critical extension acmeIdentifier (1.3.6.1.5.5.7.1.31) with a DER OCTET STRING of exactly 32 bytes.",
	Causes: []string{
		"the self-signed certificate of a server or device answers in place of the challenge's",
		"the client that makes the certificate is outdated or faulty",
	},
	FixBy:   Client,
	Fixes:   append(makeCert()[:3], passALPN()[1:]...),
	Again:   "acmecheck {target}",
	Sources: []string{docsALPN, rfcALPN, vaALPN + " checkAcceptableExtensions, validateTLSALPN01"},
	Detect: func(in *In) []Found {
		if !in.Stopped(policy.RuleExtensions, policy.RuleNotCritical, policy.RuleExtensionValue) {
			return nil
		}
		r := in.shaken()
		c := leaf(r.Handshake)
		value, critical, found := acmeIdentifier(c)
		text := "no acmeIdentifier"
		if found {
			text = fmt.Sprintf("acmeIdentifier: %x, critical: %t", value, critical)
		}
		e := in.saw(r, "tls.certificate", "%s  %s", r.where(), text)
		if !found && !hasExtension(c, draftIdentifier) {
			return in.answers443("port 443 agrees on acme-tls/1, but its certificate is none of a challenge: it has no acmeIdentifier extension", e)
		}
		return in.challengeCert(extensionWords(in.Decision.Rule, c), e)
	},
})

// extensionWords say what is wrong with the extensions of a challenge
// certificate.
func extensionWords(rule policy.Rule, c *x509.Certificate) string {
	value, _, found := acmeIdentifier(c)
	switch {
	case !found:
		return "the challenge certificate has the acmeIdentifier extension of an early draft (1.3.6.1.5.5.7.1.30.1)"
	case rule == policy.RuleExtensions:
		return "the challenge certificate has no subjectAltName extension"
	case rule == policy.RuleNotCritical:
		return "the acmeIdentifier extension of the challenge certificate is not marked as critical"
	case len(value) == sha256.Size:
		return "the acmeIdentifier extension holds the digest without the two bytes before it (04 20) that make it an OCTET STRING"
	}
	return fmt.Sprintf("the acmeIdentifier extension is not an OCTET STRING of 32 bytes and nothing else, but has %d bytes in all", len(value))
}

// The extension of RFC 8737 §6.1, and that of the drafts before it.
var (
	challengeIdentifier = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}
	draftIdentifier     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 30, 1}
)

// acmeIdentifier is the extension that makes a challenge certificate.
func acmeIdentifier(c *x509.Certificate) (value []byte, critical, found bool) {
	if c == nil {
		return nil, false, false
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(challengeIdentifier) {
			return e.Value, e.Critical, true
		}
	}
	return nil, false, false
}

func hasExtension(c *x509.Certificate, id asn1.ObjectIdentifier) bool {
	for _, e := range c.Extensions {
		if e.Id.Equal(id) {
			return true
		}
	}
	return false
}
