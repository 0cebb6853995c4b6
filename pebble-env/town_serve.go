package lab

// This file gives a fault its servers, on a loopback address of its own.

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet/serve"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// demoHost is where the servers of demos are.
var demoHost = netip.MustParseAddr("192.0.2.10")

// stand brings a fault's servers up at an address, on the CA's ports. Where the
// fault has no server, nobody else can have one.
func (t *Town) stand(f *Fault, name string, at netip.Addr) (*Lab, error) {
	text, err := f.world(name, t.http, t.tls)
	if err != nil {
		return nil, err
	}
	w, err := world.Parse(f.Name, text)
	if err != nil {
		return nil, err
	}
	l := &Lab{server: serve.Server{View: w.View(""), Log: func(r serve.Request) { t.journal.add(requestEvent(f.Name, name, r)) }}}
	l.ctx, l.cancel = context.WithCancel(t.ctx)
	for port, here := range map[uint16]int{80: t.http, 443: t.tls} {
		to := netip.AddrPortFrom(at, uint16(here)) //nolint:gosec // checked by complete
		if err = l.occupy(netip.AddrPortFrom(demoHost, port), to); err != nil {
			l.Close()
			return nil, fmt.Errorf("%w (is there a server on every address? Bind yours to 127.0.0.1)", err)
		}
	}
	return l, nil
}

// occupy makes a loopback port behave as an endpoint of the world.
func (l *Lab) occupy(ap, here netip.AddrPort) error {
	reach := l.server.View.Reach(ap)
	if reach != world.Accept && reach != world.Drop {
		release, err := reserve(here)
		if err == nil {
			l.closed = append(l.closed, release)
		}
		return err
	}
	x, err := l.listen(here.String())
	if err != nil {
		return err
	}
	if reach == world.Drop {
		return l.fill(x)
	}
	l.wg.Go(func() { l.accept(ap, x) })
	return nil
}

// fill makes a listener's queue so short that the next SYN is dropped.
func (l *Lab) fill(x *net.TCPListener) error {
	if err := shrinkQueue(x); err != nil {
		return err
	}
	var d net.Dialer
	filler, err := d.DialContext(l.ctx, "tcp", x.Addr().String())
	if err == nil {
		l.closed = append(l.closed, filler.Close)
	}
	return err
}

func requestEvent(fault, name string, r serve.Request) Event {
	const longest = 512 // bytes of what a stranger says
	line, _, _ := bytes.Cut(r.Head, []byte("\r\n"))
	return Event{At: time.Now(), Kind: EventRequest, Name: name, What: string(line[:min(len(line), longest)]), Answer: fault}
}
