package node

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/miekg/dns"
)

// A DoH is a front to a resolver that speaks DNS over HTTPS (RFC 8484), with
// HTTP/2 and POST alone, as Boulder wants it.
type DoH struct {
	Address string         // HOST:PORT on loopback
	Roots   *x509.CertPool // of its certificate
	server  *httptest.Server
}

// StartDoH starts a front to the resolver at a TCP address. Where the resolver
// is silent, so is the front.
func StartDoH(resolver string) *DoH {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /dns-query", func(w http.ResponseWriter, r *http.Request) { forward(w, r, resolver) })
	s := httptest.NewUnstartedServer(mux)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &DoH{s.Listener.Addr().String(), roots, s}
}

// Close ends the front.
func (d *DoH) Close() {
	d.server.CloseClientConnections()
	d.server.Close()
}

// errUnreachable means that there is no resolver.
var errUnreachable = errors.New("the resolver cannot be reached")

func forward(w http.ResponseWriter, r *http.Request, resolver string) {
	q, err := io.ReadAll(http.MaxBytesReader(w, r.Body, dns.MaxMsgSize))
	if err == nil {
		// Boulder asks for names that are too long for DNS. No resolver gets
		// to see those, so that they fail here.
		err = new(dns.Msg).Unpack(q)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m, err := exchange(r.Context(), resolver, q)
	switch {
	case errors.Is(err, errUnreachable):
		http.Error(w, err.Error(), http.StatusBadGateway)
	case err != nil:
		<-r.Context().Done()
	default:
		w.Header().Set("Content-Type", "application/dns-message")
		_, _ = w.Write(m)
	}
}

// exchange asks over TCP (RFC 1035 §4.2.2), on a connection of its own.
func exchange(ctx context.Context, resolver string, q []byte) ([]byte, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", resolver)
	if err != nil {
		return nil, errors.Join(errUnreachable, err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(q))), q...)); err != nil { //nolint:gosec // at most dns.MaxMsgSize
		return nil, err
	}
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, err
	}
	m := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err = io.ReadFull(c, m)
	return m, err
}
