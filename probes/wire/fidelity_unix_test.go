//go:build unix

package wire_test

// A world must mean the same in memory and on real sockets: one table of
// behaviours, seen both ways, must give equal kind, operation and errno.

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/simnet"
	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
)

var somewhere = netip.MustParseAddrPort("192.0.2.10:80")

// A sight is what must not depend on where a world is.
type sight struct {
	Dial, Handshake, Fetch, Body fault
	Status, Alert                int
}

type fault struct {
	Kind      probes.FaultKind
	Op, Errno string
}

func of(f *probes.Fault) fault {
	if f == nil {
		return fault{}
	}
	return fault{f.Kind, f.Op, f.Errno}
}

func see(ctx context.Context, dial wire.Dial, https bool) (s sight) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	c, f := (&wire.Net{Dial: dial}).Connect(ctx, probes.Dial{To: somewhere})
	if s.Dial = of(f); f != nil {
		return s
	}
	defer func() { _ = c.Close() }()
	if https {
		var h probes.Handshake
		c, h, f = wire.Handshake(ctx, c, probes.Handshake{To: somewhere, ServerName: "www.example.com"})
		s.Alert = h.Alert
		if s.Handshake = of(f); f != nil {
			return s
		}
	}
	got, f := wire.Fetch(ctx, c, probes.Fetch{URL: "http://www.example.com/", To: somewhere, MaxBody: 128})
	s.Fetch, s.Body, s.Status = of(f), of(got.BodyFault), got.Status
	return s
}

func TestSimnetIsFaithful(t *testing.T) {
	const at = "192.0.2.10:80"
	tests := []struct {
		name, lines string
		https       bool
		want        probes.FaultKind // anywhere; what it is about must be there
	}{
		{"healthy", "http " + at + " * 200 body=ok", false, ""},
		{"redirect", "http " + at + " * 302 Location=/x", false, ""},
		{"refuse", "tcp " + at + " refuse", false, probes.FaultRefused},
		{"drop", "tcp " + at + " drop", false, probes.FaultTimeout},
		{"hang", "tcp " + at + " hang", false, probes.FaultTimeout},
		{"close", "tcp " + at + " close", false, probes.FaultClosed},
		{"close after the request", "tcp " + at + " close after=request", false, probes.FaultClosed},
		{"reset", "tcp " + at + " reset", false, probes.FaultReset},
		{"ssh", "tcp " + at + ` say="SSH-2.0-OpenSSH_9.2\r\n"`, false, probes.FaultNotHTTP},
		{"http/2", "tcp " + at + ` say="\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"`, false, probes.FaultHTTP2},
		{"half a head, then hang", "tcp " + at + ` say="HTTP/1.1 200 OK\r\nServ" then=hang`, false, probes.FaultTimeout},
		{"half a head, then reset", "tcp " + at + ` say="HTTP/1.1 200 OK\r\n" after=request then=reset`, false, probes.FaultClosed},
		{"stalled body", "http " + at + " * 200 body=ok stall", false, probes.FaultTimeout},
		{"short body", "http " + at + " * 200 body=ok length=9", false, probes.FaultClosed},
		{"reset in the body", "http " + at + " * 200 body=ok length=9 then=reset", false, probes.FaultReset},
		{"broken gzip", "http " + at + " * 200 Content-Encoding=gzip body=\"not gzip at all\"", false, probes.FaultEncoding},
		{"broken chunks", "tcp " + at + ` say="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" after=request`, false, probes.FaultEncoding},
		{"https", "tls " + at + " cert=self\nhttp " + at + " * 200 body=ok", true, ""},
		{"https to plain http", "http " + at + " * 200 body=ok", true, probes.FaultPlain},
		{"https to ssh", "tcp " + at + ` say="SSH-2.0-OpenSSH_9.2\r\n"`, true, probes.FaultNotTLS},
		{"http to https", "tls " + at + " cert=self", false, ""},
		{"alert", "tls " + at + " alert=40", true, probes.FaultAlert},
		{"TLS 1.1", "tls " + at + " cert=self min=1.0 max=1.1", true, probes.FaultAlert},
		{"RSA key exchange", "tls " + at + " cert=self ciphers=rsa", true, probes.FaultAlert},
		{"client certificate", "tls " + at + " cert=self clientauth=require max=1.2", true, probes.FaultAlert},
		{"handshake hangs", "tcp " + at + " hang", true, probes.FaultTimeout},
		{"handshake closes", "tcp " + at + " close after=request", true, probes.FaultClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := world.Parse("fidelity", "challenge http-01 www.example.com\n"+tt.lines)
			if err != nil {
				t.Fatal(err)
			}
			var simulated sight
			simnet.Bubble(time.Now(), func(ctx context.Context) {
				n := simnet.New(ctx, w.View(""))
				defer n.Close()
				simulated = see(ctx, n.Dial, tt.https)
			})
			real := see(t.Context(), loopback(t, w.View("")), tt.https)
			if diff := cmp.Diff(real, simulated); diff != "" {
				t.Errorf("real and simulated differ (-real +simulated):\n%s", diff)
			}
			if got := firstKind(real); got != tt.want {
				t.Errorf("fault %q, want %q", got, tt.want)
			}
		})
	}
}

func firstKind(s sight) probes.FaultKind {
	for _, f := range []fault{s.Dial, s.Handshake, s.Fetch, s.Body} {
		if f.Kind != "" {
			return f.Kind
		}
	}
	return ""
}

// loopback serves the view's one endpoint on a real socket.
func loopback(t *testing.T, v *world.View) wire.Dial {
	t.Helper()
	var lc net.ListenConfig
	x, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := x.(*net.TCPListener)
	to := l.Addr().(*net.TCPAddr).AddrPort()
	switch v.Reach(somewhere) {
	case world.Refuse:
		_ = l.Close()
	case world.Drop:
		fill(t, l)
	default:
		s := &serve.Server{View: v}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if c, err := l.AcceptTCP(); err == nil {
				s.Serve(t.Context(), somewhere, serve.TCP(c))
			}
		}()
		t.Cleanup(func() { _ = l.Close(); <-done })
	}
	return func(ctx context.Context, network string, _ netip.AddrPort) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, to.String())
	}
}

// fill makes a listener drop SYNs: a queue of one, and something in it.
func fill(t *testing.T, l *net.TCPListener) {
	t.Helper()
	raw, err := l.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = l.Close() })
}
