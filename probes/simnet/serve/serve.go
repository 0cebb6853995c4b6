// Package serve is the servers of a world, on any stream connection: in
// memory, on loopback, or on real addresses in a network namespace. It is the
// one implementation, so that a world means the same everywhere.
package serve

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A Conn is the server's end of a TCP connection.
type Conn interface {
	net.Conn
	CloseWrite() error // sends FIN
	Reset() error      // sends RST
}

// TCP makes a Conn of a real connection.
func TCP(c *net.TCPConn) Conn { return tcpConn{c} }

type tcpConn struct{ *net.TCPConn }

// Reset implements Conn.
func (c tcpConn) Reset() error {
	_ = c.SetLinger(0)
	return c.Close()
}

// A Request is an HTTP request head that arrived.
type Request struct {
	At   netip.AddrPort
	Head []byte // as received, with the blank line
}

// A Server serves one view. It is safe for concurrent use.
type Server struct {
	View *world.View
	// Log hears of every request head. It may be nil and must be safe for
	// concurrent use.
	Log func(Request)

	certs certs
}

const (
	bufferSize = 32 << 10
	maxHead    = 1 << 20
)

// Serve serves one connection that arrived at an endpoint of the view, and
// closes it. It returns when the connection is done or ctx ends.
func (s *Server) Serve(ctx context.Context, to netip.AddrPort, c Conn) {
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Reset() })
	defer stop()
	e := s.View.Endpoint(to)
	if e == nil {
		return
	}
	n := &session{Server: s, e: e, at: to, raw: c, br: bufio.NewReaderSize(c, bufferSize), ctx: ctx}
	if e.TCP != nil {
		n.tcp(e.TCP)
		return
	}
	n.serve()
}

// A session is one accepted connection.
type session struct {
	*Server
	e   *world.Endpoint
	at  netip.AddrPort
	raw Conn
	br  *bufio.Reader
	ctx context.Context //nolint:containedctx // the session is the call: it ends with it
}

func (s *session) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
	}
}

// fin half-closes and discards what the client still sends, so that the
// client never sees a reset.
func (s *session) fin() {
	_ = s.raw.CloseWrite()
	_, _ = io.Copy(io.Discard, s.br)
}

// hang discards for ever.
func (s *session) hang() {
	_, _ = io.Copy(io.Discard, s.br)
	<-s.ctx.Done()
}

func (s *session) end(how string) {
	switch how {
	case "hang":
		s.hang()
	case "reset":
		_ = s.raw.Reset()
	default:
		s.fin()
	}
}

// serve finds out what the client speaks.
func (s *session) serve() {
	b, err := s.br.Peek(1)
	if err != nil {
		return
	}
	switch {
	case len(s.e.TLS) > 0 && b[0] == 0x16:
		s.tls()
	case len(s.e.TLS) > 0 || !isCapital(b[0]):
		if isCapital(b[0]) {
			_, _ = readHead(s.br)
		}
		_, _ = io.WriteString(s.raw, badRequest)
		s.fin()
	default:
		s.http(s.br, s.raw, s.end)
	}
}

func (s *session) tcp(t *world.TCP) {
	if (t.After || t.Kind == "reset") && !s.awaitClient() {
		return
	}
	switch t.Kind {
	case "hang":
		s.hang()
	case "reset":
		_ = s.raw.Reset()
	case "close":
		s.fin()
	case "say":
		s.sleep(t.Delay)
		_, _ = io.WriteString(s.raw, t.Say)
		s.end(t.Then)
	}
}

// awaitClient reads the client's first bytes: a whole head if it looks like
// an HTTP request, else what comes in the first segment.
func (s *session) awaitClient() bool {
	b, err := s.br.Peek(1)
	if err != nil {
		return false
	}
	if !isCapital(b[0]) {
		_, _ = s.br.Discard(s.br.Buffered())
		return true
	}
	_, err = readHead(s.br)
	return err == nil
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

// readHead reads up to and including an empty line.
func readHead(br *bufio.Reader) ([]byte, error) {
	var head []byte
	for len(head) < maxHead {
		line, err := br.ReadSlice('\n')
		head = append(head, line...)
		if err != nil && err != bufio.ErrBufferFull { //nolint:errorlint // bufio returns it bare
			return nil, err
		}
		if bytes.HasSuffix(head, []byte("\r\n\r\n")) {
			return head, nil
		}
	}
	return nil, io.ErrShortBuffer
}
