package simnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how much one direction of a stream holds before a write waits.
const window = 1 << 20

// A half is one direction of a TCP stream: a buffer, then FIN or RST. What
// was queued before either is still readable.
type half struct {
	mu     sync.Mutex
	change *sync.Cond // of anything below, or of a deadline
	buf    []byte
	fin    bool
	rst    bool
	gone   bool // the reader has closed: discard
}

func newHalf() *half {
	h := &half{}
	h.change = sync.NewCond(&h.mu)
	return h
}

// set changes the half and wakes whoever waits on it.
func (h *half) set(f func()) {
	h.mu.Lock()
	f()
	h.change.Broadcast()
	h.mu.Unlock()
}

// A stream is one end of a TCP connection, with TCP's semantics, not
// net.Pipe's, and the errors of real sockets.
type stream struct {
	rd, wr        *half
	network       string
	local, remote net.Addr

	mu                sync.Mutex // guards the rest
	readBy, writeBy   time.Time
	readAlarm, writeA *time.Timer
	closed            bool
}

func pair(network string, client, server net.Addr) (*stream, *stream) {
	a, b := newHalf(), newHalf()
	return &stream{rd: a, wr: b, network: network, local: client, remote: server},
		&stream{rd: b, wr: a, network: network, local: server, remote: client}
}

func (c *stream) fail(op string, e error) error {
	if n, ok := e.(syscall.Errno); ok { //nolint:errorlint // our own callers pass it bare
		e = os.NewSyscallError(op, n)
	}
	return &net.OpError{Op: op, Net: c.network, Source: c.local, Addr: c.remote, Err: e}
}

// ended returns why an operation with this deadline cannot go on, or nil.
func (c *stream) ended(by *time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return net.ErrClosed
	case !by.IsZero() && !time.Now().Before(*by):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// Read implements net.Conn.
func (c *stream) Read(p []byte) (int, error) {
	h := c.rd
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		err := c.ended(&c.readBy)
		switch {
		case err != nil:
			return 0, c.fail("read", err)
		case len(h.buf) > 0:
			n := copy(p, h.buf)
			h.buf = h.buf[n:]
			h.change.Broadcast()
			return n, nil
		case h.rst:
			h.told()
			return 0, c.fail("read", syscall.ECONNRESET)
		case h.fin:
			return 0, io.EOF
		case len(p) == 0:
			return 0, nil
		}
		h.change.Wait()
	}
}

// Write implements net.Conn.
func (c *stream) Write(p []byte) (int, error) {
	h := c.wr
	sent := 0
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		err := c.ended(&c.writeBy)
		switch {
		case err != nil:
			return sent, c.fail("write", err)
		case c.torn():
			return sent, c.fail("write", syscall.ECONNRESET)
		case h.fin:
			return sent, c.fail("write", syscall.EPIPE)
		case h.gone:
			return len(p), nil
		}
		n := min(len(p)-sent, window-len(h.buf))
		h.buf = append(h.buf, p[sent:sent+n]...)
		h.change.Broadcast()
		if sent += n; sent == len(p) {
			return sent, nil
		}
		h.change.Wait()
	}
}

// torn reports, once, that the peer has reset the connection.
func (c *stream) torn() bool {
	if !c.rd.mu.TryLock() {
		return false // somebody is using it, so it is not torn yet
	}
	defer c.rd.mu.Unlock()
	defer c.rd.told()
	return c.rd.rst
}

// told notes that a reset has been reported: a socket does so once, and from
// then on reads as ended.
func (h *half) told() {
	if h.rst {
		h.rst, h.fin = false, true
	}
}

// CloseWrite sends FIN.
func (c *stream) CloseWrite() error {
	c.wr.set(func() { c.wr.fin = true })
	return nil
}

// Reset sends RST, as SetLinger(0) and Close do.
func (c *stream) Reset() error {
	if c.shut() {
		return c.fail("close", net.ErrClosed)
	}
	c.wr.set(func() { c.wr.rst = true })
	return nil
}

// Close implements net.Conn.
func (c *stream) Close() error {
	if c.shut() {
		return c.fail("close", net.ErrClosed)
	}
	c.wr.set(func() { c.wr.fin = true })
	return nil
}

// shut ends this side, and reports whether it had ended already.
func (c *stream) shut() bool {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	stop(c.readAlarm)
	stop(c.writeA)
	c.mu.Unlock()
	c.rd.set(func() { c.rd.gone, c.rd.buf = true, nil })
	c.wr.set(func() {})
	return was
}

func stop(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}

// SetDeadline implements net.Conn.
func (c *stream) SetDeadline(t time.Time) error {
	_ = c.SetWriteDeadline(t)
	return c.SetReadDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *stream) SetReadDeadline(t time.Time) error {
	return c.deadline(&c.readBy, &c.readAlarm, c.rd, t)
}

// SetWriteDeadline implements net.Conn.
func (c *stream) SetWriteDeadline(t time.Time) error {
	return c.deadline(&c.writeBy, &c.writeA, c.wr, t)
}

func (c *stream) deadline(by *time.Time, alarm **time.Timer, h *half, t time.Time) error {
	c.mu.Lock()
	stop(*alarm)
	*by = t
	if !t.IsZero() && !c.closed {
		*alarm = time.AfterFunc(time.Until(t), func() { h.set(func() {}) })
	}
	c.mu.Unlock()
	h.set(func() {})
	return nil
}

// LocalAddr implements net.Conn.
func (c *stream) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *stream) RemoteAddr() net.Addr { return c.remote }

// packets is a datagram socket on top of a stream of length-prefixed
// messages. It is a net.PacketConn, by which miekg/dns knows it as one.
type packets struct{ *stream }

// ReadFrom implements net.PacketConn.
func (u packets) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := u.Read(p)
	return n, u.remote, err
}

// WriteTo implements net.PacketConn.
func (u packets) WriteTo(p []byte, _ net.Addr) (int, error) { return u.Write(p) }

// Read returns one datagram; what does not fit into p is lost.
func (u packets) Read(p []byte) (int, error) {
	var l [2]byte
	if _, err := io.ReadFull(u.stream, l[:]); err != nil {
		return 0, err
	}
	b := make([]byte, int(l[0])<<8|int(l[1]))
	if _, err := io.ReadFull(u.stream, b); err != nil {
		return 0, err
	}
	return copy(p, b), nil
}

// Write sends one datagram.
func (u packets) Write(p []byte) (int, error) {
	_, err := u.stream.Write(append([]byte{byte(len(p) >> 8), byte(len(p))}, p...))
	return len(p), err
}
