package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"

	"github.com/acmecheck/acmecheck/probes"
)

// Handshake starts TLS on c as the CA does: TLS 1.2 and 1.3, Go's suites, the
// certificate not verified, no client certificate (Boulder va/http.go
// httpTransport). The returned connection replaces c, which it owns.
func Handshake(ctx context.Context, c net.Conn, h probes.Handshake) (net.Conn, probes.Handshake, *probes.Fault) {
	defer arm(ctx, c)()
	config := &tls.Config{
		InsecureSkipVerify: true, // the name has no certificate yet; the CA does not verify either
		ServerName:         h.ServerName,
		NextProtos:         h.ALPN,
	}
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		h.Asked = true
		return &tls.Certificate{}, nil // none: the same message as without this function
	}
	vary(config, h.Hello)
	t := tls.Client(c, config)
	err := t.HandshakeContext(ctx)
	if err != nil {
		h.Alert = alertOf(err)
		return c, h, faultBy(ctx, "handshake", err)
	}
	s := t.ConnectionState()
	h.Version, h.Cipher, h.Negotiated = tls.VersionName(s.Version), tls.CipherSuiteName(s.CipherSuite), s.NegotiatedProtocol
	h.Certificates = raw(s.PeerCertificates)
	return t, h, nil
}

// vary makes a hello another than the CA's.
func vary(c *tls.Config, hello probes.Hello) {
	switch hello {
	case probes.SmallHello:
		c.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256}
	case probes.LegacyHello:
		c.MinVersion = tls.VersionTLS10
		for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
			c.CipherSuites = append(c.CipherSuites, s.ID)
		}
	}
}

// maxCertificates bounds what is kept of a chain; the CA looks at the first.
const maxCertificates = 8

func raw(chain []*x509.Certificate) [][]byte {
	var out [][]byte
	for _, c := range chain[:min(len(chain), maxCertificates)] {
		out = append(out, c.Raw)
	}
	return out
}

// alertOf is the number of the alert in an error; 0 if there is none. The
// type is unexported, but it is a number whose text crypto/tls also gives for
// the exported AlertError of the same number.
func alertOf(err error) int {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return 0
	}
	for n := range 256 {
		if tls.AlertError(n).Error() == op.Err.Error() {
			return n
		}
	}
	return 0
}
