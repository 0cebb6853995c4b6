// Package lab puts a world on real sockets: a DNS server (UDP and TCP), web
// servers and their faults, on loopback, on ports the system chooses, without
// root. The servers are those of probes/simnet/serve.
//
// The CA's ports are fixed. A lab is reached only through its own Dial, which
// maps a world's addresses to the loopback ports; no flag of the check command
// leads here.
package lab

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A Lab is a world on loopback. Close ends it.
type Lab struct {
	server serve.Server
	ctx    context.Context //nolint:containedctx // the life of the servers, ended by Close
	cancel context.CancelFunc
	wg     sync.WaitGroup
	ports  map[netip.AddrPort]string // where a world's endpoint really is
	udp    string                    // where the resolver really is
	tcp    string
	closed []func() error
}

// Start brings a view of a world up. It fails for what loopback cannot do:
// ICMP behaviours, and whole hosts that drop.
func Start(ctx context.Context, v *world.View) (*Lab, error) {
	l := &Lab{server: serve.Server{View: v}, ports: map[netip.AddrPort]string{}}
	l.ctx, l.cancel = context.WithCancel(ctx)
	err := l.startDNS()
	for _, ap := range v.Endpoints() {
		if err == nil {
			err = l.startEndpoint(ap)
		}
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("starting the lab: %w", err)
	}
	return l, nil
}

// Close ends every server. When it returns none of their goroutines is alive.
func (l *Lab) Close() {
	l.cancel()
	for _, f := range l.closed {
		_ = f()
	}
	l.wg.Wait()
}

func (l *Lab) listen(addr string) (*net.TCPListener, error) {
	var lc net.ListenConfig
	x, err := lc.Listen(l.ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	l.closed = append(l.closed, x.Close)
	return x.(*net.TCPListener), nil
}

func (l *Lab) startEndpoint(ap netip.AddrPort) error {
	switch reach := l.server.View.Reach(ap); reach {
	case world.Refuse:
		return nil
	case world.Drop:
		return l.startDrop(ap)
	case world.Accept:
	case world.NetUnreachable, world.HostUnreachable, world.Prohibited:
		return fmt.Errorf("%s: %s cannot be had on loopback", ap, reach)
	}
	x, err := l.listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	l.ports[ap] = x.Addr().String()
	l.wg.Go(func() { l.accept(ap, x) })
	return nil
}

func (l *Lab) accept(ap netip.AddrPort, x *net.TCPListener) {
	for {
		c, err := x.AcceptTCP()
		if err != nil {
			return
		}
		l.wg.Go(func() { l.server.Serve(l.ctx, ap, serve.TCP(c)) })
	}
}

// startDrop makes a port whose SYNs are dropped: a listener that never
// accepts, its queue filled.
func (l *Lab) startDrop(ap netip.AddrPort) error {
	x, err := l.listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := shrinkQueue(x); err != nil {
		return err
	}
	var d net.Dialer
	filler, err := d.DialContext(l.ctx, "tcp", x.Addr().String())
	if err != nil {
		return err
	}
	l.closed = append(l.closed, filler.Close)
	l.ports[ap] = x.Addr().String()
	return nil
}

// startDNS serves the world's resolver on UDP and TCP.
func (l *Lab) startDNS() error {
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(l.ctx, "udp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	x, err := l.listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	l.udp, l.tcp = pc.LocalAddr().String(), x.Addr().String()
	l.serveDNS(&dns.Server{PacketConn: pc}, true)
	l.serveDNS(&dns.Server{Listener: x}, false)
	return nil
}

func (l *Lab) serveDNS(s *dns.Server, udp bool) {
	ready := make(chan struct{})
	s.NotifyStartedFunc = func() { close(ready) }
	s.Handler = dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		if m := l.server.Answer(l.ctx, q, udp); m != nil {
			_ = w.WriteMsg(m)
		}
	})
	l.wg.Go(func() { _ = s.ActivateAndServe() })
	<-ready
	l.closed = append(l.closed, s.Shutdown)
}

// Dial connects to a world's address. It is a wire.Dial. An address without
// an endpoint refuses, as in the world.
func (l *Lab) Dial(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	where, ok := l.ports[to]
	switch {
	case to == world.Resolver && network == "udp":
		where = l.udp
	case to == world.Resolver:
		where = l.tcp
	case !ok:
		where = closedPort
	}
	var d net.Dialer
	return d.DialContext(ctx, network, where)
}

// closedPort is a port of loopback on which nothing listens: tcpmux.
const closedPort = "127.0.0.1:1"
