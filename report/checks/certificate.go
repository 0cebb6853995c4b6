package checks

import (
	"crypto/x509"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

const maxNames = 20 // of a certificate that a report keeps

// leaf is the certificate of a handshake; nil if there is none to read.
func leaf(h probes.Handshake) *x509.Certificate {
	if len(h.Certificates) == 0 {
		return nil
	}
	c, err := x509.ParseCertificate(h.Certificates[0])
	if err != nil {
		return nil
	}
	return c
}

// Certificate is what a server's certificate says of itself; nil if there is
// none to read.
func Certificate(h probes.Handshake) *report.Cert {
	c := leaf(h)
	if c == nil {
		return nil
	}
	names := append([]string{}, c.DNSNames[:min(len(c.DNSNames), maxNames)]...)
	for _, ip := range c.IPAddresses[:min(len(c.IPAddresses), maxNames)] {
		names = append(names, ip.String())
	}
	return &report.Cert{
		Names: names, Issuer: c.Issuer.String(),
		NotBefore: c.NotBefore.UTC().Format(time.RFC3339), NotAfter: c.NotAfter.UTC().Format(time.RFC3339),
	}
}
