package issue

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

// TransportOptions say how a CA is reached. The zero value is the real network,
// the system's roots, and no proxy whatever the environment says.
type TransportOptions struct {
	// Roots are trusted instead of the system's.
	Roots *x509.CertPool
	// Proxy heeds HTTPS_PROXY, NO_PROXY and their like.
	Proxy bool
	// Dial connects to host:port. Nil is the real network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// NewTransport makes what a Recorder's requests are made by.
func NewTransport(o TransportOptions) *http.Transport {
	t := &http.Transport{
		DialContext:         o.Dial,
		TLSClientConfig:     &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: atOnce,
		IdleConnTimeout:     time.Minute,
		// Heads have a limit too, beside that of bodies.
		MaxResponseHeaderBytes: 64 << 10,
	}
	if o.Proxy {
		t.Proxy = http.ProxyFromEnvironment
	}
	return t
}
