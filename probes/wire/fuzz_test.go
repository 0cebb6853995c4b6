package wire_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// A said is a connection on which a server has said all it will say.
type said struct {
	net.Conn
	r io.Reader
}

func (c said) Read(p []byte) (int, error)                { return c.r.Read(p) }
func (c said) Write(p []byte) (int, error)               { return len(p), nil }
func (c said) SetDeadline(time.Time) error               { return nil }
func (c said) SetReadDeadline(time.Time) error           { return nil }
func (c said) SetWriteDeadline(time.Time) error          { return nil }
func (c said) Close() error                              { return nil }
func (c said) ReadFrom([]byte) (int, net.Addr, error)    { return 0, nil, io.EOF }
func (c said) WriteTo(p []byte, _ net.Addr) (int, error) { return len(p), nil }

func FuzzFetch(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff",
		"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 302 Found\r\nLocation: //x\r\n\r\n",
		"\x00\x00\x12\x04\x00\x00\x00\x00\x00\n", "SSH-2.0-x\r\n", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, fault := wire.Fetch(t.Context(), said{r: bytes.NewReader(b)}, probes.Fetch{URL: "http://example.com/", MaxBody: 128})
		if len(got.Body) > 129 {
			t.Errorf("a body of %d octets", len(got.Body))
		}
		if fault == nil && got.Proto == "" || fault != nil && fault.Kind == "" {
			t.Errorf("neither an answer nor a fault with a name: %+v %+v", got, fault)
		}
	})
}

func FuzzLookup(f *testing.F) {
	f.Add([]byte{0, 12, 0, 0, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0, 2, 1, 2})
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := &wire.Net{Dial: func(context.Context, string, netip.AddrPort) (net.Conn, error) {
			return struct{ net.Conn }{said{r: bytes.NewReader(b)}}, nil // no PacketConn: framed, as on TCP
		}}
		l, fault := n.Lookup(t.Context(), probes.Lookup{Name: "example.com", Type: "A"}, wire.Patience{Try: time.Second, Tries: 1})
		if fault == nil && l.RCode == "" {
			t.Errorf("neither an answer nor a fault: %+v", l)
		}
	})
}

// Whatever a Location holds, one request goes out, not two.
func FuzzRequest(f *testing.F) {
	f.Add("http://example.com/x", "http://example.com/")
	f.Add("http://u:p@example.com:80/a%0d%0aX: y", "")
	f.Add("http://example.com/\r\nX: y", "http://a/\r\nX: y")
	f.Fuzz(func(t *testing.T, target, referer string) {
		if strings.ContainsAny(referer, "\r\n") {
			return // a referer is the String of a URL, which holds none
		}
		b, err := wire.Request(probes.Fetch{URL: target, Referer: referer, UserAgent: "ua"})
		if err == nil && (bytes.Count(b, []byte("\r\n\r\n")) != 1 || bytes.Count(b, []byte("\n")) != bytes.Count(b, []byte("\r\n"))) {
			t.Errorf("%q", b)
		}
	})
}
