package serve

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

const alertUnrecognizedName = 112

// tls answers a client that starts with a TLS record.
func (s *session) tls() {
	record, err := peekRecord(s.br)
	if err != nil {
		return
	}
	line := pickTLS(s.e.TLS, serverName(s.ctx, record))
	alert := alertUnrecognizedName
	if line != nil {
		alert = line.Alert
	}
	if alert >= 0 {
		_, _ = s.br.Discard(len(record))
		_, _ = s.raw.Write([]byte{0x15, 3, 3, 0, 2, 2, byte(alert)})
		s.fin()
		return
	}
	conf, err := s.tlsConfig(line)
	if err != nil {
		return // a SAN or OID that cannot be encoded: the port closes
	}
	t := tls.Server(&bufferedConn{s.raw, s.br}, conf)
	if t.HandshakeContext(s.ctx) != nil {
		s.fin() // the alert has been sent
		return
	}
	if len(s.e.HTTP) == 0 {
		_, _ = io.Copy(io.Discard, t)
		_ = t.CloseWrite()
		s.fin()
		return
	}
	s.http(bufio.NewReader(t), t, func(how string) {
		if how == "close" {
			_ = t.CloseWrite()
		}
		s.end(how)
	})
}

// bufferedConn reads through the buffer that peeked at the connection.
type bufferedConn struct {
	net.Conn
	r io.Reader
}

func (c *bufferedConn) Read(p []byte) (int, error) { return c.r.Read(p) }

func peekRecord(br *bufio.Reader) ([]byte, error) {
	h, err := br.Peek(5)
	if err != nil {
		return nil, err
	}
	return br.Peek(5 + int(h[3])<<8 + int(h[4]))
}

// serverName is the SNI of a ClientHello record.
func serverName(ctx context.Context, record []byte) string {
	sni := ""
	stop := errors.New("seen enough")
	conf := &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		sni = h.ServerName
		return nil, stop
	}}
	_ = tls.Server(&fakeConn{r: bytes.NewReader(record)}, conf).HandshakeContext(ctx) // the record is at hand: nothing blocks
	return sni
}

// fakeConn is a connection from a byte slice to nowhere.
type fakeConn struct {
	net.Conn
	r io.Reader
}

func (c *fakeConn) Read(p []byte) (int, error)       { return c.r.Read(p) }
func (c *fakeConn) Write(p []byte) (int, error)      { return len(p), nil }
func (c *fakeConn) SetWriteDeadline(time.Time) error { return nil }
func (c *fakeConn) Close() error                     { return nil }

func pickTLS(lines []*world.TLS, sni string) *world.TLS {
	for _, l := range lines {
		if l.SNI == "" || l.SNI == "none" && sni == "" || strings.EqualFold(l.SNI, sni) {
			return l
		}
	}
	return nil
}

// versions are the values of min= and max=.
var versions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func (s *session) tlsConfig(l *world.TLS) (*tls.Config, error) {
	c := &tls.Config{MinVersion: versions[l.Min], MaxVersion: versions[l.Max], NextProtos: l.ALPN, SessionTicketsDisabled: true}
	if l.Ciphers == "rsa" {
		c.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_GCM_SHA384}
	}
	if l.ClientAuth {
		c.ClientAuth = tls.RequireAnyClientCert
	}
	if l.Cert == "none" {
		c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("no certificate") }
		return c, nil
	}
	cert, err := s.certs.of(s.View.World, l)
	if err != nil {
		return nil, err
	}
	c.Certificates = []tls.Certificate{cert}
	return c, nil
}
