package respond_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes/respond"
)

// run serves on both families of loopback until the returned stop.
func run(t *testing.T, serve func(context.Context, net.Listener) error) (ls []net.Listener, stop func()) {
	t.Helper()
	ls, err := respond.Listen(t.Context(), 0, "127.0.0.1", "::1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, l := range ls {
		wg.Go(func() {
			if err := serve(ctx, l); err != nil {
				t.Error(err)
			}
		})
	}
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return ls, stop
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

func TestHTTP01(t *testing.T) {
	t.Parallel()
	var seen respond.Record[respond.Request]
	h := &respond.HTTP01{Seen: seen.Add}
	h.Set("token", "token.thumb")
	h.Set("gone", "gone.thumb")
	h.Clear("gone")
	ls, stop := run(t, h.Serve)
	for _, l := range ls {
		for _, tt := range []struct {
			method, path string
			status       int
			body         string
		}{
			{"GET", "/.well-known/acme-challenge/token", 200, "token.thumb"},
			{"HEAD", "/.well-known/acme-challenge/token", 200, ""},
			{"POST", "/.well-known/acme-challenge/token", 404, "no such token\n"},
			{"GET", "/.well-known/acme-challenge/gone", 404, "no such token\n"},
			{"GET", "/.well-known/acme-challenge/", 404, "no such token\n"},
			{"GET", "/token", 404, "no such token\n"},
			{"GET", "/" + strings.Repeat("x", 1000), 404, "no such token\n"},
		} {
			c := dial(t, l)
			fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: www.example.com:80\r\nUser-Agent: a CA\r\nContent-Length: 0\r\n\r\n", tt.method, tt.path)
			resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: tt.method})
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != tt.status || string(b) != tt.body || !resp.Close {
				t.Errorf("%s %s: %d %q %v", tt.method, tt.path, resp.StatusCode, b, err)
			}
		}
	}
	stop()
	all, _ := seen.All()
	if len(all) != 7*len(ls) {
		t.Fatalf("%d requests seen", len(all))
	}
	for i, r := range all {
		if r.Host != "www.example.com:80" || r.UserAgent != "a CA" || !r.From.Addr().IsLoopback() || r.From.Addr().Is4() != (i < 7) || r.To.String() != ls[i/7].Addr().String() || len(r.Path) > 512 || r.At.IsZero() {
			t.Errorf("%+v", r)
		}
	}
}

func TestTLSALPN01(t *testing.T) {
	t.Parallel()
	var seen respond.Record[respond.Handshake]
	a := &respond.TLSALPN01{Seen: seen.Add}
	for _, id := range []string{"www.example.com", "192.0.2.1", "2001:db8::1", "gone.example.com"} {
		if err := a.Set(id, "token.thumb"); err != nil {
			t.Fatal(err)
		}
	}
	a.Clear("gone.example.com")
	ls, stop := run(t, a.Serve)
	dial(t, ls[0]).Close() // says nothing; accepted before those who come later
	for _, tt := range []struct {
		sni, alpn, san string // no san: refused
	}{
		{"www.example.com", "acme-tls/1", "www.example.com"},
		{"WWW.example.com", "acme-tls/1", "www.example.com"},
		{"1.2.0.192.in-addr.arpa", "acme-tls/1", "192.0.2.1"},
		{"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "acme-tls/1", "2001:db8::1"},
		{"gone.example.com", "acme-tls/1", ""},
		{"other.example.com", "acme-tls/1", ""},
		{"www.example.com", "h2", ""},
		{"www.example.com", "", ""},
	} {
		conf := &tls.Config{ServerName: tt.sni, InsecureSkipVerify: true} //nolint:gosec // as a CA does
		if tt.alpn != "" {
			conf.NextProtos = []string{tt.alpn}
		}
		c := tls.Client(dial(t, ls[0]), conf)
		err := c.HandshakeContext(t.Context())
		if tt.san == "" {
			if err == nil {
				t.Errorf("%+v: an answer", tt)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		verify(t, c.ConnectionState(), tt.san)
		// A client of TLS 1.3 is done before the server: it hangs up when it knows.
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	stop()
	all, _ := seen.All()
	answered := 0
	for _, h := range all {
		if h.Answered {
			answered++
		}
	}
	if len(all) != 9 || answered != 4 {
		t.Errorf("%d seen, %d answered: %+v", len(all), answered, all)
	}
}

// verify looks at a certificate as RFC 8737 §3 has a CA do.
func verify(t *testing.T, s tls.ConnectionState, san string) {
	t.Helper()
	leaf := s.PeerCertificates[0]
	names := leaf.DNSNames
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	digest := sha256.Sum256([]byte("token.thumb"))
	want, err := asn1.Marshal(digest[:])
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range leaf.Extensions {
		found = found || e.Id.String() == "1.3.6.1.5.5.7.1.31" && e.Critical && string(e.Value) == string(want)
	}
	if err := leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature); err != nil || !found || !slices.Equal(names, []string{san}) || s.NegotiatedProtocol != respond.Protocol {
		t.Errorf("%s: %v, extension %t, names %s, protocol %q", san, err, found, names, s.NegotiatedProtocol)
	}
}

// Without a choice of hosts it is every address, of each family by itself.
func TestListenEverywhere(t *testing.T) {
	t.Parallel()
	ls, err := respond.Listen(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range ls {
		if a := l.Addr().(*net.TCPAddr); !a.IP.IsUnspecified() || a.Port != ls[0].Addr().(*net.TCPAddr).Port {
			t.Error(a)
		}
		_ = l.Close()
	}
}

// A port that somebody has is an error, a family that nobody has is not.
func TestListen(t *testing.T) {
	t.Parallel()
	ls, err := respond.Listen(t.Context(), 0, "127.0.0.1", "192.0.2.1")
	if err != nil || len(ls) != 1 {
		t.Fatal(ls, err)
	}
	t.Cleanup(func() { _ = ls[0].Close() })
	if twice, err := respond.Listen(t.Context(), ls[0].Addr().(*net.TCPAddr).Port, "127.0.0.1"); err == nil {
		t.Errorf("%v has the same port", twice)
	}
	if none, err := respond.Listen(t.Context(), 0, "192.0.2.1"); err == nil {
		t.Errorf("%v", none)
	}
}

func TestRecordIsBounded(t *testing.T) {
	t.Parallel()
	r := respond.Record[int]{Most: 2}
	for i := range 5 {
		r.Add(i)
	}
	if all, lost := r.All(); !slices.Equal(all, []int{0, 1}) || lost != 3 {
		t.Error(all, lost)
	}
}
