// Package simnet is a world in memory: its zones, hosts and firewalls behind
// one Dial. It never opens a socket. Under testing/synctest, or in a Bubble,
// its time-outs cost no time.
package simnet

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A Net is a view of a world that can be dialled. It is safe for concurrent
// use.
type Net struct {
	server serve.Server
	ctx    context.Context //nolint:containedctx // the life of the servers, ended by Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	requests []serve.Request // guarded by mu
	nextPort uint16          // guarded by mu
}

// New makes a network of a view. The caller closes it. In a synctest bubble,
// ctx must have been made there.
func New(ctx context.Context, v *world.View) *Net {
	n := &Net{nextPort: 40000}
	n.ctx, n.cancel = context.WithCancel(ctx)
	n.server = serve.Server{View: v, Log: n.log}
	return n
}

func (n *Net) log(r serve.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests = append(n.requests, r)
}

// Requests returns the HTTP request heads that have arrived so far.
func (n *Net) Requests() []serve.Request {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]serve.Request(nil), n.requests...)
}

// Close ends every server. When it returns, none of their goroutines is
// alive.
func (n *Net) Close() {
	n.cancel()
	n.wg.Wait()
}

// Dial connects into the world; its errors are those of a net.Dialer.
func (n *Net) Dial(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, dialError(network, to, contextError(err))
	}
	if to == world.Resolver {
		return n.dialResolver(network), nil
	}
	switch n.server.View.Reach(to) {
	case world.Accept:
	case world.Refuse:
		return nil, dialError(network, to, syscall.ECONNREFUSED)
	case world.NetUnreachable:
		return nil, byICMP(network, to, syscall.ENETUNREACH, "3/0", "1/0")
	case world.HostUnreachable:
		return nil, byICMP(network, to, syscall.EHOSTUNREACH, "3/1", "1/3")
	case world.Prohibited:
		if to.Addr().Is6() {
			return nil, byICMP(network, to, syscall.EACCES, "", "1/1")
		}
		return nil, byICMP(network, to, syscall.EHOSTUNREACH, "3/13", "")
	case world.Drop:
		<-ctx.Done()
		return nil, dialError(network, to, contextError(ctx.Err()))
	}
	c, s := pair(network, n.client(to), net.TCPAddrFromAddrPort(to))
	n.wg.Go(func() { n.server.Serve(n.ctx, to, s) })
	return c, nil
}

func (n *Net) dialResolver(network string) net.Conn {
	udp := network == "udp"
	c, s := pair(network, n.client(world.Resolver), net.UDPAddrFromAddrPort(world.Resolver))
	n.wg.Go(func() { n.server.DNS(n.ctx, s, udp) }) // framed with lengths either way
	if udp {
		return packets{c}
	}
	return c
}

// client is our own end of a connection: a fresh port on an address of the
// same family.
func (n *Net) client(to netip.AddrPort) net.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.nextPort++
	a := netip.MustParseAddr("198.51.100.1")
	if to.Addr().Is6() {
		a = netip.MustParseAddr("2001:db8::1")
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a, n.nextPort))
}

// An icmpError is a failed dial with the ICMP message behind it, as Linux
// keeps it (RFC 792, RFC 4443 §3.1).
type icmpError struct {
	error
	class string
}

// ICMP returns the message's type and code; a world's routers have no address.
func (e *icmpError) ICMP() (class, from string) { return e.class, "" }

// Unwrap returns the dial's own error.
func (e *icmpError) Unwrap() error { return e.error }

func byICMP(network string, to netip.AddrPort, errno syscall.Errno, v4, v6 string) error {
	class := v4
	if to.Addr().Is6() {
		class = v6
	}
	return &icmpError{error: dialError(network, to, errno), class: class}
}

func dialError(network string, to netip.AddrPort, e error) error {
	if n, ok := e.(syscall.Errno); ok { //nolint:errorlint // our own callers pass it bare
		e = os.NewSyscallError("connect", n)
	}
	return &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(to), Err: e}
}

// contextError is what net.Dialer makes of a context that ended.
func contextError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return timeout{}
	}
	return errCanceled
}

var errCanceled = errors.New("operation was canceled")

// timeout is the net package's unexported timeoutError.
type timeout struct{}

func (timeout) Error() string { return "i/o timeout" }

// Timeout implements net.Error.
func (timeout) Timeout() bool { return true }

// Temporary implements net.Error.
func (timeout) Temporary() bool { return true }

// Is makes it a context.DeadlineExceeded, as the original is.
func (timeout) Is(err error) bool { return err == context.DeadlineExceeded }
