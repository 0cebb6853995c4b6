package respond

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"github.com/acmecheck/acmecheck/probes/policy"
)

// Protocol is the ALPN name of the challenge (RFC 8737 §6.2).
const Protocol = "acme-tls/1"

// acmeIdentifier is id-pe-acmeIdentifier (RFC 8737 §6.1).
var acmeIdentifier = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}

// TLSALPN01 answers tls-alpn-01 challenges, and nobody who asks for another
// protocol. It is safe for concurrent use; the zero TLSALPN01 knows no name.
type TLSALPN01 struct {
	// Seen hears of every connection once its handshake is over, from many
	// goroutines. Nil hears nothing.
	Seen func(Handshake)

	mu           sync.RWMutex
	certificates map[string]*tls.Certificate // by what is asked for in SNI, guarded by mu
}

// A Handshake is a connection that arrived. Its strings come from the network
// and are cut short.
type Handshake struct {
	At         time.Time
	From, To   netip.AddrPort // IPv4 as IPv4: From.Addr().Is4 tells the family
	ServerName string         // of the ClientHello; empty if none came
	Protocols  []string       // that it offers, the first few
	Answered   bool           // the client has our certificate
}

// Set answers for an identifier, a DNS name or an IP address, from now on.
func (t *TLSALPN01) Set(identifier, keyAuthorization string) error {
	c, err := certificate(identifier, keyAuthorization)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.certificates == nil {
		t.certificates = map[string]*tls.Certificate{}
	}
	t.certificates[serverName(identifier)] = c
	return nil
}

// Clear no longer answers for an identifier.
func (t *TLSALPN01) Clear(identifier string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.certificates, serverName(identifier))
}

// serverName is what a CA asks for in SNI, where addresses are not allowed:
// their reverse names stand for them (RFC 8738 §6).
func serverName(identifier string) string {
	if a, err := netip.ParseAddr(identifier); err == nil {
		return policy.ReverseName(a)
	}
	return strings.ToLower(strings.TrimSuffix(identifier, "."))
}

// certificate makes the answer of RFC 8737 §3: self-signed, for the identifier
// alone, with the digest of the key authorization in a critical extension.
func certificate(identifier, keyAuthorization string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(keyAuthorization))
	value, err := asn1.Marshal(digest[:])
	if err != nil {
		return nil, err
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber:    big.NewInt(now.UnixNano()),
		Subject:         pkix.Name{CommonName: "ACME challenge"},
		NotBefore:       now.Add(-time.Hour),
		NotAfter:        now.Add(7 * 24 * time.Hour), // a pending authorization lives no longer
		ExtraExtensions: []pkix.Extension{{Id: acmeIdentifier, Critical: true, Value: value}},
	}
	if a, err := netip.ParseAddr(identifier); err == nil {
		c.IPAddresses = []net.IP{a.AsSlice()}
	} else {
		c.DNSNames = []string{identifier}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// Serve answers on l, and closes it, until ctx ends; that is no error. When it
// returns none of its goroutines is alive.
func (t *TLSALPN01) Serve(ctx context.Context, l net.Listener) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	l = netutil.LimitListener(l, connections)
	defer func() { _ = l.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		c, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		wg.Go(func() { t.handshake(ctx, c) })
	}
}

// errStranger refuses a client that is not a CA with this challenge.
var errStranger = errors.New("no " + Protocol)

// handshake is all there is to a connection: after it the client hangs up
// (RFC 8737 §3).
func (t *TLSALPN01) handshake(ctx context.Context, c net.Conn) {
	defer c.Close()
	h := Handshake{At: time.Now(), From: endpoint(c.RemoteAddr()), To: endpoint(c.LocalAddr())}
	conn := tls.Server(c, &tls.Config{
		MinVersion: tls.VersionTLS12, // RFC 8737 §4
		NextProtos: []string{Protocol},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			h.ServerName = short(hello.ServerName)
			for _, p := range hello.SupportedProtos[:min(len(hello.SupportedProtos), 8)] {
				h.Protocols = append(h.Protocols, short(p))
			}
			if !slices.Contains(hello.SupportedProtos, Protocol) {
				return nil, errStranger
			}
			t.mu.RLock()
			defer t.mu.RUnlock()
			return t.certificates[strings.ToLower(hello.ServerName)], nil // none: unrecognized_name
		},
	})
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	h.Answered = conn.HandshakeContext(ctx) == nil
	_ = c.SetDeadline(h.At.Add(patience))
	_ = conn.CloseWrite()
	if t.Seen != nil {
		t.Seen(h)
	}
}
