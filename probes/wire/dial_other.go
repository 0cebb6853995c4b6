//go:build !linux

package wire

import (
	"context"
	"net"
	"syscall"

	"github.com/acmecheck/acmecheck/probes"
)

// realDial connects over the real network.
func realDial(ctx context.Context, network string, to probes.Dial) (net.Conn, error) {
	d := net.Dialer{KeepAlive: keepAlive}
	if network == "tcp" {
		d.Control = func(_, _ string, raw syscall.RawConn) error { return shape(raw, to) }
	}
	return d.DialContext(ctx, network, to.To.String())
}
