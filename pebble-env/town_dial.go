package lab

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// TownPorts are where the ports that CAs and resolvers know are in a Town.
type TownPorts struct {
	DNS       netip.AddrPort // 53 of any address
	HTTP, TLS int            // 80 and 443 of the address
}

// Dial connects to an address of a Town as if it were one of the Internet. It
// is a wire.Dial, and leads nowhere but to loopback.
func (p TownPorts) Dial(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	if !to.Addr().IsLoopback() {
		return nil, fmt.Errorf("%s is not in the lab", to)
	}
	switch to.Port() {
	case 53:
		to = p.DNS
	case 80:
		to = netip.AddrPortFrom(to.Addr(), uint16(p.HTTP)) //nolint:gosec // of a Town that listens there
	case 443:
		to = netip.AddrPortFrom(to.Addr(), uint16(p.TLS)) //nolint:gosec // of a Town that listens there
	}
	var d net.Dialer
	return d.DialContext(ctx, network, to.String())
}
