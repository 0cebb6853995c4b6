//go:build !linux

package wire

import (
	"context"
	"net"
	"net/netip"
)

// realDial connects over the real network. ICMP messages are not kept here.
func realDial(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{KeepAlive: keepAlive}
	return d.DialContext(ctx, network, to.String())
}
