package policy

// This file holds the rules about what a tls-alpn-01 handshake shows, in the
// CA's order (Boulder va/tlsalpn.go validateTLSALPN01; RFC 8737 §3). They are
// stricter than the RFC: self-signed, and the extension's bytes compared.

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// A CertRule refuses what a handshake gave. Refuses returns the part of the
// CA's words that is the rule's own, or "".
type CertRule struct {
	Rule    Rule
	Source  string
	Refuses func(p *Policy, s Shown) string
	// Bare marks words that stand alone, without "Incorrect validation
	// certificate" in front.
	Bare bool
}

// Shown is what a server showed in a handshake.
type Shown struct {
	Identifier probes.Identifier
	Digest     [sha256.Size]byte // of the key authorization
	Known      bool              // the key authorization is
	Protocol   string            // negotiated
	Cert       *x509.Certificate // the first; nil: none
}

const alpnSource = "va/tlsalpn.go validateTLSALPN01"

// certRules are Boulder's, in order.
var certRules = []CertRule{
	{RuleCertMissing, "va/tlsalpn.go getChallengeCert", noCertificate, true},
	{RuleProtocol, alpnSource, otherProtocol, true},
	{RuleSelfSigned, alpnSource, notSelfSigned, false},
	{RuleExtensions, "va/tlsalpn.go checkAcceptableExtensions", wrongExtensions, false},
	{RuleSAN, "va/tlsalpn.go checkExpectedSAN", wrongSAN, false},
	{RuleNotCritical, alpnSource, notCritical, false},
	{RuleExtensionValue, alpnSource, badExtensionValue, false},
	{RuleDigest, alpnSource, wrongDigest, false},
}

var (
	oidSAN            = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidACMEIdentifier = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31} // RFC 8737 §6.1
)

// shown reads a handshake. A certificate that cannot be parsed ended the
// handshake already.
func shown(h probes.Handshake, g probes.Given) Shown {
	s := Shown{Identifier: g.Identifier, Digest: sha256.Sum256([]byte(g.KeyAuthorization)), Known: g.KeyAuthorization != "", Protocol: h.Negotiated}
	if len(h.Certificates) > 0 {
		if c, err := x509.ParseCertificate(h.Certificates[0]); err == nil {
			s.Cert = c
		}
	}
	return s
}

func noCertificate(_ *Policy, s Shown) string {
	if s.Cert != nil {
		return ""
	}
	return "No certs presented for tls-alpn-01 challenge"
}

func otherProtocol(p *Policy, s Shown) string {
	if s.Protocol == p.TLSALPN01.Protocol {
		return ""
	}
	return fmt.Sprintf("Cannot negotiate ALPN protocol %q for tls-alpn-01 challenge", p.TLSALPN01.Protocol)
}

func notSelfSigned(_ *Policy, s Shown) string {
	c := s.Cert
	if c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil && bytes.Equal(c.RawSubject, c.RawIssuer) {
		return ""
	}
	return "Received certificate which is not self-signed."
}

func wrongExtensions(_ *Policy, s Shown) string {
	for _, oid := range []asn1.ObjectIdentifier{oidACMEIdentifier, oidSAN} {
		if _, _, ok := extension(s.Cert, oid); !ok {
			return fmt.Sprintf("Received certificate with unexpected extensions: %q", fmt.Sprintf("Required extension OID %s is not present", oid))
		}
	}
	return ""
}

// extension finds an extension. None is there twice: Go's parser sees to that.
func extension(c *x509.Certificate, oid asn1.ObjectIdentifier) (value []byte, critical, ok bool) {
	for _, e := range c.Extensions {
		if e.Id.Equal(oid) {
			return e.Value, e.Critical, true
		}
	}
	return nil, false, false
}

func wrongSAN(_ *Policy, s Shown) string {
	why := sanProblem(s)
	if why == "" {
		return ""
	}
	return fmt.Sprintf("Received certificate with unexpected identifiers (%q): %q", strings.Join(CertNames(s.Cert), ", "), why)
}

// sanProblem wants the extension to be, byte for byte, that of the identifier
// alone (RFC 5280 §4.2.1.6: dNSName is [2], iPAddress [7]).
func sanProblem(s Shown) string {
	const tagDNS, tagIP, contextClass = 2, 7, 2
	want := asn1.RawValue{Class: contextClass, Tag: tagDNS, Bytes: []byte(s.Identifier)}
	names, addrs := len(s.Cert.DNSNames), len(s.Cert.IPAddresses)
	same := func() bool { return strings.EqualFold(s.Cert.DNSNames[0], string(s.Identifier)) }
	if a := s.Identifier.Addr(); a.IsValid() {
		want.Tag, want.Bytes = tagIP, a.AsSlice()
		names, addrs = addrs, names
		same = func() bool {
			got, _ := netip.AddrFromSlice(s.Cert.IPAddresses[0])
			return got.Unmap() == a.Unmap()
		}
	}
	switch {
	case names != 1 || addrs != 0:
		return "wrong number of identifiers"
	case !same():
		return "identifier does not match expected identifier"
	}
	der, err := asn1.Marshal([]asn1.RawValue{want})
	if got, _, _ := extension(s.Cert, oidSAN); err != nil || !bytes.Equal(got, der) {
		return "SAN extension does not match expected bytes"
	}
	return ""
}

// CertNames are all names of a certificate in lower case, each once, sorted
// (Boulder va/tlsalpn.go certAltNames).
func CertNames(c *x509.Certificate) []string {
	var names []string
	if c.Subject.CommonName != "" {
		names = append(names, c.Subject.CommonName)
	}
	names = append(names, c.DNSNames...)
	names = append(names, c.EmailAddresses...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	for _, u := range c.URIs {
		names = append(names, u.String())
	}
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func notCritical(_ *Policy, s Shown) string {
	if _, critical, _ := extension(s.Cert, oidACMEIdentifier); critical {
		return ""
	}
	return "Received certificate with acmeValidationV1 extension that is not Critical."
}

func badExtensionValue(_ *Policy, s Shown) string {
	if _, ok := acmeIdentifier(s.Cert); ok {
		return ""
	}
	return "Received certificate with malformed acmeValidationV1 extension value."
}

// acmeIdentifier is what the extension holds: an OCTET STRING of 32 octets and
// nothing behind it.
func acmeIdentifier(c *x509.Certificate) ([]byte, bool) {
	value, _, _ := extension(c, oidACMEIdentifier)
	var digest []byte
	rest, err := asn1.Unmarshal(value, &digest)
	return digest, err == nil && len(rest) == 0 && len(digest) == sha256.Size
}

func wrongDigest(_ *Policy, s Shown) string {
	got, _ := acmeIdentifier(s.Cert)
	if s.Known && bytes.Equal(got, s.Digest[:]) {
		return ""
	}
	return fmt.Sprintf("Received certificate with acmeValidationV1 extension value %s but expected %s.", hex.EncodeToString(got), hex.EncodeToString(s.Digest[:]))
}
