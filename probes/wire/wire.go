// Package wire is the only package that touches the network.
//
// The whole outside world is one function, Dial. It takes an address, never a
// name, so no resolver can sneak in behind a probe's back; and Net.Refuses has
// a last word on every address, so a name that changes its mind between
// look-up and connection (DNS rebinding) leads nowhere.
//
// Each step of the CA is a function of its own: Lookup, Connect, Handshake,
// Fetch. Each fills in the answer half of a fact and classifies what went
// wrong; none judges, retries past its orders, or follows anything.
package wire

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// Dial connects to an address. Network is "tcp" or "udp"; a "udp" Conn must
// also be a net.PacketConn. It must be safe for concurrent use.
type Dial func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error)

// Net is a way to the Internet. The zero Net is the real network with no
// resolver. It must not be changed while in use.
type Net struct {
	// Dial connects. Nil means the real network.
	Dial Dial
	// Resolver answers look-ups, over UDP and TCP.
	Resolver netip.AddrPort
	// Refuses says why an address must not be connected to; "" lets it pass.
	// The resolver is exempt. Nil lets everything pass.
	Refuses func(netip.Addr) string
}

// keepAlive is that of Go's default transport, which Boulder's dialler copies.
const keepAlive = 30 * time.Second

func (n *Net) dial(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	if n.Dial != nil {
		return n.Dial(ctx, network, to)
	}
	return realDial(ctx, network, probes.Dial{To: to})
}

// Here reports whether the network is this machine's own, so that its routes
// and the options of its sockets mean something.
func (n *Net) Here() bool { return n.Dial == nil }

// errRefused is the backstop's: the caller should have vetted the address.
var errRefused = errors.New("address refused before dialling")

// Connect opens a TCP connection within the context's deadline. The caller
// closes it. TTL and MSS need a network that is Here.
func (n *Net) Connect(ctx context.Context, d probes.Dial) (net.Conn, *probes.Fault) {
	if n.Refuses != nil && n.Refuses(d.To.Addr()) != "" {
		return nil, FaultOf("dial", errRefused)
	}
	return n.connect(ctx, d)
}

// ConnectHere is Connect to this machine's own loopback address, which no CA
// would accept and Refuses therefore stops.
func (n *Net) ConnectHere(ctx context.Context, d probes.Dial) (net.Conn, *probes.Fault) {
	if !n.Here() || !d.To.Addr().IsLoopback() {
		return nil, FaultOf("dial", errRefused)
	}
	return n.connect(ctx, d)
}

func (n *Net) connect(ctx context.Context, d probes.Dial) (net.Conn, *probes.Fault) {
	var c net.Conn
	var err error
	if n.Here() {
		c, err = realDial(ctx, "tcp", d)
	} else {
		c, err = n.Dial(ctx, "tcp", d.To)
	}
	if err != nil {
		return nil, faultBy(ctx, "dial", err)
	}
	return c, nil
}

// arm puts the context's deadline and cancellation on a connection. The
// returned function takes the latter off again.
func arm(ctx context.Context, c net.Conn) func() {
	if d, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(d) // a closed connection says so at the next read
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// expired reports whether the context's deadline has come. The clock is asked
// as well: a connection's own deadline fires before ctx.Err is set.
func expired(ctx context.Context) bool {
	d, ok := ctx.Deadline()
	return ok && !time.Now().Before(d)
}
