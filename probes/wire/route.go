package wire

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// Route finds how packets to an address leave this machine. It sends none: it
// connects a UDP socket, which only makes the system choose a route.
func (n *Net) Route(ctx context.Context, r probes.Route) (probes.Route, *probes.Fault) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c, err := realDial(ctx, "udp", probes.Dial{To: netip.AddrPortFrom(r.To, 9)}) // discard; nothing is written
	if err != nil {
		return r, FaultOf("route", err)
	}
	defer c.Close()
	if a, ok := c.LocalAddr().(*net.UDPAddr); ok {
		r.Source = a.AddrPort().Addr().Unmap().WithZone("")
	}
	r.Own = r.To.IsLoopback() || r.Source == r.To || r.Source.IsLoopback() || slices.Contains(ownAddresses(), r.To)
	return r, nil
}

// ownAddresses are the addresses of this machine's interfaces.
func ownAddresses() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			out = append(out, p.Addr().Unmap())
		}
	}
	return out
}
